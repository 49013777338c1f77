"""CoNLL columns: a word and its IOB tag on a line, an empty line after each sentence.

It is what the scripts of Clinical BERT and UmlsBERT write (``pain I-problem``, with a space), what
CoNLL-2003 has (four columns, ``-DOCSTART-`` between documents) and what BLURB and others publish
(with a tab).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.corpus_files import corpus_lines
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.files.file_names import find_files, name_below
from spacy_umlsbert.files.lines import Line

SUFFIXES = (".conll", ".tsv", ".iob", ".bio", ".txt")
DOCUMENT_START = "-DOCSTART-"

_TAG = re.compile(r"O|([BIESLUM])-(\S+)")
_NO_SPACE_BEFORE = re.compile(r"[.,;:!?%)\]}]|'(?:s|S|d|m|ll|re|ve|t)|n't")
_NO_SPACE_AFTER = frozenset("([{")

Row = tuple[int, str, str]  # line, word, tag


def read_conll(path: Path, report: CorpusReport) -> Iterator[AnnotatedText]:
    """Yield the documents of a file, or of all such files in a folder.

    If the file begins with ``-DOCSTART-``, these lines divide it into documents; else every
    sentence is one. The first column is the word and the last the tag. IOB1, IOB2 (BIO), IOBES and
    BILUO are all understood: a mention begins at B, S or U, after the end of another (E, L, S, U),
    and where the label changes. A document has the words of the file; the text between them is a
    guess, for which punctuation is put beside its word. White space at the ends of a line does not
    count, unless the first of the usual number of columns is empty: then a word is missing.

    Args:
        path: The file or folder.
        report: Where problems are counted.
    """
    for file in find_files(path, *SUFFIXES):
        lines = corpus_lines(file, report) or ()
        for rows, starts in _documents(_sentences(file, lines, report)):
            yield _document(file, name_below(file, path), rows, starts)


conll_reader = corpus_reader(read_conll)


def _sentences(
    path: Path, lines: Sequence[Line], report: CorpusReport
) -> Iterator[list[Row] | None]:
    """The rows of each sentence; None where a document begins."""
    rows: list[Row] = []
    usual = _usual_width(lines)
    for number, line, *_ in lines:
        if not line.strip() or line.lstrip().startswith(DOCUMENT_START):
            if rows:
                yield rows
            rows = []
            if line.strip():
                yield None
            continue
        columns = _columns(line.strip())
        word, tag = columns[0], columns[-1]
        if line[0].isspace() and (
            len(_columns(line)) == usual != len(columns)
            or (len(columns) == 1 and _TAG.fullmatch(tag) is not None)
        ):
            report.add(Kind.MALFORMED, path, number, "the first column is not a word")
            continue
        if len(columns) < 2 or _TAG.fullmatch(tag) is None:
            what = "there is no tag" if len(columns) < 2 else "the last column is not an IOB tag"
            report.add(Kind.MALFORMED, path, number, f"{what}; the word is taken as outside")
            tag = "O"
        rows.append((number, word, tag))
    if rows:
        yield rows


def _columns(line: str) -> list[str]:
    return [cell.strip() for cell in (line.split("\t") if "\t" in line else re.split(" +", line))]


def _usual_width(lines: Iterable[Line]) -> int:
    """The number of columns that most lines have that begin with a word; 0 if none do."""
    widths = Counter(len(_columns(line.text.strip())) for line in lines if line.text[:1].strip())
    return max(widths, key=widths.__getitem__, default=0)


def _documents(
    sentences: Iterator[list[Row] | None],
) -> Iterator[tuple[list[Row], list[int]]]:
    """The rows of each document, and the numbers of those that begin a sentence."""
    rows: list[Row] = []
    starts: list[int] = []
    long = False
    for sentence in sentences:
        long = long or (sentence is None and not rows)
        if rows and (sentence is None or not long):
            yield rows, starts
            rows, starts = [], []
        if sentence is not None:
            starts.append(len(rows))
            rows.extend(sentence)
    if rows:
        yield rows, starts


def _document(path: Path, name: str, rows: list[Row], starts: list[int]) -> AnnotatedText:
    words = [word for _, word, _ in rows]
    pieces: list[str] = []
    bounds = []
    length = 0
    for i, word in enumerate(words):
        gap = ""
        if i in starts:
            gap = " " if i else ""
        elif not _NO_SPACE_BEFORE.fullmatch(word) and words[i - 1] not in _NO_SPACE_AFTER:
            gap = " "
        bounds.append((length + len(gap), length + len(gap) + len(word)))
        pieces += [gap, word]
        length = bounds[-1][1]
    annotations = [
        Annotation(bounds[first][0], bounds[last][1], label, line=rows[first][0])
        for first, last, label in mentions_of([tag for _, _, tag in rows])
    ]
    number = rows[0][0]
    return AnnotatedText(
        f"{name}:{number}",
        "".join(pieces),
        annotations,
        path,
        number,
        own_id=False,
        words=words,
        sentence_starts=starts if len(starts) > 1 else [],
    )


def mentions_of(tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """First tag, last tag and label of each mention, by the rules of `read_conll`."""
    first, label, before = 0, "", "O"
    for i, tag in enumerate([*tags, "O"]):
        match = _TAG.fullmatch(tag)
        position, now = (match[1] or "O", match[2] or "") if match is not None else ("O", "")
        if label and (now != label or position in "BSU" or before in "ELSU"):
            yield first, i - 1, label
            label = ""
        if now and not label:
            first, label = i, now
        before = position
