"""The formats of corpora, one a module.

A module has a function that yields the annotated texts of a file or folder, and a reader made of
it, which training configs know by its registered name. To add a format:

1. write its module;
2. add its reader to ``READERS`` below, and to ``PHI_FORMATS`` if it is a corpus of PHI;
3. add an entry point to the group ``spacy_readers`` in pyproject.toml, and install again;
4. add a case to ``READERS`` in tests/test_entry_points.py, with a file in tests/corpora/fixtures.

`umls convert` then knows it.
"""

from collections import Counter
from collections.abc import Callable, Collection

from spacy_umlsbert.corpora.annotated.formats.brat import brat_reader
from spacy_umlsbert.corpora.annotated.formats.conll import conll_reader
from spacy_umlsbert.corpora.annotated.formats.context_table import context_table_reader
from spacy_umlsbert.corpora.annotated.formats.finding_sentences import (
    bioscope_reader,
    chia_reader,
)
from spacy_umlsbert.corpora.annotated.formats.i2b2_2006 import i2b2_2006_reader
from spacy_umlsbert.corpora.annotated.formats.i2b2_2009 import i2b2_2009_reader
from spacy_umlsbert.corpora.annotated.formats.i2b2_2010 import i2b2_2010_reader
from spacy_umlsbert.corpora.annotated.formats.i2b2_2012 import i2b2_2012_reader
from spacy_umlsbert.corpora.annotated.formats.i2b2_2014 import i2b2_2014_reader
from spacy_umlsbert.corpora.annotated.formats.jsonl import jsonl_reader
from spacy_umlsbert.corpora.annotated.formats.marked import marked_reader
from spacy_umlsbert.corpora.annotated.formats.n2c2_2018 import n2c2_2018_reader
from spacy_umlsbert.corpora.annotated.formats.pubtator import pubtator_reader
from spacy_umlsbert.corpora.annotated.reader import AnnotatedCorpus
from spacy_umlsbert.deid.labels import shown

READERS: dict[str, Callable[..., AnnotatedCorpus]] = {
    "bioscope": bioscope_reader,
    "brat": brat_reader,
    "chia": chia_reader,
    "conll": conll_reader,
    "context-table": context_table_reader,
    "i2b2-2006": i2b2_2006_reader,
    "i2b2-2009": i2b2_2009_reader,
    "i2b2-2010": i2b2_2010_reader,
    "i2b2-2012": i2b2_2012_reader,
    "i2b2-2014": i2b2_2014_reader,
    "jsonl": jsonl_reader,
    "marked": marked_reader,
    "n2c2-2018": n2c2_2018_reader,
    "pubtator": pubtator_reader,
}
"""The readers by the name that the command line has for their format."""

PHI_FORMATS = ("i2b2-2006", "i2b2-2014", "marked")
"""Corpora of protected health information: nothing that may be such is shown of them."""


def labels_to_show(
    format_name: str, counts: Counter[str], own: Collection[str] = ()
) -> Counter[str]:
    """The counts of a corpus's labels; of one of PHI all that are no labels of PHI count as one.

    By a slip the text of a mention may stand where its label should; then it must not be shown.

    Args:
        format_name: The format of the corpus.
        counts: How often it has which label.
        own: Labels that may be shown beside those of PHI.
    """
    if format_name not in PHI_FORMATS:
        return counts
    labels = Counter[str]()
    for label, count in counts.items():
        labels[shown(label, own)] += count
    return labels
