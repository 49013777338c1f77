"""What a pair is about: one concept, one drug and its doses, one test and its values …"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from demo.generator.expand import article_for
from demo.generator.holdout import is_held_out

YES, NO, OPEN = "yes", "no", "open"
"""What a line says of the subject: it is so, it is not, or it leaves that open."""

Draw = Callable[[random.Random, str, str], dict[str, str]]
"""From chance, premise or hypothesis, and yes, no or open to the values of slots."""

_HELD_OUT = 0.12


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing to say something about, all that is to stay the same in a pair settled.

    Attributes:
        key: What tells subjects apart.
        names: All its names, lower-case; a premise has no other subject with one of them.
        related: The numbers of the lines of `related` it is in.
        slots: The slots that `draw` fills.
        draw: Gives the values of slots.
        part: Where a note puts its result: labs or vitals.
        sex: F or M if only such a patient can have it.
        age: The age that is said of the patient, if the subject is that.
    """

    key: str
    names: frozenset[str]
    related: frozenset[int]
    slots: frozenset[str]
    draw: Draw
    part: str = "labs"
    sex: str = ""
    age: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subject that is not settled yet."""

    key: str
    settle: Callable[[random.Random], Subject]

    @property
    def held_out(self) -> bool:
        """Whether training never has it."""
        return is_held_out("nli subject", self.key, _HELD_OUT)


def with_a(name: str) -> str:
    """The name after "a" or "an"."""
    return f"{article_for(name)} {name}"


def nothing(rng: random.Random, side: str, state: str) -> dict[str, str]:
    """No slots."""
    return {}


def conflict(one: Subject, other: Subject) -> bool:
    """Whether what is said of one may say something of the other."""
    if one.key == other.key or one.related & other.related:
        return True
    return any(_within(a, b) or _within(b, a) for a in one.names for b in other.names)


def _within(short: str, long: str) -> bool:
    return f" {short} " in f" {long} "
