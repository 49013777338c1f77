"""Vectors of names on disk: `.npy` with the names beside it, or Parquet. Written as a stream."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from spacy_umlsbert.batching import chunks
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.model.embed import Precision


class NameRow(NamedTuple):
    """A name and the id of its concept, empty if there is none."""

    name: str
    concept_id: str = ""


Vectors = NDArray[np.floating]
Embed = Callable[[Sequence[str]], Vectors]


class _Writer(Protocol):
    def __call__(self, rows: Sequence[NameRow], vectors: Vectors) -> None: ...


def read_name_rows(path: str | Path) -> Iterator[NameRow]:
    """Read names from a file: one a line, or name, tab, concept id. Empty lines are left out.

    Raises:
        InputError: If the file is not there, or cannot be read.
    """
    for line in read_lines(path):
        name, _, concept_id = line.text.partition("\t")
        if name.strip():
            yield NameRow(name.strip(), concept_id.partition("\t")[0].strip())


def names_file(path: Path) -> Path:
    """Where the names of a `.npy` are: ``vectors.npy`` → ``vectors.names.tsv``."""
    return path.with_suffix(".names.tsv")


def write_vectors(
    path: str | Path,
    rows: Iterable[NameRow],
    embed: Embed,
    *,
    count: int,
    width: int,
    dtype: Precision = "float32",
    progress: bool = True,
) -> None:
    """Write the vectors of names.

    Args:
        path: ``.npy``: an array (count, width), and beside it ``.names.tsv`` with a line per row,
            name, tab, concept id. ``.parquet``: columns name, concept_id and vector.
        rows: The names.
        embed: Gives the vectors (names, width) of some names.
        count: How many names there are.
        width: Width of a vector.
        dtype: Type of its values.
        progress: Show a progress bar.

    Raises:
        InputError: If the file has another ending, or there are not ``count`` names.
    """
    path = Path(path)
    open_writer = _WRITERS.get(path.suffix)
    if open_writer is None:
        raise InputError("vectors are written to .npy or .parquet files.", path=path)
    written = 0
    with (
        open_writer(path, count, width, dtype) as write,
        progress_bar(total=count, unit="names", show=progress, keep=True) as bar,
    ):
        for chunk in chunks(rows):
            if written + len(chunk) <= count:
                write(chunk, embed([row.name for row in chunk]))
            written += len(chunk)
            bar.update(len(chunk))
        if written != count:
            raise InputError(
                f"{count} names were counted, and {written} read: did the file change meanwhile?"
            )


@contextmanager
def _npy(path: Path, count: int, width: int, dtype: Precision) -> Iterator[_Writer]:
    with (
        atomic_file(names_file(path)) as names,
        atomic_file(path) as partial,
        names.open("w", encoding="utf-8", newline="\n") as stream,
    ):
        array = np.lib.format.open_memmap(partial, "w+", dtype=dtype, shape=(count, width))
        row = 0

        def write(rows: Sequence[NameRow], vectors: Vectors) -> None:
            nonlocal row
            array[row : row + len(rows)] = vectors
            row += len(rows)
            stream.writelines(
                f"{' '.join(name.split())}\t{concept_id}\n" for name, concept_id in rows
            )

        yield write
        array.flush()


@contextmanager
def _parquet(path: Path, count: int, width: int, dtype: Precision) -> Iterator[_Writer]:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema(
        [
            ("name", pa.string()),
            ("concept_id", pa.string()),
            ("vector", pa.list_(pa.from_numpy_dtype(np.dtype(dtype)), width)),
        ]
    )
    with atomic_file(path) as partial, pq.ParquetWriter(partial, schema) as writer:

        def write(rows: Sequence[NameRow], vectors: Vectors) -> None:
            values = pa.array(np.ascontiguousarray(vectors, dtype=dtype).reshape(-1))
            columns = [
                pa.array([row.name for row in rows]),
                pa.array([row.concept_id or None for row in rows], pa.string()),
                pa.FixedSizeListArray.from_arrays(values, width),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))

        yield write


_WRITERS: dict[str, Callable[..., AbstractContextManager[_Writer]]] = {
    ".npy": _npy,
    ".parquet": _parquet,
}
