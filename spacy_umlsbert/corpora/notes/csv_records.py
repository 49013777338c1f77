"""The records of a CSV file, going on after damaged ones."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from spacy_umlsbert.corpora.notes.lines import LONGEST, Line, LineReader
from spacy_umlsbert.corpora.notes.problems import Problems


class Record(NamedTuple):
    """A row of a table: the line it starts at, and its fields."""

    line: int
    fields: list[str]


def csv_records(lines: LineReader, delimiter: str, problems: Problems) -> Iterator[Record]:
    """Read the records of a CSV file with a header, fields of many lines among them.

    The csv module gives up at a damaged record, or takes a quote too many for the start of a field
    that swallows what follows. Here a record that does not have as many fields as the first is
    counted and its first line left out; reading goes on at its second line, so that the next sound
    record is found again.

    Args:
        lines: The file.
        delimiter: Between fields.
        problems: Where bad records are counted.

    Yields:
        Records of as many fields as the header, which comes first. Empty lines are left out.
    """
    feed = _Feed(lines)
    width: int | None = None
    counted_until = 0  # the last line of a bad record
    in_pieces = False  # what follows a bad record of several lines is what is left of it
    while feed.more():
        fields, problem = _parse(feed, delimiter)
        first = feed.taken[0]
        if problem is None and width is not None and len(fields) not in (0, width):
            problem = "row with too few or too many fields"
        if problem is not None:
            if not in_pieces and first.number > counted_until:
                problems.add(problem, lines.path, first.number)
            counted_until = max(counted_until, feed.taken[-1].number)
            in_pieces = in_pieces or len(feed.taken) > 1
            feed.give_back(1)
        elif not all(line.intact for line in feed.taken):
            problems.add("row with broken encoding", lines.path, first.number)
        elif fields:
            width = width or len(fields)
            in_pieces = False
            yield Record(first.number, fields)


class _Feed:
    """Hands out the lines of one record at a time, and takes back what did not belong to it."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self._waiting: deque[Line] = deque()
        self.taken: list[Line] = []
        self.open_end = False

    def more(self) -> bool:
        """Whether there is another line."""
        if not self._waiting and (line := next(self._lines, None)) is not None:
            self._waiting.append(line)
        return bool(self._waiting)

    def record(self) -> Iterator[str]:
        """The lines of a record, as many as are asked for."""
        self.taken, self.open_end = [], False
        size = 0
        while size <= LONGEST and self.more():
            line = self._waiting.popleft()
            self.taken.append(line)
            size += len(line.text)
            yield line.text
        self.open_end = True  # asked for one more line than there is, or than a record may have

    def give_back(self, start: int) -> None:
        """Read the lines of the record from this one on again."""
        self._waiting.extendleft(reversed(self.taken[start:]))


def _parse(feed: _Feed, delimiter: str) -> tuple[list[str], str | None]:
    limit = csv.field_size_limit(2 * LONGEST)  # the limit is one of the process: put it back
    try:
        # Strict, or a quote that is not closed swallows the next row up to its first quote.
        return next(csv.reader(feed.record(), delimiter=delimiter, strict=True)), None
    except csv.Error:
        return [], "row whose quotes do not close" if feed.open_end else "row that is not valid CSV"
    finally:
        csv.field_size_limit(limit)
