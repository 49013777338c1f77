"""Writes the codes of a knowledge base that is being built.

Rows are gathered as arrays with vocabularies and term types as small integers, and sorted once by
concept, vocabulary and code; what is on disk says `code_store`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.storage import write_array, write_table
from spacy_umlsbert.umls.code_rows import SLICE, one_array, with_names, without_repeats
from spacy_umlsbert.umls.code_store import (
    CODES_FILE,
    CODES_SCHEMA,
    HASHES_FILE,
    ROWS_FILE,
    STARTS_FILE,
    TERM_TYPES,
    TERM_TYPES_FILE,
    VOCABULARIES,
    VOCABULARIES_FILE,
    hash_codes,
)
from spacy_umlsbert.umls.gathering import clean_names, tables_of
from spacy_umlsbert.umls.matching.hashing import Int64Array
from spacy_umlsbert.umls.sources.base import CODE_MAPPINGS, CODES, INVERSE, MAPPINGS, Source
from spacy_umlsbert.umls.vocabularies import find_vocabulary

_EXACT = 0
_MOST = 1 << 16


class _Numbers:
    """Numbers texts in the order in which they are met."""

    def __init__(self, what: str, *first: str) -> None:
        self._what = what
        self._number: dict[str, int] = {text: i for i, text in enumerate(first)}

    def of(self, texts: pa.ChunkedArray) -> NDArray[np.uint16]:
        """The numbers of texts."""
        encoded = one_array(texts).dictionary_encode()
        for text in encoded.dictionary.to_pylist():
            self._number.setdefault(text, len(self._number))
        if len(self._number) > _MOST:
            raise TerminologyError(f"the sources have more than {_MOST} {self._what}.")
        numbers = [self._number[text] for text in encoded.dictionary.to_pylist()]
        return np.array(numbers, np.uint16)[encoded.indices.to_numpy()]

    def texts(self) -> list[str]:
        """The texts, in the order of their numbers."""
        return list(self._number)

    def sorted(self) -> tuple[list[str], NDArray[np.uint16]]:
        """The texts, sorted, and for each number the place there."""
        texts = sorted(self._number)
        place = np.empty(len(texts), np.uint16)
        place[[self._number[text] for text in texts]] = np.arange(len(texts), dtype=np.uint16)
        return texts, place


@dataclass
class _Rows:
    """Codes that have been gathered, in pieces."""

    concept: list[NDArray[np.int32]] = field(default_factory=list)
    vocabulary: list[NDArray[np.uint16]] = field(default_factory=list)
    code: list[pa.Array] = field(default_factory=list)
    mapping: list[NDArray[np.uint8]] = field(default_factory=list)
    term_type: list[NDArray[np.uint16]] = field(default_factory=list)
    name: list[pa.Array] = field(default_factory=list)


class CodeBuilder:
    """Gathers the codes of sources and writes them.

    Args:
        concept_ids: The sorted ids of the concepts.
        sources: The sources.
        named: The numbers of the sources that have names.
        wanted: The vocabularies whose codes are kept; all if not given.
        progress: Whether to show progress.
    """

    def __init__(
        self,
        concept_ids: pa.Array,
        sources: Sequence[Source],
        named: set[int],
        wanted: Sequence[str] | None,
        progress: bool,
    ) -> None:
        self._concept_ids = concept_ids
        self._sources = sources
        self._wanted = wanted
        self._progress = progress
        self._vocabularies = _Numbers("vocabularies")
        self._term_types = _Numbers("term types", "")
        self._rows = _Rows()
        # Of sources that only add to what others have, how many rows they have and how many count.
        self._added: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        self._named = named

    def write(self, directory: Path, name_starts: Int64Array) -> dict[str, int]:
        """Write the codes beside the names, which are written already.

        Args:
            directory: The knowledge base.
            name_starts: For each concept its first row in ``names.arrow``, and the number of rows.

        Returns:
            What to count of them in ``meta.json``.

        Raises:
            TerminologyError: If a source has codes and no names, and none of the codes is of a
                concept of the knowledge base.
        """
        self._gather()
        self._resolve_mappings()
        self._require_use()
        self._keep_wanted()
        vocabularies, place = self._vocabularies.sorted()
        term_types, term_place = self._term_types.sorted()
        table = self._sorted(place, term_place)
        table = with_names(table, directory, name_starts)
        starts_of_codes, table = without_repeats(table)
        concept = table["concept"].to_numpy()
        starts = np.searchsorted(concept, np.arange(len(self._concept_ids) + 1))
        _write_index(directory, table, vocabularies, starts_of_codes)
        write_table(directory, CODES_FILE, table.select(CODES_SCHEMA.names).cast(CODES_SCHEMA))
        write_array(directory, STARTS_FILE, starts.astype(np.int64))
        counted = np.bincount(
            table["vocabulary"].to_numpy()[starts_of_codes], minlength=len(vocabularies)
        )
        names = pa.table([pa.array(vocabularies, pa.string()), counted], schema=VOCABULARIES)
        write_table(directory, VOCABULARIES_FILE, names)
        term_type_table = pa.table([pa.array(term_types, pa.string())], schema=TERM_TYPES)
        write_table(directory, TERM_TYPES_FILE, term_type_table)
        left_out = sum(rows - used for rows, used in self._added.values())
        others = {"codes_without_a_concept": left_out} if left_out else {}
        return {"codes": len(starts_of_codes), "vocabularies": len(vocabularies), **others}

    def _gather(self) -> None:
        for number, table in tables_of(self._sources, "codes", CODES, self._progress):
            ids = pc.utf8_trim_whitespace(table["concept_id"])
            concept = pc.index_in(ids, value_set=self._concept_ids)
            known = pc.is_valid(concept)
            self._count(number, len(table), int(pc.sum(known, min_count=0).as_py()))
            rows = table.filter(known)
            self._add(
                concept.filter(known).to_numpy(),
                rows["vocabulary"],
                rows["code"],
                rows["mapping"],
                rows["term_type"],
                rows["name"],
            )

    def _count(self, number: int, rows: int, used: int) -> None:
        if number not in self._named:
            self._added[number][0] += rows
            self._added[number][1] += used

    def _add(
        self,
        concept: NDArray[Any],
        vocabulary: Any,
        code: Any,
        mapping: Any,
        term_type: Any,
        name: Any,
    ) -> None:
        if not len(concept):
            return
        kinds = pc.index_in(mapping, value_set=pa.array(MAPPINGS))
        if kinds.null_count:
            raise TerminologyError(f"a source has a mapping that is none of {', '.join(MAPPINGS)}.")
        rows = self._rows
        rows.concept.append(concept.astype(np.int32))
        rows.vocabulary.append(self._vocabularies.of(vocabulary))
        rows.code.append(one_array(pc.cast(pc.utf8_trim_whitespace(code), pa.large_string())))
        rows.mapping.append(kinds.to_numpy().astype(np.uint8))
        rows.term_type.append(self._term_types.of(term_type))
        rows.name.append(one_array(clean_names(name)))

    def _resolve_mappings(self) -> None:
        """Add the codes that mappings between codes give concepts."""
        others: dict[tuple[str, str], list[tuple[int, int, str, str, str, str | None]]]
        others = defaultdict(list)
        link = 0
        for number, table in tables_of(
            self._sources, "code_mappings", CODE_MAPPINGS, self._progress
        ):
            self._count(number, len(table), 0)
            for vocabulary, code, kind, to, to_code, name, to_name in zip(
                *table.to_pydict().values(), strict=True
            ):
                link += 1
                others[vocabulary, code].append((number, link, to, to_code, kind, to_name))
                inverse = INVERSE.get(kind, kind)
                others[to, to_code].append((number, link, vocabulary, code, inverse, name))
        if not others or not self._rows.code:
            return
        added: list[tuple[Any, ...]] = []
        used: dict[int, set[int]] = defaultdict(set)
        codes = pa.array({code for _, code in others}, pa.large_string())
        names = self._vocabularies.texts()
        for concept, vocabulary, code, mapping in zip(
            self._rows.concept,
            self._rows.vocabulary,
            self._rows.code,
            self._rows.mapping,
            strict=True,
        ):
            wanted = pc.is_in(code, value_set=codes).to_numpy(zero_copy_only=False)
            for i in np.flatnonzero(wanted & (mapping == _EXACT)).tolist():
                key = (names[int(vocabulary[i])], code[i].as_py())
                for number, link, *other in others.get(key, ()):
                    used[number].add(link)
                    added.append((concept[i], *other))
        for number, links in used.items():
            self._count(number, 0, len(links))
        if added:
            columns = [list(column) for column in zip(*added, strict=True)]
            texts = [pa.array(column, pa.string()) for column in columns[1:4]]
            self._add(
                np.array(columns[0]),
                pa.chunked_array([texts[0]]),
                pa.chunked_array([texts[1]]),
                pa.chunked_array([texts[2]]),
                pa.chunked_array([pa.array([""] * len(added))]),
                pa.chunked_array([pa.array(columns[4], pa.large_string())]),
            )

    def _require_use(self) -> None:
        for number, (rows, used) in self._added.items():
            if rows and not used:
                files = self._sources[number].describe().get("files", ())
                raise TerminologyError(
                    f"none of the {rows:,} codes and mappings of {', '.join(files) or 'a source'} "
                    "is of a concept of the knowledge base.",
                    remedy="Give it together with a source of names that has these concepts, or a "
                    "mapping of one of its vocabularies to the UMLS.",
                )

    def _keep_wanted(self) -> None:
        """Leave out the codes of vocabularies that are not wanted."""
        if self._wanted is None:
            return
        texts = self._vocabularies.texts()
        names = [find_vocabulary(one, texts) for one in self._wanted]
        missing = [one for one, found in zip(self._wanted, names, strict=True) if found is None]
        if missing:
            raise TerminologyError(
                f"no source has codes of {', '.join(missing)}.",
                remedy=f"They have codes of {', '.join(sorted(texts)) or 'no vocabulary'}.",
            )
        numbers = np.array([texts.index(name) for name in names if name is not None], np.uint16)
        rows, self._rows = self._rows, _Rows()
        self._vocabularies = _Numbers("vocabularies")
        for i, vocabulary in enumerate(rows.vocabulary):
            kept = np.isin(vocabulary, numbers)
            if not kept.any():
                continue
            mask = pa.array(kept)
            chosen = pa.array(texts, pa.string()).take(pa.array(vocabulary[kept]))
            self._rows.concept.append(rows.concept[i][kept])
            self._rows.vocabulary.append(self._vocabularies.of(chosen))
            self._rows.code.append(rows.code[i].filter(mask))
            self._rows.mapping.append(rows.mapping[i][kept])
            self._rows.term_type.append(rows.term_type[i][kept])
            self._rows.name.append(rows.name[i].filter(mask))

    def _sorted(self, place: NDArray[np.uint16], term_place: NDArray[np.uint16]) -> pa.Table:
        """All rows by concept, vocabulary, code, mapping and order of reading."""
        rows = self._rows
        size = sum(map(len, rows.concept))

        def joined(pieces: list[NDArray[Any]], dtype: type) -> NDArray[Any]:
            return np.concatenate([np.zeros(0, dtype), *pieces]).astype(dtype)

        table = pa.table(
            {
                "concept": joined(rows.concept, np.int32),
                "vocabulary": place[joined(rows.vocabulary, np.uint16)],
                "code": pa.chunked_array(rows.code, pa.large_string()).combine_chunks(),
                "mapping": joined(rows.mapping, np.uint8),
                "term_type": term_place[joined(rows.term_type, np.uint16)],
                "label": pa.chunked_array(rows.name, pa.large_string()).combine_chunks(),
                "order": np.arange(size, dtype=np.int64),
            }
        )
        self._rows = _Rows()
        keys = ["concept", "vocabulary", "code", "mapping", "order"]
        order = pc.sort_indices(table, sort_keys=[(key, "ascending") for key in keys])
        return table.take(order).drop_columns("order")


def _write_index(
    directory: Path, table: pa.Table, vocabularies: list[str], begins: Int64Array
) -> None:
    """Write the hashes of all codes, sorted, and beside each the first row of the code."""
    numbers = table["vocabulary"].to_numpy()[begins]
    hashes = np.empty(len(begins), np.uint64)
    for start in range(0, len(begins), SLICE):
        rows = slice(start, start + SLICE)
        codes = table["code"].take(pa.array(begins[rows])).to_pylist()
        names = [vocabularies[i] for i in numbers[rows].tolist()]
        hashes[rows] = hash_codes(names, codes)
    order = np.argsort(hashes, kind="stable")
    write_array(directory, HASHES_FILE, hashes[order])
    write_array(directory, ROWS_FILE, begins[order].astype(np.uint32))
