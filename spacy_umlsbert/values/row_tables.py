"""Tables whose rows are tests, with a heading that says what each column is.

"Lab;Ref;Units;Result" and other orders, with bars, tabs, semicolons, commas or wide blanks between.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spacy_umlsbert.values.anchors import Anchor
from spacy_umlsbert.values.units import Unit, Units

RESULT, UNIT, RANGE, FLAG_OF_ROW, NAME, PASSED = "result", "unit", "range", "flag", "name", "passed"
_HEADINGS = {
    NAME: "test|tests|lab|labs|analyte|component|name|investigation|parameter|item|assay|study|"
    "exam|test name|lab test|description",
    RESULT: "result|results|value|values|observed|measured|found|current|reading|today|finding|"
    "findings|obs|your value|your result|current result|patient value|result value|latest",
    UNIT: "unit|units|uom|unit of measure|units of measure",
    RANGE: "range|reference|ref|ref.|normal|normals|limits|interval|reference range|ref range|"
    "ref. range|ref interval|reference interval|normal range|normal values|expected|"
    "biological reference|reference values|reference value|standard range|low-high|norm|ref value",
    FLAG_OF_ROW: "flag|flags|abn|abnormal|status|interpretation|indicator|h/l|alert|abnormal flag|"
    "abnormal?|in range?",
    PASSED: "date|time|prior|previous|specimen|collected|method|#|no.|loinc|code|source|comment|"
    "note|last result|previous result|prior result",
}
_ROLES = {name: role for role, names in _HEADINGS.items() for name in names.split("|")}
_SPLITS = ("|", "\t", ";", ",", "  ")
_WIDE = re.compile(r"[ ]{2,}|[ ]*\t[ \t]*")
_LONGEST_ROW = 400
_MOST_CELLS = 12
_RULE = re.compile(r"[\s|+:=-]+")


class RowCell(NamedTuple):
    """A cell of a row: what it is, where it stands, the test and the unit of the row."""

    role: str
    start: int
    end: int
    anchor: Anchor
    unit: Unit | None


def rows_of_tables(text: str, anchors: Sequence[Anchor], units: Units) -> Iterator[list[RowCell]]:
    """The rows of such tables; of each its cells, in their order.

    Args:
        text: The text.
        anchors: Its tests, in order.
        units: The units that are known.
    """
    tests = [one for one in anchors if one.may_be_test]
    if not tests:
        return
    starts = [one.start for one in tests]
    divider, roles = "", [""]
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if len(line) <= _LONGEST_ROW and line.strip():
            heading = _heading(line)
            if heading is not None:
                divider, roles = heading
            elif divider and not _RULE.fullmatch(line):
                here = tests[bisect_left(starts, start) : bisect_left(starts, end)]
                row = _row(line, start, divider, roles, here, units)
                if not row:
                    divider = ""
                else:
                    yield row
        else:
            divider = ""
        start = end + 1


def _heading(line: str) -> tuple[str, list[str]] | None:
    """The divider and the roles of columns, if a line is a heading with a result and more.

    Results directly behind names, with blanks, tabs or bars between, are read as any line is: the
    divider is then empty.
    """
    for divider in _SPLITS:
        if divider not in line:
            continue
        cells = [line[a:b].strip(" *_").casefold() for a, b in _places(line, divider)]
        roles = [_ROLES.get(cell, "") for cell in cells]
        known = set(roles)
        if RESULT in known and known & {UNIT, RANGE, FLAG_OF_ROW} and "" not in roles:
            usual = divider not in (";", ",") and roles[:2] == [NAME, RESULT]
            return ("", roles) if usual else (divider, roles)
    return None


def _places(line: str, divider: str) -> list[tuple[int, int]]:
    """Where the cells of a line are, without the blanks around them."""
    if divider == "  ":
        edges = [0, *(at for one in _WIDE.finditer(line.rstrip()) for at in one.span())]
        edges.append(len(line.rstrip()))
        if line[:1] == " ":
            edges = edges[2:]
        return list(zip(edges[::2], edges[1::2], strict=False))[:_MOST_CELLS]
    outer = divider == "|" and line.lstrip().startswith("|")
    found, at = [], 0
    for cell in line.split(divider):
        left = at + len(cell) - len(cell.lstrip())
        found.append((left, max(left, at + len(cell.rstrip()))))
        at += len(cell) + 1
    if outer:
        found = found[1:]
        found = found[:-1] if line.rstrip().endswith("|") else found
    return found[:_MOST_CELLS]


def _row(
    line: str,
    start: int,
    divider: str,
    roles: Sequence[str],
    tests: Sequence[Anchor],
    units: Units,
) -> list[RowCell]:
    """The cells of a row that has as many as its heading; none if it is no row of the table."""
    places = _places(line, divider)
    if not tests or not _MOST_MISSING >= len(roles) - len(places) >= 0:
        return []
    if len(places) < len(roles) and divider in ("  ",):
        return []  # which one is missing is not known
    anchor = tests[0]
    by_role = {role: place for role, place in zip(roles, places, strict=False) if role}
    first = by_role.get(NAME, places[0])
    if not first[0] <= anchor.start - start < max(first[1], first[0] + 1) or RESULT not in by_role:
        return []
    unit = units.read(line[slice(*by_role[UNIT])]) if UNIT in by_role else None
    return [
        RowCell(role, start + a, start + b, anchor, unit)
        for role, (a, b) in by_role.items()
        if role != NAME and b > a
    ]


_MOST_MISSING = 2
