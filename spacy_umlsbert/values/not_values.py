"""What is no value although it has numbers: dates, phone numbers, numbers of records, grades."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from spacy_umlsbert.files.resources import package_rows
from spacy_umlsbert.files.rule_tables import RuleKind

PLACES = ("whole", "before", "before lab", "after")
COLUMNS = ("where", "pattern", "what")


class NotValue(NamedTuple):
    """A pattern of what is no value.

    Attributes:
        where: ``whole`` is passed over; ``before`` stands before a number that is no value, and
            ``after`` behind one; ``before lab`` before one that is no result of a test.
        pattern: A regular expression without groups that have names; case does not matter.
        what: What it is, for who reads the table.
    """

    where: str
    pattern: str
    what: str = ""


def problem_of(row: NotValue) -> str:
    """What is wrong with a row; empty if nothing is."""
    if row.where not in PLACES:
        return f"where is none of {', '.join(PLACES)}"
    try:
        compiled = re.compile(row.pattern, re.IGNORECASE)
    except re.error:
        return "the pattern is no regular expression"
    if compiled.groupindex or compiled.groups:
        return "the pattern has groups; write (?:…)"
    return "the pattern matches nothing at all" if compiled.fullmatch("") else ""


KIND = RuleKind(NotValue, COLUMNS, problem_of, name="pattern")


@cache
def package_not_values() -> tuple[NotValue, ...]:
    """The rows of the package."""
    header, *rows = package_rows(__package__, "not_values.tsv")
    assert tuple(header) == COLUMNS
    return tuple(NotValue(*row) for row in rows)
