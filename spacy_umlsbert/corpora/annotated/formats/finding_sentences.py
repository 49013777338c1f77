"""Sentences with findings that are present, negated or uncertain, a row for each: two corpora in
the tables of bionlplab/assertion_classification_jbi2022.

- BioScope's clinical part: radiology reports. A row has a finding, or the scope of a cue without
  one. A finding that lies in the scope of a negation is absent, whatever stands between ("no
  infiltrate or effusion" has the scope of "or" inside); else, in the scope of a doubt, possible.
- Chia: concepts in the eligibility criteria of trials.

A document has a sentence a line.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from spacy_umlsbert.assertion.verdicts import ABSENT, IMPLIED, POSSIBLE, PRESENT
from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.annotated.splits import SplitRule
from spacy_umlsbert.corpora.corpus_files import corpus_lines
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.files.file_names import find_files
from spacy_umlsbert.files.lines import blocks_of
from spacy_umlsbert.files.tables import csv_records
from spacy_umlsbert.guard import hide_in_repr

_CLASSES = {"P": PRESENT, "N": ABSENT, "U": POSSIBLE}
_BY_RANK = (ABSENT, POSSIBLE, PRESENT)
_SPAN = re.compile(r"\((\d+), (\d+)\)")

Span = tuple[int, int]


@hide_in_repr("text")
@dataclass
class _Sentence:
    """A sentence, with what its rows say; offsets count from its first character."""

    text: str
    line: int
    scopes: list[tuple[Span, str]] = field(default_factory=list)
    mentions: dict[Span, list[str]] = field(default_factory=lambda: defaultdict(list))


def read_bioscope(
    path: Path,
    report: CorpusReport,
    *,
    classes_by: Literal["scopes", "rows"] = "scopes",
) -> Iterator[AnnotatedText]:
    """Yield the reports of a CSV file, or of all such files in a folder.

    Args:
        path: The file or folder.
        report: Where problems are counted.
        classes_by: ``scopes``: a finding is what the scopes say in which it lies; ``rows``: it is
            what the column ``label`` of its rows says, which knows of the innermost scope alone.
    """
    for file in find_files(path, ".csv"):
        documents: dict[str, dict[str, _Sentence]] = {}
        for number, row in _rows(file, report):
            key = row.get("sentence_id", "").partition("_")[0]
            sentence = _of(documents, key.rpartition(".")[0], key, row, number)
            label = _CLASSES.get(row.get("label", ""))
            if sentence is None or label is None:
                report.add(Kind.MALFORMED, file, number, "no id, no sentence, or no label P, N, U")
                continue
            if (scope := _numbers(row, "xcope_start", "xcope_end")) is not None:
                sentence.scopes.append((scope, label))
            if (place := _numbers(row, "concept_start", "concept_end")) is not None:
                sentence.mentions[place].append(label)
        yield from _texts(documents, file, report, classes_by == "scopes")


def read_chia(path: Path, report: CorpusReport) -> Iterator[AnnotatedText]:
    """Yield the criteria of each trial of a CSV file, or of all such files in a folder.

    Args:
        path: The file or folder.
        report: Where problems are counted.
    """
    for file in find_files(path, ".csv"):
        documents: dict[str, dict[str, _Sentence]] = {}
        for number, row in _rows(file, report):
            trial, *parts = row.get("sentence_id", "").split("_")
            key = "_".join([trial, *parts[:2]])
            sentence = _of(documents, trial, key, row, number)
            label = _CLASSES.get(row.get("label", ""))
            place = _numbers(row, "concept_start", "concept_end") or _hull(row)
            if sentence is None or label is None or place is None:
                report.add(Kind.MALFORMED, file, number, "no id, sentence, place, or label P, N")
                continue
            if not row.get("concept_start"):
                report.add(Kind.DISCONTINUOUS, file, number, "a concept in several pieces")
            sentence.mentions[place].append(label)
        yield from _texts(documents, file, report, False)


# The measured split: a fifth of the documents for development.
bioscope_reader = corpus_reader(read_bioscope, SplitRule(0.2))
chia_reader = corpus_reader(read_chia, SplitRule(0.2))


def _rows(file: Path, report: CorpusReport) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file by the names of its columns, each with its line."""
    records = csv_records(blocks_of(corpus_lines(file, report) or ()), file, ",", report)
    header = next(records, None)
    if header is not None:
        for record in records:
            yield record.line, dict(zip(header.fields, record.fields, strict=True))


def _of(
    documents: dict[str, dict[str, _Sentence]],
    document: str,
    key: str,
    row: dict[str, Any],
    line: int,
) -> _Sentence | None:
    text = row.get("sentence") or ""
    if not document or not text.strip():
        return None
    sentences = documents.setdefault(document, {})
    known = sentences.get(key)
    if known is not None and known.text != text:  # another one of the same name
        key = f"{key}:{line}"
        known = sentences.get(key)
    if known is None:
        known = sentences[key] = _Sentence(text, line)
    return known


def _numbers(row: dict[str, Any], *names: str) -> Span | None:
    values = [row.get(name) or "" for name in names]
    return (int(values[0]), int(values[1])) if all(map(str.isdecimal, values)) else None


def _hull(row: dict[str, Any]) -> Span | None:
    pieces = _SPAN.findall(row.get("concept_start_end_list") or "")
    places = [int(place) for piece in pieces for place in piece]
    return (min(places), max(places)) if places else None


def _texts(
    documents: dict[str, dict[str, _Sentence]], file: Path, report: CorpusReport, by_scopes: bool
) -> Iterator[AnnotatedText]:
    for name, sentences in documents.items():
        annotations = []
        start = 0
        for sentence in sentences.values():
            for place, labels in sentence.mentions.items():
                if not 0 <= place[0] < place[1] <= len(sentence.text):
                    message = "the characters of a finding are not in its sentence"
                    report.add(Kind.TEXT_MISMATCH, file, sentence.line, message)
                    continue
                label = _class(sentence, place, labels, by_scopes)
                annotations.append(
                    Annotation(
                        start + place[0],
                        start + place[1],
                        "finding",
                        line=sentence.line,
                        assertion=label,
                        flags=IMPLIED[label],
                    )
                )
            start += len(sentence.text) + 1
        text = "\n".join(sentence.text for sentence in sentences.values())
        first = next(iter(sentences.values())).line
        yield AnnotatedText(name, text, annotations, file, first)


def _class(sentence: _Sentence, place: Span, labels: list[str], by_scopes: bool) -> str:
    if by_scopes:
        labels = [
            label
            for scope, label in sentence.scopes
            if scope[0] <= place[0] and place[1] <= scope[1]
        ]
    return min(labels, key=_BY_RANK.index, default=PRESENT)
