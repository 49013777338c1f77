"""Search by meaning: the names whose vectors are nearest to that of a mention."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from spacy_umlsbert.files.storage import Files, write_array
from spacy_umlsbert.linking.dense_encoder import Floats
from spacy_umlsbert.linking.index.neighbour_graph import NeighbourGraph, is_available
from spacy_umlsbert.linking.index.vectors import Rows, StoredVectors, VectorType

FEW = 10_000
"""Up to so many names are all compared, without a graph of neighbours."""

_SEARCHED_WIDTH = 128
_CONCEPTS_AT_A_TIME = 8_192
_NAMES, _CONCEPTS = "name_vectors", "concept_vectors"
_GRAPH, _PROJECTION = "graph.hnsw", "projection.npy"


class DenseSearch:
    """The dense vectors of all names and concepts, memory-mapped, and a graph of neighbours.

    The graph has the vectors of the names projected to at most 128 dimensions, those in which they
    differ most: it is the only part that has to be in memory, and finds the names whose scores are
    then computed with the vectors themselves. Without it (few names, or no library for graphs) the
    vectors are all compared. The vector of a concept is the mean of those of its names.
    """

    def __init__(self, files: Files, width: int) -> None:
        self._names = StoredVectors.open(files, _NAMES, width)
        self._concepts = StoredVectors.open(files, _CONCEPTS, width)
        self._graph: NeighbourGraph | None = None
        self._all: Floats | None = None
        if _GRAPH in files.meta["files"] and is_available():
            self._projection = files.array(_PROJECTION, np.float32).reshape(width, -1)
            self._graph = _open_graph(files)
        elif len(self._names) <= FEW:
            self._all = self._names[:]

    @staticmethod
    def build(
        directory: Path,
        blocks: Iterable[Floats],
        shape: tuple[int, int],
        vector_type: VectorType,
        names_of_concepts: pa.ListArray,
    ) -> None:
        """Write the files.

        Args:
            directory: Where.
            blocks: The vectors of the names, of length 1, one block after the other.
            shape: How many there are, and their width.
            vector_type: How they are kept.
            names_of_concepts: For each concept the rows of its names.
        """
        n_names, width = shape
        names = StoredVectors.write(directory, _NAMES, blocks, shape, vector_type)
        of_concepts = (len(names_of_concepts), width)
        means = _means(names, names_of_concepts)
        StoredVectors.write(directory, _CONCEPTS, means, of_concepts, vector_type)
        if n_names > FEW and is_available():
            products = sum((block.T @ block for block in names.blocks()), np.zeros((width, width)))
            _, directions = np.linalg.eigh(products)
            projection = directions[:, ::-1][:, :_SEARCHED_WIDTH].astype(np.float32)
            write_array(directory, _PROJECTION, projection.ravel())
            projected = np.concatenate([block @ projection for block in names.blocks()])
            NeighbourGraph.build(projected, directory / _GRAPH)

    def search(self, mentions: Floats, k: int) -> list[Rows]:
        """The rows of the k nearest names of each mention, or all if there are fewer."""
        if self._graph is not None:
            return self._graph.search(mentions @ self._projection, k)
        return list(
            _nearest(mentions, self._names.blocks() if self._all is None else [self._all], k)
        )

    def scores(self, mentions: Floats, names: Rows) -> Floats:
        """The cosines (pairs,) of pairs of a mention (pairs, width) and a name (pairs,)."""
        return np.einsum("pw,pw->p", mentions, self._names[names])

    def concept_scores(self, mentions: Floats, concepts: Rows) -> Floats:
        """The same with concepts: the mean cosine of a mention and all names of a concept."""
        return np.einsum("pw,pw->p", mentions, self._concepts[concepts])


def _means(names: StoredVectors, names_of_concepts: pa.ListArray) -> Iterator[Floats]:
    for start in range(0, len(names_of_concepts), _CONCEPTS_AT_A_TIME):
        part = names_of_concepts.slice(start, _CONCEPTS_AT_A_TIME)
        rows = part.flatten().to_numpy()
        sizes = part.value_lengths().to_numpy()
        sums = np.zeros((len(part), names[:1].shape[1]), dtype=np.float32)
        np.add.at(sums, np.repeat(np.arange(len(part)), sizes), names[rows])
        yield sums / np.maximum(sizes, 1)[:, None]


def _nearest(mentions: Floats, blocks: Iterable[Floats], k: int) -> Rows:
    """The rows (mentions, k) with the highest cosines, or all if there are fewer; in no order."""
    rows = np.empty((len(mentions), 0), dtype=np.int64)
    scores = np.empty((len(mentions), 0), dtype=np.float32)
    start = 0
    for block in blocks:
        of_block = np.broadcast_to(
            np.arange(start, start + len(block), dtype=np.int64), (len(mentions), len(block))
        )
        rows = np.concatenate([rows, of_block], axis=1)
        scores = np.concatenate([scores, mentions @ block.T], axis=1)
        start += len(block)
        if rows.shape[1] > k:
            best = np.argpartition(-scores, k - 1, axis=1)[:, :k]
            rows = np.take_along_axis(rows, best, axis=1)
            scores = np.take_along_axis(scores, best, axis=1)
    return rows


def _open_graph(files: Files) -> NeighbourGraph:
    if files.path is not None:
        return NeighbourGraph.open(files.path / _GRAPH)
    return NeighbourGraph.from_buffer(files.buffer(_GRAPH))
