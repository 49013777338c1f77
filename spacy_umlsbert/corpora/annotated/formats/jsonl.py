"""JSON lines, as annotation tools write them: an object with a text and its spans on each line.

- Prodigy, and the notes of this project's demo: ``"spans": [{"start": 0, "end": 5, "label": "X"}]``
- doccano: ``"entities": [{"start_offset": 0, "end_offset": 5, "label": "X"}]``, or before version
  1.6 ``"label": [[0, 5, "X"]]``
- spaCy's training data of version 2: ``"entities": [[0, 5, "X"]]``

What is said of a span may be its ``assertion``, a class of i2b2 2010, and ``is_negated``,
``is_historical`` …
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from spacy_umlsbert.annotations.assertions import FLAGS
from spacy_umlsbert.assertion.verdicts import CLASSES, IMPLIED, class_of
from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.concept_ids import PREFIXES, parse_concept_ids
from spacy_umlsbert.corpora.annotated.offsets import placed
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.corpus_files import corpus_objects
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.errors import safe
from spacy_umlsbert.files.file_names import find_files, name_below
from spacy_umlsbert.files.json_lines import JSON_LINES

_SPANS = ("spans", "entities", "labels", "label")


def read_jsonl(
    path: Path, report: CorpusReport, *, id_prefixes: list[str] = PREFIXES
) -> Iterator[AnnotatedText]:
    """Yield the documents of a file, or of all such files in a folder.

    A document's id is its ``id``, ``doc_id`` or ``document_id``, or else the line; a span's
    concepts are its ``kb_id``, ``concept_id`` or ``concept_ids``. What was rejected or skipped in
    Prodigy is not read.

    Args:
        path: The file or folder.
        report: Where problems are counted.
        id_prefixes: What to take off the ids of concepts.
    """
    for file in find_files(path, *JSON_LINES):
        for number, record in corpus_objects(file, report):
            if record.get("answer", "accept") != "accept":
                continue
            text = record.get("text", record.get("data"))
            if not isinstance(text, str):
                report.add(Kind.MALFORMED, file, number, 'the object has no "text"')
            elif not text.strip():
                report.add(Kind.EMPTY, file, number, "the document has no text")
            else:
                read = partial(_annotations, file, number, record, id_prefixes)
                annotations = placed(text, read, report, file, number)
                own = _own_id(record)
                name = own or f"{name_below(file, path)}:{number}"
                if annotations is not None:
                    yield AnnotatedText(name, text, annotations, file, number, own_id=bool(own))


jsonl_reader = corpus_reader(read_jsonl)


def _own_id(record: dict[str, Any]) -> str:
    for key in ("id", "doc_id", "document_id"):
        if isinstance(record.get(key), str | int):
            return str(record[key])
    return ""


def _annotations(
    path: Path,
    number: int,
    record: dict[str, Any],
    prefixes: Sequence[str],
    report: CorpusReport,
) -> Iterator[tuple[Annotation, str]]:
    """The annotations of an object, each with its text if that is repeated."""
    found = (record[key] for key in _SPANS if isinstance(record.get(key), list))
    spans: list[Any] = next(found, [])
    if not spans and any(key in record and not isinstance(record[key], list) for key in _SPANS[:3]):
        report.add(Kind.MALFORMED, path, number, "the spans are no list")
    for i, span in enumerate(spans, 1):
        parsed = _span(span, number, prefixes)
        if parsed is None:
            message = f"span {i} has no numbers for start and end, or no label"
            report.add(Kind.MALFORMED, path, number, message)
        else:
            if isinstance(span, dict) and span.get("assertion") not in (None, "", *CLASSES):
                message = f"what is said of span {i} is none of {safe(', '.join(CLASSES))}"
                report.add(Kind.MALFORMED, path, number, message)
            yield parsed


def _span(span: Any, line: int, prefixes: Sequence[str]) -> tuple[Annotation, str] | None:
    """The annotation, and its text if the record repeats it."""
    expected, ids = "", ""
    assertion = ""
    flags: tuple[str, ...] = ()
    start: Any
    end: Any
    if isinstance(span, dict):
        start = span.get("start", span.get("start_offset"))
        end = span.get("end", span.get("end_offset"))
        label = span.get("label")
        expected = span.get("text") or ""
        ids = span.get("kb_id", span.get("concept_id", span.get("concept_ids"))) or ""
        assertion, flags = _said(span)
    elif isinstance(span, list) and len(span) >= 3:
        start, end, label = span[:3]
    else:
        return None
    offsets_are_numbers = type(start) is int and type(end) is int
    if not offsets_are_numbers or not isinstance(label, str) or not label:
        return None
    concepts = parse_concept_ids("|".join(ids) if isinstance(ids, list) else str(ids), prefixes)
    annotation = Annotation(
        start, end, label, concepts, line=line, assertion=assertion, flags=flags
    )
    return annotation, str(expected)


def _said(span: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The class of a span and what else holds of it; flags alone make a class."""
    flags = tuple(flag for flag in FLAGS if span.get(f"is_{flag}") is True)
    assertion = span.get("assertion")
    if assertion in CLASSES:
        return assertion, flags or IMPLIED[assertion]
    known = any(f"is_{flag}" in span for flag in FLAGS)
    return (class_of(set(flags)), flags) if known else ("", ())
