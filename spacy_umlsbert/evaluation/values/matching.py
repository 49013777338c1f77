"""How often spans and relations are right: strictly, or leniently as in n2c2 2018.

Strict: first and last character are those of the gold (of both sides, in a relation). Lenient: they
have a character in common. These are the counts of the challenge's own script
(filannim/2018_n2c2_evaluation_scripts; Henry, Buchan, Filannino, Stubbs and Uzuner 2020, JAMIA
27(1):3-12): of several found ones that overlap with one gold one the first counts as right, and
the others count neither way; where one overlaps with several gold ones, one of these is found. The
script goes through what was found in the order of the file, this in that of the text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from spacy.scorer import PRFScore

from spacy_umlsbert.evaluation.values.tied import Place, TiedValue


class Item(NamedTuple):
    """What is counted: a span, or a relation if ``of`` is not None.

    Attributes:
        start: Its first character.
        end: The character after its last.
        of: The place of what it belongs to.
    """

    start: int
    end: int
    of: Place | None = None


def spans_among(values: Collection[TiedValue]) -> dict[str, set[Item]]:
    """The spans by kind; a value of several mentions is one."""
    by_kind: dict[str, set[Item]] = {}
    for one in values:
        by_kind.setdefault(one.kind, set()).add(Item(one.start, one.end))
    return by_kind


def relations_among(values: Collection[TiedValue]) -> dict[str, set[Item]]:
    """The relations by kind."""
    by_kind: dict[str, set[Item]] = {}
    for one in values:
        if one.of is not None:
            by_kind.setdefault(one.kind, set()).add(Item(one.start, one.end, one.of))
    return by_kind


def strict(found: Collection[Item], gold: Collection[Item]) -> PRFScore:
    """The counts if all borders have to be right."""
    right = len(set(found) & set(gold))
    return PRFScore(tp=right, fp=len(found) - right, fn=len(gold) - right)


def lenient(found: Collection[Item], gold: Collection[Item]) -> PRFScore:
    """The counts if a common character is enough."""
    golden = sorted(gold)
    at: dict[int, list[int]] = {}
    for number, one in enumerate(golden):
        for character in range(one.start, one.end):
            at.setdefault(character, []).append(number)
    taken: set[int] = set()
    right = wrong = 0
    for item in sorted(found):
        touched = set(_touched(item, golden, at))
        if not touched:
            wrong += 1
        elif touched.isdisjoint(taken):
            right += 1
        taken |= touched
    return PRFScore(tp=right, fp=wrong, fn=len(golden) - right)


MODES = {"strict": strict, "lenient": lenient}
"""The ways to count, by name."""


def _touched(item: Item, gold: list[Item], at: dict[int, list[int]]) -> Iterator[int]:
    for character in range(item.start, item.end):
        for number in at.get(character, ()):
            if item.of is None or _overlap(item.of, gold[number].of):
                yield number


def _overlap(one: Place, other: Place | None) -> bool:
    return other is not None and one[0] < other[1] and other[0] < one[1]
