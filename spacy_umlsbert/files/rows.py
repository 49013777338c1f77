"""Files of texts, read and written row by row: text, JSON lines, CSV, TSV and Parquet."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from spacy_umlsbert.errors import InputError

Row = dict[str, Any]
Write = Callable[[Row], None]

TEXT_COLUMN = "text"
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
JSON_LINES = (".jsonl", ".ndjson")
_ROWS_AT_A_TIME = 256
_LONGEST_FIELD = 1 << 28
ENDINGS = (".txt", *JSON_LINES, *_DELIMITERS, ".parquet")


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
                f"rows are read from {', '.join(ENDINGS)} files, not from {self.kind!r}.",
                path=path,
            )
        if not self.path.is_file():
            raise InputError("there is no such file.", path=path, remedy="Check the path.")

    def rows(self) -> Iterator[NumberedRow]:
        """The rows, in order.

        Raises:
            InputError: If a row is damaged; it names the line and quotes nothing.
        """
        for row in self.rows_and_problems():
            if isinstance(row, InputError):
                raise row
            yield row

    def rows_and_problems(self) -> Iterator[NumberedRow | InputError]:
        """The rows, in order; in place of a damaged row an error, and then those after it.

        Raises:
            InputError: If no row can be read.
        """
        if self.kind == ".txt":
            yield NumberedRow(1, {TEXT_COLUMN: self._text()})
        elif self.kind in JSON_LINES:
            with self.path.open("rb") as lines:
                yield from json_rows(lines, self.path)
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
            return self._header(self._csv_records())
        return None

    def require_columns(self, *names: str) -> None:
        """Make sure that the file has columns, where it says first which it has.

        Raises:
            InputError: If it lacks one.
        """
        columns = self.columns()
        for name in names:
            if columns is not None and name not in columns:
                raise InputError(
                    # Not which it has: without a header they are the first row.
                    f"has no column {name!r} among its {len(columns)}.",
                    path=self.path,
                    remedy="Say how the file's header calls it: see the options for columns.",
                )

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
                elif self.kind in JSON_LINES:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
                else:
                    out.writerow(row)

            yield write

    def _text(self) -> str:
        try:
            return self.path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            raise InputError("is not UTF-8 text.", path=self.path) from None

    def _csv_records(self) -> Iterator[tuple[int, list[str] | InputError]]:
        """The line and the fields of each record, the header first."""
        csv.field_size_limit(_LONGEST_FIELD)
        line = 1
        # A byte that is no UTF-8 becomes half a surrogate pair, which no valid text has.
        with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader = csv.reader(file, delimiter=_DELIMITERS[self.kind], strict=True)
            while True:
                try:
                    fields = next(reader)
                    "".join(fields).encode()
                except StopIteration:
                    return
                except (csv.Error, UnicodeEncodeError):
                    last = reader.line_num
                    where = f" It goes to line {last}." if last > line else ""
                    problem = f"the row is not valid CSV in UTF-8.{where}"
                    yield line, InputError(problem, path=self.path, line=line)
                else:
                    if fields:
                        yield line, fields
                line = reader.line_num + 1

    def _header(self, records: Iterator[tuple[int, list[str] | InputError]]) -> list[str]:
        _, names = next(records, (1, []))
        if isinstance(names, InputError):
            raise names
        return names

    def _csv_rows(self) -> Iterator[NumberedRow | InputError]:
        records = self._csv_records()
        names = self._header(records)
        for line, fields in records:
            if isinstance(fields, InputError):
                yield fields
            elif len(fields) != len(names):
                problem = f"the row has {len(fields)} fields, and the header {len(names)}."
                yield InputError(problem, path=self.path, line=line)
            else:
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


def json_rows(lines: Iterable[bytes], path: str | Path) -> Iterator[NumberedRow | InputError]:
    """The rows of JSON lines; in place of a damaged line an error, which quotes nothing.

    Args:
        lines: The lines, in UTF-8.
        path: What they are called in errors.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            yield NumberedRow(number, row)
        else:
            yield InputError("this is no JSON object.", path=path, line=number)


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
