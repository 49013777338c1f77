"""Tables whose columns are answers: a header "Symptom | Yes | No", and a mark in each row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spacy_umlsbert.assertion.lines import Line, Lines
from spacy_umlsbert.assertion.verdicts import (
    AFFIRMED,
    FAMILY,
    HISTORICAL,
    NEGATED,
    UNCERTAIN,
    Cue,
)
from spacy_umlsbert.guard import hide_in_repr

_ANSWERS = {
    **dict.fromkeys(
        "yes y present positive pos + endorses reports current active patient pt self".split(),
        AFFIRMED,
    ),
    **dict.fromkeys("no n absent negative neg - denies denied none never".split(), NEGATED),
    **dict.fromkeys("unknown unsure possible suspected maybe ?".split(), UNCERTAIN),
    **dict.fromkeys("past history hx previous resolved".split(), HISTORICAL),
    **dict.fromkeys("family mother father brother sister relative relatives fh".split(), FAMILY),
}
_MARK = re.compile(r"[xX✓✔√●•*☑☒]|\[[xX]\]|\([xX]\)|yes", re.IGNORECASE)
_CELLS = {
    "|": re.compile(r"[^|]+"),
    "\t": re.compile(r"[^\t]+"),
    " ": re.compile(r"\S+(?: \S+)*"),
}
_LONGEST_ROW = 400
_FEWEST_ANSWERS = 2
_MOST_OTHERS = 2


@hide_in_repr("text")
class _Cell(NamedTuple):
    start: int
    end: int
    text: str
    column: int
    middle: float  # from the beginning of the line


def grid_cues(lines: Lines) -> Iterator[Cue]:
    """What marks in the columns of tables say of the rows."""
    header: list[_Cell] = []
    divider = ""
    for line in lines.lines:
        if line.is_blank or len(line.text) > _LONGEST_ROW:
            header = []
            continue
        found = _header(line)
        if found is not None:
            divider, header = found
        elif header:
            yield from _row(_cells(line, divider), header, divider, line)


def _header(line: Line) -> tuple[str, list[_Cell]] | None:
    for divider in "|\t ":
        if divider not in line.text:
            continue
        cells = _cells(line, divider)
        answers = [cell for cell in cells if cell.text.lower() in _ANSWERS]
        if len(answers) < _FEWEST_ANSWERS or len(cells) - len(answers) > _MOST_OTHERS:
            continue
        first = cells.index(answers[0])
        if cells[first : first + len(answers)] == answers:  # side by side: no row of answers
            return divider, cells
    return None


def _cells(line: Line, divider: str) -> list[_Cell]:
    cells = []
    column = 0
    end = 0
    for match in _CELLS[divider].finditer(line.text):
        column += line.text.count(divider, end, match.start())
        end = match.end()
        text = match.group().strip()
        if text:
            left = match.start() + len(match.group()) - len(match.group().lstrip())
            start = line.start + left
            middle = left + len(text) / 2
            cells.append(_Cell(start, start + len(text), text, column, middle))
    return cells


def _row(
    cells: Sequence[_Cell], header: Sequence[_Cell], divider: str, line: Line
) -> Iterator[Cue]:
    marks = [cell for cell in cells[1:] if _MARK.fullmatch(cell.text)]
    if not marks:
        return
    first = marks[0].start
    for mark in marks:
        of = next((cell for cell in header if cell.column == mark.column), header[0])
        if divider == " ":
            of = _nearest(header, mark)
        category = _ANSWERS.get(of.text.lower())
        if category is not None:
            yield Cue(mark.start, mark.end, category, line.start, first)


def _nearest(header: Sequence[_Cell], mark: _Cell) -> _Cell:
    return min(header, key=lambda cell: abs(cell.middle - mark.middle))
