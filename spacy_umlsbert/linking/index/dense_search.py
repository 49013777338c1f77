"""Search by meaning: the names whose vectors are nearest to that of a mention."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nmslib
import numpy as np
import pyarrow as pa

from spacy_umlsbert.files.storage import Files, write_array
from spacy_umlsbert.linking.dense_encoder import Floats
from spacy_umlsbert.linking.index.vectors import Rows, StoredVectors, VectorType

FEW = 10_000
"""Up to so many names are all compared, without a graph of neighbours."""

_SEARCHED_WIDTH = 128
_CONCEPTS_AT_A_TIME = 8_192
_NAMES, _CONCEPTS = "name_vectors", "concept_vectors"
_GRAPH, _PROJECTION = "graph.hnsw", "projection.npy"
_BUILD = {"M": 24, "efConstruction": 200, "post": 0}
_EF_SEARCH = 200


class DenseSearch:
    """The dense vectors of all names and concepts, memory-mapped, and a graph of neighbours.

    The graph (HNSW, Malkov and Yashunin 2018, by nmslib) has the vectors of the names projected
    to at most 128 dimensions, those in which they differ most: it is the only part that has to be
    in memory, and finds the names whose scores are then computed with the vectors themselves. The
    vector of a concept is the mean of those of its names.
    """

    def __init__(self, files: Files, width: int) -> None:
        self._names = StoredVectors.open(files, _NAMES, width)
        self._concepts = StoredVectors.open(files, _CONCEPTS, width)
        self._graph: Any = None
        if _GRAPH in files.meta["files"]:
            self._projection = files.array(_PROJECTION, np.float32).reshape(width, -1)
            self._graph = _load_graph(files)
        else:
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
        if n_names > FEW:
            products = sum((block.T @ block for block in names.blocks()), np.zeros((width, width)))
            _, directions = np.linalg.eigh(products)
            projection = directions[:, ::-1][:, :_SEARCHED_WIDTH].astype(np.float32)
            write_array(directory, _PROJECTION, projection.ravel())
            _build_graph(directory / _GRAPH, names, projection)

    def search(self, mentions: Floats, k: int) -> list[Rows]:
        """The rows of the k nearest names of each mention, or all if there are fewer."""
        if self._graph is None:
            k = min(k, len(self._all))
            scores = mentions @ self._all.T
            return list(np.argpartition(-scores, k - 1, axis=1)[:, :k].astype(np.int64))
        self._graph.setQueryTimeParams({"efSearch": max(_EF_SEARCH, 2 * k)})
        found = self._graph.knnQueryBatch(mentions @ self._projection, k=k, num_threads=_threads())
        return [rows.astype(np.int64) for rows, _ in found]

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


def _build_graph(path: Path, names: StoredVectors, projection: Floats) -> None:
    graph = nmslib.init(method="hnsw", space="cosinesimil")
    graph.addDataPointBatch(np.concatenate([block @ projection for block in names.blocks()]))
    graph.createIndex({**_BUILD, "indexThreadQty": _threads()})
    graph.saveIndex(str(path), save_data=False)


def _load_graph(files: Files) -> Any:
    graph = nmslib.init(method="hnsw", space="cosinesimil")
    if files.path is not None:
        graph.loadIndex(str(files.path / _GRAPH), load_data=False)
        return graph
    with tempfile.TemporaryDirectory() as folder:  # nmslib reads files alone
        path = Path(folder) / _GRAPH
        path.write_bytes(memoryview(files.buffer(_GRAPH)))
        graph.loadIndex(str(path), load_data=False)
    return graph


def _threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
