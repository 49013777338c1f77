"""The files of corpora: all are read as far as they can be, and what cannot be read is reported.

A file that is not UTF-8 is read as Windows-1252, as which every byte is a character: offsets in
old corpora count bytes of such files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree


from spacy_umlsbert.corpora.report import Kind, Report
from spacy_umlsbert.files.json_lines import NumberedRow, json_objects
from spacy_umlsbert.files.lines import Line, lines_of, sound_lines
from spacy_umlsbert.files.texts import decode_file, read_text
from spacy_umlsbert.files.xml import parse_xml

FALLBACK = "cp1252"


def corpus_text(path: Path, report: Report) -> str | None:
    """The text of a file, with its line ends; None if it is empty or cannot be read."""
    return _not_empty(read_text(path, report, fallback=FALLBACK), path, report)


def corpus_lines(path: Path, report: Report, *, empty_is_fine: bool = False) -> list[Line] | None:
    """The lines of a file; None if it is empty or cannot be read.

    Args:
        path: The file.
        report: Where problems are counted.
        empty_is_fine: Give no lines of a file that is empty, and report nothing.
    """
    text = decode_file(path, report, fallback=FALLBACK)
    if not empty_is_fine:
        text = _not_empty(text, path, report)
    return None if text is None else list(sound_lines(lines_of(text), path, report))


def corpus_objects(path: Path, report: Report) -> Iterator[NumberedRow]:
    """The objects of a file of JSON lines."""
    return json_objects(corpus_lines(path, report) or (), path, report)


def corpus_xml(path: Path, report: Report) -> etree._Element | None:
    """The root of an XML file; see `files.xml`."""
    text = corpus_text(path, report)
    return None if text is None else parse_xml(text, path, report)


def _not_empty(text: str | None, path: Path, report: Report) -> str | None:
    if text is None or text.strip():
        return text
    report.add(Kind.EMPTY, path, 0, "the file is empty")
    return None
