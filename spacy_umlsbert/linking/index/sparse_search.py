"""Search by spelling: the names that share trigrams with a mention."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from spacy_umlsbert.batching import chunks
from spacy_umlsbert.files.storage import Files, write_array
from spacy_umlsbert.linking.dense_encoder import Floats
from spacy_umlsbert.linking.sparse_encoder import FEATURES, SparseEncoder

_CHUNK = 65_536
_POSTINGS = 1_000_000
_BY_NAME, _BY_TRIGRAM, _IDF = "sparse_by_name", "sparse_by_trigram", "sparse_idf.npy"
Rows = NDArray[np.int64]


class SparseSearch:
    """The sparse vectors of all names, by name and by trigram; memory-mapped.

    A mention is compared with the names that have one of its trigrams. The frequent ones among
    them, of which there may be millions, are left out where they would be too many, the most
    frequent first: what they add to a cosine is little. Scores are computed in full.
    """

    def __init__(self, files: Files, n_names: int) -> None:
        self.encode = SparseEncoder(files.array(_IDF, np.float32))
        self._by_name = _matrix(files, _BY_NAME, (n_names, FEATURES))
        self._by_trigram = _matrix(files, _BY_TRIGRAM, (FEATURES, n_names))
        self._frequency = np.diff(self._by_trigram.indptr)

    @staticmethod
    def build(directory: Path, names: Sequence[str]) -> None:
        """Write the files of the vectors of names."""
        encoder = SparseEncoder.fit(names)
        parts = [encoder(chunk) for chunk in chunks(names, _CHUNK)]
        vectors = vstack(parts, format="csr") if parts else csr_matrix((0, FEATURES), dtype="f")
        write_array(directory, _IDF, encoder.idf)
        _write(directory, _BY_NAME, vectors)
        _write(directory, _BY_TRIGRAM, vectors.T.tocsr())

    def search(self, mentions: csr_matrix, k: int) -> list[Rows]:
        """The rows of the k names that are spelt most alike, for each mention; in no order."""
        products = self._with_few_postings(mentions) @ self._by_trigram
        found = []
        for start, end in zip(products.indptr[:-1], products.indptr[1:], strict=True):
            rows, scores = products.indices[start:end], products.data[start:end]
            if len(rows) > k:
                rows = rows[np.argpartition(-scores, k - 1)[:k]]
            found.append(rows.astype(np.int64))
        return found

    def scores(self, mentions: csr_matrix, names: Rows) -> Floats:
        """The cosines (pairs,) of pairs of a mention and a name.

        Args:
            mentions: (pairs, `FEATURES`).
            names: (pairs,) rows.
        """
        products = mentions.multiply(self._by_name[names]).sum(axis=1)
        return np.asarray(products, dtype=np.float32).ravel()

    def _with_few_postings(self, mentions: csr_matrix) -> csr_matrix:
        """The mentions without their most frequent trigrams, where those have too many names."""
        pruned = mentions.copy()
        for start, end in zip(pruned.indptr[:-1], pruned.indptr[1:], strict=True):
            frequency = self._frequency[pruned.indices[start:end]]
            if frequency.sum() > _POSTINGS:
                rare_first = np.argsort(frequency, kind="stable")
                too_many = np.cumsum(frequency[rare_first]) > _POSTINGS
                too_many[0] = False
                pruned.data[start:end][rare_first[too_many]] = 0
        pruned.eliminate_zeros()
        return pruned


def _write(directory: Path, name: str, matrix: csr_matrix) -> None:
    matrix.sort_indices()
    # One type for both, or scipy makes copies when the files are opened.
    kind = _kind(matrix.nnz)
    write_array(directory, f"{name}_starts.npy", matrix.indptr.astype(kind))
    write_array(directory, f"{name}_places.npy", matrix.indices.astype(kind))
    write_array(directory, f"{name}_values.npy", matrix.data.astype(np.float32))


def _matrix(files: Files, name: str, shape: tuple[int, int]) -> csr_matrix:
    values = files.array(f"{name}_values.npy", np.float32)
    kind = _kind(len(values))
    places, starts = (files.array(f"{name}_{part}.npy", kind) for part in ("places", "starts"))
    return csr_matrix((values, places, starts), shape=shape, copy=False)


def _kind(size: int) -> type[np.signedinteger[Any]]:
    return np.int32 if size < np.iinfo(np.int32).max else np.int64
