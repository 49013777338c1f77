"""From notes to JSONL for pretraining: placeholders, sections, sentences."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar, get_args

from spacy_umlsbert.corpora.notes.placeholders import Mode, replace_placeholders
from spacy_umlsbert.corpora.notes.reading import Note, NoteSource
from spacy_umlsbert.corpora.notes.sentences import SentenceSplitter
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.problems import Problems
from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.files.writing import json_line, text_writer
from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.text.sections import Section, split_sections
from spacy_umlsbert.text.sections.layout import unwrap

Unit = Literal["section", "sentence", "note"]
UNITS: tuple[Unit, ...] = get_args(Unit)
_BATCH_CHARACTERS = 100_000
_BATCHES_AHEAD = 3  # per process

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class PrepareSettings:
    """How notes are prepared.

    Attributes:
        unit: What a line of the output is: a section, a sentence or a whole note.
        placeholders: What becomes of MIMIC's placeholders; see `replace_placeholders`.
    """

    unit: Unit = "section"
    placeholders: Mode = "replace"


@dataclass
class PrepareReport:
    """What became of the notes.

    Attributes:
        notes: Notes that were written.
        sections: Their sections.
        sentences: Their sentences.
        seconds: How long it took.
        skipped: Notes that were left out, by reason.
        problems: What could not be read.
    """

    notes: int = 0
    sections: int = 0
    sentences: int = 0
    seconds: float = 0.0
    skipped: Counter[str] = field(default_factory=Counter)
    problems: Problems = field(default_factory=Problems)


@hide_in_repr("lines")
class _Prepared(NamedTuple):
    """The output of a batch of notes: JSON lines and counts."""

    lines: list[str]
    notes: int
    sections: int
    sentences: int
    wordless: int


def prepare_note(
    note: Note, settings: PrepareSettings, splitter: SentenceSplitter
) -> list[dict[str, Any]]:
    """The records of a note.

    Returns:
        For unit ``section``: ``{"note": id, "section": title or None, "text": …}``, where ``text``
        has a sentence per line, the heading being one. For ``sentence`` the same with one sentence
        each. For ``note``: ``{"note": id, "text": …}``. Records of one note follow each other.
    """
    return list(_records(note, settings.unit, _sentences(note, settings, splitter)))


def _sentences(
    note: Note, settings: PrepareSettings, splitter: SentenceSplitter
) -> list[tuple[Section, list[str]]]:
    """The sections of a note that have sentences, with them."""
    text = note.text.replace("\r\n", "\n").replace("\r", "\n")
    text = replace_placeholders(unwrap(text), settings.placeholders)
    sections = split_sections(text)
    found = splitter.split(section.text for section in sections)
    return [(section, s) for section, s in zip(sections, found, strict=True) if s]


def _records(
    note: Note, unit: Unit, sections: Sequence[tuple[Section, list[str]]]
) -> Iterator[dict[str, Any]]:
    if unit == "note" and sections:
        lines = [sentence for _, sentences in sections for sentence in sentences]
        yield {"note": note.id, "text": "\n".join(lines)}
    for section, sentences in sections:
        if unit == "section":
            yield {"note": note.id, "section": section.title, "text": "\n".join(sentences)}
        elif unit == "sentence":
            for sentence in sentences:
                yield {"note": note.id, "section": section.title, "text": sentence}


def prepare_notes(
    source: NoteSource,
    out: str | Path,
    settings: PrepareSettings | None = None,
    *,
    processes: int = 1,
    progress: bool = True,
) -> PrepareReport:
    """Write notes as JSONL to pretrain on; see `prepare_note` for its lines.

    Notes are read, prepared and written as a stream, in their order: memory does not depend on how
    many there are. ``out`` appears when all of them are written.

    Args:
        source: The notes.
        out: A ``.jsonl`` or ``.jsonl.gz`` file.
        settings: How they are prepared.
        processes: How many processes work on them.
        progress: Show a progress bar.

    Raises:
        InputError: If ``out`` has another ending, or there was no note to write.
    """
    settings = settings or PrepareSettings()
    out = Path(out)
    if not out.name.lower().endswith((".jsonl", ".jsonl.gz")):
        raise InputError("the output is a .jsonl or .jsonl.gz file.", path=out)
    report = PrepareReport(skipped=source.skipped, problems=source.problems)
    start = time.monotonic()
    work = partial(_prepare_batch, settings)
    unit = "B" if source.size else "notes"
    with (
        text_writer(out) as stream,
        progress_bar(unit=unit, total=source.size, show=progress, keep=True) as bar,
    ):
        for done in _map_in_order(work, _batches(source), processes):
            stream.writelines(done.lines)
            report.notes += done.notes
            report.sections += done.sections
            report.sentences += done.sentences
            if done.wordless:
                report.skipped["without a word"] += done.wordless
            bar.set_postfix(notes=report.notes, refresh=False)
            bar.update(source.position - bar.n if source.size else done.notes)
        if not report.notes:
            raise InputError(_nothing(source), path=source.path)
    report.seconds = time.monotonic() - start
    return report


def _nothing(source: NoteSource) -> str:
    reasons = [f"{n} {what}" for what, n in source.skipped.items()]
    reasons += [f"{n} {kind.value}" for kind, n in source.problems.counts.items()]
    text = f"no note to write ({', '.join(reasons) or 'it is empty'})."
    if source.categories:
        text += f" Its categories: {', '.join(sorted(source.categories))}."
    return text


def _batches(notes: Iterable[Note]) -> Iterator[list[Note]]:
    batch: list[Note] = []
    size = 0
    for note in notes:
        batch.append(note)
        size += len(note.text)
        if size >= _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


_splitter: SentenceSplitter | None = None  # one per process


def _prepare_batch(settings: PrepareSettings, notes: list[Note]) -> _Prepared:
    global _splitter  # noqa: PLW0603
    _splitter = _splitter or SentenceSplitter()
    lines: list[str] = []
    counts: Counter[str] = Counter()
    for note in notes:
        found = _sentences(note, settings, _splitter)
        counts["notes" if found else "wordless"] += 1
        counts["sections"] += len(found)
        counts["sentences"] += sum(len(sentences) for _, sentences in found)
        for record in _records(note, settings.unit, found):
            lines.append(json_line(record))
    return _Prepared(
        lines=lines,
        notes=counts["notes"],
        sections=counts["sections"],
        sentences=counts["sentences"],
        wordless=counts["wordless"],
    )


def _map_in_order(work: Callable[[T], R], items: Iterable[T], processes: int) -> Iterator[R]:
    if processes <= 1:
        yield from map(work, items)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from _windowed(pool, work, items, processes * _BATCHES_AHEAD)


def _windowed(
    pool: Executor, work: Callable[[T], R], items: Iterable[T], ahead: int
) -> Iterator[R]:
    """As ``pool.map``, which reads all of its input at once."""
    waiting: deque[Future[R]] = deque()
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
