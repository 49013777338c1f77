"""Read clinical notes as a stream: MIMIC-III's NOTEEVENTS, any CSV or JSONL, a folder of texts."""

import json
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from spacy_umlsbert.corpora.notes.csv_records import csv_records
from spacy_umlsbert.corpora.notes.lines import LONGEST, LineReader
from spacy_umlsbert.corpora.notes.problems import Problems
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.text.unicode import is_unicode

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_JSON_LINES = (".jsonl", ".ndjson")
_TEXT = ".txt"
_CATEGORIES_KEPT = 50


class Note(NamedTuple):
    """A note: its id, and its text as it was written."""

    id: str
    text: str


@dataclass(frozen=True)
class Columns:
    """Names of the columns of a table, or the fields of JSON objects; case does not matter.

    Attributes:
        text: The note.
        id: Its id; by default the first of ROW_ID, NOTE_ID, NOTE and ID that is there, or else
            the number of the line.
        category: Its kind, as MIMIC-III's CATEGORY.
        error: Notes with 1 there are left out, as MIMIC-III's ISERROR marks those that were
            written by mistake.
    """

    text: str = "text"
    id: str | None = None
    category: str = "category"
    error: str = "iserror"


@dataclass
class NoteSource:
    """Notes that are read while one iterates, once.

    Attributes:
        path: The file or folder.
        problems: What could not be read.
        skipped: Notes that were left out for a reason, by reason.
        categories: How many notes of each category were met, the first fifty categories.
        size: Bytes of the file; none for a folder.
    """

    path: Path
    _read: Callable[["NoteSource"], Iterator[Note]] = field(repr=False)
    problems: Problems = field(default_factory=Problems)
    skipped: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    size: int | None = None
    _reader: LineReader | None = field(repr=False, default=None)

    def __iter__(self) -> Iterator[Note]:
        yield from self._read(self)

    @property
    def position(self) -> int:
        """Bytes of the file that have been read so far."""
        return self._reader.position if self._reader else 0


def open_notes(
    path: str | Path, columns: Columns | None = None, categories: Collection[str] = ()
) -> NoteSource:
    """Open notes to be read as a stream.

    Args:
        path: A ``.csv``, ``.tsv`` or ``.jsonl`` file, each also as ``.gz``, or a folder whose
            ``.txt`` files, those of folders within included, are notes. The order of the files of
            a folder is that of the file system.
        columns: Names of the columns.
        categories: Only notes of these categories; case and spaces around do not matter.

    Raises:
        InputError: If there is nothing of the kind at ``path``. While reading: if a table has no
            column of text, or none of categories though some are asked for.
    """
    path = Path(path)
    columns = columns or Columns()
    wanted = frozenset(_folded(category) for category in categories)
    if path.is_dir():
        if wanted:
            raise InputError("a folder of texts has no categories.", path=path)
        return NoteSource(path, _read_folder)
    kind = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    kind = kind.lower()
    if not path.is_file():
        raise InputError("there is no such file or folder.", path=path)
    read: Callable[[NoteSource], Iterator[Note]]
    if kind in _DELIMITERS:
        delimiter = _DELIMITERS[kind]

        def read(source: NoteSource) -> Iterator[Note]:
            return _read_table(source, delimiter, columns, wanted)
    elif kind in _JSON_LINES:

        def read(source: NoteSource) -> Iterator[Note]:
            return _read_json_lines(source, columns, wanted)
    else:
        raise InputError(
            f"notes are read from .csv, .tsv and .jsonl files (also .gz), not from {kind!r}.",
            path=path,
            remedy="A single text goes into a folder.",
        )
    return NoteSource(path, read, size=path.stat().st_size)


def _folded(name: str) -> str:
    return name.strip().casefold()


