r"""Reads the lines of a text file: one by one, and whatever is wrong with some of them.

A line ends in ``\n`` or ``\r\n``, and nothing else ends one. Lines that are not UTF-8, hold a NUL
or are too long are problems, and so is a ``.gz`` file that is damaged.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

from spacy_umlsbert.files.problems import (
    CUT_SHORT,
    HAS_NUL,
    NOT_UTF8,
    STRICT,
    TOO_LARGE,
    FileKind,
    ProblemHandler,
)
from spacy_umlsbert.files.streams import READ_ERRORS, decompressed, require_file
from spacy_umlsbert.guard import hide_in_repr

LONGEST = 1 << 24
"""Most bytes of a line: longer than any note, and short enough to be held in memory many times."""

_NEW_LINE = ord("\n")
_MESSAGES = {
    FileKind.ENCODING: NOT_UTF8,
    FileKind.NUL: HAS_NUL,
    FileKind.TOO_LARGE: TOO_LARGE,
}


@hide_in_repr("text")
class Line(NamedTuple):
    r"""A line.

    Attributes:
        number: From 1.
        text: Its text, without its end. Replacement characters stand for what is not UTF-8 and
            for NULs; the text of a line that is too long is empty.
        end: ``\n``, ``\r\n``, or nothing at the end of the file.
        flaw: What is wrong with it, if anything.
    """

    number: int
    text: str
    end: str = "\n"
    flaw: FileKind | None = None

    @property
    def problem(self) -> str:
        """What is wrong with it, in words."""
        return "" if self.flaw is None else _MESSAGES[self.flaw]


class LineReader:
    """Iterates over the lines of a file, flawed ones included, with `position` for progress.

    Needs no more memory than the longest line. To be used in a ``with`` block.

    Args:
        path: The file; ``.gz`` files are decompressed.
        problems: What becomes of a file that is damaged: its lines up to there are given.
        longest: Most bytes of a line.

    Raises:
        InputError: If there is no such file.
    """

    def __init__(
        self, path: str | Path, problems: ProblemHandler = STRICT, *, longest: int = LONGEST
    ) -> None:
        self.path = require_file(path)
        self._problems = problems
        self._longest = longest
        self.size = self.path.stat().st_size
        try:
            self._file: BinaryIO | None = self.path.open("rb")
        except OSError:
            self._file = None

    @property
    def position(self) -> int:
        """Bytes of the file that have been read so far, of ``size``."""
        return self.size if self._file is None or self._file.closed else self._file.tell()

    def __enter__(self) -> LineReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def __iter__(self) -> Iterator[Line]:
        if self._file is None:
            self._problems.add(FileKind.UNREADABLE, self.path, 0, "the file cannot be read")
            return
        number = 0
        try:
            for line in split_lines(decompressed(self._file, self.path), self._longest):
                number = line.number
                yield line
        except READ_ERRORS:
            self._problems.add(FileKind.UNREADABLE, self.path, number, CUT_SHORT)


def read_lines(
    path: str | Path, problems: ProblemHandler = STRICT, *, longest: int = LONGEST
) -> Iterator[Line]:
    """The sound lines of a file, in order; flawed ones are handed to ``problems``.

    Args:
        path: The file; ``.gz`` files are decompressed.
        problems: What becomes of problems.
        longest: Most bytes of a line.

    Raises:
        InputError: If there is no such file; and at the first problem, if ``problems`` is strict.
    """
    with LineReader(path, problems, longest=longest) as lines:
        yield from sound_lines(lines, path, problems)


def sound_lines(
    lines: Iterable[Line], path: str | Path, problems: ProblemHandler
) -> Iterator[Line]:
    """The lines that have no flaw; the others are handed to ``problems``."""
    for line in lines:
        if line.flaw is None:
            yield line
        else:
            problems.add(line.flaw, path, line.number, line.problem)


def split_lines(stream: BinaryIO, longest: int = LONGEST) -> Iterator[Line]:
    """The lines of a stream of bytes, flawed ones included."""
    readline = stream.readline
    number = 0
    while raw := readline(longest):
        number += 1
        if len(raw) == longest and not raw.endswith(b"\n"):
            while (raw := readline(longest)) and not raw.endswith(b"\n"):
                pass
            yield Line(number, "", "\n", FileKind.TOO_LARGE)
        else:
            yield _decoded(number, raw)


def lines_of(text: str) -> list[Line]:
    """The lines of a text, those with a NUL marked as flawed."""
    *parts, last = text.split("\n")
    ended = [f"{part}\n" for part in parts]
    numbered = enumerate([*ended, *([last] if last else [])], 1)
    return [_decoded(number, part.encode()) for number, part in numbered]


def _decoded(number: int, raw: bytes) -> Line:
    # Nearly all lines are as the first branch takes them; a tuple is made in half Line(…)'s time.
    if raw[-1] == _NEW_LINE and raw[-2:-1] != b"\r" and number > 1:
        body, end = raw[:-1], "\n"
    else:
        raw = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
        end = _end(raw)
        body = raw[: len(raw) - len(end)]
    if 0 in body:
        text = body.replace(b"\0", b"?").decode("utf-8", errors="replace")
        return Line(number, text, end, FileKind.NUL)
    try:
        return tuple.__new__(Line, (number, body.decode(), end, None))
    except UnicodeDecodeError:
        return Line(number, body.decode("utf-8", errors="replace"), end, FileKind.ENCODING)


def _end(raw: bytes) -> str:
    if raw.endswith(b"\r\n"):
        return "\r\n"
    if raw.endswith(b"\n"):
        return "\n"
    return "\r" if raw.endswith(b"\r") else ""
