r"""i2b2/VA 2010 concepts (Uzuner, South, Shen and DuVall 2011): problems, tests, treatments.

A record is a ``.txt`` file with a sentence a line and a ``.con`` file with a mention a line::

    c="chest pain" 12:3 12:4||t="problem"

Lines count from one, words from zero, and words are what stands between spaces. In the training
data both files are in neighbouring folders ``txt`` and ``concept``; in the test data the texts are
in ``test_data`` and the mentions in ``reference_standard_for_test_data/concepts``.

An ``.ast`` file, in ``ast``, has the problems with what is said of them::

    c="chest pain" 12:3 12:4||t="problem"||a="absent"
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy_umlsbert.assertion.verdicts import CLASSES, IMPLIED
from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.offset_units import Claim
from spacy_umlsbert.corpora.annotated.offsets import offsets_of
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.annotated.splits import SplitRule
from spacy_umlsbert.corpora.annotated.word_places import WordPlaces, Words
from spacy_umlsbert.corpora.corpus_files import corpus_lines, corpus_text
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.errors import safe
from spacy_umlsbert.files.file_names import find_files, sibling, stem
from spacy_umlsbert.files.lines import Line

_CONCEPT = re.compile(
    r'\s*c="(.*)" (\d+):(\d+) (\d+):(\d+)\|\|t="([^"|]+)"(?:\|\|a="([^"|]+)")?\s*'
)
_NO_CONCEPT = 'not a mention as in c="…" 1:0 1:1||t="…"'
_NO_CLASS = "what is said of the mention is none of " + ", ".join(CLASSES)


def read_i2b2_2010(
    path: Path,
    report: CorpusReport,
    *,
    texts: str | Path | None = None,
    assertions: bool = False,
) -> Iterator[AnnotatedText]:
    """Yield the records of a folder.

    Args:
        path: The folder with the ``.con`` files, or one above it, or one such file.
        report: Where problems are counted.
        texts: The folder with the ``.txt`` files; by default they are beside the ``.con`` files,
            in a neighbouring folder, or anywhere below ``path``.
        assertions: Read the ``.ast`` files, which have problems alone, in place of these.
    """
    suffix = ".ast" if assertions else ".con"
    elsewhere: dict[str, Path] = {}
    if texts is not None or path.is_dir():
        folder = Path(texts) if texts is not None else path
        elsewhere = {stem(file): file for file in find_files(folder, ".txt")}
    files = find_files(path, suffix)
    annotated = {stem(file) for file in files}
    for name, text_file_alone in sorted(elsewhere.items()):
        if name not in annotated and path.is_dir():
            report.add(
                Kind.MISSING_FILE, text_file_alone, 0, f"there is no {suffix} file of this name"
            )
    for file in files:
        beside = sibling(file, ".txt") or sibling(file, ".txt", file.parent.parent / "txt")
        text_file = beside or elsewhere.get(stem(file))
        if text_file is None:
            report.add(Kind.MISSING_FILE, file, 0, "there is no .txt file of this name")
            continue
        text = corpus_text(text_file, report)
        concepts = corpus_lines(file, report, empty_is_fine=True)
        if text is not None and concepts is not None:
            annotations = _annotations(file, concepts, text, report)
            if annotations is not None:
                yield AnnotatedText(stem(file), text, annotations, file)


i2b2_2010_reader = corpus_reader(read_i2b2_2010, SplitRule(0.1))


def _annotations(
    path: Path, concepts: Iterable[Line], text: str, report: CorpusReport
) -> list[Annotation] | None:
    """The mentions; None, and reported, if they are those of another text."""
    rows = [line for line in concepts if line.text.strip()]
    found = [match for line in rows if (match := _CONCEPT.fullmatch(line.text)) is not None]
    places = WordPlaces(text, [_words(match) for match in found])
    places.report_origin(report, path)
    claims = [Claim((span,), m[1]) for m in found if (span := places.span(_words(m))) is not None]
    offsets = offsets_of(text, claims, report, path, other_units=False)
    if offsets is None:
        return None
    annotations = []
    for line in rows:
        match = _CONCEPT.fullmatch(line.text)
        if match is None:
            report.add(Kind.MALFORMED, path, line.number, _NO_CONCEPT)
        elif (span := places.span(_words(match))) is None:
            where = safe(f"{match[2]}:{match[3]} to {match[4]}:{match[5]}")
            report.add(Kind.TEXT_MISMATCH, path, line.number, f"there are no words {where}")
        elif match[7] is not None and match[7] not in CLASSES:
            report.add(Kind.MALFORMED, path, line.number, _NO_CLASS)
        else:
            said = match[7] or ""
            annotation = Annotation(
                *span,
                match[6],
                line=line.number,
                assertion=said,
                flags=IMPLIED[said] if said else (),
            )
            annotations.append(offsets.checked(annotation, match[1]))
    return [annotation for annotation in annotations if annotation is not None]


def _words(match: re.Match[str]) -> Words:
    first, last = (int(match[2]), int(match[3])), (int(match[4]), int(match[5]))
    return Words(match[1], first, last)
