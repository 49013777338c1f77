r"""MedNLI (Romanov and Shivade 2018): sentences of notes, and what three clinicians wrote of them.

It is published as JSON lines (``mli_train_v1.jsonl``, ``mli_dev_v1.jsonl``, ``mli_test_v1.jsonl``)
in the format of SNLI. UmlsBERT's script turns these into tables for GLUE's MultiNLI, with tabs
between the columns ``sentence1``, ``sentence2`` and ``label`` (``train.tsv``, ``dev_matched.tsv``,
``test_matched.tsv``). Both are read, and MultiNLI's own tables, with their many more columns.
"""

from collections.abc import Iterator
from pathlib import Path

from spacy_umlsbert.corpora.corpus_files import corpus_lines
from spacy_umlsbert.corpora.pairs.formats.jsonl import pairs_of_file
from spacy_umlsbert.corpora.pairs.labelled_pair import LabelledPair
from spacy_umlsbert.corpora.pairs.pair_fields import (
    HYPOTHESIS,
    ID,
    LABEL,
    PREMISE,
    pair_of_fields,
)
from spacy_umlsbert.corpora.pairs.reader import pair_reader
from spacy_umlsbert.corpora.report import Kind, Report
from spacy_umlsbert.files.file_names import find_files, name_below
from spacy_umlsbert.files.json_lines import JSON_LINES
from spacy_umlsbert.files.problems import WRONG_WIDTH
from spacy_umlsbert.files.streams import ending
from spacy_umlsbert.files.tables import duplicate_names, split_records

TABLES = (".tsv",)


def read_mednli(path: Path, report: Report) -> Iterator[LabelledPair]:
    """Yield the pairs of a file, or of all such files in a folder.

    A file that ends in ``.tsv`` or ``.txt`` is a table, any other one JSON lines.

    Args:
        path: The file or folder.
        report: Where problems are counted.
    """
    for file in find_files(path, *JSON_LINES, *TABLES):
        name = name_below(file, path)
        if ending(file) in (*TABLES, ".txt"):
            yield from _pairs_of_table(file, name, report)
        else:
            yield from pairs_of_file(file, name, report)


mednli_reader = pair_reader(read_mednli)


def _pairs_of_table(file: Path, name: str, report: Report) -> Iterator[LabelledPair]:
    records = split_records(corpus_lines(file, report) or (), file, "\t", report)
    head = next(records, None)
    if head is None:
        return
    columns = _cells(head.fields)
    message = duplicate_names(columns)
    if not all(set(names) & set(columns) for names in (PREMISE, HYPOTHESIS)):
        message = "the first line does not name the columns sentence1 and sentence2"
    if message:
        report.add(Kind.UNREADABLE, file, head.line, message)
        return
    needed = {*PREMISE, *HYPOTHESIS, *LABEL, *ID}
    last = max(number for number, column in enumerate(columns, 1) if column in needed)
    for number, record in records:
        cells = _cells(record)
        if not last <= len(cells) <= len(columns):
            report.add(Kind.MALFORMED, file, number, WRONG_WIDTH)
            continue
        fields = dict(zip(columns, cells, strict=False))
        pair = pair_of_fields(fields, file, number, f"{name}:{number}", report)
        if pair is not None:
            yield pair


def _cells(fields: list[str]) -> list[str]:
    return [_unquoted(field) for field in fields]


def _unquoted(cell: str) -> str:
    """A cell without the quotes that a CSV writer puts around it, if they are such.

    Not with a CSV reader: in tables that were written without quoting, a sentence that begins
    with a quotation mark would make it swallow the lines below.
    """
    inside = cell[1:-1].replace('""', "")
    if len(cell) < 2 or not cell[0] == cell[-1] == '"' or '"' in inside:
        return cell.strip()
    return cell[1:-1].replace('""', '"').strip()
