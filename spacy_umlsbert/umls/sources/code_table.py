"""A table of codes that can be joined to any knowledge base: concept id, vocabulary, code.

It has no names: rows of concepts that no other source has are left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from spacy_umlsbert.batching import chunks
from spacy_umlsbert.errors import InputError, TerminologyError
from spacy_umlsbert.files.json_lines import NumberedRow
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.row_files import RowFile
from spacy_umlsbert.files.streams import require_file
from spacy_umlsbert.umls.sources.base import (
    CODE_MAPPINGS,
    CODES,
    DEFINITIONS,
    MAPPINGS,
    NAMES,
    PARENTS,
    TYPES,
)
from spacy_umlsbert.umls.sources.concepts import to_table
from spacy_umlsbert.umls.vocabularies import vocabulary_name

_BATCH = 1 << 14
_REQUIRED = ("concept_id", "vocabulary", "code")
# The names of MRCONSO's columns, and the usual ones.
_ALSO = {
    "cui": "concept_id",
    "concept": "concept_id",
    "sab": "vocabulary",
    "tty": "term_type",
    "str": "name",
    "predicate_id": "mapping",
}


class CodeTable:
    """Codes of concepts from a table with a header: TSV, CSV, JSON lines or Parquet.

    The columns are ``concept_id``, ``vocabulary`` and ``code``, and if wanted ``mapping`` ("exact",
    "close", "broad", "narrow" or "related"; exact if it is empty), ``term_type`` and ``name``.
    MRCONSO's names (CUI, SAB, CODE, TTY, STR) do too; other columns are not read.

    Args:
        path: The file, which may be compressed.

    Raises:
        TerminologyError: If the file is missing or of another kind; and later, while reading, if it
            is damaged, or none of its rows is of a concept of the knowledge base.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = require_file(path, TERMINOLOGY)
        self._file = self._checked(lambda: RowFile(self.path))

    def describe(self) -> dict[str, Any]:
        """The file."""
        return {"kind": "codes", "files": [self.path.name]}

    def names(self) -> Iterator[pa.Table]:
        """None; but now the columns are looked at, before a large source is read in vain."""
        columns = self._checked(self._file.columns)
        if columns is not None:
            missing = set(_REQUIRED) - {_column(column) for column in columns}
            if missing:
                raise TerminologyError(
                    f"has no column {', '.join(sorted(missing))}.",
                    path=self.path,
                    remedy="A table of codes has a header with concept_id, vocabulary and code.",
                )
        yield NAMES.empty_table()

    def types(self) -> Iterator[pa.Table]:
        """None."""
        yield TYPES.empty_table()

    def definitions(self) -> Iterator[pa.Table]:
        """None."""
        yield DEFINITIONS.empty_table()

    def parents(self) -> Iterator[pa.Table]:
        """None."""
        yield PARENTS.empty_table()

    def codes(self) -> Iterator[pa.Table]:
        """The rows."""
        for batch in chunks(self._file.rows(TERMINOLOGY), _BATCH):
            yield to_table([self._code(row) for row in batch], CODES)

    def code_mappings(self) -> Iterator[pa.Table]:
        """None."""
        yield CODE_MAPPINGS.empty_table()

    def _code(self, row: NumberedRow) -> tuple[Any, ...]:
        values = {
            _column(name): "" if value is None else str(value).strip()
            for name, value in row.row.items()
        }
        if not all(values.get(name) for name in _REQUIRED):
            message = "the row does not have a concept_id, a vocabulary and a code"
            raise TERMINOLOGY.error_of(self.path, row.line, message)
        mapping = values.get("mapping") or MAPPINGS[0]
        mapping = mapping.rpartition(":")[2].removesuffix("Match").lower()
        if mapping not in MAPPINGS:
            message = f"the mapping is none of {', '.join(MAPPINGS)}"
            raise TERMINOLOGY.error_of(self.path, row.line, message)
        return (
            values["concept_id"],
            vocabulary_name(values["vocabulary"]),
            values["code"],
            mapping,
            values.get("term_type", ""),
            values.get("name") or None,
        )

    def _checked(self, read: Any) -> Any:
        """What a function gives; its errors are those of a terminology."""
        try:
            return read()
        except InputError as error:
            raise TerminologyError(
                error.problem, path=error.path, line=error.line, remedy=error.remedy
            ) from None


def _column(name: str) -> str:
    """What a column is called here."""
    folded = re.sub(r"\W+", "_", name.strip().lower()).strip("_")
    return _ALSO.get(folded, folded)
