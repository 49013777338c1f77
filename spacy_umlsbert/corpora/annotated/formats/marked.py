"""Texts with the mentions marked in them: ``Seen by Dr. [[Ferris|DOCTOR]] on [[3/4/2009|DATE]].``

The simplest way to label a note by hand, with any editor. A file is a document.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.corpus_files import corpus_text
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.files.file_names import find_files, name_below

_MARKED = re.compile(r"\[\[((?:(?!\[\[).)+?)\|([^\W\d_][\w.\-]*)\]\]", re.DOTALL)
_BRACKETS = re.compile(r"\[\[")


def read_marked(path: Path, report: CorpusReport) -> Iterator[AnnotatedText]:
    """Yield the document of a ``.txt`` file, or those of all such files in a folder.

    Double brackets that mark nothing, or have no label, stay in the text and are reported.

    Args:
        path: The file or folder.
        report: Where problems are counted.
    """
    for file in find_files(path, ".txt"):
        content = corpus_text(file, report)
        if content is not None:
            text, annotations = _parse(content, file, report)
            yield AnnotatedText(name_below(file, path), text, annotations, file, own_id=False)


marked_reader = corpus_reader(read_marked)


def _parse(content: str, file: Path, report: CorpusReport) -> tuple[str, list[Annotation]]:
    parts: list[str] = []
    annotations: list[Annotation] = []
    length = done = 0
    for match in _MARKED.finditer(content):
        before = content[done : match.start()]
        _report_brackets(content, done, match.start(), file, report)
        start = length + len(before)
        line = content.count("\n", 0, match.start()) + 1
        length = start + len(match[1])
        annotations.append(Annotation(start, length, match[2], line=line))
        parts += [before, match[1]]
        done = match.end()
    _report_brackets(content, done, len(content), file, report)
    return "".join([*parts, content[done:]]), annotations


def _report_brackets(content: str, start: int, end: int, file: Path, report: CorpusReport) -> None:
    for match in _BRACKETS.finditer(content, start, end):
        line = content.count("\n", 0, match.start()) + 1
        report.add(Kind.MALFORMED, file, line, "double brackets that are not [[text|LABEL]]")
