"""Headings that mean something else in some kinds of notes: "Exam" in a report of radiology.

The table `kinds.tsv` says which, and by which headings such a note is told. Of two kinds that a
note may be of, the last of the table counts.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from spacy_umlsbert.files.resources import package_table
from spacy_umlsbert.text.sections.tables import SectionRule


class _Row(NamedTuple):
    """A row of the table."""

    told_by: frozenset[str]
    headings: frozenset[str]
    meaning: tuple[str, str]


@lru_cache(maxsize=1)
def _rows() -> list[_Row]:
    return [
        _Row(
            frozenset(row["told by"].split(", ")),
            frozenset(row["headings"].split(", ")),
            (row["category"], row["code"]),
        )
        for row in package_table(__package__, "kinds.tsv")
    ]


def in_kind_of_note(rules: Iterable[SectionRule | None]) -> dict[str, tuple[str, str]]:
    """What headings mean in a note with sections by these rules: category and code, by heading."""
    there = {rule.heading for rule in rules if rule is not None}
    meant: dict[str, tuple[str, str]] = {}
    for row in _rows():
        if not row.told_by.isdisjoint(there):
            meant |= dict.fromkeys(row.headings, row.meaning)
    return meant
