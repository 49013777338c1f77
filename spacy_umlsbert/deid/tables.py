"""Files of notes, read and written row by row: text, JSON lines, CSV, TSV and Parquet."""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import InputError

Row = dict[str, Any]
Write = Callable[[Row], None]

TEXT_COLUMN = "text"
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_JSON_LINES = (".jsonl", ".ndjson")
_ROWS_AT_A_TIME = 256
_LONGEST_FIELD = 1 << 28
ENDINGS = (".txt", *_JSON_LINES, *_DELIMITERS, ".parquet")


class NumberedRow(NamedTuple):
    """A row, and the line it begins at (in Parquet: its number), counted from one."""

    line: int
    row: Row


class RowFile:
    """A file of rows. A text file has one, with the column ``text``.

    Attributes:
        path: The file.
        kind: Its ending, in small letters.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.kind = self.path.suffix.lower()
        if self.kind not in ENDINGS:
            raise InputError(
                f"notes are read from {', '.join(ENDINGS)} files, not from {self.kind!r}.",
                path=path,
            )
        if not self.path.is_file():
            raise InputError("there is no such file.", path=path, remedy="Check the path.")

    def rows(self) -> Iterator[NumberedRow]:
        """The rows, in order.

        Raises:
            InputError: If a row is damaged; it names the line and quotes nothing.
        """
        if self.kind == ".txt":
            yield NumberedRow(1, {TEXT_COLUMN: self._text()})
        elif self.kind in _JSON_LINES:
            yield from self._json_rows()
        elif self.kind == ".parquet":
            yield from self._parquet_rows()
        else:
            yield from self._csv_rows()

    def columns(self) -> list[str] | None:
        """The names of the columns, where the file says them first; None for JSON lines."""
        if self.kind == ".txt":
            return [TEXT_COLUMN]
        if self.kind == ".parquet":
            return list(self._schema().names)
        if self.kind in _DELIMITERS:
            return next((fields for _, fields in self._csv_records()), [])
        return None

    @contextmanager
    def writer(self, target: Path) -> Iterator[Write]:
        """Writes rows of the same columns in the same format to another file."""
        if self.kind == ".parquet":
            with _parquet_writer(target, self._schema()) as write:
                yield write
            return
        with target.open("w", encoding="utf-8", newline="") as file:
            if self.kind in _DELIMITERS:
                out = csv.DictWriter(file, self.columns() or [], delimiter=_DELIMITERS[self.kind])
                out.writeheader()

            def write(row: Row) -> None:
                if self.kind == ".txt":
                    file.write(row[TEXT_COLUMN])
                elif self.kind in _JSON_LINES:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
                else:
                    out.writerow(row)

            yield write

    def _text(self) -> str:
        try:
            return self.path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            raise InputError("is not UTF-8 text.", path=self.path) from None

    def _json_rows(self) -> Iterator[NumberedRow]:
        with self.path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line.decode("utf-8-sig"))
                except (ValueError, RecursionError):
                    row = None
                if not isinstance(row, dict):
                    raise InputError("this is no JSON object.", path=self.path, line=number)
                yield NumberedRow(number, row)

    def _csv_records(self) -> Iterator[tuple[int, list[str]]]:
        """The line and the fields of each record, the header first."""
        csv.field_size_limit(_LONGEST_FIELD)
        line = 1
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=_DELIMITERS[self.kind], strict=True)
            try:
                for fields in reader:
                    if fields:
                        yield line, fields
                    line = reader.line_num + 1
            except (csv.Error, UnicodeDecodeError):
                problem = "the row is not valid CSV in UTF-8."
                raise InputError(problem, path=self.path, line=line) from None

    def _csv_rows(self) -> Iterator[NumberedRow]:
        records = self._csv_records()
        _, names = next(records, (1, []))
        for line, fields in records:
            if len(fields) != len(names):
                problem = f"the row has {len(fields)} fields, and the header {len(names)}."
                raise InputError(problem, path=self.path, line=line)
            yield NumberedRow(line, dict(zip(names, fields, strict=True)))

    def _schema(self) -> pa.Schema:
        try:
            return pq.read_schema(self.path)
        except (pa.ArrowInvalid, OSError):
            raise InputError("is no Parquet file, or damaged.", path=self.path) from None

    def _parquet_rows(self) -> Iterator[NumberedRow]:
        self._schema()
        number = 0
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(batch_size=_ROWS_AT_A_TIME):
                for row in batch.to_pylist():
                    number += 1
                    yield NumberedRow(number, row)


@contextmanager
def _parquet_writer(target: Path, schema: pa.Schema) -> Iterator[Write]:
    waiting: list[Row] = []
    with ExitStack() as stack:
        writer = stack.enter_context(pq.ParquetWriter(target, schema))

        def flush() -> None:
            writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
            waiting.clear()

        def write(row: Row) -> None:
            waiting.append(row)
            if len(waiting) == _ROWS_AT_A_TIME:
                flush()

        yield write
        flush()
