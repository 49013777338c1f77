r"""i2b2/VA 2010 concepts (Uzuner, South, Shen and DuVall 2011): problems, tests, treatments.

A record is a ``.txt`` file with a sentence a line and a ``.con`` file with a mention a line::

    c="chest pain" 12:3 12:4||t="problem"

Lines count from one, words from zero, and words are what stands between spaces. In the training
data both files are in neighbouring folders ``txt`` and ``concept``; in the test data the texts are
in ``test_data`` and the mentions in ``reference_standard_for_test_data/concepts``.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.offsets import checked
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.annotated.same_text import same_text
from spacy_umlsbert.corpora.annotated.splits import SplitRule
from spacy_umlsbert.corpora.corpus_files import corpus_lines, corpus_text
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.files.file_names import find_files, sibling, stem
from spacy_umlsbert.files.lines import Line, lines_of

_CONCEPT = re.compile(r'\s*c="(.*)" (\d+):(\d+) (\d+):(\d+)\|\|t="([^"|]+)"\s*')
_WORD = re.compile(r"\S+")

Span = tuple[int, int]  # first character, character after the last
Bounds = list[list[Span]]  # the words of each line


def read_i2b2_2010(
    path: Path, report: CorpusReport, *, texts: str | Path | None = None
) -> Iterator[AnnotatedText]:
    """Yield the records of a folder.

    Args:
        path: The folder with the ``.con`` files, or one above it, or one such file.
        report: Where problems are counted.
        texts: The folder with the ``.txt`` files; by default they are beside the ``.con`` files,
            in a neighbouring folder, or anywhere below ``path``.
    """
    elsewhere: dict[str, Path] = {}
    if texts is not None or path.is_dir():
        folder = Path(texts) if texts is not None else path
        elsewhere = {stem(file): file for file in find_files(folder, ".txt")}
    files = find_files(path, ".con")
    annotated = {stem(file) for file in files}
    for name, text_file_alone in sorted(elsewhere.items()):
        if name not in annotated and path.is_dir():
            report.add(Kind.MISSING_FILE, text_file_alone, 0, "there is no .con file of this name")
    for file in files:
        beside = sibling(file, ".txt") or sibling(file, ".txt", file.parent.parent / "txt")
        text_file = beside or elsewhere.get(stem(file))
        if text_file is None:
            report.add(Kind.MISSING_FILE, file, 0, "there is no .txt file of this name")
            continue
        text = corpus_text(text_file, report)
        concepts = corpus_lines(file, report, empty_is_fine=True)
        if text is not None and concepts is not None:
            annotations = list(_annotations(file, concepts, text, report))
            yield AnnotatedText(stem(file), text, annotations, file)


i2b2_2010_reader = corpus_reader(read_i2b2_2010, SplitRule(0.1))


def _annotations(
    path: Path, concepts: Iterable[Line], text: str, report: CorpusReport
) -> Iterator[Annotation]:
    # Words are counted in one of two ways: an extra space, mostly at the beginning of a line,
    # makes an empty word or it doesn't.
    ways = (_bounds(text, _words), _bounds(text, _between_spaces))
    for number, line, *_ in concepts:
        if not line.strip():
            continue
        match = _CONCEPT.fullmatch(line)
        if match is None:
            report.add(Kind.MALFORMED, path, number, 'not a mention as in c="…" 1:0 1:1||t="…"')
            continue
        first, last = (int(match[2]), int(match[3])), (int(match[4]), int(match[5]))
        spans = [s for bounds in ways if (s := _characters(bounds, first, last)) is not None]
        fitting = [s for s in spans if same_text(text[s[0] : s[1]], match[1])]
        if not spans:
            places = f"{match[2]}:{match[3]} to {match[4]}:{match[5]}"
            report.add(Kind.TEXT_MISMATCH, path, number, f"there are no words {places}")
            continue
        start, end = (*fitting, *spans)[0]
        annotation = Annotation(start, end, match[6], line=number)
        found = checked(text, annotation, match[1], report, path)
        if found is not None:
            yield found


def _bounds(text: str, words: Callable[[str], Iterator[Span]]) -> Bounds:
    bounds = []
    start = 0
    for _, line, end, _ in lines_of(text):
        bounds.append([(start + a, start + b) for a, b in words(line)])
        start += len(line) + len(end)
    return bounds


def _words(line: str) -> Iterator[Span]:
    return (match.span() for match in _WORD.finditer(line))


def _between_spaces(line: str) -> Iterator[Span]:
    start = 0
    for word in line.split(" "):
        yield start, start + len(word)
        start += len(word) + 1


def _characters(bounds: Bounds, first: tuple[int, int], last: tuple[int, int]) -> Span | None:
    """From a word to a word, each given by its line, from one, and its place there, from zero."""
    if not 1 <= first[0] <= last[0] <= len(bounds):
        return None
    first_line, last_line = bounds[first[0] - 1], bounds[last[0] - 1]
    if first[1] >= len(first_line) or last[1] >= len(last_line):
        return None
    start, end = first_line[first[1]][0], last_line[last[1]][1]
    return (start, end) if start < end else None
