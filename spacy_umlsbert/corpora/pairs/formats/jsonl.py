"""Pairs as JSON lines: ``{"premise": "…", "hypothesis": "…", "label": "…", "id": "…"}``.

The names of SNLI, MultiNLI and MedNLI (``sentence1``, ``sentence2``, ``gold_label``, ``pairID``)
are understood too. Other fields are ignored.
"""

from collections.abc import Iterator
from pathlib import Path

from spacy_umlsbert.corpora.corpus_files import corpus_objects
from spacy_umlsbert.corpora.pairs.labelled_pair import LabelledPair
from spacy_umlsbert.corpora.pairs.pair_fields import pair_of_fields
from spacy_umlsbert.corpora.pairs.reader import pair_reader
from spacy_umlsbert.corpora.report import Report
from spacy_umlsbert.files.file_names import find_files, name_below
from spacy_umlsbert.files.json_lines import JSON_LINES


def read_pairs_jsonl(path: Path, report: Report) -> Iterator[LabelledPair]:
    """Yield the pairs of a file, or of all such files in a folder.

    Args:
        path: The file or folder.
        report: Where problems are counted.
    """
    for file in find_files(path, *JSON_LINES):
        yield from pairs_of_file(file, name_below(file, path), report)


pairs_jsonl_reader = pair_reader(read_pairs_jsonl)


def pairs_of_file(file: Path, name: str, report: Report) -> Iterator[LabelledPair]:
    """Yield the pairs of a file; those without an id get one of this name and the line."""
    for number, record in corpus_objects(file, report):
        pair = pair_of_fields(record, file, number, f"{name}:{number}", report)
        if pair is not None:
            yield pair
