"""Tables whose columns are tests: a row of names, and rows of numbers below it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spacy_umlsbert.values.anchors import Anchor, unit_in_brackets
from spacy_umlsbert.values.units import Unit, Units

_FEWEST = 2
_LONGEST_ROW = 2_000
_CELLS = {"|": re.compile(r"[^|]+"), "\t": re.compile(r"[^\t]+"), " ": re.compile(r"\S+")}
_REST = re.compile(
    r"[\s|,;:/()\[\]-]*(?:(?:date|time|day|lab|labs|test|vitals|vital|signs|name|units?)[\s|,;:]*)*",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[<>]?\s?-?(?:\d|\.\d)[\d.,/-]*\s?(?:[%a-zA-Zµ°/*]{0,12}|\([HL]\))|--?|n/?a|\*", re.I
)
_RULE = re.compile(r"[\s|+:=-]+")


class Column(NamedTuple):
    """A column: its test, and the unit in its heading."""

    anchor: Anchor
    unit: Unit | None
    number: int


class Cell(NamedTuple):
    """A cell with a number."""

    start: int
    end: int
    column: Column


def cells_of_tables(text: str, anchors: Sequence[Anchor], units: Units) -> Iterator[Cell]:
    """The cells of a text's tables that stand below the name of a test.

    Args:
        text: The text.
        anchors: Its tests, in order.
        units: The units that are known.
    """
    tests = [one for one in anchors if one.may_be_test]
    if len(tests) < _FEWEST:
        return
    starts = [one.start for one in tests]
    columns: list[Column] = []
    divider = " "
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        found = None
        if len(line) <= _LONGEST_ROW:
            here = tests[bisect_left(starts, start) : bisect_left(starts, end)]
            found = _header(text, start, end, here, units) if len(here) >= _FEWEST else None
        if found is not None:
            divider, columns = found
        elif columns and not _RULE.fullmatch(line):
            cells = _row(text, start, end, divider, columns)
            if not cells:
                columns = []
            yield from cells
        start = end + 1


def _header(
    text: str, start: int, end: int, anchors: Sequence[Anchor], units: Units
) -> tuple[str, list[Column]] | None:
    """The columns, if a line has nothing but names of tests."""
    at = start
    columns = []
    line = text[start:end]
    divider = "|" if "|" in line else "\t" if "\t" in line else " "
    for i, anchor in enumerate(anchors):
        if not _REST.fullmatch(text, at, anchor.start):
            return None
        unit, at = unit_in_brackets(text, anchor.end, end, units)
        if unit is None and any(character.isdigit() for character in text[anchor.end : at]):
            return None
        number = i if divider == " " else text.count(divider, start, anchor.start)
        columns.append(Column(anchor, unit, number))
    return (divider, columns) if _REST.fullmatch(text, at, end) else None


def _row(text: str, start: int, end: int, divider: str, columns: Sequence[Column]) -> list[Cell]:
    """The cells of a row; none if it is no row of the table."""
    places = []
    number = 0
    last = start
    for match in _CELLS[divider].finditer(text, start, end):
        number += text.count(divider, last, match.start()) if divider != " " else 0
        last = match.end()
        left = match.start() + len(match.group()) - len(match.group().lstrip())
        right = match.start() + len(match.group().rstrip())
        if right > left:
            places.append((number, left, right))
    if divider == " ":
        labels = len(places) - len(columns)
        if labels not in (0, 1, 2) or any(
            not _NUMBER.fullmatch(text, a, b) for _, a, b in places[labels:]
        ):
            return []
        return [
            Cell(left, right, column)
            for (_, left, right), column in zip(places[labels:], columns, strict=True)
        ]
    by_number = {column.number: column for column in columns}
    shifted = [(n, a, b) for n, a, b in places if n in by_number]
    numbers = [one for one in shifted if _NUMBER.fullmatch(text, one[1], one[2])]
    if len(numbers) * 2 < len(shifted) or not numbers:
        return []
    return [Cell(a, b, by_number[n]) for n, a, b in numbers]
