"""Large tables of lines without quotes, in one file or several parts, read by Arrow.

Arrow reads them fast but quotes lines in its messages, has no line numbers for some errors and
takes a NUL as text. So when it stops, the lines are gone through once more to say where the first
bad one is.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np
import pyarrow as pa
from pyarrow import csv

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.problems import CUT_SHORT, HAS_NUL, NOT_UTF8, TERMINOLOGY
from spacy_umlsbert.files.streams import READ_ERRORS, open_bytes

if TYPE_CHECKING:
    import io

_BLOCK_BYTES = 1 << 25


class DelimitedFile:
    """A table of lines.

    Args:
        parts: The files that hold it: one, or its parts in order; a part may end within a line.
        delimiter: What stands between the columns, one character.
        closes: Whether the delimiter may stand behind the last column too.
    """

    def __init__(self, parts: Sequence[Path], delimiter: str, *, closes: bool = False) -> None:
        self.parts = list(parts)
        self._delimiter = delimiter.encode()
        self._closes = closes

    @property
    def path(self) -> Path:
        """The file, or its first part."""
        return self.parts[0]

    def header(self) -> list[str]:
        """The columns of the first line.

        Raises:
            TerminologyError: If there is no first line, or it is damaged.
        """
        line = self._first_line()
        problem = _damage(line)
        if problem is not None:
            raise TERMINOLOGY.error_of(self.path, 1, problem)
        text = line.removeprefix(codecs.BOM_UTF8).decode()
        return text.split(self._delimiter.decode())

    def read(
        self, columns: Sequence[str], wanted: Sequence[str], *, header: bool = False
    ) -> Iterator[pa.Table]:
        """The wanted columns, as strings, block by block.

        Args:
            columns: The names of all columns.
            wanted: Those to read.
            header: Whether the first line is a header, and no row.

        Raises:
            TerminologyError: If the file is damaged; it names the line.
        """
        width = self._width(len(columns))
        names = [*columns, *(f"after {i}" for i in range(width - len(columns)))]
        try:
            with (
                closing(_Bytes(self.parts)) as stream,
                csv.open_csv(
                    pa.PythonFile(stream, mode="r"),
                    read_options=csv.ReadOptions(
                        column_names=names, skip_rows=int(header), block_size=_BLOCK_BYTES
                    ),
                    parse_options=csv.ParseOptions(
                        delimiter=self._delimiter.decode(),
                        quote_char=False,
                        double_quote=False,
                        escape_char=False,
                    ),
                    convert_options=csv.ConvertOptions(
                        include_columns=list(wanted),
                        column_types=dict.fromkeys(wanted, pa.string()),
                        strings_can_be_null=False,
                    ),
                ) as reader,
            ):
                for batch in reader:
                    yield pa.Table.from_batches([batch])
        except (pa.ArrowInvalid, *READ_ERRORS):
            raise self.first_bad_line(len(columns), None, "the file cannot be read") from None

    def first_bad_line(
        self, columns: int, is_bad: Callable[[list[bytes]], bool] | None, otherwise: str
    ) -> TerminologyError:
        """An error that names the first bad line: the part that it begins in, and where in that.

        Args:
            columns: How many columns a line has.
            is_bad: Whether a line is bad whose columns are sound, by these.
            otherwise: What is wrong with such a line, or with the file if no line is bad.
        """
        try:
            width = self._width(columns)
            for path, number, raw in self._lines():
                line = raw.rstrip(b"\r\n")
                problem = self._problem(line, width, columns)
                if problem is None and is_bad is not None:
                    problem = otherwise if is_bad(line.split(self._delimiter)) else None
                if line and problem is not None:
                    return TERMINOLOGY.error_of(path, number, problem)
        except TerminologyError as error:
            return error
        return TERMINOLOGY.error_of(self.path, 0, otherwise)

    def _lines(self) -> Iterator[tuple[Path, int, bytes]]:
        """All lines, with the part that each begins in and its number there."""
        path, first, line = self.path, 0, b""
        for part in self.parts:
            number = 0
            try:
                with open_bytes(part) as lines:
                    for number, raw in enumerate(lines, start=1):
                        if not line:
                            path, first = part, number
                        line += raw
                        if line.endswith(b"\n"):
                            yield path, first, line
                            line = b""
            except READ_ERRORS:
                raise TERMINOLOGY.error_of(part, number, CUT_SHORT) from None
        if line:
            yield path, first, line

    def _first_line(self) -> bytes:
        line = b""
        for part in self.parts:
            try:
                with open_bytes(part) as lines:
                    line += lines.readline(_BLOCK_BYTES)
            except READ_ERRORS:
                raise TERMINOLOGY.error_of(part, 0, CUT_SHORT) from None
            if line.endswith(b"\n"):
                break
        line = line.rstrip(b"\r\n")
        if not line:
            raise TERMINOLOGY.error_of(self.path, 0, "the file is empty, or its first line is")
        return line

    def _width(self, columns: int) -> int:
        """The number of columns of the first line, what is behind a last delimiter included."""
        line = self._first_line()
        width = line.count(self._delimiter) + 1
        if width not in (columns, columns + self._closes):
            raise TERMINOLOGY.error_of(self.path, 1, self._wrong_width(line, columns))
        return width

    def _wrong_width(self, line: bytes, columns: int) -> str:
        closed = self._closes and line.endswith(self._delimiter)
        found = line.count(self._delimiter) + 1 - closed
        return f"{found} columns instead of {columns}"

    def _problem(self, line: bytes, width: int, columns: int) -> str | None:
        if b"\0" in line:
            return HAS_NUL
        if b"\r" in line:
            return "a carriage return inside the line"
        if line.count(self._delimiter) + 1 != width:
            return self._wrong_width(line, columns)
        return _damage(line)


def _damage(line: bytes) -> str | None:
    """What is wrong with a line, whatever its columns."""
    if b"\0" in line:
        return HAS_NUL
    if len(line) > _BLOCK_BYTES:
        return f"the line has {len(line)} bytes; at most {_BLOCK_BYTES} are read"
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return NOT_UTF8
    return None


class _Bytes:
    """The bytes of files as of one, which cannot be read where there is a NUL.

    Arrow would take a NUL as text.
    """

    def __init__(self, paths: list[Path]) -> None:
        self._waiting = list(paths)
        self._open: BinaryIO | None = None
        self.closed = False

    def read_buffer(self, size: int) -> pa.Buffer:
        """So many bytes, fewer at the end, in Arrow's memory: Arrow would copy bytes of Python."""
        buffer = pa.allocate_buffer(size, resizable=True)
        data = np.frombuffer(buffer, np.uint8)
        filled = 0
        while filled < size and (self._open is not None or self._waiting):
            if self._open is None:
                self._open = open_bytes(self._waiting.pop(0))
            found = cast("io.BufferedIOBase", self._open).readinto(data[filled:].data)
            if not found:
                self._open.close()
                self._open = None
            elif not data[filled : filled + found].all():
                raise OSError(HAS_NUL)
            filled += found
        del data
        buffer.resize(filled)
        return buffer

    def close(self) -> None:
        """Close the file that is open."""
        if self._open is not None:
            self._open.close()
        self._waiting, self._open, self.closed = [], None, True
