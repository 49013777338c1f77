r"""i2b2 2009 medications (Uzuner, Solti and Cadag 2010): drugs with what is said of each.

A record is a text (without an ending, or ``.txt``) and a file of its name with ``.i2b2.entries`` or
``_gold.entries`` behind it, an entry a line::

    m="aspirin" 12:3 12:3||do="81 mg" 12:4 12:5||mo="nm"||f="nm"||du="nm"||r="nm"||ln="list"

Lines count from one, words from zero. ``nm`` is not mentioned. Medications (``m``) and reasons
(``r``) are entities, ``medication`` and ``reason``; dosages (``do``), modes (``mo``), frequencies
(``f``), durations (``du``) and reasons are values of their medication: dose, route, frequency,
duration, indication. Whether an entry is of a list or of a narrative (``ln``) is not read. A field
in several pieces goes from its first word to its last.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.offset_units import Claim
from spacy_umlsbert.corpora.annotated.offsets import Offsets, offsets_of
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.annotated.splits import SplitRule
from spacy_umlsbert.corpora.annotated.word_places import WordPlaces, Words
from spacy_umlsbert.corpora.corpus_files import corpus_lines, corpus_text
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.errors import safe
from spacy_umlsbert.files.file_names import find_files
from spacy_umlsbert.files.lines import Line
from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.values.kinds import DOSE, DURATION, FREQUENCY, INDICATION, ROUTE

MEDICATION, REASON = "medication", "reason"
KINDS = {"do": DOSE, "mo": ROUTE, "f": FREQUENCY, "du": DURATION, "r": INDICATION}
"""Field -> kind of the value."""

_ENDING = re.compile(r"(?:[._](?:i2b2|gold))*\.entries$", re.IGNORECASE)
_FIELD = re.compile(r'\s*(\w+)="(.*)"((?:[\s,]*\d+:\d+\s+\d+:\d+)*)\s*', re.DOTALL)
_PLACE = re.compile(r"(\d+):(\d+)\s+(\d+):(\d+)")
_NO_ENTRY = 'not an entry as in m="…" 1:0 1:1||do="…" 1:2 1:3||…'
_LONGEST = 100_000


@hide_in_repr("words")
class Field(NamedTuple):
    """A field of an entry that is mentioned.

    Attributes:
        name: m, do, mo, f, du or r.
        words: Where it is.
        whole: Whether it is in one piece, so that its text is that of its words.
    """

    name: str
    words: Words
    whole: bool


def read_i2b2_2009(
    path: Path, report: CorpusReport, *, texts: str | Path | None = None
) -> Iterator[AnnotatedText]:
    """Yield the records of a folder.

    Args:
        path: The folder with the ``.entries`` files, or one above it, or one such file.
        report: Where problems are counted.
        texts: The folder with the texts, or one above it; by default they are below ``path``.
    """
    folder = Path(texts) if texts is not None else path if path.is_dir() else path.parent
    by_name = {_record(file): file for file in _texts_below(folder)}
    for file in find_files(path, ".entries"):
        text_file = by_name.get(_record(file))
        if text_file is None:
            report.add(Kind.MISSING_FILE, file, 0, "there is no text of this name")
            continue
        text = corpus_text(text_file, report)
        lines = corpus_lines(file, report, empty_is_fine=True)
        if text is not None and lines is not None:
            annotations = _annotations(file, lines, text, report)
            if annotations is not None:
                yield AnnotatedText(_record(file), text, annotations, file)


i2b2_2009_reader = corpus_reader(read_i2b2_2009, SplitRule(0.1))


def _record(file: Path) -> str:
    """The name of a record: that of its file without the endings."""
    name = file.name.removesuffix(".gz")
    return _ENDING.sub("", name).removesuffix(".txt")


def _texts_below(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        name = file.name.removesuffix(".gz")
        if file.is_file() and not hidden and (name.endswith(".txt") or "." not in name):
            yield file


def _annotations(
    path: Path, lines: Sequence[Line], text: str, report: CorpusReport
) -> list[Annotation] | None:
    """The entities and values; None, and reported, if they are those of another text."""
    entries: list[tuple[int, list[Field]]] = []
    for line in lines:
        if line.text.strip():
            fields = _fields(line.text)
            if fields is None:
                report.add(Kind.MALFORMED, path, line.number, _NO_ENTRY)
            else:
                entries.append((line.number, fields))
    mentioned = [field.words for _, fields in entries for field in fields if field.whole]
    places = WordPlaces(text, mentioned)
    places.report_origin(report, path)
    claims = [Claim((at,), one.text) for one in mentioned if (at := places.span(one)) is not None]
    offsets = offsets_of(text, claims, report, path, other_units=False)
    if offsets is None:
        return None
    found: dict[tuple[int, int, str, bool], Annotation] = {}
    for number, fields in entries:
        _add_entry(number, fields, places, offsets, found)
    return list(found.values())


def _fields(line: str) -> list[Field] | None:
    """The fields of an entry that are mentioned; None if it is none."""
    if len(line) > _LONGEST:
        return None
    fields = []
    for part in line.split("||"):
        match = _FIELD.fullmatch(part)
        if match is None:
            return None
        name, text = match[1].lower(), match[2]
        pieces = [tuple(map(int, place)) for place in _PLACE.findall(match[3])]
        if pieces and (name == "m" or name in KINDS):
            first, last = pieces[0][:2], pieces[-1][2:]
            whole = len(pieces) == 1
            words = Words(text if whole else "", (first[0], first[1]), (last[0], last[1]))
            fields.append(Field(name, words, whole))
    return fields if any(field.name == "m" for field in fields) else None


def _add_entry(
    number: int,
    fields: Sequence[Field],
    places: WordPlaces,
    offsets: Offsets,
    found: dict[tuple[int, int, str, bool], Annotation],
) -> None:
    """Add what an entry says to what is known: a drug may have several, a value several drugs."""
    drug: tuple[int, int, str] | None = None
    for field in sorted(fields, key=lambda one: one.name != "m"):
        span = places.span(field.words)
        if span is None:
            message = f"there are no words {safe(field.words.where)}"
            offsets.report.add(Kind.TEXT_MISMATCH, offsets.path, number, message)
            continue
        is_drug = field.name == "m"
        labels = [(MEDICATION, False)] if is_drug else [(KINDS[field.name], True)]
        labels += [(REASON, False)] if field.name == "r" else []
        for label, is_value in labels:
            one = Annotation(*span, label, line=number, is_value=is_value)
            checked = offsets.checked(one, field.words.text)
            if checked is None:
                continue
            if is_drug:
                drug = (checked.start, checked.end, label)
            of = (drug,) if is_value and drug is not None else ()
            key = (checked.start, checked.end, label, is_value)
            before = found[key].of if key in found else ()
            found[key] = replace(found.get(key, checked), of=tuple(dict.fromkeys((*before, *of))))
