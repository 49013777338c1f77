"""The entities of notes as a table: a row an entity, while the notes are read.

Values that belong to no entity ("98.6 72 130/78 16 99%") have rows of their own: they are facts of
the note all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations import values
from spacy_umlsbert.annotations.attributes import put
from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.rows import COLUMNS, Name, Row, as_row
from spacy_umlsbert.annotations.values import VALUES
from spacy_umlsbert.batching import chunks
from spacy_umlsbert.corpora.notes.reading import Note, NoteSource
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.files.failing import kind_of, results_or_errors
from spacy_umlsbert.files.row_writing import Write, require_table, typed_writer
from spacy_umlsbert.files.streams import refuse_same_file
from spacy_umlsbert.guard import hide_in_repr, without_text
from spacy_umlsbert.pipeline.rules_pipe import ENTS

NOTES_AT_A_TIME = 64
NOTES_FOR_PROCESSES = 4096
"""Notes that are read at a time if several processes share the work."""

FAILED_KEPT = 100
"""So many notes that failed are kept with their places."""

ExtractRows = Callable[[list[Note]], list[list[Row]]]
"""The rows of each of some notes."""


@dataclass
class ExtractReport:
    """What became of a file of notes.

    Attributes:
        notes: Notes that were read and gone through.
        entities: Rows that were written.
        labels: How often each label was.
        failed: How many notes failed.
        first_failed: Where the first of these are, and the kind of error.
    """

    notes: int = 0
    entities: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    first_failed: list[tuple[str, str]] = field(default_factory=list)


@hide_in_repr("nlp")
@dataclass
class EntityExtractor:
    """Makes rows of notes with a pipeline.

    Attributes:
        nlp: The pipeline.
        spans_key: The span group whose spans are rows; ``ents`` are the entities, with the values
            that belong to none.
        name: Gives the names of concepts of spans that do not have them.
        n_process: As for ``nlp.pipe``. Few notes go through one process all the same.
        batch_size: The same.
        has_met_group: Whether any Doc so far had the span group.
    """

    nlp: Language
    spans_key: str = ENTS
    name: Name | None = None
    n_process: int = 1
    batch_size: int | None = None
    has_met_group: bool = False

    def __call__(self, notes: list[Note]) -> list[list[Row]]:
        """The rows of each note.

        Raises:
            InputError: If a component left out a Doc.
        """
        made = []
        for number, note in enumerate(notes):
            doc = self.nlp.make_doc(note.text)
            put(doc, "document_id", note.id)
            made.append((doc, number))
        processes = self.n_process if len(made) > NOTES_AT_A_TIME else 1
        rows: dict[int, list[Row]] = {}
        for doc, number in self.nlp.pipe(
            made, as_tuples=True, n_process=processes, batch_size=self.batch_size
        ):
            rows[number] = [as_row(span, self.name) for span in self._spans(doc)]
        if len(rows) < len(notes):  # its error handler took it
            raise InputError("a component of the pipeline failed on a note.")
        return [rows[number] for number in range(len(notes))]

    def _spans(self, doc: Doc) -> Iterable[Span]:
        self.has_met_group |= self.spans_key == ENTS or self.spans_key in doc.spans
        if self.spans_key != ENTS:
            return spans_of(doc, self.spans_key)
        alone = [span for span in spans_of(doc, VALUES) if values.of(span) is None]
        return sorted([*doc.ents, *alone], key=lambda span: span.start_char)


def extract_to_file(
    source: NoteSource,
    target: Path,
    extract: ExtractRows,
    *,
    progress: Callable[[Iterable[Note]], Iterable[Note]] = iter,
    notes_at_a_time: int = NOTES_AT_A_TIME,
) -> ExtractReport:
    """Write the entities of notes to a table, a row each.

    A note that fails costs no other its rows.

    Args:
        source: The notes.
        target: The CSV, TSV, JSON lines or Parquet file. It gets its name when all is done.
        extract: Makes rows of notes.
        progress: Wraps the notes, to show how far it is.
        notes_at_a_time: How many notes go to ``extract`` together.

    Raises:
        InputError: If the target is the file of the notes, or its name says no format of rows, or
            the notes cannot be read at all.
    """
    require_table(target)
    if source.path.is_file():
        refuse_same_file(source.path, target, "the entities of its notes")
    report = ExtractReport()

    def write_all() -> None:
        with atomic_file(target) as partial, typed_writer(partial, _TYPES) as write:
            for batch in chunks(progress(source), notes_at_a_time):
                _write_rows(batch, extract, write, source.path, report)

    without_text("the entities cannot be written", path=target).call(write_all)
    return report


_TYPES = {column.name: column.type for column in COLUMNS}


def _write_rows(
    batch: list[Note], extract: ExtractRows, write: Write, path: Path, report: ExtractReport
) -> None:
    results = results_or_errors(batch, extract, lambda _: without_text("it failed"))
    for note, rows in zip(batch, results, strict=True):
        if isinstance(rows, Exception):
            report.failed += 1
            if len(report.first_failed) < FAILED_KEPT:
                place = f"{path}, line {note.line}" if note.line else str(path / note.id)
                report.first_failed.append((place, kind_of(rows)))
            continue
        report.notes += 1
        for row in rows:
            write(row)
            report.entities += 1
            report.labels[row["label"] or ""] += 1
