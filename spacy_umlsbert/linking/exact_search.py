"""Search among all names, with every score computed: what an index is measured against."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.linking.dense_encoder import Floats, NameEncoder
from spacy_umlsbert.linking.name_table import NameTable
from spacy_umlsbert.linking.sparse_encoder import SparseEncoder

_AT_A_TIME = 256
_EXACT = 10.0
_NAMES_PER_CONCEPT = 10


class Candidate(NamedTuple):
    """A name that a mention may be.

    Attributes:
        name: The name.
        concept_ids: The ids of its concept.
        score: Dense cosine + weight × sparse cosine (+ prior).
    """

    name: str
    concept_ids: tuple[str, ...]
    score: float


class ExactSearch:
    """The best names by sparse and dense score (Sung et al. 2020, section 3.2)."""

    def __init__(
        self,
        table: NameTable,
        *,
        sparse: SparseEncoder | None = None,
        dense: NameEncoder | None = None,
        sparse_weight: float = 1.0,
        vectors: Floats | None = None,
        prior: Floats | None = None,
    ) -> None:
        """Encode the names.

        Args:
            table: The names.
            sparse: Gives their sparse vectors.
            dense: Gives their dense ones.
            sparse_weight: Of the sparse score, where there is a dense one beside it.
            vectors: (names, width) the dense vectors, if they are there already.
            prior: (names,) what is added to the score of each name. A name that is the mention
                itself then comes before all others whatever theirs is, and of the names of a
                concept only the best is a candidate.

        Raises:
            ValueError: If there is neither a sparse nor a dense encoder.
        """
        if sparse is None and dense is None:
            raise UsageError("neither a sparse nor a dense encoder: give one, or both")
        self.table = table
        self.sparse = sparse
        self.dense = dense
        self.sparse_weight = sparse_weight if dense is not None else 1.0
        self._spelling = sparse(table.names).T.tocsc() if sparse is not None else None
        if vectors is None and dense is not None:
            vectors = dense(table.names)
        self.vectors = vectors
        self.prior = prior
        self._rows: dict[str, list[int]] = defaultdict(list)
        for row, name in enumerate(table.names if prior is not None else ()):
            self._rows[name].append(row)

    def scores(self, mentions: Sequence[str]) -> Floats:
        """The scores (mentions, names)."""
        total: NDArray[np.float32] = np.zeros((len(mentions), len(self.table)), dtype=np.float32)
        if self.dense is not None and self.vectors is not None:
            total += self.dense(mentions) @ self.vectors.T
        if self.sparse is not None and self._spelling is not None:
            total += self.sparse_weight * (self.sparse(mentions) @ self._spelling).toarray()
        return total

    def search(self, mentions: Sequence[str], k: int) -> Iterator[list[Candidate]]:
        """The k best names of each mention, or all if there are fewer."""
        for start in range(0, len(mentions), _AT_A_TIME):
            part = mentions[start : start + _AT_A_TIME]
            scores = self.scores(part)
            if self.prior is not None:
                scores += self.prior
                for mention, row in zip(part, scores, strict=True):
                    row[self._rows.get(mention, [])] = _EXACT
            # Ties in the order of the table.
            best = np.argsort(-scores, axis=1, kind="stable")[:, : self._deep(k)]
            for row, found in zip(scores, best.tolist(), strict=True):
                candidates = [
                    Candidate(self.table.names[i], self.table.concept_ids[i], float(row[i]))
                    for i in found
                ]
                yield candidates if self.prior is None else one_for_each_concept(candidates)[:k]

    def _deep(self, k: int) -> int:
        return k if self.prior is None else _NAMES_PER_CONCEPT * k


def one_for_each_concept(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The first candidate of each concept."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        best.setdefault(candidate.concept_ids[0], candidate)
    return list(best.values())
