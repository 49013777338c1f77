"""The XML with TEXT and TAGS that i2b2 has used since 2012."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree


from spacy_umlsbert.assertion.verdicts import class_of
from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.offsets import placed
from spacy_umlsbert.corpora.corpus_files import corpus_xml
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.files.file_names import find_files, stem

LabelOf = Callable[["etree._Element"], str | None]
"""The label of an element: empty if it should have one but hasn't, None if it marks no mention."""

FlagsOf = Callable[["etree._Element"], frozenset[str] | None]
"""What holds of the mention of an element (``negated`` …), or None if nothing is said of it.

It raises a KeyError if what is said is unheard of.
"""


def read_standoff_xml(
    path: Path, report: CorpusReport, label_of: LabelOf, flags_of: FlagsOf | None = None
) -> Iterator[AnnotatedText]:
    """Yield the documents of an XML file, or of all in a folder; a file is a document.

    ::

        <root>
          <TEXT><![CDATA[ … ]]></TEXT>
          <TAGS>
            <DATE id="P0" start="16" end="26" text="2069-04-07" TYPE="DATE" comment="" /> …
          </TAGS>
        </root>

    Offsets are compared with the text that an element repeats, because some files count from one
    or count line ends otherwise, and in some the text was changed after it had been annotated.

    Args:
        path: The file or folder.
        report: Where problems are counted.
        label_of: Gives the label of an element below TAGS.
        flags_of: Says what holds of its mention, from which its assertion follows; None where
            assertions are not read.
    """
    for file in find_files(path, ".xml"):
        root = corpus_xml(file, report)
        if root is None:
            continue
        body = root.find(".//TEXT")
        text = "" if body is None else "".join(str(part) for part in body.itertext())
        if not text.strip():
            what = "there is no TEXT element" if body is None else "the document has no text"
            report.add(Kind.EMPTY if body is not None else Kind.UNREADABLE, file, 0, what)
            continue
        tags = root.find(".//TAGS")
        read = partial(_annotations, file, [] if tags is None else list(tags), label_of, flags_of)
        annotations = placed(text, read, report, file)
        if annotations is not None:
            yield AnnotatedText(stem(file), text, annotations, file)


def _annotations(
    path: Path,
    elements: list["etree._Element"],
    label_of: LabelOf,
    flags_of: FlagsOf | None,
    report: CorpusReport,
) -> Iterator[tuple[Annotation, str]]:
    """The annotations of the elements, each with the text that it repeats."""
    for element in elements:
        annotation = _annotation(path, element, label_of, report)
        if annotation is not None:
            if flags_of is not None:
                annotation = _with_assertion(annotation, element, flags_of, path, report)
            yield annotation, str(element.get("text", ""))


def _annotation(
    path: Path, element: "etree._Element", label_of: LabelOf, report: CorpusReport
) -> Annotation | None:
    if not isinstance(element.tag, str):  # a comment
        return None
    label = label_of(element)
    if label is None:
        return None
    line = element.sourceline or 0
    if not label:
        report.add(Kind.MALFORMED, path, line, "an element has no type")
        return None
    try:
        start, end = int(element.get("start", "")), int(element.get("end", ""))
    except ValueError:
        message = "start or end of an element is not a number"
        report.add(Kind.MALFORMED, path, line, message)
        return None
    return Annotation(start, end, label, line=line)


def _with_assertion(
    annotation: Annotation,
    element: "etree._Element",
    flags_of: FlagsOf,
    path: Path,
    report: CorpusReport,
) -> Annotation:
    try:
        flags = flags_of(element)
    except KeyError:
        message = "what is said of the mention is unheard of; it has no assertion"
        report.add(Kind.MALFORMED, path, annotation.line, message)
        return annotation
    if flags is None:
        return annotation
    return replace(annotation, assertion=class_of(set(flags)), flags=tuple(sorted(flags)))
