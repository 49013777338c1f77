"""Pairs of names of a concept: what self-alignment learns from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset

from spacy_umlsbert.linking.name_normalizer import NameNormalizer
from spacy_umlsbert.umls import KnowledgeBase
from spacy_umlsbert.umls.matching.hashing import hash_subtoken

Pair = tuple[str, str, int]
"""Two names, and the row of their concept."""


class NamePairs(Dataset):
    """Pairs of names that differ, each of one concept (Liu et al. 2021, section 2).

    Names that several concepts share are left out: they would belong together with the names of
    all of them, which do not belong together. Of a concept with many names some pairs are drawn.

    Args:
        kb: Where the names come from.
        tuis: Semantic types of the concepts to take; empty for all.
        most: Most pairs of a concept.
        seed: Of the draw.
    """

    def __init__(
        self, kb: KnowledgeBase, tuis: Collection[str] = (), most: int = 50, seed: int = 0
    ) -> None:
        self._names = kb.name_table["name"].combine_chunks()
        self._concepts = kb.name_table["concept"].to_numpy()
        self._normalize = NameNormalizer()
        taken = _rows_to_take(self._concepts, kb, tuis)
        rows = self._unambiguous(taken)
        chance = np.random.default_rng(seed)
        pairs = [pair for group in self._by_concept(rows) for pair in _drawn(group, most, chance)]
        self.rows: NDArray[np.int64] = np.array(pairs, dtype=np.int64).reshape(-1, 2)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Pair:
        first, second = self.rows[index].tolist()
        return self._name(first), self._name(second), int(self._concepts[first])

    def _name(self, row: int) -> str:
        return self._normalize(self._names[row].as_py())

    def _unambiguous(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first row of each name that is one concept's alone."""
        first: dict[int, int] = {}
        shared = set()
        for row in rows.tolist():
            key = hash_subtoken(self._name(row))
            seen = first.setdefault(key, row)
            if self._concepts[seen] != self._concepts[row]:
                shared.add(key)
        return np.array([row for key, row in first.items() if key not in shared], dtype=np.int64)

    def _by_concept(self, rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        borders = np.flatnonzero(np.diff(self._concepts[rows])) + 1
        yield from np.split(rows, borders)


def _rows_to_take(
    concepts: NDArray[np.int32], kb: KnowledgeBase, tuis: Collection[str]
) -> NDArray[np.int64]:
    if not tuis:
        return np.arange(len(concepts))
    wanted = set(tuis)
    takes = np.array([not wanted.isdisjoint(types) for types in kb.types()], dtype=bool)
    return np.flatnonzero(takes[concepts])


def _drawn(
    names: NDArray[np.int64], most: int, chance: np.random.Generator
) -> Iterator[tuple[int, int]]:
    n_pairs = len(names) * (len(names) - 1) // 2
    if n_pairs <= most:
        yield from combinations(names.tolist(), 2)
        return
    for number in chance.choice(n_pairs, most, replace=False, shuffle=False).tolist():
        # The pair of this number when pairs are counted as (1,0), (2,0), (2,1), (3,0) …
        larger = int((1 + (1 + 8 * number) ** 0.5) / 2)
        yield int(names[larger]), int(names[number - larger * (larger - 1) // 2])
