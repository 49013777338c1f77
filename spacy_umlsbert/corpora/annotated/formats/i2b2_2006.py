"""i2b2 2006 de-identification (Uzuner, Luo and Szolovits 2007).

One XML file holds all records, with PHI marked in the text::

    <ROOT><RECORD ID="1"><TEXT>Seen by Dr. <PHI TYPE="DOCTOR">Smith</PHI> on …</TEXT></RECORD> …

The training data are ``deid_surrogate_train_all_version2.xml``, the test data
``deid_surrogate_test_all_groundtruth_version2.xml``. The published training file is not well-formed
(a tag is not closed, and there are stray ``&`` and ``<``), so records are found by their tags and
read one by one.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.annotated.same_text import unescape
from spacy_umlsbert.corpora.annotated.splits import SplitRule
from spacy_umlsbert.corpora.corpus_files import corpus_text
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.files.file_names import find_files

_RECORD = re.compile(r"""<RECORD\s+ID\s*=\s*["']?([^"'>]*)["']?\s*>""")
_TEXT = re.compile(r"<TEXT\s*>(.*?)(?:</TEXT\s*>|</RECORD\s*>|\Z)", re.DOTALL)
_TAG = re.compile(r"""<PHI(?:\s+TYPE\s*=\s*["']([^"'<>]*)["'])?\s*>|</PHI\s*>""")


def read_i2b2_2006(path: Path, report: CorpusReport) -> Iterator[AnnotatedText]:
    """Yield the records of a file, or of all ``.xml`` files in a folder.

    Args:
        path: The file or folder.
        report: Where problems are counted.
    """
    for file in find_files(path, ".xml"):
        content = corpus_text(file, report)
        if content is None:
            continue
        heads = list(_RECORD.finditer(content))
        if not heads:
            report.add(Kind.UNREADABLE, file, 0, "there is no RECORD element")
            continue
        ends = [head.start() for head in heads[1:]] + [len(content)]
        line, counted = 1, 0
        for head, end in zip(heads, ends, strict=True):
            line, counted = line + content.count("\n", counted, head.start()), head.start()
            body = _TEXT.search(content, head.end(), end)
            if body is None or not body[1].strip():
                report.add(Kind.EMPTY, file, line, "the record has no text")
                continue
            body_line = line + content.count("\n", head.start(), body.start(1))
            text, annotations = _without_tags(file, body[1], body_line, report)
            yield AnnotatedText(head[1].strip(), text, annotations, file, line)


i2b2_2006_reader = corpus_reader(read_i2b2_2006, SplitRule(0.3, ordered=True))


def _without_tags(
    path: Path, body: str, first_line: int, report: CorpusReport
) -> tuple[str, list[Annotation]]:
    """The text of a record, and what its PHI tags mark."""
    parts: list[str] = []
    length = done = 0
    annotations = []
    open_tags: list[tuple[int, str, int]] = []  # first character, label, line

    def malformed(line: int, message: str) -> None:
        report.add(Kind.MALFORMED, path, line, message)

    for tag in _TAG.finditer(body):
        parts.append(unescape(body[done : tag.start()]))
        length += len(parts[-1])
        done = tag.end()
        line = first_line + body.count("\n", 0, tag.start())
        if not tag[0].startswith("</"):
            open_tags.append((length, (tag[1] or "").strip(), line))
        elif not open_tags:
            malformed(line, "a PHI tag is closed that was not opened")
        else:
            start, label, opened = open_tags.pop()
            if not label or start == length:
                malformed(opened, f"a PHI element has no {'text' if label else 'type'}")
            else:
                annotations.append(Annotation(start, length, label, line=opened))
    for _, _, opened in open_tags:
        malformed(opened, "a PHI tag is not closed in its record")
    parts.append(unescape(body[done:]))
    return "".join(parts), sorted(annotations, key=lambda a: (a.start, -a.end))
