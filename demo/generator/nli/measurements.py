"""Subjects that are tests: a value, high, low or normal, rising or falling."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo.generator.nli.names import HYPOTHESIS, Named, Names, items
from demo.generator.nli.subject import NO, YES, Candidate, Draw, Subject, with_a

_RANGES = ("low", "normal", "high")


@dataclass(frozen=True, slots=True)
class Range:
    """From one value to another, with as many decimals; a blood pressure has two numbers."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    decimals: int

    @classmethod
    def parse(cls, text: str) -> Range:
        """`3.8-4.7`, `104-124/62-78`."""
        bounds = [part.split("-") for part in text.split("/")]
        low, high = ([float(b[i]) for b in bounds] for i in (0, 1))
        return cls(tuple(low), tuple(high), len(bounds[0][0].partition(".")[2]))

    def draw(self, rng: random.Random) -> str:
        """A value as it is written."""
        numbers = [rng.uniform(a, b) for a, b in zip(self.low, self.high, strict=True)]
        return "/".join(f"{n:.{self.decimals}f}" for n in numbers)


def between(low: Range, high: Range) -> str | None:
    """A value that everything in one is below and everything in the other above."""
    if len(low.low) > 1:
        return None
    return f"{(low.high[0] + high.low[0]) / 2:.{low.decimals}f}"


@dataclass(frozen=True, slots=True)
class Measurements:
    """Makes candidates out of `tests.yml`."""

    names: Names
    tests: Mapping[str, Mapping[str, Any]]

    def candidates(self) -> dict[str, list[Candidate]]:
        """All candidates by what they are about."""
        found: dict[str, list[Candidate]] = {"value": [], "high": [], "low": [], "trend": []}
        for test, content in self.tests.items():
            found["value"].append(self._candidate(test, "value"))
            if "/" not in str(content["normal"]):
                found["trend"].append(self._candidate(test, "trend"))
            for kind in ("high", "low"):
                if kind in content:
                    found[kind].append(self._candidate(test, kind))
        return found

    def _candidate(self, test: str, kind: str) -> Candidate:
        content = self.tests[test]
        first, *more = items(content["names"])
        longer = tuple(n for n in more if " " in n or n.islower())
        named = Named(first, longer, tuple(n for n in more if n not in longer))
        ranges = {r: Range.parse(str(content[r])) for r in _RANGES if r in content}
        means = [m for r in _RANGES for m in items(content.get(f"{r} means", ""))]
        name = test.removesuffix(" in C")

        def settle(rng: random.Random) -> Subject:
            values = _settled(rng, kind, content, ranges)

            def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
                called = named.draw(rng, side)
                words = {**self.names.verbs(called), "x": called, "ax": with_a(called)}
                return {**words, **values(rng, side, state)}

            slots = frozenset(draw(random.Random(0), HYPOTHESIS, YES))
            related = self.names.related([name, *means])
            names = named.every | {m.lower().removeprefix("a ") for m in means}
            part = str(content.get("part", "labs"))
            return Subject(f"{test}, {kind}", names, related, slots, draw, part=part)

        return Candidate(f"test {name}", settle)


def _settled(
    rng: random.Random, kind: str, content: Mapping[str, Any], ranges: Mapping[str, Range]
) -> Draw:
    unit = {"unit": str(content["unit"])} if "unit" in content else {}
    if kind in ("high", "low"):
        return _abnormal(rng, kind, content, ranges, unit)
    first, second = rng.sample(sorted(ranges), 2)
    yes, no = ranges[first].draw(rng), ranges[second].draw(rng)
    less, more = sorted((yes, no), key=lambda v: float(v.split("/")[0]))
    said = {"less": less, "more": more} if kind == "trend" else {}

    def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
        return {**unit, **(said or {"v": no if state == NO else yes})}

    return draw


def _abnormal(
    rng: random.Random,
    kind: str,
    content: Mapping[str, Any],
    ranges: Mapping[str, Range],
    unit: dict[str, str],
) -> Draw:
    normal, other = ranges["normal"], ranges[kind]
    limit = between(normal, other) if kind == "high" else between(other, normal)
    fixed = {**unit}
    if limit is not None:
        fixed["limit"] = limit

    def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
        values = {**fixed, "normal": normal.draw(rng), kind: other.draw(rng)}
        for word in ("means", "is"):
            meanings = items(content.get(f"{kind} {word}", ""))
            if meanings:
                values[f"{kind}_{word}"] = rng.choice(meanings)
        return values

    return draw
