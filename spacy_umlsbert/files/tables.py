"""Reads CSV and TSV: records of fields under a header, going on after damaged ones."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.lines import LONGEST, Block, Line, sound_lines
from spacy_umlsbert.files.problems import (
    NOT_CSV,
    OPEN_QUOTES,
    STRICT,
    WRONG_WIDTH,
    FileKind,
    ProblemHandler,
    Strict,
)
from spacy_umlsbert.guard import hide_in_repr

DELIMITERS = {".csv": ",", ".tsv": "\t"}
"""By ending."""

_AT_A_TIME = 256
_FIELD_LIMIT = threading.Lock()


@hide_in_repr("fields")
class Record(NamedTuple):
    """A row of a table: the line it begins at, and its fields."""

    line: int
    fields: list[str]


def csv_records(
    blocks: Iterable[Block],
    path: str | Path,
    delimiter: str,
    problems: ProblemHandler = STRICT,
    *,
    resume_inside: bool = False,
    longest: int = LONGEST,
    any_width: bool = False,
) -> Iterator[Record]:
    """The records of a CSV file with a header, fields of many lines among them.

    The csv module gives up at a damaged record, or takes a quote too many for the start of a field
    that swallows what follows. Here a record that is damaged, or has not as many fields as the
    first, is a problem, and reading goes on behind it.

    Args:
        blocks: The lines of the file, flawed ones included.
        path: What it is called in problems.
        delimiter: Between fields.
        problems: What becomes of bad records.
        resume_inside: Read on at the second line of a bad record, not behind it, so that no sound
            record is lost. But what is left of a bad one may look like a sound one.
        longest: Most characters of a record.
        any_width: Leave it to the caller to look how many fields a record has.

    Yields:
        Records, the header first, of as many fields as it has unless ``any_width``. Lines that are
        empty or white space are left out, and so are those of empty fields before the header.

    Raises:
        InputError: If the header is damaged.
    """
    feed = _Feed(blocks, longest)
    width: int | None = None
    reported_until = 0  # the last line of a bad record
    in_pieces = False  # what follows a bad record of several lines is what is left of it
    while feed.more():
        if width is not None:
            records = _sound_records(feed, delimiter, width)
            in_pieces = in_pieces and not records
            yield from records
            if records or not feed.more():
                continue
        fields, problem = _parse(feed, delimiter)
        if not problem:
            fields = [] if _blank(fields, width) else fields
            problem = "" if any_width or len(fields) in (0, width or len(fields)) else WRONG_WIDTH
        first, last = feed.taken[0], feed.taken[-1]
        kind = FileKind.MALFORMED
        flaws = [line for line in feed.taken if line[3] is not None]
        if flaws and flaws[0].flaw is not None:
            kind, message = flaws[0].flaw, flaws[0].problem
        elif last.number > first.number and problem:
            message = f"{problem}; it goes to line {last.number}"
        else:
            message = problem
        if not message:
            if fields:
                width = width or len(fields)
                in_pieces = False
                yield Record(first.number, fields)
            continue
        if width is None:
            raise InputError(f"the header cannot be read: {message}.", path=path, line=first.number)
        if not in_pieces and first.number > reported_until:
            problems.add(kind, path, first.number, message)
        if problem and resume_inside:
            reported_until = max(reported_until, last.number)
            in_pieces = in_pieces or len(feed.taken) > 1
            feed.give_back(1)


def split_records(
    lines: Iterable[Line], path: str | Path, delimiter: str, problems: ProblemHandler = STRICT
) -> Iterator[Record]:
    """The records of a table without quoting, one a line. Empty lines are left out."""
    for line in sound_lines(lines, path, problems):
        if line.text.strip():
            yield Record(line.number, line.text.split(delimiter))


def refuse_duplicates(
    columns: Sequence[str], path: str | Path, line: int | None = None, strict: Strict[Any] = STRICT
) -> None:
    """Make sure that no two columns have the same name.

    Args:
        columns: Their names.
        path: The file.
        line: The line of the header.
        strict: Of which type the error is.

    Raises:
        InputError: If two have; it says which by their numbers.
    """
    message = duplicate_names(columns)
    if message:
        raise strict.error(
            f"{message}.", path=path, line=line, remedy="Give one of them another name."
        )


def duplicate_names(names: Sequence[str], what: str = "columns") -> str:
    """Which columns or fields have the same name, counted from one; empty if none have."""
    seen: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        before = seen.setdefault(name, number)
        if before != number:
            return f"{what} {before} and {number} have the same name"
    return ""


def _blank(fields: list[str], width: int | None) -> bool:
    """Whether a record is a blank line, or one of the rows that are left free above a header."""
    return (width is None or len(fields) == 1 != width) and not any(map(str.strip, fields))


class _Feed:
    """Hands out lines of records, and takes back what did not belong to them."""

    def __init__(self, blocks: Iterable[Block], longest: int) -> None:
        self._blocks = iter(blocks)
        self.longest = longest
        self._block: Block | None = None  # what comes behind the lines
        self._is_rest = False  # it is what is left of one, and may end within a record
        self._lines: list[Line] = []
        self._begin = self._end = 0  # of what is taken, among the lines
        self.size = 0
        self.open_end = False

    @property
    def taken(self) -> list[Line]:
        """The lines that were handed out last."""
        return self._lines[self._begin : self._end]

    def more(self) -> bool:
        """Whether there is another line."""
        if self._end == len(self._lines) and self._block is None:
            self._block = next(self._blocks, None)
        return self._end < len(self._lines) or self._block is not None

    def record(self) -> Iterator[str]:
        """The lines of a record, as many as are asked for."""
        self._begin, self.size, self.open_end = self._end, 0, False
        while self.size <= self.longest and self.more():
            if self._end == len(self._lines):
                self._split_block()
            _, text, end, _ = self._lines[self._end]
            self._end += 1
            self.size += len(text) + len(end)
            yield text + end
        self.open_end = True  # asked for one more line than there is, or than a record may have

    def _split_block(self) -> None:
        """Add the lines of the next block to what can be handed out, and drop what has been."""
        assert self._block is not None
        del self._lines[: self._begin]
        self._begin, self._end = 0, len(self._lines)
        self._lines += self._block.lines()
        self._block = None

    def give_back(self, start: int) -> None:
        """Read the taken lines from this one on again."""
        self._end = self._begin + start

    def sound(self) -> tuple[int, Iterable[str]]:
        """The number of the next line, and lines from it on, as many as are there and sound."""
        self._begin = self._end
        if self._end == len(self._lines) and self._block is not None:
            if self._is_rest and (following := next(self._blocks, None)) is not None:
                self._block = self._block.joined(following)
            self._is_rest = False
            if self._block.text is not None:
                return self._block.first, io.StringIO(self._block.text, newline="\n")
            self._split_block()
        lines = self._lines[self._end : self._end + _AT_A_TIME]
        sound = takewhile(lambda line: line.flaw is None, lines)
        return lines[0].number, [text + end for _, text, end, _ in sound]

    def skip(self, many: int) -> None:
        """Go on behind so many of the lines that ``sound`` gave."""
        if self._end < len(self._lines):
            self._end += many
        elif many and self._block is not None:
            self._block = self._block.after(many)
            self._is_rest = self._block is not None


def _sound_records(feed: _Feed, delimiter: str, width: int) -> list[Record]:
    """The records that follow, up to one that may be bad or goes on in the next block.

    One reader of the csv module for all of them takes a fraction of the time of many.
    """
    records = []
    first, lines = feed.sound()
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    done = 0
    try:
        for fields in reader:
            if len(fields) == width:
                records.append(Record(first + done, fields))
            elif fields:
                break
            done = reader.line_num
    except csv.Error:
        pass
    feed.skip(done)
    return records


def _parse(feed: _Feed, delimiter: str) -> tuple[list[str], str]:
    """The fields of the next record, or what is wrong with it."""
    for raised in (False, True):
        try:
            # Strict, or a quote that is not closed swallows the next row up to its first quote.
            with _field_limit(2 * feed.longest if raised else 0):
                return next(csv.reader(feed.record(), delimiter=delimiter, strict=True)), ""
        except csv.Error:
            with _FIELD_LIMIT:  # else it may be the one that another thread has raised
                limit = csv.field_size_limit()
            if raised or feed.size <= limit:
                break
            feed.give_back(0)
    return [], OPEN_QUOTES if feed.open_end else NOT_CSV


@contextmanager
def _field_limit(characters: int) -> Iterator[None]:
    """The csv module's limit of a field, which is one of the whole process, raised if it must be.

    Nearly no record needs it, and then the limit is put back.
    """
    if not characters:
        yield
        return
    with _FIELD_LIMIT:
        before = csv.field_size_limit(characters)
        try:
            yield
        finally:
            csv.field_size_limit(before)
