"""The scores of i2b2 2009: by entry (horizontal) and by field (vertical), exact and inexact.

An entry is a medication with its fields: dosage, mode, frequency, duration, reason (Uzuner, Solti
and Cadag 2010, JAMIA 17(5):514-518).

- vertical: each kind of field by itself; horizontal: all fields together, each right only in the
  entry that it belongs to
- exact (by phrase): a field is right if it has the words of the gold one; inexact (by token): each
  word of a field counts
- by system: the counts of all records together; by patient: the mean over records

Exactly an entry is the one whose medication has the same words; inexactly the one whose medication
shares most words with it. Words are what stands between white space, as in the corpus.

The challenge's own script is not public. Left out here: a record in which a field is neither gold
nor found does not count in that field's mean by patient; list and narrative are not told apart; a
medication with two entries is one with the fields of both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from spacy.scorer import PRFScore

from spacy_umlsbert.evaluation.figures import figures_of, mean, summed
from spacy_umlsbert.evaluation.values.tied import Place, TiedValue

MEDICATION = "medication"
ALL = "entry"
"""What the horizontal scores are of."""

WAYS = ("exact", "inexact")
_WORD = re.compile(r"\S+")

Parts = Callable[[int, int], Iterable[Hashable]]
"""What of a place counts: all of it, or its words."""

Units = dict[str, set[tuple[Place, Hashable]]]
"""What is counted: entry and part, by kind of field."""


@dataclass
class EntryScores:
    """Counts of entries and their fields, over any number of records.

    Attributes:
        kinds: The kinds of fields.
        vertical: The counts of each record, by field and way.
        horizontal: The same of all fields in their entries.
    """

    kinds: Sequence[str]
    vertical: dict[str, dict[str, list[PRFScore]]] = field(default_factory=dict)
    horizontal: dict[str, list[PRFScore]] = field(default_factory=dict)

    def count(
        self,
        text: str,
        found: Sequence[TiedValue],
        gold: Sequence[TiedValue],
        medications: tuple[Collection[Place], Collection[Place]],
    ) -> None:
        """Count a record.

        Args:
            text: Its text.
            found: The values that were found.
            gold: The gold values.
            medications: The medications that were found, and the gold ones.
        """
        words = _Words(text)
        these = _entries(found, medications[0], self.kinds)
        those = _entries(gold, medications[1], self.kinds)
        same = _aligned(words, list(these), list(those))
        for way, parts, aligned in (("exact", _whole, {}), ("inexact", words.numbers, same)):
            sides = (_units(these, parts, aligned), _units(those, parts, {}))
            for kind in (MEDICATION, *self.kinds):
                one, other = ({part for _, part in side.get(kind, ())} for side in sides)
                if one or other:
                    by_way = self.vertical.setdefault(kind, {})
                    by_way.setdefault(way, []).append(_score(one, other))
            everything = [
                {(kind, unit) for kind, units in side.items() for unit in units} for side in sides
            ]
            self.horizontal.setdefault(way, []).append(_score(*everything))

    def as_dict(self) -> dict[str, Any]:
        """Plain figures: by field, way, and system or patient; ``entry`` is the horizontal one."""
        rows = {ALL: self.horizontal, **self.vertical}
        return {
            name: {
                way: {
                    "system": figures_of(summed(by_way.get(way, []))),
                    "patient": mean(by_way.get(way, [])),
                }
                for way in WAYS
            }
            for name, by_way in rows.items()
        }


class _Words:
    """The words of a text by their characters."""

    def __init__(self, text: str) -> None:
        self._at: dict[int, int] = {}
        for number, match in enumerate(_WORD.finditer(text)):
            for character in range(*match.span()):
                self._at[character] = number

    def numbers(self, start: int, end: int) -> Iterator[Hashable]:
        """The numbers of the words that a place touches."""
        yield from {self._at[i] for i in range(start, end) if i in self._at}


def _whole(start: int, end: int) -> Iterator[Hashable]:
    yield start, end


Entries = dict[Place, list[tuple[str, int, int]]]
"""Medication -> its fields, itself among them."""


def _entries(values: Iterable[TiedValue], drugs: Iterable[Place], kinds: Sequence[str]) -> Entries:
    entries: Entries = {drug: [(MEDICATION, *drug)] for drug in drugs}
    for one in values:
        if one.of is not None and one.kind in kinds:
            of = entries.setdefault(one.of, [(MEDICATION, *one.of)])
            of.append((one.kind, one.start, one.end))
    return entries


def _units(entries: Entries, parts: Parts, aligned: dict[Place, Place]) -> Units:
    """Each part of each field, with its entry, as it is called on the gold side."""
    units: Units = {}
    for drug, fields in entries.items():
        entry = aligned.get(drug, drug)
        for kind, start, end in fields:
            units.setdefault(kind, set()).update((entry, part) for part in parts(start, end))
    return units


def _aligned(words: _Words, found: list[Place], gold: list[Place]) -> dict[Place, Place]:
    """Found medication -> the gold one that shares most words with it, each but once."""
    at: dict[Hashable, list[Place]] = {}
    for drug in gold:
        for word in words.numbers(*drug):
            at.setdefault(word, []).append(drug)
    shared: dict[tuple[Place, Place], int] = {}
    for drug in found:
        for word in words.numbers(*drug):
            for other in at.get(word, ()):
                shared[drug, other] = shared.get((drug, other), 0) + 1
    aligned: dict[Place, Place] = {}
    taken: set[Place] = set()
    for drug, other in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if drug not in aligned and other not in taken:
            aligned[drug] = other
            taken.add(other)
    return aligned


def _score(found: set[Any], gold: set[Any]) -> PRFScore:
    right = len(found & gold)
    return PRFScore(tp=right, fp=len(found) - right, fn=len(gold) - right)