class _Picker:
    """Makes notes of rows: finds the columns, and leaves out what is not wanted."""

    def __init__(self, names: Sequence[str], columns: Columns, wanted: frozenset[str]) -> None:
        self._names = {_folded(name): name for name in names}
        self._text = self._find(columns.text)
        self._category = self._find(columns.category)
        self._error = self._find(columns.error)
        ids = [columns.id] if columns.id else ["row_id", "note_id", "note", "id"]
        found = [name for name in map(self._find, ids) if name is not None]
        self._id = found[0] if found else None
        self._wanted = wanted
        self.missing = columns.text if self._text is None else None
        if columns.id and not found:
            self.missing = columns.id
        if wanted and self._category is None:
            self.missing = columns.category

    def _find(self, name: str) -> str | None:
        return self._names.get(_folded(name))

    def pick(self, source: NoteSource, line: int, row: Mapping[str, Any]) -> Note | None:
        """The note of a row, or none."""
        text = row.get(self._text or "")
        if not isinstance(text, str):
            source.problems.add("row without a text", source.path, line)
            return None
        if self._category is not None:
            category = str(row.get(self._category) or "").strip()
            if category in source.categories or len(source.categories) < _CATEGORIES_KEPT:
                source.categories[category] += 1
            if self._wanted and _folded(category) not in self._wanted:
                source.skipped["of another category"] += 1
                return None
        if self._error is not None and str(row.get(self._error) or "").strip() in ("1", "1.0"):
            source.skipped["marked as an error"] += 1
            return None
        if not text.strip():
            source.skipped["empty"] += 1
            return None
        note_id = row.get(self._id) if self._id else None
        note = Note(str(line) if note_id in (None, "") else str(note_id), text)
        if not is_unicode(note.id + note.text):
            source.problems.add("text with half characters", source.path, line)
            return None
        return note


def _read_table(
    source: NoteSource, delimiter: str, columns: Columns, wanted: frozenset[str]
) -> Iterator[Note]:
    with LineReader(source.path, source.problems) as lines:
        source._reader = lines
        records = csv_records(lines, delimiter, source.problems)
        header = next(records, None)
        if header is None:
            raise InputError("has no header.", path=source.path)
        picker = _Picker(header.fields, columns, wanted)
        if picker.missing:
            raise InputError(
                f"has no column {picker.missing!r}; it has {', '.join(header.fields[:30])}.",
                path=source.path,
                remedy="Name the columns.",
            )
        for record in records:
            row = dict(zip(header.fields, record.fields, strict=True))
            note = picker.pick(source, record.line, row)
            if note is not None:
                yield note


def _read_json_lines(
    source: NoteSource, columns: Columns, wanted: frozenset[str]
) -> Iterator[Note]:
    with LineReader(source.path, source.problems) as lines:
        source._reader = lines
        for line in lines:
            if not line.text.strip():
                continue
            if not line.intact:
                source.problems.add("line with broken encoding", source.path, line.number)
                continue
            try:
                row = json.loads(line.text)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                source.problems.add("line that is no JSON object", source.path, line.number)
                continue
            picker = _Picker(list(row), columns, wanted)
            if picker.missing:
                source.problems.add(
                    f"object without a field {picker.missing!r}", source.path, line.number
                )
                continue
            note = picker.pick(source, line.number, row)
            if note is not None:
                yield note


def _read_folder(source: NoteSource) -> Iterator[Note]:
    for file in _text_files(source.path):
        try:
            if file.stat().st_size > LONGEST:
                source.problems.add("file of more than 16 MB", file)
                continue
            text = file.read_bytes().decode("utf-8-sig")
        except OSError:
            source.problems.add("file that cannot be read", file)
            continue
        except UnicodeDecodeError:
            source.problems.add("file with broken encoding", file)
            continue
        if text.strip():
            yield Note(file.relative_to(source.path).with_suffix("").as_posix(), text)
        else:
            source.skipped["empty"] += 1


def _text_files(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:  # a sorted list of a million names would not be a stream
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _text_files(Path(entry.path))
            elif entry.name.lower().endswith(_TEXT):
                yield Path(entry.path)
