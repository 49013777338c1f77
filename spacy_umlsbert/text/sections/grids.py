"""Tables of a note whose cells are no headings: "| Medication | Dose |" above rows of drugs.

A whole note may be a table too, with a heading in the first cell of each row. So what a table is
depends on all of its rows.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.text.sections.nesting import Line
from spacy_umlsbert.text.sections.rules import SectionRules
from spacy_umlsbert.text.sections.tables import LABEL

_BARS = "|│║"
_BAR = re.compile(f"[{_BARS}]+")
_TAB = re.compile(r"\t[ \t]*")
_DRAWN = re.compile(rf"(?=.*[-=─═━])[\s{_BARS}:+=─═━┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬-]{{3,}}")
_MARKS = " *_#`~[]()<>"
_COLON = re.compile(r"[^\w:：]*([^:：]{1,80}?)\s*[:：](?!\d)")
_COLUMNS = 3
"""So many cells make a row where nothing but tabs divides them, or where it is alone."""


@hide_in_repr("cells")
class _Row(NamedTuple):
    """A row of a table.

    Attributes:
        line: The number of its line.
        cells: The texts of its cells; none of a drawn line.
        bars: Whether bars divide them.
        framed: Whether a bar stands before the first, too.
    """

    line: int
    cells: tuple[str, ...]
    bars: bool
    framed: bool


def lines_of_tables(text: str, lines: Sequence[Line], rules: SectionRules) -> frozenset[int]:
    """The numbers of the lines in which no heading is looked for, since a table of data is there.

    Args:
        text: The note.
        lines: Its lines.
        rules: What is known of titles.
    """
    found: set[int] = set()
    for rows in _tables(text, lines):
        found |= _without_headings(rows, rules)
    return frozenset(found)


def _tables(text: str, lines: Sequence[Line]) -> Iterator[list[_Row]]:
    """Rows that stand together, with the lines that are drawn between them."""
    rows = (_row(i, text[line.start : line.end]) for i, line in enumerate(lines))
    for kind, together in groupby(rows, key=lambda row: None if row is None else row.bars):
        if kind is not None:
            yield [row for row in together if row is not None]


def _row(number: int, line: str) -> _Row | None:
    """The row that a line is, if it is one; what is drawn belongs to a table of bars."""
    if _DRAWN.fullmatch(line) is not None:
        return _Row(number, (), True, False)
    framed = line[:1] != "" and line[0] in _BARS
    bars = framed or _BAR.search(line) is not None
    parts = (_BAR if bars else _TAB).split(line.strip(_BARS + " \t"))
    if len(parts) < 2 and not framed:
        return None
    return _Row(number, tuple(part.strip() for part in parts), bars, framed)


def _without_headings(table: Sequence[_Row], rules: SectionRules) -> set[int]:
    """The lines of a table in which no cell is a heading."""
    rows = [row for row in table if row.cells]
    if not rows:
        return set()
    sizes = {len(row.cells) for row in rows}
    ruled = len(table) > 1 and table[0] is rows[0] and not table[1].cells
    if max(sizes) < 2:
        return set()  # a box around a text
    if len(rows) == 1 and not (rows[0].framed and (ruled or max(sizes) >= _COLUMNS)):
        return set()
    if not rows[0].bars and (len(sizes) > 1 or min(sizes) < _COLUMNS):
        return set()
    headed = _names_columns(rows[0], rules) or (ruled and not _category(rows[0], rules))
    body = rows[1:] if headed else rows
    categories = [_category(row, rules) for row in body]
    told = [category for category in categories if category]
    alone = len(rows) == 1 and not _has_title(rows[0], rules)
    if alone or 2 * len(told) <= len(body) or (len(body) > 1 and len(set(told)) == 1):
        return {row.line for row in rows}
    return {rows[0].line} if headed else set()


def _names_columns(row: _Row, rules: SectionRules) -> bool:
    """Whether each cell of a row is a title or a label, as the names of columns are."""
    found = [rules.find(cell.strip(_MARKS), loosely=False) for cell in row.cells if cell]
    return len(found) > 1 and None not in found


def _category(row: _Row, rules: SectionRules) -> str:
    """The category of the heading that a row begins with, or has with a colon in some cell."""
    for number, cell in enumerate(row.cells):
        colon = _COLON.match(cell)
        if number and colon is None:
            continue
        rule = rules.find(colon[1] if colon else cell.strip(_MARKS), loosely=False)
        if rule is not None and rule.use != LABEL:
            return rule.category
    return ""


def _has_title(row: _Row, rules: SectionRules) -> bool:
    """Whether a cell is a title with a colon."""
    titled = (cell for cell in row.cells if _COLON.match(cell) is not None)
    return any(_category(row._replace(cells=(cell,)), rules) for cell in titled)
