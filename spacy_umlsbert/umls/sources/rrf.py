"""A UMLS release in Rich Release Format: MRCONSO.RRF, MRSTY.RRF, MRDEF.RRF and MRREL.RRF."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.umls.semantic_types import expand_tuis
from spacy_umlsbert.umls.sources.base import (
    CODE_MAPPINGS,
    CODES,
    DEFINITIONS,
    MAPPINGS,
    NAMES,
    PARENTS,
    TYPES,
)
from spacy_umlsbert.umls.sources.rrf_files import RrfFile
from spacy_umlsbert.umls.vocabularies import vocabulary_name

_TUI = re.compile(rb"T\d{3}")
_NO_CODES = ["", "NOCODE"]
"""What MRCONSO has for an atom without a code."""


class RrfRelease:
    """A UMLS release, or a subset made with MetamorphoSys.

    The canonical name of a concept is the name that the UMLS ranks first: the preferred form of
    its preferred term (TS "P", STT "PF", ISPREF "Y") in the first of ``languages`` that it has a
    name in; failing that the name with most of these marks, in this order, and of equals the first
    in the file. Of several definitions the first in the file is kept.

    The codes of a concept are those of its atoms: vocabulary (SAB), code (CODE), term type (TTY)
    and name of each. ``term_types`` is a filter of names and not of codes.

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
        code_vocabularies: Source vocabularies (SAB) to take codes from, in whichever language they
            are. None for those of ``sources``, in ``languages``.

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
        code_vocabularies: Sequence[str] | None = None,
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
        self.code_vocabularies = None
        if code_vocabularies is not None:
            self.code_vocabularies = [vocabulary_name(one) for one in code_vocabularies]
        self._mrconso = self._required("MRCONSO.RRF")
        self._mrsty = self._required("MRSTY.RRF")
        self._mrdef = RrfFile.find(self.directory, "MRDEF.RRF")
        self._mrrel = RrfFile.find(self.directory, "MRREL.RRF")
        if not self.languages:
            raise TerminologyError("languages: name at least one language, for example 'ENG'.")

    def _required(self, name: str) -> RrfFile:
        file = RrfFile.find(self.directory, name)
        if file is None:
            raise TerminologyError(
                "there is no such file.",
                path=self.directory / name,
                remedy="Give the META directory of a UMLS release, the one that holds the RRF "
                "files.",
            )
        return file

    def describe(self) -> dict[str, Any]:
        """The files that are read and the filters."""
        files = [self._mrconso, self._mrsty, self._mrdef, self._mrrel]
        return {
            "kind": "rrf",
            "files": [name for file in files if file is not None for name in file.file_names],
            "languages": self.languages,
            "sources": self.sources,
            "term_types": self.term_types,
            "include_suppressible": self.include_suppressible,
            "semantic_types": self.semantic_types,
            "code_vocabularies": self.code_vocabularies,
        }

    def names(self) -> Iterator[pa.Table]:
        """Names from MRCONSO.RRF."""
        wanted = "CUI LAT TS STT ISPREF SAB TTY STR SUPPRESS".split()
        concepts = self._concepts_of_types()
        for batch in self._mrconso.read(wanted):
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
        for batch in self._mrsty.read(["CUI", "TUI"]):
            wellformed = pc.match_substring_regex(pc.unique(batch["TUI"]), r"^T\d{3}$")
            if not pc.all(wellformed, min_count=0).as_py():
                raise self._mrsty.first_bad_line(
                    lambda row: _TUI.fullmatch(row[1]) is None,
                    "the second column (TUI) is no semantic type",
                )
            stated = pa.array(np.zeros(len(batch), np.int16))
            yield pa.table([batch["CUI"], batch["TUI"], stated], schema=TYPES)

    def definitions(self) -> Iterator[pa.Table]:
        """Definitions from MRDEF.RRF, if the release has it."""
        if self._mrdef is None:
            return
        for batch in self._mrdef.read(["CUI", "SAB", "DEF", "SUPPRESS"]):
            rows = batch.filter(self._kept(batch, {}))
            definition = pc.cast(rows["DEF"], pa.large_string())
            rank = pa.array(np.zeros(len(rows), np.int16))
            yield pa.table([rows["CUI"], definition, rank], schema=DEFINITIONS)

    def parents(self) -> Iterator[pa.Table]:
        """Parents from MRREL.RRF, if the release has it: its relationships PAR and CHD."""
        if self._mrrel is None:
            return
        for batch in self._mrrel.read(["CUI1", "REL", "CUI2", "SAB", "SUPPRESS"]):
            rows = batch.filter(self._kept(batch, {"REL": ["PAR", "CHD"]}))
            # REL says what the second concept is to the first.
            second_is_parent = pc.equal(rows["REL"], "PAR")
            child = pc.if_else(second_is_parent, rows["CUI1"], rows["CUI2"])
            parent = pc.if_else(second_is_parent, rows["CUI2"], rows["CUI1"])
            yield pa.table([child, parent], schema=PARENTS)

    def codes(self) -> Iterator[pa.Table]:
        """Codes from MRCONSO.RRF."""
        wanted: dict[str, list[str] | None] = {"LAT": self.languages, "SAB": self.sources}
        if self.code_vocabularies is not None:
            wanted = {"SAB": self.code_vocabularies}
        for batch in self._mrconso.read("CUI LAT SAB TTY CODE STR SUPPRESS".split()):
            has_code = pc.invert(pc.is_in(batch["CODE"], value_set=pa.array(_NO_CODES)))
            rows = batch.filter(pc.and_(has_code, self._kept(batch, wanted)))
            exact = pa.array([MAPPINGS[0]]).take(pa.array(np.zeros(len(rows), np.int8)))
            name = pc.cast(rows["STR"], pa.large_string())
            columns = [rows["CUI"], rows["SAB"], rows["CODE"], exact, rows["TTY"], name]
            yield pa.table(columns, schema=CODES)

    def code_mappings(self) -> Iterator[pa.Table]:
        """None."""
        yield CODE_MAPPINGS.empty_table()

    def _kept(self, batch: pa.Table, values: dict[str, list[str] | None]) -> pa.ChunkedArray:
        """Which rows have the wanted values, a wanted source and are not suppressible."""
        wanted = {"SAB": self.sources, **values}
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
