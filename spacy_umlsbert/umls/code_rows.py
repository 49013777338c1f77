"""Rows of codes while they are built: their names are found among the base's, repeats are left out.

The tables have a row for each code that a source gives a concept, sorted by ``concept``,
``vocabulary``, ``code`` and ``mapping``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spacy_umlsbert.umls.matching.hashing import Int64Array

SLICE = 1 << 17
"""So many concepts or codes are looked at together, so that little is in memory."""


def one_array(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    """An array in one piece."""
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def with_names(table: pa.Table, directory: Path, name_starts: Int64Array) -> pa.Table:
    """The rows with their names as rows of ``names.arrow``; labels are left where it has none."""
    concept = table["concept"].to_numpy()
    label = one_array(table["label"])
    found = np.full(len(table), -1, np.int32)
    with pa.memory_map(str(directory / "names.arrow")) as source:
        names = pa.ipc.open_file(source).read_all()
        for first in range(0, len(name_starts) - 1, SLICE):
            last = min(first + SLICE, len(name_starts) - 1)
            start, end = np.searchsorted(concept, [first, last])
            begin, stop = int(name_starts[first]), int(name_starts[last])
            known = one_array(names["name"].slice(begin, stop - begin)).dictionary_encode()
            of = names["concept"].slice(begin, stop - begin).to_numpy().astype(np.int64) - first
            size = max(1, len(known.dictionary))
            keys = of * size + known.indices.to_numpy()
            by_key = np.argsort(keys)
            text = pc.index_in(label.slice(start, end - start), value_set=known.dictionary)
            text = text.fill_null(-1).to_numpy().astype(np.int64)
            wanted = (concept[start:end].astype(np.int64) - first) * size + text
            at = np.searchsorted(keys, wanted, sorter=by_key)
            at = by_key[np.minimum(at, len(keys) - 1)]
            hit = (text >= 0) & (keys[at] == wanted)
            found[start:end][hit] = (begin + at[hit]).astype(np.int32)
        del names, known, of
    label = pc.if_else(pa.array(found >= 0), pa.scalar(None, pa.large_string()), label)
    label = pc.if_else(pc.equal(label, ""), pa.scalar(None, pa.large_string()), label)
    table = table.drop_columns("label").append_column("name", pa.array(found))
    return table.append_column("label", label)


def without_repeats(table: pa.Table) -> tuple[Int64Array, pa.Table]:
    """The rows of a code each with another name or term type, and where each code begins.

    All rows of a code have the best of its mappings. A row with neither name nor term type is kept
    only where it is the code's only one.
    """
    size = len(table)
    code = one_array(table["code"])
    begins = np.ones(size, np.bool_)
    if size > 1:
        differs = pc.not_equal(code.slice(1), code.slice(0, size - 1))
        begins[1:] = differs.to_numpy(zero_copy_only=False)
    for column in ("concept", "vocabulary"):
        values = table[column].to_numpy()
        begins[1:] |= values[1:] != values[:-1]
    group = np.cumsum(begins) - 1
    labels = one_array(table["label"]).dictionary_encode()
    label = labels.indices.fill_null(-1).to_numpy().astype(np.int64)
    name = table["name"].to_numpy()
    term_type = table["term_type"].to_numpy()
    # Name rows are 0 and more, labels -2 and less, and -1 stands for neither.
    text = np.where(label >= 0, -2 - label, name)
    bare = (text == -1) & (term_type == 0)  # the first of the sorted term types is ""
    order = np.lexsort((np.arange(size), text, term_type, group))
    same = np.zeros(size, np.bool_)
    one, two = order[1:], order[:-1]
    same[one] = (
        (group[one] == group[two]) & (term_type[one] == term_type[two]) & (text[one] == text[two])
    )
    told = np.zeros(int(group[-1]) + 1 if size else 0, np.bool_)
    told[group[~bare]] = True
    kept = ~same & ~(bare & told[group])
    first = np.flatnonzero(begins)
    best = table["mapping"].to_numpy()[first][group]
    position = table.schema.get_field_index("mapping")
    table = table.set_column(position, "mapping", pa.array(best, pa.uint8()))
    table = table.filter(pa.array(kept))
    return np.flatnonzero(np.diff(group[kept], prepend=-1)), table
