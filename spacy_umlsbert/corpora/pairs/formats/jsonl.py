"""Pairs as JSON lines: ``{"premise": "…", "hypothesis": "…", "label": "…", "id": "…"}``.

The names of SNLI, MultiNLI and MedNLI (``sentence1``, ``sentence2``, ``gold_label``, ``pairID``)
are understood too. Other fields are ignored.
"""

from collections.abc import Iterator
from pathlib import Path

from spacy_umlsbert.corpora.pairs.formats.named_fields import pair_of_fields
from spacy_umlsbert.corpora.pairs.labelled_pair import LabelledPair
from spacy_umlsbert.corpora.pairs.reader import pair_reader
from spacy_umlsbert.corpora.report import Kind, Report
from spacy_umlsbert.files.corpus_json_lines import SUFFIXES, json_lines
from spacy_umlsbert.files.text_file import find_files, name_below


def read_pairs_jsonl(path: Path, report: Report) -> Iterator[LabelledPair]:
    """Yield the pairs of a file, or of all such files in a folder.

    Args:
        path: The file or folder.
        report: Where problems are counted.
    """
    for file in find_files(path, *SUFFIXES):
        yield from pairs_of_file(file, name_below(file, path), report)


pairs_jsonl_reader = pair_reader(read_pairs_jsonl)


def pairs_of_file(file: Path, name: str, report: Report) -> Iterator[LabelledPair]:
    """Yield the pairs of a file; those without an id get one of this name and the line."""
    for number, record in json_lines(file, report):
        if not isinstance(record, dict):
            report.add(Kind.MALFORMED, file, number, "not a JSON object")
            continue
        pair = pair_of_fields(record, file, number, f"{name}:{number}", report)
        if pair is not None:
            yield pair
