r"""PubTator, the format of NCBI-Disease, BC5CDR and MedMentions.

A document is its title, its abstract and a line with tabs for each mention, and ends with an empty
line::

    1234|t|Naloxone reverses …
    1234|a|In hypertensive rats …
    1234	0	8	Naloxone	Chemical	D009270
    1234	93	105	toxicity of ear and eye	Disease	D014786|D006311	toxicity of eye|toxicity of ear
    1234	CID	D008750	D007022

Offsets count the title, one character between, and the abstract. The last line is a relation,
which is not read. See Doğan et al. 2014 (NCBI-Disease), Li et al. 2016 (BC5CDR), Mohan and Li 2019
(MedMentions), whose labels are semantic types, with commas between if there are several.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from spacy_umlsbert.corpora.annotated.annotated_text import AnnotatedText, Annotation
from spacy_umlsbert.corpora.annotated.concept_ids import PREFIXES, parse_concept_ids
from spacy_umlsbert.corpora.annotated.offsets import placed
from spacy_umlsbert.corpora.annotated.reader import corpus_reader
from spacy_umlsbert.corpora.corpus_files import corpus_lines
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.files.file_names import find_files
from spacy_umlsbert.files.lines import Line

SUFFIXES = (".txt", ".pubtator")

_PASSAGE = re.compile(r"\s*([^|\t]*[^|\s])\s*\|([A-Za-z]+)\|(.*)", re.DOTALL)
_TUIS = re.compile(r"T\d{3}(,T\d{3})+")


def read_pubtator(
    path: Path, report: CorpusReport, *, id_prefixes: list[str] = PREFIXES
) -> Iterator[AnnotatedText]:
    """Yield the documents of a PubTator file, or of all such files in a folder.

    A composite mention is one mention with several concept ids.

    Args:
        path: The file or folder.
        report: Where problems are counted.
        id_prefixes: What to take off the ids of concepts.
    """
    for file in find_files(path, *SUFFIXES):
        for block in _blocks(corpus_lines(file, report) or ()):
            document = _document(file, block, report, id_prefixes)
            if document is not None:
                yield document


pubtator_reader = corpus_reader(read_pubtator)


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The lines of each document. A title begins a document."""
    block: list[Line] = []
    for line in lines:
        passage = _PASSAGE.fullmatch(line.text)
        if block and (not line.text.strip() or (passage is not None and passage[2] == "t")):
            yield block
            block = []
        if line.text.strip():
            block.append(line)
    if block:
        yield block


def _document(
    path: Path, block: list[Line], report: CorpusReport, prefixes: Sequence[str]
) -> AnnotatedText | None:
    first = block[0].number
    head = _PASSAGE.fullmatch(block[0].text)
    if head is None:
        message = f"these {len(block)} lines do not begin with a title, 'id|t|…'"
        report.add(Kind.MALFORMED, path, first, message)
        return None
    passages = [head[3]]
    for line in block[1:]:
        passage = _PASSAGE.fullmatch(line.text)
        if passage is None or passage[1] != head[1]:
            break
        passages.append(passage[3])
    # One character between title and abstract. A new line keeps them apart for whoever divides
    # the text into sentences.
    text = "\n".join(passages)
    if not text.strip():
        report.add(Kind.EMPTY, path, first, "the document has no text")
        return None
    rows = block[len(passages) :]
    read = partial(_annotations, path, rows, head[1], prefixes)
    annotations = placed(text, read, report, path, first)
    return None if annotations is None else AnnotatedText(head[1], text, annotations, path, first)


def _annotations(
    path: Path, rows: list[Line], document_id: str, prefixes: Sequence[str], report: CorpusReport
) -> Iterator[tuple[Annotation, str]]:
    """The annotations of the lines, each with the text that it repeats."""
    for row in rows:
        annotation = _annotation(path, row, document_id, prefixes, report)
        if annotation is not None:
            yield annotation


def _annotation(
    path: Path, row: Line, document_id: str, prefixes: Sequence[str], report: CorpusReport
) -> tuple[Annotation, str] | None:
    fields = row.text.lstrip().split("\t")
    number = row.number
    if len(fields) > 3 and not fields[1].isdigit() and not fields[2].isdigit():
        return None  # a relation
    try:
        start, end = int(fields[1]), int(fields[2])
        mention, label = fields[3], fields[4].strip()
    except (IndexError, ValueError):
        message = "not a mention with id, start, end, text and type between tabs"
        report.add(Kind.MALFORMED, path, number, message)
        return None
    if fields[0].strip() != document_id or not label:
        what = "the mention has no type" if not label else "the mention is of another document"
        report.add(Kind.MALFORMED, path, number, what)
        return None
    types = tuple(label.split(",")) if _TUIS.fullmatch(label) else ()
    names = tuple(fields[6].split("|")) if len(fields) > 6 else ()
    ids = parse_concept_ids(fields[5], prefixes) if len(fields) > 5 else ()
    return Annotation(start, end, types[0] if types else label, ids, types, names, number), mention
