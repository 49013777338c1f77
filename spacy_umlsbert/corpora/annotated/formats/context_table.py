"""The tables of sentences with which NegEx and ConText are tested, a tab-separated row for each:

number, comment, phrase, sentence, Affirmed or Negated, Recent or Historical or Not particular,
Patient or Other. The last two may be missing. A sentence is a document.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from spacy_umlsbert.assertion.verdicts import (
    ABSENT,
    FAMILY,
    HISTORICAL,
    NEGATED,
    PRESENT,
    SOMEONE_ELSE,
)
from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.corpus_files import corpus_lines
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.files.file_names import find_files, name_below
from spacy_umlsbert.files.lines import Line

_FEWEST_COLUMNS = 5
_ANSWERS = {"affirmed", "negated"}


def read_context_table(path: Path, report: CorpusReport) -> Iterator[AnnotatedText]:
    """Yield the sentences of a file, or of all ``.txt`` and ``.tsv`` files in a folder.

    A first row that says neither Affirmed nor Negated is the header.

    Args:
        path: The file or folder.
        report: Where problems are counted.
    """
    for file in find_files(path, ".txt", ".tsv"):
        for number, line in enumerate(corpus_lines(file, report) or ()):
            if line.text.strip():
                text = _sentence(line, file, name_below(file, path), report, number == 0)
                if text is not None:
                    yield text


context_table_reader = corpus_reader(read_context_table)


def _sentence(
    line: Line, file: Path, name: str, report: CorpusReport, is_first: bool
) -> AnnotatedText | None:
    fields = [_unquoted(field) for field in line.text.split("\t")]
    said = fields[4].lower() if len(fields) >= _FEWEST_COLUMNS else ""
    if said not in _ANSWERS:
        if not is_first:
            message = "not number, comment, phrase, sentence, Affirmed or Negated, …"
            report.add(Kind.MALFORMED, file, line.number, message)
        return None
    phrase, sentence = fields[2], fields[3]
    place = _place(phrase, sentence)
    if place is None:
        report.add(Kind.TEXT_MISMATCH, file, line.number, "the phrase is not in the sentence")
        return None
    historical = len(fields) > 5 and fields[5].lower() == HISTORICAL
    other = len(fields) > 6 and fields[6].lower() not in ("", "patient")
    holds = {NEGATED: said == "negated", HISTORICAL: historical, FAMILY: other}
    flags = tuple(flag for flag, is_so in holds.items() if is_so)
    label = ABSENT if said == "negated" else PRESENT
    annotation = Annotation(
        *place, "finding", line=line.number, assertion=SOMEONE_ELSE if other else label, flags=flags
    )
    return AnnotatedText(
        f"{name}:{line.number}", sentence, [annotation], file, line.number, own_id=False
    )


def _unquoted(field: str) -> str:
    field = field.strip()
    if len(field) > 1 and field[0] == field[-1] == '"':
        return field[1:-1].replace('""', '"').strip()
    return field


def _place(phrase: str, sentence: str) -> tuple[int, int] | None:
    """Where a phrase is in a sentence, whatever its case and blanks; whole words come first."""
    words = r"\s+".join(map(re.escape, phrase.split()))
    if not words:
        return None
    for pattern in (rf"(?<!\w){words}(?!\w)", words):
        match = re.search(pattern, sentence, re.IGNORECASE)
        if match is not None:
            return match.span()
    return None
