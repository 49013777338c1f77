"""A UMLS release in Rich Release Format: MRCONSO.RRF, MRSTY.RRF, MRDEF.RRF and MRREL.RRF.

The columns are those of the UMLS Reference Manual (chapter 3, "Metathesaurus - Rich Release
Format"). Files may be compressed with gzip (``MRCONSO.RRF.gz``).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.problems import CUT_SHORT, HAS_NUL, NOT_UTF8, TERMINOLOGY
from spacy_umlsbert.files.streams import READ_ERRORS, open_bytes
from spacy_umlsbert.umls.semantic_types import expand_tuis
from spacy_umlsbert.umls.sources.base import DEFINITIONS, NAMES, PARENTS, TYPES

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

_BLOCK_BYTES = 1 << 25
_TUI = re.compile(rb"T\d{3}")


class RrfRelease:
    """A UMLS release, or a subset made with MetamorphoSys.

    The canonical name of a concept is the name that the UMLS ranks first: the preferred form of
    its preferred term (TS "P", STT "PF", ISPREF "Y") in the first of ``languages`` that it has a
    name in; failing that the name with most of these marks, in this order, and of equals the first
    in the file. Of several definitions the first in the file is kept.

    Args:
        directory: The directory with MRCONSO.RRF and MRSTY.RRF, and if wanted MRDEF.RRF and
            MRREL.RRF (its META directory).
        languages: Languages of names (LAT), the preferred one first.
        sources: Source vocabularies (SAB) to take names and definitions from, None for all.
        term_types: Term types (TTY) of names, None for all.
        include_suppressible: Also take names and definitions that the UMLS marks as suppressible
            or obsolete.
        semantic_types: TUIs or semantic groups ("T047", "DISO", "Disorders"): only concepts that
            have one of them. None for all.

    Raises:
        TerminologyError: If a file is missing, or a semantic type or group does not exist; and
            later, while reading, if a file is damaged.
    """

    def __init__(
        self,
        directory: str | Path,
        languages: Sequence[str] = ("ENG",),
        sources: Sequence[str] | None = None,
        term_types: Sequence[str] | None = None,
        include_suppressible: bool = False,
        semantic_types: Sequence[str] | None = None,
    ) -> None:
        self.directory = Path(directory)
        if self.directory.is_file():
            raise TerminologyError(
                "is a file.", path=self.directory, remedy="Give the META directory that it is in."
            )
        self.languages = list(languages)
        self.sources = None if sources is None else list(sources)
        self.term_types = None if term_types is None else list(term_types)
        self.include_suppressible = include_suppressible
        self.semantic_types = None if semantic_types is None else expand_tuis(semantic_types)
        self._mrconso = self._file("MRCONSO.RRF", required=True)
        self._mrsty = self._file("MRSTY.RRF", required=True)
        self._mrdef = self._file("MRDEF.RRF")
        self._mrrel = self._file("MRREL.RRF")
        if not self.languages:
            raise TerminologyError("languages: name at least one language, for example 'ENG'.")

    def _file(self, name: str, required: bool = False) -> Path | None:
        for path in (self.directory / name, self.directory / f"{name}.gz"):
            if path.is_file():
                return path
        if required:
            raise TerminologyError(
                "there is no such file.",
                path=self.directory / name,
                remedy="Give the META directory of a UMLS release, the one that holds the RRF "
                "files.",
            )
        return None

    def describe(self) -> dict[str, Any]:
        """The files that are read and the filters."""
        files = [self._mrconso, self._mrsty, self._mrdef, self._mrrel]
        return {
            "kind": "rrf",
            "files": [file.name for file in files if file is not None],
            "languages": self.languages,
            "sources": self.sources,
            "term_types": self.term_types,
            "include_suppressible": self.include_suppressible,
            "semantic_types": self.semantic_types,
        }

    def names(self) -> Iterator[pa.Table]:
        """Names from MRCONSO.RRF."""
        assert self._mrconso is not None
        wanted = "CUI LAT TS STT ISPREF SAB TTY STR SUPPRESS".split()
        concepts = self._concepts_of_types()
        for batch in _read(self._mrconso, wanted):
            kept = self._kept(batch, {"LAT": self.languages, "TTY": self.term_types})
            if concepts is not None:
                kept = pc.and_(kept, pc.is_in(batch["CUI"], value_set=concepts))
            rows = batch.filter(kept)
            rank = pc.multiply(pc.index_in(rows["LAT"], value_set=pa.array(self.languages)), 8)
            for column, best, weight in (("TS", "P", 4), ("STT", "PF", 2), ("ISPREF", "Y", 1)):
                worse = pc.cast(pc.not_equal(rows[column], best), pa.int32())
                rank = pc.add(rank, pc.multiply(worse, weight))
            yield pa.table(
                [rows["CUI"], pc.cast(rows["STR"], pa.large_string()), pc.cast(rank, pa.int16())],
                schema=NAMES,
            )

    def types(self) -> Iterator[pa.Table]:
        """Semantic types from MRSTY.RRF: all of every concept, whichever it was chosen by."""
        assert self._mrsty is not None
        for batch in _read(self._mrsty, ["CUI", "TUI"]):
            wellformed = pc.match_substring_regex(pc.unique(batch["TUI"]), r"^T\d{3}$")
            if not pc.all(wellformed, min_count=0).as_py():
                raise _locate(
                    self._mrsty,
                    "MRSTY.RRF",
                    lambda row: _TUI.fullmatch(row[1]) is None,
                    "the second column (TUI) is no semantic type",
                )
            stated = pa.array(np.zeros(len(batch), np.int16))
            yield pa.table([batch["CUI"], batch["TUI"], stated], schema=TYPES)

    def definitions(self) -> Iterator[pa.Table]:
        """Definitions from MRDEF.RRF, if the release has it."""
        if self._mrdef is None:
            return
        for batch in _read(self._mrdef, ["CUI", "SAB", "DEF", "SUPPRESS"]):
            rows = batch.filter(self._kept(batch, {}))
            definition = pc.cast(rows["DEF"], pa.large_string())
            rank = pa.array(np.zeros(len(rows), np.int16))
            yield pa.table([rows["CUI"], definition, rank], schema=DEFINITIONS)

    def parents(self) -> Iterator[pa.Table]:
        """Parents from MRREL.RRF, if the release has it: its relationships PAR and CHD."""
        if self._mrrel is None:
            return
        for batch in _read(self._mrrel, ["CUI1", "REL", "CUI2", "SAB", "SUPPRESS"]):
            rows = batch.filter(self._kept(batch, {"REL": ["PAR", "CHD"]}))
            # REL says what the second concept is to the first.
            second_is_parent = pc.equal(rows["REL"], "PAR")
            child = pc.if_else(second_is_parent, rows["CUI1"], rows["CUI2"])
            parent = pc.if_else(second_is_parent, rows["CUI2"], rows["CUI1"])
            yield pa.table([child, parent], schema=PARENTS)

    def _kept(self, batch: pa.Table, values: dict[str, list[str] | None]) -> pa.ChunkedArray:
        """Which rows have the wanted values, a wanted source and are not suppressible."""
        wanted = {**values, "SAB": self.sources}
        if not self.include_suppressible:
            wanted["SUPPRESS"] = ["N", ""]
        kept = pc.not_equal(batch.column(0), "")
        for column, allowed in wanted.items():
            if allowed is not None:
                allowed_values = pa.array(allowed, pa.string())
                kept = pc.and_(kept, pc.is_in(batch[column], value_set=allowed_values))
        return kept

    def _concepts_of_types(self) -> pa.Array | None:
        """The CUIs that have one of the wanted semantic types."""
        if self.semantic_types is None:
            return None
        tuis = pa.array(self.semantic_types, pa.string())
        parts = [
            table["concept_id"].filter(pc.is_in(table["tui"], value_set=tuis)).combine_chunks()
            for table in self.types()
        ]
        return pc.unique(pa.chunked_array(parts, pa.string()))


def _read(path: Path, wanted: list[str]) -> Iterator[pa.Table]:
    """The wanted columns of an RRF file, as strings, block by block."""
    name = path.name.removesuffix(".gz")
    width = _width(path, name)
    columns = COLUMNS[name] + [f"after {i}" for i in range(width - len(COLUMNS[name]))]
    try:
        with (
            open_bytes(path) as stream,
            csv.open_csv(
                pa.PythonFile(_WithoutNul(stream), mode="r"),
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
        raise _locate(path, name, None, "the file cannot be read") from None


class _WithoutNul:
    """A stream that cannot be read where it has a NUL, which Arrow would take as text."""

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = cast("io.BufferedIOBase", stream)

    def read_buffer(self, size: int) -> pa.Buffer:
        """So many bytes, in Arrow's memory: faster than bytes of Python, which Arrow copies."""
        buffer = pa.allocate_buffer(size, resizable=True)
        data = np.frombuffer(buffer, np.uint8)
        found = self._stream.readinto(data.data)
        if found and not data[:found].all():
            raise OSError(HAS_NUL)
        del data
        buffer.resize(found)
        return buffer


