"""A graph of neighbours among vectors: the one module that knows nmslib.

HNSW, Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using
hierarchical navigable small world graphs", 2018. Where nmslib is not installed there is no graph,
and all vectors are compared.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from spacy_umlsbert._compat import is_installed
from spacy_umlsbert.linking.dense_encoder import Floats
from spacy_umlsbert.linking.index.vectors import Rows

_BUILD = {"M": 24, "efConstruction": 200, "post": 0}
_EF_SEARCH = 200


def is_available() -> bool:
    """Whether there is a library to build and search graphs with."""
    return is_installed("nmslib")


class NeighbourGraph:
    """Finds the vectors that are nearest to others by their cosine, nearly all of them."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph

    @classmethod
    def build(cls, vectors: Floats, path: Path) -> None:
        """Write the graph of vectors (rows, width) to a file."""
        graph = _new()
        graph.addDataPointBatch(vectors)
        graph.createIndex({**_BUILD, "indexThreadQty": _threads()})
        graph.saveIndex(str(path), save_data=False)

    @classmethod
    def open(cls, path: Path) -> NeighbourGraph:
        """Read the graph of a file into memory."""
        graph = _new()
        graph.loadIndex(str(path), load_data=False)
        return cls(graph)

    @classmethod
    def from_buffer(cls, content: Any) -> NeighbourGraph:
        """The graph of a file's bytes."""
        with tempfile.TemporaryDirectory() as folder:  # nmslib reads files alone
            path = Path(folder) / "graph"
            path.write_bytes(memoryview(content))
            return cls.open(path)

    def search(self, vectors: Floats, k: int) -> list[Rows]:
        """The rows of the k nearest of each vector."""
        self._graph.setQueryTimeParams({"efSearch": max(_EF_SEARCH, 2 * k)})
        found = self._graph.knnQueryBatch(vectors, k=k, num_threads=_threads())
        return [rows.astype(np.int64) for rows, _ in found]


def _new() -> Any:
    import nmslib  # noqa: PLC0415 - heavy, and not part of every installation

    return nmslib.init(method="hnsw", space="cosinesimil")


def _threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
