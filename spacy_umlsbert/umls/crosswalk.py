"""Crosswalks: from the codes of one vocabulary to those of another, by the concepts of both."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.files.writing import text_writer
from spacy_umlsbert.umls.code_store import CodeStore
from spacy_umlsbert.umls.matching.hashing import Int64Array
from spacy_umlsbert.umls.sources.base import INVERSE, MAPPINGS

_RELATED = MAPPINGS[-1]


class CrosswalkRow(NamedTuple):
    """A pair of codes that a concept has.

    Attributes:
        source_code: The code of the vocabulary to map from.
        target_code: The code of the vocabulary to map to.
        mapping: What the second is to the first: "exact", "close", "broad", "narrow", "related".
        cardinality: How many codes of the other vocabulary both have, as SSSOM writes it: "1:1",
            "1:n" (a source code with several targets), "n:1" or "n:n".
        concept_id: The concept.
        source_name: The name of the first, if it is known.
        target_name: That of the second.
    """

    source_code: str
    target_code: str
    mapping: str
    cardinality: str
    concept_id: str
    source_name: str
    target_name: str


def joined_mapping(source: str, target: str) -> str:
    """What a code is to another one, from what both are to the same concept.

    An exact code stands for the concept. Broader than what is broader is broader; of everything
    else no more is known than that the two are related.
    """
    first = INVERSE.get(source, source)
    if first == MAPPINGS[0]:
        return target
    if target in (MAPPINGS[0], first):
        return first
    return _RELATED


def crosswalk(store: CodeStore, source: int, target: int) -> Iterator[tuple[int, CrosswalkRow]]:
    """The pairs of codes of two vocabularies, and the row of their concept.

    Args:
        store: The codes.
        source: The number of the vocabulary to map from.
        target: The number of the vocabulary to map to.

    Yields:
        The row of the concept and the pair, without the concept's id, by source code, target code
        and concept.
    """
    one, two = store.rows_of_vocabulary(source), store.rows_of_vocabulary(target)
    left, right = _pairs(store, one, two)
    from_code, to_code = _numbered(store, left), _numbered(store, right)
    width = int(to_code.max(initial=0)) + 1
    distinct = np.unique(from_code * width + to_code)
    targets = np.bincount(distinct // width)
    sources = np.bincount(distinct % width)
    concepts = np.array(store.concept_of(left.tolist()), np.int64)
    for i in np.lexsort((concepts, to_code, from_code)).tolist():
        start, end = store[int(left[i])], store[int(right[i])]
        yield (
            int(concepts[i]),
            CrosswalkRow(
                start.code,
                end.code,
                joined_mapping(start.mapping, end.mapping),
                f"{_many(sources[to_code[i]])}:{_many(targets[from_code[i]])}",
                "",
                start.name or "",
                end.name or "",
            ),
        )


def _pairs(store: CodeStore, one: Int64Array, two: Int64Array) -> tuple[Int64Array, Int64Array]:
    """The rows of both vocabularies that are of the same concept, in pairs."""
    concept_of_one = np.searchsorted(store.starts, one, side="right")
    concept_of_two = np.searchsorted(store.starts, two, side="right")
    first = np.searchsorted(concept_of_two, concept_of_one, side="left")
    count = np.searchsorted(concept_of_two, concept_of_one, side="right") - first
    left = np.repeat(one, count)
    ends = np.cumsum(count)
    within = np.arange(len(left)) - np.repeat(ends - count, count)
    return left, two[np.repeat(first, count) + within]


def _numbered(store: CodeStore, rows: Int64Array) -> Int64Array:
    """The codes of rows as numbers in their order."""
    codes = pa.array([store.code[row] for row in rows.tolist()], pa.string()).dictionary_encode()
    order = np.argsort(np.array(codes.dictionary.to_pylist(), dtype=object))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    numbers: Int64Array = place[codes.indices.to_numpy()]
    return numbers


def _many(count: int) -> str:
    return "1" if count == 1 else "n"


def write_crosswalk(
    path: Path, rows: Iterable[CrosswalkRow], mappings: Collection[str] = ()
) -> Counter[str]:
    """Write a crosswalk as a table with tabs, under a header; the file appears when it is complete.

    Args:
        path: The file; it is compressed if its name ends in ``.gz``.
        rows: The crosswalk.
        mappings: The kinds of mappings to write; all if none are given.

    Returns:
        How many pairs there are of each cardinality.

    Raises:
        UsageError: If there is no such kind of mapping.
    """
    unknown = sorted(set(mappings) - set(MAPPINGS))
    if unknown:
        raise UsageError(f"the kinds of mappings are {', '.join(MAPPINGS)}")
    counts: Counter[str] = Counter()
    with text_writer(path) as stream:
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
        writer.writerow(CrosswalkRow._fields)
        for row in rows:
            if not mappings or row.mapping in mappings:
                writer.writerow(row)
                counts[row.cardinality] += 1
    return counts
