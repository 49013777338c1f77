"""Vectors on disk in 8 or 16 bits a number, memory-mapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from spacy_umlsbert.files.storage import Files, write_array
from spacy_umlsbert.linking.dense_encoder import Floats

VectorType = Literal["int8", "float16"]
VECTOR_TYPES: tuple[VectorType, ...] = get_args(VectorType)

_BLOCK = 65_536
Rows = NDArray[np.int64]


class StoredVectors:
    """Vectors (rows, width); in ``int8`` each has a scale of its own."""

    def __init__(self, values: NDArray[Any], scales: NDArray[np.float32] | None) -> None:
        self._values = values
        self._scales = scales

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, rows: Rows | slice) -> Floats:
        """Some of the vectors, as float32."""
        vectors = self._values[rows].astype(np.float32)
        return vectors if self._scales is None else vectors * self._scales[rows, None]

    def blocks(self) -> Iterator[Floats]:
        """All of them, block by block."""
        for start in range(0, len(self), _BLOCK):
            yield self[start : start + _BLOCK]

    @classmethod
    def open(cls, files: Files, name: str, width: int) -> StoredVectors:
        """Open what `write` wrote."""
        vector_type: VectorType = files.meta["vector_type"]
        values = files.array(f"{name}.npy", _kind(vector_type)).reshape(-1, width)
        in_bytes = vector_type == "int8"
        return cls(values, files.array(f"{name}_scales.npy", np.float32) if in_bytes else None)

    @classmethod
    def write(
        cls,
        directory: Path,
        name: str,
        blocks: Iterable[Floats],
        shape: tuple[int, int],
        vector_type: VectorType,
    ) -> StoredVectors:
        """Write vectors as ``<name>.npy``, and their scales, if they have any.

        Args:
            directory: Where.
            name: What they are called.
            blocks: The vectors, one block after the other.
            shape: How many there are, and their width.
            vector_type: How they are kept.
        """
        rows, width = shape
        values = np.lib.format.open_memmap(
            directory / f"{name}.npy",
            mode="w+",
            dtype=_kind(vector_type),
            shape=(rows * width,),
            version=(1, 0),
        ).reshape(shape)
        scales = np.ones(rows, dtype=np.float32)
        start = 0
        for block in blocks:
            part = slice(start, start + len(block))
            start += len(block)
            if vector_type == "int8":
                scales[part] = np.maximum(np.abs(block).max(axis=1), 1e-12) / 127
                values[part] = np.round(block / scales[part, None])
            else:
                values[part] = block
        if vector_type == "int8":
            write_array(directory, f"{name}_scales.npy", scales)
            return cls(values, scales)
        return cls(values, None)


def _kind(vector_type: VectorType) -> type[np.number[Any]]:
    return np.int8 if vector_type == "int8" else np.float16
