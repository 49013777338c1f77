"""The formats of corpora of labelled pairs, one a module.

A module has a function that yields the pairs of a file or folder, and a reader made of it, which
training configs know by its registered name. To add a format:

1. write its module; `pair_fields`, a folder up, reads pairs whose texts are named fields;
2. add its reader to ``READERS`` below;
3. add an entry point to the group ``spacy_readers`` in pyproject.toml, and install again;
4. add a case to ``READERS`` in tests/test_entry_points.py, with a file in tests/corpora/fixtures.

`umls convert` then knows it.
"""

from collections.abc import Callable

from spacy_umlsbert.corpora.pairs.formats.jsonl import pairs_jsonl_reader
from spacy_umlsbert.corpora.pairs.formats.mednli import mednli_reader
from spacy_umlsbert.corpora.pairs.formats.nli4ct import nli4ct_reader
from spacy_umlsbert.corpora.pairs.formats.rqe import rqe_reader
from spacy_umlsbert.corpora.pairs.reader import PairCorpus

READERS: dict[str, Callable[..., PairCorpus]] = {
    "mednli": mednli_reader,
    "nli4ct": nli4ct_reader,
    "pairs-jsonl": pairs_jsonl_reader,
    "rqe": rqe_reader,
}
"""The readers by the name that the command line has for their format."""
