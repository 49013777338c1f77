"""Files in Rich Release Format: found whole, compressed or in parts, and read as Arrow tables.

The columns are those of the UMLS Reference Manual (chapter 3, "Metathesaurus - Rich Release
Format"). The UMLS ships its large files in compressed parts (``MRCONSO.RRF.aa.gz``,
``MRCONSO.RRF.ab.gz`` …), which are read one after the other as one file; a part may end in the
middle of a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import product
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np
import pyarrow as pa
from pyarrow import csv

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.problems import CUT_SHORT, HAS_NUL, NOT_UTF8, TERMINOLOGY
from spacy_umlsbert.files.streams import READ_ERRORS, open_bytes

COLUMNS = {
    "MRCONSO.RRF": (
        "CUI LAT TS LUI STT SUI ISPREF AUI SAUI SCUI SDUI SAB TTY CODE STR SRL SUPPRESS CVF"
    ).split(),
    "MRSTY.RRF": "CUI TUI STN STY ATUI CVF".split(),
    "MRDEF.RRF": "CUI AUI ATUI SATUI SAB DEF SUPPRESS CVF".split(),
    "MRREL.RRF": (
        "CUI1 AUI1 STYPE1 REL CUI2 AUI2 STYPE2 RELA RUI SRUI SAB SL RG DIR SUPPRESS CVF"
    ).split(),
}

if TYPE_CHECKING:
    import io

_BLOCK_BYTES = 1 << 25
_PART_NAMES = ["".join(letters) for letters in product(ascii_lowercase, repeat=2)]


class RrfFile:
    """One of the files of a release.

    Args:
        name: Its name ("MRCONSO.RRF").
        parts: The files that hold it: one, or its parts in order.
    """

    def __init__(self, name: str, parts: list[Path]) -> None:
        self.name = name
        self.parts = parts

    @classmethod
    def find(cls, directory: Path, name: str) -> RrfFile | None:
        """The file of this name in a folder: as it is, ``.gz``, or in parts; None if there is none.

        Raises:
            TerminologyError: If one of its parts is missing or there twice.
        """
        for path in (directory / name, directory / f"{name}.gz"):
            if path.is_file():
                return cls(name, [path])
        pattern = re.compile(rf"{re.escape(name)}\.([a-z]{{2}})(?:\.gz)?")
        found: dict[str, Path] = {}
        for path in sorted(directory.glob(f"{name}.*")):
            match = pattern.fullmatch(path.name)
            if match is None or not path.is_file():
                continue
            if match[1] in found:
                raise TerminologyError(
                    "is there twice, compressed and not.", path=path, remedy="Remove one of them."
                )
            found[match[1]] = path
        for part, (letters, path) in zip(_PART_NAMES, sorted(found.items()), strict=False):
            if part != letters:
                missing = directory / path.name.replace(f"{name}.{letters}", f"{name}.{part}")
                raise TerminologyError(
                    f"there is no such file, but {path.name} is there.",
                    path=missing,
                    remedy="Get the missing part again: all parts of a file are needed, in order.",
                )
        return cls(name, [found[letters] for letters in sorted(found)]) if found else None

    @property
    def path(self) -> Path:
        """The file, or its first part."""
        return self.parts[0]

    @property
    def file_names(self) -> list[str]:
        """The names of the file, or of its parts."""
        return [part.name for part in self.parts]

    def read(self, wanted: list[str]) -> Iterator[pa.Table]:
        """The wanted columns, as strings, block by block.

        Raises:
            TerminologyError: If it is damaged; it names the line.
        """
        width = self._width()
        documented = COLUMNS[self.name]
        columns = documented + [f"after {i}" for i in range(width - len(documented))]
        try:
            with (
                closing(_Bytes(self.parts)) as stream,
                csv.open_csv(
                    pa.PythonFile(stream, mode="r"),
                    read_options=csv.ReadOptions(column_names=columns, block_size=_BLOCK_BYTES),
                    parse_options=csv.ParseOptions(
                        delimiter="|", quote_char=False, double_quote=False, escape_char=False
                    ),
                    convert_options=csv.ConvertOptions(
                        include_columns=wanted,
                        column_types=dict.fromkeys(wanted, pa.string()),
                        strings_can_be_null=False,
                    ),
                ) as reader,
            ):
                for batch in reader:
                    yield pa.Table.from_batches([batch])
        except (pa.ArrowInvalid, *READ_ERRORS):
            # Arrow's message would quote the line and gives no line number for bad UTF-8.
            raise self.first_bad_line(None, "the file cannot be read") from None

    def first_bad_line(
        self, is_bad: Callable[[list[bytes]], bool] | None, otherwise: str
    ) -> TerminologyError:
        """An error that names the first bad line: the part that it begins in, and where in that.

        Args:
            is_bad: Whether a line is bad whose columns are sound, by these.
            otherwise: What is wrong with such a line, or with the file if no line is bad.
        """
        try:
            width = self._width()
            for path, number, raw in self._lines():
                line = raw.rstrip(b"\r\n")
                problem = _problem(line, width, len(COLUMNS[self.name]))
                if problem is None and is_bad is not None and is_bad(line.split(b"|")):
                    problem = otherwise
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

    def _width(self) -> int:
        """The number of columns of the first line: as documented, or one more for the last "|"."""
        documented = len(COLUMNS[self.name])
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
        width = line.count(b"|") + 1
        if width not in (documented, documented + 1):
            found = width - line.endswith(b"|")
            raise TERMINOLOGY.error_of(self.path, 1, _wrong_width(found, documented))
        return width


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


def _wrong_width(found: int, documented: int) -> str:
    return f"{found} columns instead of {documented}"


def _problem(line: bytes, width: int, documented: int) -> str | None:
    if b"\0" in line:
        return HAS_NUL
    if b"\r" in line:
        return "a carriage return inside the line"
    if line.count(b"|") + 1 != width:
        return _wrong_width(line.count(b"|") + 1 - line.endswith(b"|"), documented)
    if len(line) > _BLOCK_BYTES:
        return f"the line has {len(line)} bytes; at most {_BLOCK_BYTES} are read"
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return NOT_UTF8
    return None
