"""Reads and writes the rows of Parquet files. pyarrow is imported at the first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.json_lines import NumberedRow
from spacy_umlsbert.files.problems import CUT_SHORT, NOT_UTF8, STRICT, FileKind, ProblemHandler

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET = ".parquet"
"""The ending."""

_ROWS_AT_A_TIME = 256


def parquet_schema(path: Path) -> pa.Schema:
    """The columns of a file and their types.

    Raises:
        InputError: If it is no Parquet file, or damaged.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError):
        raise InputError("is no Parquet file, or damaged.", path=path) from None


def typed_schema(columns: Mapping[str, type]) -> pa.Schema:
    """Columns of texts (str), whole numbers (int), numbers (float) and truth values (bool)."""
    import pyarrow as pa  # noqa: PLC0415

    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    return pa.schema([(name, types[kind]) for name, kind in columns.items()])


def read_parquet(path: Path, problems: ProblemHandler = STRICT) -> Iterator[NumberedRow]:
    """The rows of a file.

    Raises:
        InputError: If it is no Parquet file; and at a problem, if ``problems`` is strict.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    parquet_schema(path)
    number = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS_AT_A_TIME):
                for row in _rows(batch):
                    number += 1
                    if row is None:
                        problems.add(FileKind.ENCODING, path, number, NOT_UTF8)
                    else:
                        yield NumberedRow(number, row)
    except (pa.ArrowException, OSError):
        problems.add(FileKind.UNREADABLE, path, number, CUT_SHORT)


def _rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any] | None]:
    try:
        yield from batch.to_pylist()
    except UnicodeDecodeError:
        for i in range(batch.num_rows):
            try:
                yield batch.slice(i, 1).to_pylist()[0]
            except UnicodeDecodeError:
                yield None


@contextmanager
def parquet_writer(target: Path, schema: pa.Schema) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Writes rows to a Parquet file, some at a time."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    waiting: list[dict[str, Any]] = []
    with pq.ParquetWriter(target, schema) as writer:

        def flush() -> None:
            writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
            waiting.clear()

        def write(row: dict[str, Any]) -> None:
            waiting.append(row)
            if len(waiting) == _ROWS_AT_A_TIME:
                flush()

        yield write
        flush()
