"""Sparse vectors of names: TF-IDF of their character n-grams."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer


class SparseEncoder:
    """Spelling as a vector: characters and pairs of characters, as in BioSyn's sparse encoder.

    Sung et al., "Biomedical entity representations with synonym marginalization", ACL 2020,
    section 3.2. The vectors have length 1, so that their product is the cosine.
    """

    def __init__(self, ngrams: tuple[int, int] = (1, 2)) -> None:
        self._vectorizer = TfidfVectorizer(analyzer="char", ngram_range=ngrams, dtype=np.float32)

    def fit(self, names: Sequence[str]) -> "SparseEncoder":
        """Learn from the names of a terminology which n-grams there are, and how rare they are."""
        self._vectorizer.fit(names)
        return self

    def __call__(self, names: Sequence[str]) -> csr_matrix:
        """The vectors (names, n-grams) of names."""
        return self._vectorizer.transform(names)
