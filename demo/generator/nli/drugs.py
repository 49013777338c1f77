"""Subjects that are drugs: taken or not, how much, how often, of which class, against what."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from demo.generator.nli.names import PREMISE, Named, Names, items
from demo.generator.nli.subject import NO, Candidate, Subject, with_a

_EVERYDAY_SCHEDULES = 4


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug, its class and its usual doses."""

    named: Named
    of: Named
    doses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drugs:
    """Makes candidates out of `drugs.yml` and `other.yml`."""

    names: Names
    classes: Mapping[str, Mapping[str, Any]]
    other: Mapping[str, Any]

    def candidates(self) -> dict[str, list[Candidate]]:
        """All candidates by what they are about."""
        drugs = [d for of in self.classes for d in self._members(of)]
        return {
            "drug": [self._drug(d) for d in drugs],
            "any drug": [self._any(d) for d in drugs],
            "dose": [self._dose(d) for d in drugs if len(d.doses) > 1],
            "schedule": [self._schedule(d) for d in drugs],
            "drugclass": [self._class(of) for of in self.classes],
            "indication": [self._indication(of) for of in self.classes],
            "allergen": [self._allergen(name) for name in items(self.other["allergens"])],
        }

    def _members(self, of: str) -> list[Drug]:
        lines = [line.split(": ") for line in self.classes[of]["drugs"].splitlines()]
        return [Drug(self.names.named(n), Named.parse(of), items(doses)) for n, doses in lines]

    def _related(self, of: Named, *more: str) -> frozenset[int]:
        return self.names.related([f"drugs of {of.name}", "drugs of any", of.name, *more])

    @property
    def _schedules(self) -> list[Named]:
        return [Named.parse(s) for s in items(self.other["schedules"])]

    def freq(self, rng: random.Random, side: str) -> str:
        """How often, as most drugs are taken."""
        return rng.choice(self._schedules[:_EVERYDAY_SCHEDULES]).draw(rng, side)

    def _drug(self, drug: Drug) -> Candidate:
        def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
            dose = written(rng, side, rng.choice(drug.doses))
            return {"x": drug.named.draw(rng, side), "dose": dose, "freq": self.freq(rng, side)}

        name = drug.named.name
        slots = frozenset({"x", "dose", "freq"})
        subject = Subject(name, drug.named.every, self._related(drug.of, name), slots, draw)
        return Candidate(name, lambda rng: subject)

    def _any(self, drug: Drug) -> Candidate:
        one = self._drug(drug)

        def settle(rng: random.Random) -> Subject:
            return replace(one.settle(rng), key="any drug")

        return Candidate(one.key, settle)

    def _dose(self, drug: Drug) -> Candidate:
        name = drug.named.name

        def settle(rng: random.Random) -> Subject:
            yes, no = rng.sample(drug.doses, 2)

            def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
                dose = written(rng, side, no if state == NO else yes)
                return {"x": drug.named.draw(rng, side), "v": dose, "freq": self.freq(rng, side)}

            slots = frozenset({"x", "v", "freq"})
            related = self._related(drug.of, name)
            return Subject(f"{name}, how much", drug.named.every, related, slots, draw)

        return Candidate(name, settle)

    def _schedule(self, drug: Drug) -> Candidate:
        name = drug.named.name

        def settle(rng: random.Random) -> Subject:
            yes, no = rng.sample(self._schedules, 2)

            def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
                dose = written(rng, side, rng.choice(drug.doses))
                when = (no if state == NO else yes).draw(rng, side)
                return {"x": drug.named.draw(rng, side), "v": when, "dose": dose}

            slots = frozenset({"x", "v", "dose"})
            related = self._related(drug.of, name)
            return Subject(f"{name}, how often", drug.named.every, related, slots, draw)

        return Candidate(name, settle)

    def _class(self, text: str) -> Candidate:
        of, members = Named.parse(text), self._members(text)

        def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
            name, drug = of.draw(rng, side), rng.choice(members)
            return {"x": name, "ax": with_a(name), **self._taken(rng, side, drug, "member")}

        names = of.every.union(*(d.named.every for d in members))
        related = self._related(of, *(d.named.name for d in members))
        slots = frozenset({"x", "ax", "member", "dose", "freq"})
        subject = Subject(f"any {of.name}", names, related, slots, draw)
        return Candidate(subject.key, lambda rng: subject)

    def _indication(self, text: str) -> Candidate:
        of, members = Named.parse(text), self._members(text)
        conditions = [Named(c.strip()) for c in self.classes[text]["for"].split(";")]

        def settle(rng: random.Random) -> Subject:
            condition = Named.parse(rng.choice(conditions).name)

            def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
                words = self.names.words(condition.draw(rng, side))
                return {**words, **self._taken(rng, side, rng.choice(members), "drug")}

            names = condition.every.union(*(d.named.every for d in members))
            related = self._related(of, *condition.every)
            slots = frozenset({"drug", "dose", "freq", *self.names.words(condition.name)})
            return Subject(f"treatment of {condition.name}", names, related, slots, draw)

        return Candidate(f"treatment with {of.name}", settle)

    def _taken(self, rng: random.Random, side: str, drug: Drug, slot: str) -> dict[str, str]:
        dose = written(rng, side, rng.choice(drug.doses))
        return {slot: drug.named.draw(rng, side), "dose": dose, "freq": self.freq(rng, side)}

    def _allergen(self, name: str) -> Candidate:
        named = self.names.named(name)

        def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
            drawn = named.draw(rng, side)
            return {"x": drawn, "anx": with_a(drawn)}

        related = self.names.related([name])
        subject = Subject(f"allergy to {name}", named.every, related, frozenset({"x", "anx"}), draw)
        return Candidate(subject.key, lambda rng: subject)


def written(rng: random.Random, side: str, dose: str) -> str:
    """A dose as notes write it now and then: 40mg."""
    return dose.replace(" ", "") if side == PREMISE and rng.random() < 0.2 else dose
