r"""Reads the lines of a text file: one by one, and whatever is wrong with some of them.

A line ends in ``\n`` or ``\r\n``, and nothing else ends one. Lines that are not UTF-8, hold a NUL
or are too long are problems, and so is a ``.gz`` file that is damaged.
"""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, count, repeat
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

_BLOCK_BYTES = 1 << 14
"""So many are read, decoded and looked through for damage at a time."""

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


class Block:
    """Some whole lines of a file, which are looked at all at once if they have no flaw.

    Args:
        data: The lines.
        first: The number of the first.
        longest: Most bytes of a line.

    Attributes:
        first: The number of the first line.
        last: The number of the last line.
        text: The text of all of them, with their ends; None if any may have a flaw.
    """

    def __init__(self, data: bytes, first: int, longest: int) -> None:
        self._data = data
        self._longest = longest
        self.first = first
        self.last = first + data.count(b"\n") - data.endswith(b"\n")
        self.text = None if len(data) >= longest or 0 in data else self._decoded()

    def _decoded(self) -> str | None:
        try:
            text = self._data.decode()
        except UnicodeDecodeError:
            return None
        return text.removeprefix("\ufeff") if self.first == 1 else text

    def after(self, many: int) -> Block | None:
        """What is left behind so many lines, if anything; all of them have to be sound."""
        parts = () if self.text is None else self.text.split("\n", many)
        left = parts[many] if len(parts) > many else ""  # the last line may have no end
        return Block(left.encode(), self.first + many, self._longest) if left else None

    def joined(self, following: Block) -> Block:
        """This one and the one that follows, as one."""
        return Block(self._data + following._data, self.first, self._longest)

    def lines(self) -> list[Line]:
        """The lines, flawed ones included."""
        if self.text is None or not self.text.endswith("\n"):
            numbered = enumerate(io.BytesIO(self._data), self.first)
            return [_line(number, raw, self._longest) for number, raw in numbered]
        texts = self.text.split("\n")
        del texts[-1]
        ends: Iterable[str] = repeat("\n")
        if "\r" in self.text:
            ends = ["\r\n" if one.endswith("\r") else "\n" for one in texts]
            texts = [one.removesuffix("\r") for one in texts]
        # Without a call of Python code for each of them.
        return list(
            map(partial(tuple.__new__, Line), zip(count(self.first), texts, ends, repeat(None)))
        )


def blocks_of(lines: Iterable[Line]) -> Iterator[Block]:
    """Blocks of sound lines, of which some may have been left out."""
    for line in lines:
        yield Block(f"{line.text}{line.end}".encode(), line.number, LONGEST)


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
        return chain.from_iterable(block.lines() for block in self.blocks())

    def blocks(self) -> Iterator[Block]:
        """The lines, some at a time."""
        if self._file is None:
            self._problems.add(FileKind.UNREADABLE, self.path, 0, "the file cannot be read")
            return
        number = 0
        try:
            for block in _blocks(decompressed(self._file, self.path), self._longest):
                number = block.last
                yield block
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
    with LineReader(path, problems, longest=longest) as reader:
        for block in reader.blocks():
            lines = block.lines()
            yield from sound_lines(lines, path, problems) if block.text is None else lines


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
    """The lines of a stream of bytes, flawed ones included, as soon as the stream has them."""
    return chain.from_iterable(block.lines() for block in _blocks(stream, longest))


def lines_of(text: str) -> list[Line]:
    """The lines of a text, those with a NUL marked as flawed."""
    return Block(text.encode(), 1, sys.maxsize).lines() if text else []


def _blocks(stream: BinaryIO, longest: int) -> Iterator[Block]:
    read = getattr(stream, "read1", stream.read)  # read1 does not wait for a full block
    number = 1
    begun: list[bytes] = []  # a line whose end has not been read yet; of one too long, enough
    size = 0
    while data := read(_BLOCK_BYTES):
        cut = data.rfind(b"\n") + 1
        if cut:
            block = Block(b"".join([*begun, data[:cut]]), number, longest)
            number = block.last + 1
            yield block
            begun, size = [], 0
        begun.append(data[cut:][: longest - size])
        size += len(begun[-1])
    if size:
        yield Block(b"".join(begun), number, longest)


def _line(number: int, raw: bytes, longest: int) -> Line:
    if len(raw.removesuffix(b"\n")) >= longest:
        return Line(number, "", "\n", FileKind.TOO_LARGE)
    raw = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
    end = _end(raw)
    body = raw[: len(raw) - len(end)]
    if 0 in body:
        text = body.replace(b"\0", b"?").decode("utf-8", errors="replace")
        return Line(number, text, end, FileKind.NUL)
    try:
        return Line(number, body.decode(), end)
    except UnicodeDecodeError:
        return Line(number, body.decode("utf-8", errors="replace"), end, FileKind.ENCODING)


def _end(raw: bytes) -> str:
    if raw.endswith(b"\r\n"):
        return "\r\n"
    if raw.endswith(b"\n"):
        return "\n"
    return "\r" if raw.endswith(b"\r") else ""
