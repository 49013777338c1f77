"""Writes rows of known columns: CSV, TSV, JSON lines or Parquet, by the ending of the file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.json_lines import JSON_LINES
from spacy_umlsbert.files.parquet import PARQUET, parquet_writer, typed_schema
from spacy_umlsbert.files.streams import ending, is_compressed
from spacy_umlsbert.files.tables import DELIMITERS
from spacy_umlsbert.files.writing import json_line, open_text

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
Write = Callable[[Row], None]

TABLES = (*DELIMITERS, *JSON_LINES, PARQUET)
"""Endings of files of rows."""


def require_table(path: Path) -> None:
    """Make sure that the name of a file says a format of rows.

    Raises:
        InputError: If it does not.
    """
    kind = ending(path)
    if kind not in TABLES:
        raise InputError(f"rows are written to {', '.join(TABLES)} files.", path=path)
    if kind == PARQUET and is_compressed(path):
        raise InputError("Parquet is compressed inside.", path=path, remedy="Leave out .gz.")


@contextmanager
def typed_writer(target: Path, columns: Mapping[str, type]) -> Iterator[Write]:
    """Writes rows whose columns have types: str, int, float or bool; None is empty or null.

    Args:
        target: The file; it is compressed if its name ends in ``.gz``.
        columns: The type of each column, in their order.

    Raises:
        InputError: If its name says no format of rows.
    """
    require_table(target)
    with row_writer(target, tuple(columns), lambda: typed_schema(columns)) as write:
        yield write


@contextmanager
def row_writer(
    target: Path, columns: Sequence[str], schema: Callable[[], pa.Schema]
) -> Iterator[Write]:
    """Writes rows to a file.

    Args:
        target: The file.
        columns: The columns of CSV and TSV.
        schema: Gives those of Parquet, with their types.
    """
    kind = ending(target)
    if kind == PARQUET:
        with parquet_writer(target, schema()) as write:
            yield write
        return
    with open_text(target) as file:
        if kind in JSON_LINES:

            def write(row: Row) -> None:
                file.write(json_line(row))
        else:
            out = csv.writer(file, delimiter=DELIMITERS[kind])
            out.writerow(columns)

            def write(row: Row) -> None:
                out.writerow([_cell(row.get(name)) for name in columns])

        yield write


def _cell(value: Any) -> Any:
    """A value as CSV has it: empty if there is none, true or false."""
    return str(value).lower() if isinstance(value, bool) else value
