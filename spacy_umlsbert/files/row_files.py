"""Files of texts, read and written row by row: text, JSON lines, CSV, TSV and Parquet.

A format that is added here can be read by every command that reads rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.json_lines import JSON_LINES, NumberedRow, json_objects
from spacy_umlsbert.files.lines import LineReader
from spacy_umlsbert.files.parquet import PARQUET, parquet_schema, read_parquet
from spacy_umlsbert.files.problems import STRICT, ProblemHandler, errors_in_place
from spacy_umlsbert.files.row_writing import Row, Write, row_writer
from spacy_umlsbert.files.streams import ending, is_compressed, require_file
from spacy_umlsbert.files.tables import DELIMITERS, Record, csv_records, refuse_duplicates
from spacy_umlsbert.files.texts import read_text
from spacy_umlsbert.files.writing import open_text

TEXT_COLUMN = "text"
TEXT = ".txt"
ENDINGS = (TEXT, *JSON_LINES, *DELIMITERS, PARQUET)
_LONGEST = 1 << 28


class RowFile:
    """A file of rows. A text file has one, with the column ``text``.

    Args:
        path: The file.
        longest: Most bytes of a line, and most characters of a CSV record.

    Attributes:
        path: The file. All formats but Parquet, which compresses itself, may end in ``.gz`` too.
        kind: Its ending, in small letters, without ``.gz``.
        size: Its bytes.
        position: So many of them have been read.

    Raises:
        InputError: If there is no such file, or it has another ending.
    """

    def __init__(self, path: str | Path, *, longest: int = _LONGEST) -> None:
        self.path = Path(path)
        self._longest = longest
        self.kind = ending(self.path)
        if self.kind not in ENDINGS:
            raise InputError(
                f"rows are read from {', '.join(ENDINGS)} files, not from {self.kind!r}.",
                path=path,
            )
        if self.kind == PARQUET and is_compressed(self.path):
            raise InputError("Parquet is compressed inside.", path=path, remedy="Unpack it.")
        require_file(self.path)
        self.size = self.path.stat().st_size
        self._lines: LineReader | None = None

    @property
    def position(self) -> int:
        """Bytes that have been read; none of Parquet files."""
        return 0 if self._lines is None else self._lines.position

    def rows(
        self, problems: ProblemHandler = STRICT, *, resume_inside: bool = False
    ) -> Iterator[NumberedRow]:
        """The rows, in order.

        Args:
            problems: What becomes of a row that is damaged.
            resume_inside: See `csv_records`.

        Raises:
            InputError: If no row can be read; and at the first problem, if ``problems`` is strict.
                It names the line and quotes nothing.
        """
        if self.kind == TEXT:
            text = read_text(self.path, problems)
            if text is not None:
                yield NumberedRow(1, {TEXT_COLUMN: text})
        elif self.kind == PARQUET:
            self.columns()
            yield from read_parquet(self.path, problems)
        else:
            with LineReader(self.path, problems, longest=self._longest) as self._lines:
                if self.kind in JSON_LINES:
                    yield from json_objects(self._lines, self.path, problems)
                else:
                    yield from self._table_rows(self._lines, problems, resume_inside)

    def rows_and_problems(self) -> Iterator[NumberedRow | InputError]:
        """The rows, in order; in place of a damaged row an error, and then those after it.

        Raises:
            InputError: If no row can be read.
        """
        return errors_in_place(self.rows)

    def columns(self) -> list[str] | None:
        """The names of the columns, where the file says them first; None for JSON lines.

        Raises:
            InputError: If they cannot be read, or two have the same name.
        """
        if self.kind == TEXT:
            return [TEXT_COLUMN]
        if self.kind == PARQUET:
            names = list(parquet_schema(self.path).names)
            refuse_duplicates(names, self.path)
            return names
        if self.kind in DELIMITERS:
            with LineReader(self.path, longest=self._longest) as lines:
                return self._header(self._records(lines, STRICT))
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
        """Writes rows of the same columns in the same format to another file.

        Args:
            target: The file; it is compressed if its name ends in ``.gz``.
        """
        if self.kind == TEXT:
            with open_text(target) as file:
                yield lambda row: _write_text(file, row)
            return
        columns = self.columns() or []
        with row_writer(target, columns, lambda: parquet_schema(self.path)) as write:
            yield write

    def _records(
        self, lines: LineReader, problems: ProblemHandler, resume_inside: bool = False
    ) -> Iterator[Record]:
        return csv_records(
            lines.blocks(),
            self.path,
            DELIMITERS[self.kind],
            problems,
            resume_inside=resume_inside,
            longest=self._longest,
        )

    def _header(self, records: Iterator[Record]) -> list[str]:
        header = next(records, None)
        if header is None:
            raise InputError("has no header.", path=self.path)
        refuse_duplicates(header.fields, self.path, header.line)
        return header.fields

    def _table_rows(
        self, lines: LineReader, problems: ProblemHandler, resume_inside: bool
    ) -> Iterator[NumberedRow]:
        records = self._records(lines, problems, resume_inside)
        names = self._header(records)
        for line, fields in records:
            yield NumberedRow(line, dict(zip(names, fields, strict=True)))


def _write_text(file: TextIO, row: Row) -> None:
    file.write(row[TEXT_COLUMN])
