"""Builds a knowledge base directory from sources.

Names are gathered as Arrow tables, sorted by concept, rank and order in the source, and read once
more in batches to be normalised and hashed; no step holds a release as Python objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.files.storage import atomic_directory, write_array, write_meta, write_table
from spacy_umlsbert.umls.code_build import CodeBuilder
from spacy_umlsbert.umls.gathering import clean_names, joined, tables_of
from spacy_umlsbert.umls.matching.hashing import Int64Array
from spacy_umlsbert.umls.matching.name_index import NameIndexBuilder
from spacy_umlsbert.umls.matching.name_variants import VariantRules
from spacy_umlsbert.umls.matching.normalization import NORMALIZATION_VERSION
from spacy_umlsbert.umls.matching.settings import MatcherSettings
from spacy_umlsbert.umls.sources.base import DEFINITIONS, NAMES, PARENTS, TYPES, Source

CONCEPTS_SCHEMA = pa.schema(
    [
        ("concept_id", pa.string()),
        ("types", pa.list_(pa.string())),
        ("definition", pa.large_string()),
    ]
)
NAMES_SCHEMA = pa.schema([("name", pa.large_string()), ("concept", pa.int32())])

_BATCH = 1 << 16


def build_directory(
    path: Path,
    sources: Sequence[Source],
    *,
    name: str,
    version: str,
    license: str,
    open_license: bool,
    settings: MatcherSettings,
    code_vocabularies: Sequence[str] | None,
    overwrite: bool,
    progress: bool,
) -> None:
    """Build a knowledge base; see ``KnowledgeBase.build``."""
    if not sources:
        raise TerminologyError("give at least one source to build a knowledge base from.")
    with atomic_directory(path, overwrite=overwrite) as directory:
        rules = VariantRules(settings)
        concept_ids, gathered, named = _gather_names(sources, progress)
        index = NameIndexBuilder(rules)
        name_table, source_of_name = _deduplicate(gathered, index, progress)
        concept_of_name = name_table["concept"].to_numpy()
        starts = np.searchsorted(concept_of_name, np.arange(len(concept_ids) + 1))
        write_table(directory, "names.arrow", name_table)
        write_array(directory, "concept_names.npy", starts.astype(np.int64))
        del gathered, name_table

        types = _gather_types(sources, concept_ids, progress)
        definitions = _gather_definitions(sources, concept_ids, progress)
        concepts = pa.table([concept_ids, types, definitions], schema=CONCEPTS_SCHEMA)
        write_table(directory, "concepts.arrow", concepts)
        parents = _write_hierarchy(directory, sources, concept_ids, progress)
        codes = CodeBuilder(concept_ids, sources, named, code_vocabularies, progress)
        code_counts = codes.write(directory, starts)

        order = order_of_names(starts, concept_of_name, source_of_name)
        counts = index.write(directory, order, concept_of_name, settings.max_concepts_per_name)
        tuis = pc.unique(types.flatten())
        write_meta(
            directory,
            {
                "name": name,
                "version": version,
                "license": license,
                "open_license": open_license,
                "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
                "sources": [source.describe() for source in sources],
                "normalization_version": NORMALIZATION_VERSION,
                "matcher": settings.to_dict(),
                "semantic_types": sorted(tuis.to_pylist()),
                "counts": {
                    "concepts": len(concept_ids),
                    "names": len(concept_of_name),
                    "definitions": len(concept_ids) - definitions.null_count,
                    "parents": parents,
                    **code_counts,
                    **counts,
                },
            },
        )


def order_of_names(
    starts: Int64Array, concept_of_name: NDArray[np.int32], source_of_name: NDArray[np.int16]
) -> NDArray[np.uint32]:
    """The place of each name row in the order "best first" of names that match equally well.

    Names of the first source come first, of these canonical names, then names of concepts that have
    more names, then concept order.

    Args:
        starts: For each concept its first name row, and the number of names; shape (concepts + 1,).
        concept_of_name: For each name row its concept, shape (names,).
        source_of_name: For each name row the first source that has it, shape (names,).
    """
    canonical = np.zeros(len(concept_of_name), np.bool_)
    canonical[starts[:-1]] = True
    support = np.diff(starts)[concept_of_name]
    order = np.lexsort((concept_of_name, -support, ~canonical, source_of_name))
    place = np.empty(len(order), np.uint32)
    place[order] = np.arange(len(order), dtype=np.uint32)
    return place


@dataclass
class _GatheredNames:
    """Names in their final order, repeats included."""

    name: pa.ChunkedArray
    concept: NDArray[np.int32]
    source: NDArray[np.int16]


def _gather_names(
    sources: Sequence[Source], progress: bool
) -> tuple[pa.Array, _GatheredNames, set[int]]:
    """Sorted concept ids, all names sorted by concept, source, rank and order of reading.

    And the numbers of the sources that have names.
    """
    named: set[int] = set()
    ids: list[pa.Array] = []
    names: list[pa.Array] = []
    places: list[NDArray[np.int64]] = []
    for number, table in tables_of(sources, "names", NAMES, progress):
        clean = clean_names(table["name"])
        concept_id = pc.utf8_trim_whitespace(table["concept_id"])
        kept = pc.and_(pc.not_equal(clean, ""), pc.not_equal(concept_id, ""))
        if len(table):
            named.add(number)
        ids.extend(concept_id.filter(kept).chunks)
        names.extend(clean.filter(kept).chunks)
        rank = table["rank"].filter(kept).to_numpy().astype(np.int64)
        places.append((np.int64(number) << 16) + rank + (1 << 15))
    concept_ids, concept = _number_concepts(pa.chunked_array(ids, pa.string()))
    if not len(concept_ids):
        raise TerminologyError(
            "the sources have no names, or the filters leave none.",
            remedy="Check languages, sources, term types and semantic types.",
        )
    del ids
    place = np.concatenate(places)
    order = np.lexsort((place, concept))
    name = pa.chunked_array(names, pa.large_string()).take(pa.array(order))
    source = (place[order] >> 16).astype(np.int16)
    return concept_ids, _GatheredNames(name, concept[order], source), named


def _number_concepts(ids: pa.ChunkedArray) -> tuple[pa.Array, NDArray[np.int32]]:
    """The distinct ids, sorted, and for each id its place among them."""
    encoded = ids.dictionary_encode().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks) if encoded.num_chunks else None
    if encoded is None or not len(encoded):
        return pa.array([], pa.string()), np.zeros(0, np.int32)
    distinct = encoded.dictionary
    order = pc.array_sort_indices(distinct).to_numpy()
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return distinct.take(pa.array(order)), place[encoded.indices.to_numpy()]


def _deduplicate(
    gathered: _GatheredNames, index: NameIndexBuilder, progress: bool
) -> tuple[pa.Table, NDArray[np.int16]]:
    """Drop repeated names of a concept and hand the others to the index; with their sources."""
    kept = np.ones(len(gathered.concept), np.bool_)
    current, seen = -1, set[str]()
    bar = progress_bar(doing="index", total=len(kept), unit="names", show=progress, keep=True)
    for start in range(0, len(kept), _BATCH):
        names = gathered.name.slice(start, _BATCH).to_pylist()
        fresh: list[str] = []
        concepts = gathered.concept[start : start + _BATCH].tolist()
        for i, (name, concept) in enumerate(zip(names, concepts, strict=True), start=start):
            if concept != current:
                current, seen = concept, set()
            if name in seen:
                kept[i] = False
            else:
                seen.add(name)
                fresh.append(name)
        index.add(fresh)
        bar.update(len(names))
    bar.close()
    table = pa.table([gathered.name, pa.array(gathered.concept)], schema=NAMES_SCHEMA)
    return (table if kept.all() else table.filter(pa.array(kept))), gathered.source[kept]


def _gather_types(sources: Sequence[Source], concept_ids: pa.Array, progress: bool) -> pa.Array:
    """For each concept the sorted list of its TUIs: those stated, else the first assumed ones."""
    table = joined(sources, "types", TYPES, concept_ids, progress)
    tuis = sorted(pc.unique(table["tui"]).to_pylist())
    code = pc.index_in(table["tui"], value_set=pa.array(tuis, pa.string())).to_numpy()
    concept = table["concept"].to_numpy().astype(np.int64)
    assumed_by = np.where(table["rank"].to_numpy() > 0, table["source"].to_numpy() + 1, 0)
    best = np.full(len(concept_ids), len(sources) + 1, np.int64)
    np.minimum.at(best, concept, assumed_by)
    counted = assumed_by == best[concept]
    width = max(1, len(tuis))
    pairs = np.unique(concept[counted] * width + code[counted])
    offsets = np.searchsorted(pairs, np.arange(len(concept_ids) + 1) * width)
    values = pa.array(tuis, pa.string()).take(pa.array(pairs % width))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def _gather_definitions(
    sources: Sequence[Source], concept_ids: pa.Array, progress: bool
) -> pa.Array:
    """For each concept its best definition, or null."""
    table = joined(sources, "definitions", DEFINITIONS, concept_ids, progress)
    concept = table["concept"].to_numpy()
    order = np.lexsort((table["rank"].to_numpy(), table["source"].to_numpy(), concept))
    concepts, first = np.unique(concept[order], return_index=True)
    row = np.full(len(concept_ids), -1, np.int64)
    row[concepts] = order[first]
    taken = table["definition"].take(pa.array(row, mask=row < 0))
    return pa.concat_arrays(taken.chunks) if taken.num_chunks else taken.combine_chunks()


def _write_hierarchy(
    directory: Path, sources: Sequence[Source], concept_ids: pa.Array, progress: bool
) -> int:
    """Write each concept's parents and children; returns the number of parent links."""
    table = joined(sources, "parents", PARENTS, concept_ids, progress)
    parent = pc.index_in(table["parent_id"], value_set=concept_ids)
    known = pc.is_valid(parent)
    child = table["concept"].filter(known).to_numpy().astype(np.int64)
    above = parent.filter(known).to_numpy().astype(np.int64)
    links = np.unique(np.stack([child, above], axis=1)[child != above], axis=0)
    for name, one, many in (("parents", 0, 1), ("children", 1, 0)):
        order = np.lexsort((links[:, many], links[:, one]))
        offsets = np.searchsorted(links[order, one], np.arange(len(concept_ids) + 1))
        write_array(directory, f"{name}_offsets.npy", offsets.astype(np.int64))
        write_array(directory, f"{name}.npy", links[order, many].astype(np.int32))
    return len(links)