def _width(path: Path, name: str) -> int:
    """The number of columns of the first line: as documented, or one more for the final "|"."""
    documented = len(COLUMNS[name])
    try:
        with open_bytes(path) as lines:
            line = lines.readline(_BLOCK_BYTES).rstrip(b"\r\n")
    except READ_ERRORS:
        raise TERMINOLOGY.error_of(path, 0, CUT_SHORT) from None
    if not line:
        raise TERMINOLOGY.error_of(path, 0, "the file is empty, or its first line is")
    width = line.count(b"|") + 1
    if width not in (documented, documented + 1):
        raise _wrong_width(path, 1, width - line.endswith(b"|"), documented)
    return width


def _wrong_width(path: Path, line: int, found: int, documented: int) -> TerminologyError:
    return TERMINOLOGY.error_of(path, line, f"{found} columns instead of {documented}")


def _locate(
    path: Path, name: str, is_bad: Callable[[list[bytes]], bool] | None, otherwise: str
) -> TerminologyError:
    """An error that names the first bad line of a file that could not be read."""
    documented = len(COLUMNS[name])
    number = 0
    try:
        width = _width(path, name)
        with open_bytes(path) as lines:
            for number, raw in enumerate(lines, start=1):
                line = raw.rstrip(b"\r\n")
                problem = _problem(line, width, documented)
                if problem is None and is_bad is not None and is_bad(line.split(b"|")):
                    problem = otherwise
                if line and problem is not None:
                    return TERMINOLOGY.error_of(path, number, problem)
    except READ_ERRORS:
        return TERMINOLOGY.error_of(path, number, CUT_SHORT)
    except TerminologyError as error:
        return error
    return TERMINOLOGY.error_of(path, 0, otherwise)


def _problem(line: bytes, width: int, documented: int) -> str | None:
    if b"\0" in line:
        return HAS_NUL
    if b"\r" in line:
        return "a carriage return inside the line"
    if line.count(b"|") + 1 != width:
        found = line.count(b"|") + 1 - line.endswith(b"|")
        return f"{found} columns instead of {documented}"
    if len(line) > _BLOCK_BYTES:
        return f"the line has {len(line)} bytes; at most {_BLOCK_BYTES} are read"
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return NOT_UTF8
    return None
