"""How many concepts each semantic group has."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spacy_umlsbert.umls.semantic_types import group_of


def count_by_group(types: pa.ListArray) -> dict[str, int]:
    """Numbers of concepts by code of their semantic group.

    Args:
        types: The TUIs of each concept.

    Returns:
        A concept of several groups counts in each; "" is for those without a current type.
    """
    rows = pc.list_parent_indices(types).to_numpy()
    tuis = pc.list_flatten(types).dictionary_encode()
    groups = [group_of(tui) or "" for tui in tuis.dictionary.to_pylist()]
    codes = sorted(set(groups))
    group = np.array([codes.index(code) for code in groups], np.int64)[tuis.indices.to_numpy()]
    pairs = np.unique(rows.astype(np.int64) * len(codes) + group)
    numbers = np.bincount(pairs % max(1, len(codes)), minlength=len(codes))
    counts = dict(zip(codes, numbers.tolist(), strict=True))
    untyped = len(types) - len(np.unique(rows))
    if untyped:
        counts[""] = counts.get("", 0) + untyped
    return counts
