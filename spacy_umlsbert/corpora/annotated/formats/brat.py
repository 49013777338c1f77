r"""brat standoff (Stenetorp et al. 2012): a ``.txt`` file and an ``.ann`` file with a line each for

- a mention, ``T1	Disease 0 5	fever``, whose offsets count characters from zero; a mention in
  several pieces is ``T2	Disease 0 5;10 15	colon cancer``;
- the concept of a mention, ``N1	Reference T1 UMLS:C0015967	Fever``.

Relations, events, attributes and comments are not read.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.concept_ids import PREFIXES, parse_concept_ids
from spacy_umlsbert.corpora.annotated.offset_units import Claim
from spacy_umlsbert.corpora.annotated.offsets import Offsets, offsets_of
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.annotated.same_text import same_text
from spacy_umlsbert.corpora.corpus_files import corpus_lines, corpus_text
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.files.file_names import find_files, name_below, sibling
from spacy_umlsbert.files.lines import Line
from spacy_umlsbert.files.streams import ending

_MENTION = re.compile(r"\s*(T\S+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t(.*))?")
_REFERENCE = re.compile(r"\s*N\S+\t\S+ (T\S+) ([^\t]+)(?:\t.*)?")


def read_brat(
    path: Path,
    report: CorpusReport,
    *,
    discontinuous: Literal["hull", "leave_out"] = "hull",
    id_prefixes: list[str] = PREFIXES,
) -> Iterator[AnnotatedText]:
    """Yield the documents of a folder, or that of one ``.txt`` or ``.ann`` file.

    Args:
        path: The folder or file.
        report: Where problems are counted.
        discontinuous: What to do with a mention in several pieces: ``hull`` takes everything from
            its first to its last character, as brat's own converter to CoNLL does; ``leave_out``
            takes nothing. Both count it.
        id_prefixes: What to take off the ids of concepts.
    """
    if ending(path) == ".ann":
        path = sibling(path, ".txt") or path.with_suffix(".txt")
    if path.is_dir():
        for file in find_files(path, ".ann", ".txt"):
            if ending(file) == ".ann" and sibling(file, ".txt") is None:
                report.add(Kind.MISSING_FILE, file, 0, "there is no .txt file beside it")
    for file in find_files(path, ".txt"):
        notes = sibling(file, ".ann")
        if notes is None:
            message = "there is no .ann file beside it: it is not annotated"
            report.add(Kind.MISSING_FILE, file, 0, message)
            continue
        text = corpus_text(file, report)
        lines = corpus_lines(notes, report, empty_is_fine=True)
        if text is not None and lines is not None:
            hull = discontinuous == "hull"
            claims = (_claim(match) for line in lines if (match := _MENTION.fullmatch(line.text)))
            offsets = offsets_of(text, claims, report, notes)
            if offsets is not None:
                annotations = _annotations(lines, offsets, hull, id_prefixes)
                yield AnnotatedText(name_below(file, path), text, annotations, notes)


brat_reader = corpus_reader(read_brat)


def _annotations(
    lines: Sequence[Line], offsets: Offsets, hull: bool, prefixes: Sequence[str]
) -> list[Annotation]:
    ids: dict[str, list[str]] = {}
    for number, line, *_ in lines:
        if line.lstrip().startswith("N"):
            reference = _REFERENCE.fullmatch(line)
            if reference is None:
                message = "not a reference as in 'N1<tab>Reference T1 UMLS:C0015967'"
                offsets.report.add(Kind.MALFORMED, offsets.path, number, message)
            else:
                found = parse_concept_ids(reference[2].strip(), prefixes)
                ids.setdefault(reference[1], []).extend(found)
    annotations = []
    for number, line, *_ in lines:
        if line.lstrip().startswith("T"):
            annotation = _mention(number, line, offsets, hull, ids)
            if annotation is not None:
                annotations.append(annotation)
    return annotations


def _mention(
    number: int, line: str, offsets: Offsets, hull: bool, ids: dict[str, list[str]]
) -> Annotation | None:
    path, report = offsets.path, offsets.report
    match = _MENTION.fullmatch(line)
    if match is None:
        message = "not a mention as in 'T1<tab>Disease 0 5<tab>…'"
        report.add(Kind.MALFORMED, path, number, message)
        return None
    pieces, expected = _claim(match).pieces, match[4] or ""
    concepts = tuple(dict.fromkeys(ids.get(match[1], ())))
    whole = Annotation(pieces[0][0], pieces[-1][1], match[2], concepts, line=number)
    # brat itself makes pieces of a mention that goes on in the next line.
    if not any(offsets.text_at(left[1], right[0]).strip() for left, right in pairwise(pieces)):
        return offsets.checked(whole, expected)
    message = f"characters {whole.start} to {whole.end}: a mention in {len(pieces)} pieces"
    report.add(Kind.DISCONTINUOUS, path, number, message)
    if not hull:
        return None
    found = " ".join(offsets.text_at(start, end) for start, end in pieces)
    if expected and not same_text(found, expected):
        message = f"characters {whole.start} to {whole.end} do not hold the text of the mention"
        report.add(Kind.TEXT_MISMATCH, path, number, message)
        return None
    return offsets.checked(whole, "")


def _claim(match: re.Match[str]) -> Claim:
    pieces = (piece.split() for piece in match[3].split(";"))
    return Claim(tuple(sorted((int(start), int(end)) for start, end in pieces)), match[4] or "")
