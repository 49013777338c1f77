"""De-identify a file of notes: all of it, or nothing under its name."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from spacy.language import Language

from spacy_umlsbert.batching import chunks
from spacy_umlsbert.deid.audit import Audit
from spacy_umlsbert.deid.deidentified import deidentified
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.files.failing import kind_of, results_or_errors
from spacy_umlsbert.files.json_lines import NumberedRow
from spacy_umlsbert.files.row_files import RowFile
from spacy_umlsbert.files.streams import refuse_same_file
from spacy_umlsbert.guard import hide_in_repr, without_text

ROWS_AT_A_TIME = 64
ROWS_FOR_PROCESSES = 4096
"""Rows that are read at a time if several processes share the work."""


@hide_in_repr("text", "patient_id")
class Note(NamedTuple):
    """A text, and whose it is if that is known."""

    text: str
    patient_id: str | None


@hide_in_repr("text")
class SafeNote(NamedTuple):
    """A text without its PHI, and the labels of what was taken out."""

    text: str
    labels: tuple[str, ...]


Deidentify = Callable[[list[Note]], Iterable[SafeNote]]


def deidentifier(
    nlp: Language, spans_key: str, n_process: int = 1, batch_size: int | None = None
) -> Deidentify:
    """De-identifies notes with a pipeline.

    Args:
        nlp: A pipeline that ends with an `umls_deid`.
        spans_key: The span group that this writes.
        n_process: As for ``nlp.pipe``. Few notes go through one process all the same.
        batch_size: The same.
    """

    def deidentify(notes: list[Note]) -> Iterator[SafeNote]:
        docs = []
        for note in notes:
            doc = nlp.make_doc(note.text)
            if note.patient_id is not None:
                doc._.patient_id = note.patient_id
            docs.append(doc)
        processes = n_process if len(docs) > ROWS_AT_A_TIME else 1
        for doc in nlp.pipe(docs, n_process=processes, batch_size=batch_size):
            labels = tuple(span.label_ for span in doc.spans[spans_key])
            # Not doc._.deidentified, which may be another package's attribute.
            text = deidentified(doc)
            if text is None:  # a component after umls_deid has changed its spans
                raise InputError("the text without PHI is not known: its spans were changed.")
            yield SafeNote(text, labels)

    return deidentify


def deidentify_file(
    source: RowFile,
    target: Path,
    deidentify: Deidentify,
    *,
    text_columns: list[str],
    patient_column: str | None = None,
    skip_failed: bool = False,
    progress: Callable[[Iterable[NumberedRow]], Iterable[NumberedRow]] = iter,
    rows_at_a_time: int = ROWS_AT_A_TIME,
) -> Audit:
    """Write a file of notes without PHI. Other columns are written as they are.

    Args:
        source: The notes.
        target: The file to write, in the format of the source. It gets its name when all is done.
        deidentify: Takes PHI out of some notes.
        text_columns: The columns with texts.
        patient_column: The column that says whose note it is.
        skip_failed: Leave out a row that cannot be de-identified; otherwise that is an error.
        progress: Wraps the rows, to show how far it is.
        rows_at_a_time: How many rows go to ``deidentify`` together.

    Raises:
        InputError: If source and target are the same file, a column is missing, or a row cannot be
            de-identified; nothing is left under the name of the target then. The message quotes
            nothing.
    """
    refuse_same_file(source.path, target, "its own copy without PHI")
    source.require_columns(*text_columns, *([patient_column] if patient_column else []))
    audit = Audit()

    def write_all() -> None:
        with atomic_file(target) as partial, source.writer(partial) as write:
            rows = progress(source.rows())
            for batch in chunks(rows, rows_at_a_time):
                for numbered in _safe_rows(
                    batch, source, deidentify, text_columns, patient_column, skip_failed, audit
                ):
                    write(numbered.row)

    without_text("a row cannot be read, or not be written", path=source.path).call(write_all)
    return audit


def _safe_rows(
    batch: list[NumberedRow],
    source: RowFile,
    deidentify: Deidentify,
    text_columns: list[str],
    patient_column: str | None,
    skip_failed: bool,
    audit: Audit,
) -> Iterator[NumberedRow]:
    def guard(first: NumberedRow) -> without_text:
        return without_text(
            "the row could not be de-identified",
            path=source.path,
            line=first.line,
            remedy="Nothing was written; --skip-failed leaves such rows out.",
        )

    def rewritten(rows: list[NumberedRow]) -> list[NumberedRow]:
        return _rewritten(rows, source, deidentify, text_columns, patient_column, audit)

    results = results_or_errors(batch, rewritten, guard)
    for row, result in zip(batch, results, strict=True):
        if not isinstance(result, Exception):
            yield result
        elif skip_failed:
            audit.failed.append((row.line, kind_of(result)))
        else:
            raise result


def _rewritten(
    batch: list[NumberedRow],
    source: RowFile,
    deidentify: Deidentify,
    text_columns: list[str],
    patient_column: str | None,
    audit: Audit,
) -> list[NumberedRow]:
    """The rows with their texts rewritten; the audit counts them if none fails."""
    places: list[tuple[int, str]] = []
    notes: list[Note] = []
    result = [NumberedRow(numbered.line, dict(numbered.row)) for numbered in batch]
    for i, (line, row) in enumerate(result):
        for column in text_columns:
            if column not in row:
                # As a table without the column: else a wrong name would let all notes pass.
                problem = f"the row has no field {column!r}."
                raise InputError(problem, path=source.path, line=line)
            text = row[column]
            if text is None or text == "":
                continue
            if not isinstance(text, str):
                raise InputError(
                    f"the column {column!r} holds no text.", path=source.path, line=line
                )
            patient = row.get(patient_column) if patient_column else None
            places.append((i, column))
            notes.append(Note(text, None if patient in (None, "") else str(patient)))
    safe = list(deidentify(notes)) if notes else []
    for (i, column), note in zip(places, safe, strict=True):
        result[i].row[column] = note.text
        audit.labels.update(note.labels)
    audit.documents += len(safe)
    audit.empty += len(batch) * len(text_columns) - len(safe)
    return result
