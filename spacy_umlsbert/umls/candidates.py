"""Finds the concepts whose names are spelt like a mention."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from .kb import KnowledgeBase

Candidate = tuple[str, float]  # concept id, score


class TfidfCandidates:
    """Character n-gram TF-IDF over all names of a knowledge base, searched exactly.

    Character trigrams within words, as scispaCy's candidate generator uses (Neumann et al.
    2019); the score of a name is the cosine with the mention, and that of a concept the best of
    its names.
    """

    def __init__(self, kb: KnowledgeBase, batch_size: int = 1024) -> None:
        self.kb = kb
        names, self._concept_ids = [], []
        for name, concept_id in kb.names():
            names.append(name)
            self._concept_ids.append(concept_id)
        # Hashing keeps the trigrams of a mention that no name has: they must lower its cosine.
        self._counts = HashingVectorizer(
            analyzer="char_wb",
            ngram_range=(3, 3),
            n_features=1 << 20,
            norm=None,
            alternate_sign=False,
            dtype=np.float32,
        )
        self._weights = TfidfTransformer()
        vectors = self._weights.fit_transform(self._counts.transform(names))
        self._names: sparse.csc_matrix = vectors.T.tocsc()
        self._batch_size = batch_size

    def search(self, mentions: Sequence[str], k: int) -> Iterator[list[Candidate]]:
        """The concepts of the most similar names.

        Args:
            mentions: Texts of mentions.
            k: Number of names to look at per mention.

        Yields:
            For each mention, concepts with their cosine (0 … 1), best first. Concepts without a
            trigram in common are not among them.
        """
        for start in range(0, len(mentions), self._batch_size):
            counts = self._counts.transform(mentions[start : start + self._batch_size])
            queries = self._weights.transform(counts)
            similar: sparse.csr_matrix = (queries @ self._names).tocsr()
            for row in range(similar.shape[0]):
                part = slice(similar.indptr[row], similar.indptr[row + 1])
                yield self._best(similar.indices[part], similar.data[part], k)

    def _best(self, names: np.ndarray, scores: np.ndarray, k: int) -> list[Candidate]:
        # Ties in the order of the knowledge base, so that results do not depend on the search.
        order = np.lexsort((names, -scores))[:k]
        best: dict[str, float] = {}
        for name, score in zip(names[order].tolist(), scores[order].tolist(), strict=True):
            best.setdefault(self._concept_ids[name], min(score, 1.0))
        return list(best.items())
