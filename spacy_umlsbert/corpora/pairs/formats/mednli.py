r"""MedNLI (Romanov and Shivade 2018): sentences of notes, and what three clinicians wrote of them.

It is published as JSON lines (``mli_train_v1.jsonl``, ``mli_dev_v1.jsonl``, ``mli_test_v1.jsonl``)
in the format of SNLI. UmlsBERT's script turns these into tables for GLUE's MultiNLI, with tabs
between the columns ``sentence1``, ``sentence2`` and ``label`` (``train.tsv``, ``dev_matched.tsv``,
``test_matched.tsv``). Both are read, and MultiNLI's own tables, with their many more columns.
"""

from collections.abc import Iterator
from pathlib import Path

from spacy_umlsbert.corpora.pairs.formats.jsonl import pairs_of_file
from spacy_umlsbert.corpora.pairs.formats.named_fields import (
    HYPOTHESIS,
    ID,
    LABEL,
    PREMISE,
    pair_of_fields,
)
from spacy_umlsbert.corpora.pairs.labelled_pair import LabelledPair
from spacy_umlsbert.corpora.pairs.reader import pair_reader
from spacy_umlsbert.corpora.report import Kind, Report
from spacy_umlsbert.files.corpus_json_lines import SUFFIXES as JSON_SUFFIXES
from spacy_umlsbert.files.text_file import find_files, lines_of, name_below, read_text

TABLE_SUFFIXES = (".tsv", ".tsv.gz")


def read_mednli(path: Path, report: Report) -> Iterator[LabelledPair]:
    """Yield the pairs of a file, or of all such files in a folder.

    A file that ends in ``.tsv`` or ``.txt`` is a table, any other one JSON lines.

    Args:
        path: The file or folder.
        report: Where problems are counted.
    """
    for file in find_files(path, *JSON_SUFFIXES, *TABLE_SUFFIXES):
        name = name_below(file, path)
        if file.name.endswith((*TABLE_SUFFIXES, ".txt")):
            yield from _pairs_of_table(file, name, report)
        else:
            yield from pairs_of_file(file, name, report)


mednli_reader = pair_reader(read_mednli)


def _pairs_of_table(file: Path, name: str, report: Report) -> Iterator[LabelledPair]:
    content = read_text(file, report)
    if content is None:
        return
    head, *lines = lines_of(content)
    columns = _cells(head)
    if not all(set(names) & set(columns) for names in (PREMISE, HYPOTHESIS)):
        message = "the first line does not name the columns sentence1 and sentence2"
        report.add(Kind.UNREADABLE, file, 1, message)
        return
    needed = {*PREMISE, *HYPOTHESIS, *LABEL, *ID}
    last = max(number for number, column in enumerate(columns, 1) if column in needed)
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        cells = _cells(line)
        if not last <= len(cells) <= len(columns):
            message = f"{len(cells)} columns, where the first line has {len(columns)}"
            report.add(Kind.MALFORMED, file, number, message)
            continue
        fields = dict(zip(columns, cells, strict=False))
        pair = pair_of_fields(fields, file, number, f"{name}:{number}", report)
        if pair is not None:
            yield pair


def _cells(line: str) -> list[str]:
    return [_unquoted(cell) for cell in line.split("\t")]


def _unquoted(cell: str) -> str:
    """A cell without the quotes that a CSV writer puts around it, if they are such.

    Not with a CSV reader: in tables that were written without quoting, a sentence that begins
    with a quotation mark would make it swallow the lines below.
    """
    inside = cell[1:-1].replace('""', "")
    if len(cell) < 2 or not cell[0] == cell[-1] == '"' or '"' in inside:
        return cell.strip()
    return cell[1:-1].replace('""', '"').strip()
