"""The codes of a knowledge base on disk: nothing is read before the first question.

``codes.arrow`` has a row for each code of a concept and each name that its vocabulary gives it,
sorted by concept, vocabulary and code. Codes are found by the hashes of vocabulary and folded code,
which are sorted in an array of their own; what is found is compared, so that equal hashes are no
matter. A knowledge base that an earlier version built has no such files, and so no codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spacy_umlsbert.errors import TerminologyError, safe
from spacy_umlsbert.files.storage import Files
from spacy_umlsbert.umls.arrow_strings import Strings
from spacy_umlsbert.umls.matching.hashing import Int64Array, UInt64Array, hash_subtoken
from spacy_umlsbert.umls.sources.base import MAPPINGS
from spacy_umlsbert.umls.vocabularies import find_vocabulary, fold_code

CODES_FILE = "codes.arrow"
STARTS_FILE = "concept_codes.npy"
HASHES_FILE = "code_hashes.npy"
ROWS_FILE = "code_rows.npy"
VOCABULARIES_FILE = "vocabularies.arrow"
TERM_TYPES_FILE = "term_types.arrow"

CODES_SCHEMA = pa.schema(
    [
        ("vocabulary", pa.uint16()),
        ("code", pa.large_string()),
        ("mapping", pa.uint8()),
        ("term_type", pa.uint16()),
        ("name", pa.int32()),
        ("label", pa.large_string()),
    ]
)
"""``name`` is a row of ``names.arrow``; -1 where the name is no name of the concept there, and then
it is the ``label``, if it is known."""

VOCABULARIES = pa.schema([("vocabulary", pa.string()), ("codes", pa.int64())])
TERM_TYPES = pa.schema([("term_type", pa.string())])


class Code(NamedTuple):
    """A code of a concept, and a name that its vocabulary gives it.

    Attributes:
        vocabulary: The vocabulary, as the UMLS calls it ("ICD10CM").
        code: The code.
        mapping: What it is to the concept: "exact", "close", "broad" (broader than the concept),
            "narrow" or "related".
        term_type: The kind of name in its vocabulary (TTY), "" if it is not known.
        name: The name, if it is known.
    """

    vocabulary: str
    code: str
    mapping: str
    term_type: str
    name: str | None


def hash_codes(vocabularies: Sequence[str], codes: Sequence[str]) -> UInt64Array:
    """Hashes of codes, equal for what is the same when it is folded."""
    return np.array(
        [
            hash_subtoken(f"{vocabulary}\n{fold_code(vocabulary, code)}")
            for vocabulary, code in zip(vocabularies, codes, strict=True)
        ],
        np.uint64,
    )


class CodeStore:
    """The codes in a knowledge base's files, each file mapped when it is first needed.

    Args:
        files: The files.
        names: The names, by their rows.
    """

    def __init__(self, files: Files, names: Strings) -> None:
        self._files = files
        self._names = names

    @property
    def is_empty(self) -> bool:
        """Whether there are none: the sources have none, or an earlier version built the base."""
        return CODES_FILE not in self._files.meta["files"] or not self.counts

    @cached_property
    def counts(self) -> dict[str, int]:
        """Vocabularies, sorted, and how many codes of concepts each has."""
        if VOCABULARIES_FILE not in self._files.meta["files"]:
            return {}
        table = self._files.table(VOCABULARIES_FILE, VOCABULARIES)
        return dict(zip(*table.to_pydict().values(), strict=True))

    @cached_property
    def vocabularies(self) -> list[str]:
        """The vocabularies by their numbers."""
        return list(self.counts)

    @cached_property
    def vocabulary_of(self) -> NDArray[np.uint16]:
        """For each row the number of its vocabulary."""
        return self._column("vocabulary").to_numpy()

    @cached_property
    def mapping_of(self) -> NDArray[np.uint8]:
        """For each row the place of its mapping in ``MAPPINGS``."""
        return self._column("mapping").to_numpy()

    @cached_property
    def starts(self) -> Int64Array:
        """For each concept its first row, and the number of rows."""
        return self._files.array(STARTS_FILE, np.int64)

    @cached_property
    def code(self) -> Strings:
        """The codes by row."""
        return Strings(self._column("code"))

    @cached_property
    def _table(self) -> pa.Table:
        return self._files.table(CODES_FILE, CODES_SCHEMA)

    @cached_property
    def _hashes(self) -> UInt64Array:
        return self._files.array(HASHES_FILE, np.uint64)

    @cached_property
    def _rows(self) -> NDArray[np.uint32]:
        return self._files.array(ROWS_FILE, np.uint32)

    @cached_property
    def _name_rows(self) -> NDArray[np.int32]:
        return self._column("name").to_numpy()

    @cached_property
    def _term_types(self) -> list[str]:
        table = self._files.table(TERM_TYPES_FILE, TERM_TYPES)
        texts: list[str] = table["term_type"].to_pylist()
        return texts

    @cached_property
    def _term_type_of(self) -> NDArray[np.uint16]:
        return self._column("term_type").to_numpy()

    @cached_property
    def _labels(self) -> pa.Array:
        return self._column("label")

    def _column(self, name: str) -> pa.Array:
        column = self._table[name]
        return column.chunk(0) if column.num_chunks else pa.array([], column.type)

    def number_of(self, vocabulary: str) -> int:
        """The number of a vocabulary, however its name is written.

        Raises:
            TerminologyError: If there is none; it names those there are.
        """
        found = find_vocabulary(vocabulary, self.vocabularies)
        if found is None and self.is_empty:
            raise TerminologyError(
                f"the knowledge base in {self._files.location} has no codes.",
                remedy="Build it with sources that have some, by this version of spacy-umlsbert: "
                "'python -m spacy umls build-kb'.",
            )
        if found is None:
            raise TerminologyError(
                f"the knowledge base has no vocabulary {safe(vocabulary)!r}.",
                remedy=f"It has {', '.join(self.vocabularies)}.",
            )
        return self.vocabularies.index(found)

    def rows_of(self, concept: int) -> range:
        """The rows of a concept, given by its row."""
        if self.is_empty:
            return range(0)
        return range(int(self.starts[concept]), int(self.starts[concept + 1]))

    def by_vocabulary(self, concept: int) -> dict[str, tuple[str, ...]]:
        """The codes of a concept."""
        found: dict[str, dict[str, None]] = {}
        rows = self.rows_of(concept)
        if rows:
            names, code = self.vocabularies, self.code
            numbers = self.vocabulary_of[rows.start : rows.stop].tolist()
            for row, number in zip(rows, numbers, strict=True):
                found.setdefault(names[number], {})[code[row]] = None
        return {vocabulary: tuple(codes) for vocabulary, codes in found.items()}

    def __getitem__(self, row: int) -> Code:
        """The code of a row."""
        name_row = int(self._name_rows[row])
        return Code(
            self.vocabularies[self.vocabulary_of[row]],
            self.code[row],
            MAPPINGS[self.mapping_of[row]],
            self._term_types[self._term_type_of[row]],
            self._labels[row].as_py() if name_row < 0 else self._names[name_row],
        )

    def find(self, number: int, code: str) -> list[int]:
        """The first rows of a code in each concept that has it, in the order of their ids.

        A code that is written exactly so comes before those that differ in case, and these before
        others that are the same when they are folded.
        """
        vocabulary = self.vocabularies[number]
        wanted = fold_code(vocabulary, code)
        (key,) = hash_codes([vocabulary], [code])
        start, end = (int(np.searchsorted(self._hashes, key, side)) for side in ("left", "right"))
        rows = [
            row
            for row in self._rows[start:end].tolist()
            if self.vocabulary_of[row] == number and fold_code(vocabulary, self.code[row]) == wanted
        ]
        code = code.strip()
        for same in (
            [row for row in rows if self.code[row] == code],
            [row for row in rows if self.code[row].upper() == code.upper()],
        ):
            if same:
                return sorted(same)
        return sorted(rows)

    def concept_of(self, rows: Sequence[int]) -> list[int]:
        """The rows of the concepts that rows of codes are of."""
        found: list[int] = (np.searchsorted(self.starts, rows, side="right") - 1).tolist()
        return found

    def rows_of_vocabulary(self, number: int) -> Int64Array:
        """The first row of each code of a vocabulary in each concept."""
        rows = np.flatnonzero(self.vocabulary_of == number)
        if len(rows) < 2:
            return rows
        concept = np.searchsorted(self.starts, rows, side="right")
        codes = self._column("code").take(pa.array(rows)).dictionary_encode().indices.to_numpy()
        first = np.ones(len(rows), np.bool_)
        first[1:] = (concept[1:] != concept[:-1]) | (codes[1:] != codes[:-1])
        return rows[first]
