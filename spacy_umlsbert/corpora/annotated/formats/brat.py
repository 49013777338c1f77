r"""brat standoff (Stenetorp et al. 2012): a ``.txt`` file and an ``.ann`` file with a line each for

- a mention, ``T1	Disease 0 5	fever``, whose offsets count characters from zero; a mention in
  several pieces is ``T2	Disease 0 5;10 15	colon cancer``;
- the concept of a mention, ``N1	Reference T1 UMLS:C0015967	Fever``.

With ``assertion_attribute`` also the attributes of that name, of mentions and of events
(``E1	Finding:T1``, ``A1	POLARITY E1 NEG``): whether a mention is there, absent or possible.

With ``of_relation`` also the relations of that name (``R1	MODIFY Arg1:T4 Arg2:E2``): what a
mention belongs to, such as a dose to its drug. With ``value_labels`` mentions of these labels are
values, and no entities.

Other relations, other attributes and comments are not read.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

from spacy_umlsbert.assertion.verdicts import (
    ABSENT,
    CLASSES,
    IMPLIED,
    NEGATED,
    POSSIBLE,
    PRESENT,
    UNCERTAIN,
)
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

Assertions = dict[str, tuple[str, tuple[str, ...]]]  # id of a mention -> class, flags

_MENTION = re.compile(r"\s*(T\S+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t(.*))?")
_REFERENCE = re.compile(r"\s*N\S+\t\S+ (T\S+) ([^\t]+)(?:\t.*)?")
_EVENT = re.compile(r"\s*(E\S+)\t\S+:(T\S+)(?: .*)?")
_ATTRIBUTE = re.compile(r"\s*[AM]\S+\t(\S+) ([TE]\S+)(?: (\S+))?\s*")
_RELATION = re.compile(r"\s*R\S+\t(\S+) \w+:([TE]\S+) \w+:([TE]\S+)\s*")
_POLARITIES = {
    **dict.fromkeys(("NEG", "NEGATED", "ABSENT", "NO", ""), (ABSENT, (NEGATED,))),
    **dict.fromkeys(("UNCERTAIN", "MAYBE_POS", "MAYBE", "POSSIBLE"), (POSSIBLE, (UNCERTAIN,))),
    "MAYBE_NEG": (POSSIBLE, (NEGATED, UNCERTAIN)),
    "POS": (PRESENT, ()),
    **{name.upper(): (name, IMPLIED[name]) for name in CLASSES},
}
"""What an attribute's value says; one without a value says that it is not so."""


def read_brat(
    path: Path,
    report: CorpusReport,
    *,
    discontinuous: Literal["hull", "leave_out"] = "hull",
    id_prefixes: list[str] = PREFIXES,
    assertion_attribute: str | None = None,
    of_relation: str | list[str] | None = None,
    value_labels: dict[str, str] = {},  # noqa: B006 - it is not changed
) -> Iterator[AnnotatedText]:
    """Yield the documents of a folder, or that of one ``.txt`` or ``.ann`` file.

    Args:
        path: The folder or file.
        report: Where problems are counted.
        discontinuous: What to do with a mention in several pieces: ``hull`` takes everything from
            its first to its last character, as brat's own converter to CoNLL does; ``leave_out``
            takes nothing. Both count it.
        id_prefixes: What to take off the ids of concepts.
        assertion_attribute: The attribute that says whether mentions are there ("POLARITY" in
            MACCROBAT). Triggers of events that have none are present; other mentions without it
            are nothing.
        of_relation: The relation that says what a mention belongs to ("MODIFY" in MACCROBAT), or
            several.
        value_labels: Label -> kind of the value: ``{"Dosage": "dose"}``. Relations of mentions with
            other labels are left out then.
    """
    relations = {of_relation} if isinstance(of_relation, str) else set(of_relation or ())
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
                said = _assertions(lines, assertion_attribute, report, notes)
                annotations = _annotations(lines, offsets, hull, id_prefixes, said)
                related = _related(lines, annotations, relations)
                values = [_as_value(one, value_labels) for one in related]
                yield AnnotatedText(name_below(file, path), text, values, notes)


brat_reader = corpus_reader(read_brat)


def _assertions(
    lines: Sequence[Line], attribute: str | None, report: CorpusReport, path: Path
) -> Assertions:
    """What is said of mentions, by their ids."""
    if attribute is None:
        return {}
    triggers = _triggers(lines)
    said: Assertions = dict.fromkeys(triggers.values(), (PRESENT, ()))
    for number, line, *_ in lines:
        match = _ATTRIBUTE.fullmatch(line)
        if match is None or match[1] != attribute:
            continue
        value = _POLARITIES.get((match[3] or "").upper())
        if value is None:
            report.add(Kind.MALFORMED, path, number, "an unknown value of the attribute")
        else:
            said[triggers.get(match[2], match[2])] = value
    return said


def _triggers(lines: Sequence[Line]) -> dict[str, str]:
    """The mentions of events, by the ids of these."""
    matches = (_EVENT.fullmatch(line.text) for line in lines)
    return {match[1]: match[2] for match in matches if match is not None}


def _related(
    lines: Sequence[Line], annotations: dict[str, Annotation], relations: Collection[str]
) -> list[Annotation]:
    """The annotations with what they belong to."""
    if not relations:
        return list(annotations.values())
    triggers = _triggers(lines)
    of: dict[str, list[tuple[int, int, str]]] = {}
    for line in lines:
        match = _RELATION.fullmatch(line.text)
        if match is not None and match[1] in relations:
            first, second = (triggers.get(match[i], match[i]) for i in (2, 3))
            if first in annotations and second in annotations:
                other = annotations[second]
                of.setdefault(first, []).append((other.start, other.end, other.label))
    return [replace(one, of=tuple(of.get(name, ()))) for name, one in annotations.items()]


def _as_value(annotation: Annotation, kinds: Mapping[str, str]) -> Annotation:
    """The annotation, as a value if its label is one of a value.

    If it is known which labels are of values, what others belong to ("severe", "left") is no
    relation of a value.
    """
    if annotation.label not in kinds:
        return replace(annotation, of=()) if kinds else annotation
    return replace(annotation, label=kinds[annotation.label], is_value=True)


def _annotations(
    lines: Sequence[Line],
    offsets: Offsets,
    hull: bool,
    prefixes: Sequence[str],
    said: Assertions,
) -> dict[str, Annotation]:
    """The mentions by their ids."""
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
    annotations = {}
    for number, line, *_ in lines:
        if line.lstrip().startswith("T"):
            annotation = _mention(number, line, offsets, hull, ids, said)
            if annotation is not None:
                annotations[line.split(maxsplit=1)[0]] = annotation
    return annotations


def _mention(
    number: int,
    line: str,
    offsets: Offsets,
    hull: bool,
    ids: dict[str, list[str]],
    said: Assertions,
) -> Annotation | None:
    path, report = offsets.path, offsets.report
    match = _MENTION.fullmatch(line)
    if match is None:
        message = "not a mention as in 'T1<tab>Disease 0 5<tab>…'"
        report.add(Kind.MALFORMED, path, number, message)
        return None
    pieces, expected = _claim(match).pieces, match[4] or ""
    concepts = tuple(dict.fromkeys(ids.get(match[1], ())))
    assertion, flags = said.get(match[1], ("", ()))
    whole = Annotation(
        pieces[0][0],
        pieces[-1][1],
        match[2],
        concepts,
        line=number,
        assertion=assertion,
        flags=flags,
    )
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
