"""The names that mentions are compared with in an epoch: those found by spelling and by meaning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.linking.concept_counts import ConceptCounts
from spacy_umlsbert.linking.dense_encoder import Floats, NameEncoder
from spacy_umlsbert.linking.name_table import NameTable
from spacy_umlsbert.linking.sparse_encoder import SparseEncoder

_CELLS = 1 << 25
"""Most scores in memory at once, of each kind."""


@hide_in_repr("mention")
class Example(NamedTuple):
    """A mention and its candidates.

    Attributes:
        mention: The mention.
        names: (k,) the candidates.
        spelling: (k,) their sparse scores.
        frequency: (k,) logarithms of the frequencies of their concepts in the corpus.
        right: (k,) whether they are names of the mention's concept.
    """

    mention: str
    names: list[str]
    spelling: NDArray[np.float32]
    frequency: NDArray[np.float32]
    right: NDArray[np.bool_]


class CandidateNames(Dataset):
    """Mentions with the candidates that `retrieve` found last (Sung et al. 2020, section 3.3).

    Args:
        mentions: Mentions with the ids of their concept.
        counts: How often each concept is mentioned, and how often by each mention.
        table: The names; a mention's own row, if it is there as a mention of the corpus, is never
            its candidate.
        from_corpus: (names,) whether a name is in the table as a mention of the corpus alone.
        sparse: Gives the sparse vectors.
        k: Number of candidates.
        dense_share: Share of them that are found by meaning.
    """

    def __init__(
        self,
        mentions: Sequence[tuple[str, tuple[str, ...]]],
        counts: ConceptCounts,
        table: NameTable,
        from_corpus: NDArray[np.bool_],
        sparse: SparseEncoder,
        k: int,
        dense_share: float,
    ) -> None:
        self.mentions = mentions
        self.counts = counts
        self.table = table
        self.k = min(k, len(table))
        self.n_sparse = self.k - round(dense_share * self.k)
        self._names = np.array(table.names, dtype=object)
        self._spelling = sparse(table.names).T.tocsc()
        self._mention_spelling = sparse([mention for mention, _ in mentions])
        self._own: dict[str, list[int]] = defaultdict(list)
        for row in np.flatnonzero(from_corpus).tolist():
            self._own[table.names[row]].append(row)
        shape = (len(mentions), self.k)
        self.rows = np.zeros(shape, dtype=np.int64)
        self.spelling = np.zeros(shape, dtype=np.float32)
        self.frequency = np.zeros(shape, dtype=np.float32)
        self.right = np.zeros(shape, dtype=bool)

    def __len__(self) -> int:
        return len(self.mentions)

    def __getitem__(self, i: int) -> Example:
        names = self._names[self.rows[i]].tolist()
        mention, _ = self.mentions[i]
        return Example(mention, names, self.spelling[i], self.frequency[i], self.right[i])

    @property
    def recall(self) -> float:
        """Share of the mentions that have a name of their concept among the candidates."""
        return float(self.right.any(axis=1).mean())

    def retrieve(self, encoder: NameEncoder, vectors: Floats) -> None:
        """Find the candidates anew.

        Args:
            encoder: The encoder as it is now.
            vectors: (names, width) its vectors of the names.
        """
        queries = encoder([mention for mention, _ in self.mentions])
        at_a_time = max(1, _CELLS // len(self.table))
        for start in range(0, len(self.mentions), at_a_time):
            part = slice(start, start + at_a_time)
            dense = queries[part] @ vectors.T
            sparse = (self._mention_spelling[part] @ self._spelling).toarray()
            for i, (by_meaning, by_spelling) in enumerate(zip(dense, sparse, strict=True), start):
                mention, ids = self.mentions[i]
                own = self._own.get(mention, [])
                by_meaning[own] = by_spelling[own] = -1
                self.rows[i] = rows = self._best(by_meaning, by_spelling)
                self.spelling[i] = np.maximum(by_spelling[rows], 0)
                self.frequency[i] = [
                    self.counts.frequency(self.table.concept_ids[row], without=mention)
                    for row in rows
                ]
                right = [not set(ids).isdisjoint(self.table.concept_ids[row]) for row in rows]
                self.right[i] = right

    def _best(self, by_meaning: Floats, by_spelling: Floats) -> NDArray[np.int64]:
        """The best by spelling, filled up with the best by meaning."""
        found = dict.fromkeys(_first(by_spelling, self.n_sparse))
        for row in _first(by_meaning, self.k):
            if len(found) < self.k:
                found[row] = None
        return np.fromiter(found, dtype=np.int64)


def _first(scores: Floats, k: int) -> list[int]:
    best = np.argpartition(-scores, min(k, len(scores) - 1))[:k] if k < len(scores) else None
    rows = np.arange(len(scores)) if best is None else best
    order = np.lexsort((rows, -scores[rows]))
    return [int(row) for row in rows[order[:k]]]
