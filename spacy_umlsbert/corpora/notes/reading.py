"""Read clinical notes as a stream: MIMIC-III's NOTEEVENTS, any CSV or JSONL, a folder of texts."""

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.file_names import stem
from spacy_umlsbert.files.lines import LONGEST
from spacy_umlsbert.files.problems import CUT_SHORT, FileKind, Problems
from spacy_umlsbert.files.row_files import PARQUET, TEXT, RowFile
from spacy_umlsbert.files.streams import ending
from spacy_umlsbert.files.texts import read_text
from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.text.unicode import is_unicode

_CATEGORIES_KEPT = 50


@hide_in_repr("text")
@dataclass(frozen=True)
class Note:
    """A note.

    Attributes:
        id: Its id.
        text: Its text as it was written.
        line: The line of the file that it begins at, counted from one; 0 if it is a file.
    """

    id: str
    text: str
    line: int = field(default=0, compare=False)


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
        numbered: Whether ids are the numbers of lines, for want of a column of ids.
        size: Bytes of the file; none for a folder and for Parquet.
    """

    path: Path
    _read: Callable[["NoteSource"], Iterator[Note]] = field(repr=False)
    problems: Problems = field(default_factory=Problems)
    skipped: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    numbered: bool = False
    size: int | None = None
    _file: RowFile | None = field(repr=False, default=None)

    def __iter__(self) -> Iterator[Note]:
        yield from self._read(self)

    @property
    def position(self) -> int:
        """Bytes of the file that have been read so far."""
        return self._file.position if self._file else 0


def open_notes(
    path: str | Path, columns: Columns | None = None, categories: Collection[str] = ()
) -> NoteSource:
    """Open notes to be read as a stream.

    Args:
        path: A ``.csv``, ``.tsv`` or ``.jsonl`` file, each also as ``.gz``, or a ``.parquet`` file;
            or a folder whose ``.txt`` files (also ``.txt.gz``), those of folders within included,
            are notes. The order of the files of a folder is that of the file system. A single
            ``.txt`` file is a note.
        columns: Names of the columns.
        categories: Only notes of these categories; case and spaces around do not matter.

    Raises:
        InputError: If there is nothing of the kind at ``path``. While reading: if a table has no
            column of text, or none of categories though some are asked for, or two of one name, or
            several of which no one has the name in the case that is asked for.
    """
    path = Path(path)
    columns = columns or Columns()
    wanted = frozenset(_folded(category) for category in categories)
    if not path.exists():
        raise InputError("there is no such file or folder.", path=path)
    if path.is_dir() or ending(path) == TEXT:
        if wanted:
            raise InputError("texts have no categories.", path=path)
        return NoteSource(path, _read_texts)
    size = RowFile(path).size

    def read(source: NoteSource) -> Iterator[Note]:
        return _read_rows(source, columns, wanted)

    return NoteSource(path, read, size=None if ending(path) == PARQUET else size)


def _folded(name: str) -> str:
    return name.strip().casefold()


class _Picker:
    """Makes notes of rows: finds the columns, and leaves out what is not wanted."""

    def __init__(self, names: Sequence[str], columns: Columns, wanted: frozenset[str]) -> None:
        self._names: dict[str, list[str]] = {}
        for name in names:
            self._names.setdefault(_folded(name), []).append(name)
        self.twice: str | None = None
        self._text = self._find(columns.text)
        self._category = self._find(columns.category)
        self._error = self._find(columns.error)
        ids = [columns.id] if columns.id else ["row_id", "note_id", "note", "id"]
        self._id = next((name for name in map(self._find, ids) if name is not None), None)
        self._wanted = wanted
        self.missing = columns.text if self._text is None else None
        if columns.id and self._id is None:
            self.missing = columns.id
        if wanted and self._category is None:
            self.missing = columns.category

    def _find(self, name: str) -> str | None:
        """The column of this name; of several, that in the same case, or it is there twice."""
        found = self._names.get(_folded(name), [])
        if len(found) > 1 and name not in found:
            self.twice = name
        return name if name in found else next(iter(found), None)

    def pick(self, source: NoteSource, line: int, row: Mapping[str, Any]) -> Note | None:
        """The note of a row, or none."""
        text = row.get(self._text or "")
        if text is None:
            text = ""
        if not isinstance(text, str):
            source.problems.add(FileKind.MALFORMED, source.path, line, "the row has no text")
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
        source.numbered |= self._id is None
        note = Note(str(line) if note_id in (None, "") else str(note_id), text, line)
        if not is_unicode(note.id + note.text):
            message = "half a surrogate pair"
            source.problems.add(FileKind.ENCODING, source.path, line, message)
            return None
        return note


def _read_rows(source: NoteSource, columns: Columns, wanted: frozenset[str]) -> Iterator[Note]:
    file = RowFile(source.path, longest=LONGEST)
    source._file = file
    names = file.columns()
    picker = None if names is None else _Picker(names, columns, wanted)
    if picker is not None and picker.missing:
        # Not which it has: without a header they are the first note.
        raise InputError(
            f"has no column {picker.missing!r} among its {len(names or ())}.",
            path=source.path,
            remedy="Name the columns.",
        )
    if picker is not None and picker.twice:
        raise InputError(
            f"has several columns that may be {picker.twice!r}: they differ in case or blanks.",
            path=source.path,
            remedy="Name the column as the file writes it.",
        )
    for line, row in file.rows(source.problems, resume_inside=True):
        pick = picker or _Picker(list(row), columns, wanted)
        if pick.missing or pick.twice:
            message = (
                f"the object has no field {pick.missing!r}"
                if pick.missing
                else f"the object has several fields that may be {pick.twice!r}"
            )
            source.problems.add(FileKind.MALFORMED, source.path, line, message)
            continue
        note = pick.pick(source, line, row)
        if note is not None:
            yield note


def _read_texts(source: NoteSource) -> Iterator[Note]:
    """The note in a text file, or those in a folder."""
    single = not source.path.is_dir()
    root = source.path.parent if single else source.path
    for file in [source.path] if single else _text_files(root):
        text = _text(file, source.problems)
        if text is None:
            continue
        if text.strip():
            yield Note((file.parent / stem(file)).relative_to(root).as_posix(), text)
        else:
            source.skipped["empty"] += 1


def _text(file: Path, problems: Problems) -> str | None:
    try:
        if file.stat().st_size > LONGEST:
            problems.add(FileKind.TOO_LARGE, file, 0, "the file is too large")
            return None
    except OSError:
        problems.add(FileKind.UNREADABLE, file, 0, CUT_SHORT)
        return None
    return read_text(file, problems)


def _text_files(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:  # a sorted list of a million names would not be a stream
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _text_files(Path(entry.path))
            elif ending(entry.name) == TEXT:
                yield Path(entry.path)
