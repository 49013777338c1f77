"""Sparse vectors of names: TF-IDF of their character trigrams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, save_npz
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from spacy_umlsbert.batching import chunks
from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.linking.name_normalizer import NameNormalizer

FEATURES = 1 << 20
_CHUNK = 65_536


class SparseEncoder:
    """Spelling as a vector of length 1, so that products of vectors are cosines.

    Character trigrams within words, as scispaCy's candidate generator has them (Neumann et al.
    2019), in the place of single characters and pairs in BioSyn's sparse encoder (Sung et al.
    2020, section 3.2): they find more, and half of the numbers do. The trigrams are hashed, which
    needs no vocabulary, and keeps those of a mention that no name has: they must lower its cosine.

    Args:
        idf: (`FEATURES`,) how rare each trigram is.
    """

    def __init__(self, idf: NDArray[np.float32]) -> None:
        self.idf = idf
        self._counts = _counter()

    @classmethod
    def fit(cls, names: Iterable[str]) -> SparseEncoder:
        """Learn how rare trigrams are from the names of a terminology."""
        counter, total, frequency = _counter(), 0, np.zeros(FEATURES, dtype=np.int64)
        for chunk in chunks(names, _CHUNK):
            frequency += np.bincount(counter.transform(chunk).indices, minlength=FEATURES)
            total += len(chunk)
        # As scikit-learn's TfidfTransformer: as if a name more had every trigram once.
        return cls(np.log((1 + total) / (1 + frequency)).astype(np.float32) + 1)

    def __call__(self, names: Sequence[str]) -> csr_matrix:
        """The vectors (names, `FEATURES`) of names; that of an empty name is zero."""
        vectors = self._counts.transform(names)
        vectors.data *= self.idf[vectors.indices]
        return normalize(vectors, copy=False)


def write_sparse_vectors(path: Path, names: Iterable[str]) -> None:
    """Write the vectors of names as a scipy ``.npz``, a row per name.

    How rare trigrams are is learned from the names, which are written as the linker compares them.
    """
    written = list(map(NameNormalizer(), names))
    with atomic_file(path) as partial:
        save_npz(partial, SparseEncoder.fit(written)(written))


def _counter() -> HashingVectorizer:
    return HashingVectorizer(
        analyzer="char_wb",
        ngram_range=(3, 3),
        n_features=FEATURES,
        norm=None,
        alternate_sign=False,
        dtype=np.float32,
    )
