"""Subjects that are concepts: symptoms, diseases, events, relatives' diseases, sides, images."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from demo.generator.nli.names import VERBS, Named, Names, items
from demo.generator.nli.subject import NO, Candidate, Draw, Subject, with_a

_CONCEPTS = ("symptom", "sign", "chronic", "acute", "event")


@dataclass(frozen=True, slots=True)
class Concepts:
    """Makes candidates out of `concepts.yml` and `other.yml`."""

    names: Names
    other: Mapping[str, Any]

    def candidates(self) -> dict[str, list[Candidate]]:
        """All candidates by what they are about."""
        kinds = self.names.kinds
        found = {kind: [self._concept(n) for n in kinds[kind]] for kind in _CONCEPTS}
        inherited = [*kinds["chronic"], *kinds["cancer"], *kinds["event"]]
        return {
            **found,
            "group": [self._group(named, of) for named, of in self.names.groups.items()],
            "relative": [self._relative(n) for n in inherited],
            "duration": [self._duration(n) for n in kinds["symptom"]],
            "side": [self._side(p, t) for p in self.list("parts") for t in self.list("things")],
            "procedure": [self._procedure(p) for p in self.list("procedures")],
            "any surgery": list(self._surgeries()),
            "imaging": list(self._images()),
        }

    def list(self, name: str) -> Sequence[str]:
        """A list of `other.yml`."""
        return items(self.other[name])

    def concept(self, name: str) -> Subject:
        """The subject that is a concept of the release."""
        named = self.names.named(name)
        adjectives = self.names.adjectives.get(name, ())

        def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
            values = self.names.words(named.draw(rng, side))
            return values | ({"adj": rng.choice(adjectives)} if adjectives else {})

        slots = {"x", "ax", *VERBS} | ({"adj"} if adjectives else set())
        sex = self.other["sexed"].get(name, "")
        related = self.names.related([name])
        return Subject(name, named.every, related, frozenset(slots), draw, sex=sex)

    def _concept(self, name: str) -> Candidate:
        return Candidate(name, lambda rng: self.concept(name))

    def _group(self, group: Named, members: tuple[str, ...]) -> Candidate:
        of = [self.names.named(m) for m in members]
        names = group.every.union(*(m.every for m in of))
        related = self.names.related([*group.every, *members])
        slots = frozenset({"x", "ax", "member", *VERBS})

        def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
            words = self.names.words(group.draw(rng, side))
            return {**words, "member": rng.choice(of).draw(rng, side)}

        subject = Subject(f"any {group.name}", names, related, slots, draw)
        return Candidate(subject.key, lambda rng: subject)

    def _relative(self, name: str) -> Candidate:
        base = self.concept(name)

        def settle(rng: random.Random) -> Subject:
            rel, other = rng.sample(self.list("relatives"), 2)
            said = {"rel": rel, "arel": with_a(rel), "other": other}
            key = f"{name} in the family"
            return _extended(base, key, lambda state: said, set(said), sexed=False)

        return Candidate(name, settle)

    def _duration(self, name: str) -> Candidate:
        base = self.concept(name)

        def settle(rng: random.Random) -> Subject:
            yes, no = rng.sample(self.list("durations"), 2)
            return _extended(
                base, f"{name}, how long", lambda state: {"v": no if state == NO else yes}, {"v"}
            )

        return Candidate(name, settle)

    def _side(self, part: str, thing: str) -> Candidate:
        names = frozenset({f"{part} {thing}", thing})
        related = self.names.related(["side", f"{part} {thing}"])

        def settle(rng: random.Random) -> Subject:
            yes, no = rng.sample(self.list("sides"), 2)

            def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
                return {"side": no if state == NO else yes, "part": part, "thing": thing}

            slots = frozenset({"side", "part", "thing"})
            return Subject(f"side of {part} {thing}", names, related, slots, draw)

        return Candidate(f"{part} {thing}", settle)

    def _procedure(self, text: str) -> Candidate:
        named = Named.parse(text)

        def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
            name = named.draw(rng, side)
            return {"x": name, "ax": self.names.with_article(name)}

        sex = self.other["sexed"].get(named.name, "")
        related = self.names.related([named.name])
        slots = frozenset({"x", "ax"})
        subject = Subject(named.name, named.every, related, slots, draw, sex=sex)
        return Candidate(named.name, lambda rng: subject)

    def _surgeries(self) -> Iterator[Candidate]:
        procedures = self.list("procedures")
        names = frozenset(n for text in procedures for n in Named.parse(text).every)
        related = self.names.related(["any surgery"])
        for text in procedures:
            one = self._procedure(text)
            if one.key not in self.list("not_surgery"):
                subject = one.settle(random.Random(0))
                tags = related | subject.related
                yield _fixed(
                    one.key, replace(subject, key="any surgery", names=names, related=tags)
                )

    def _images(self) -> Iterator[Candidate]:
        uncounted = self.list("uncounted")
        for line in str(self.other["imaging"]).splitlines():
            studies, findings = line.split(": ")
            for finding in items(findings):
                yield self._image(Named.parse(studies), finding, finding not in uncounted)

    def _image(self, study: Named, finding: str, counted: bool) -> Candidate:
        key = f"{study.name}: {finding}"
        words = self.names.words(finding) | {"ax": with_a(finding) if counted else finding}

        def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
            return {**words, "study": study.draw(rng, side)}

        related = self.names.related([study.name, finding])
        slots = frozenset({"study", *words})
        subject = Subject(key, study.every | {finding}, related, slots, draw)
        return Candidate(key, lambda rng: subject)


def _fixed(key: str, subject: Subject) -> Candidate:
    return Candidate(key, lambda rng: subject)


def _extended(
    base: Subject, key: str, more: Any, slots: set[str], *, sexed: bool = True
) -> Subject:
    def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
        return {**base.draw(rng, side, state), **more(state)}

    said: Draw = draw
    sex = base.sex if sexed else ""
    return Subject(key, base.names, base.related, base.slots | slots, said, sex=sex)
