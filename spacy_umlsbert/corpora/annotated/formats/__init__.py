"""The formats of corpora, one a module.

A module has a function that yields the annotated texts of a file or folder, and a reader made of
it, which training configs know by its registered name.
"""

from collections.abc import Callable

from spacy_umlsbert.corpora.annotated.formats.brat import brat_reader
from spacy_umlsbert.corpora.annotated.formats.conll import conll_reader
from spacy_umlsbert.corpora.annotated.formats.i2b2_2006 import i2b2_2006_reader
from spacy_umlsbert.corpora.annotated.formats.i2b2_2010 import i2b2_2010_reader
from spacy_umlsbert.corpora.annotated.formats.i2b2_2012 import i2b2_2012_reader
from spacy_umlsbert.corpora.annotated.formats.i2b2_2014 import i2b2_2014_reader
from spacy_umlsbert.corpora.annotated.formats.jsonl import jsonl_reader
from spacy_umlsbert.corpora.annotated.formats.marked import marked_reader
from spacy_umlsbert.corpora.annotated.formats.pubtator import pubtator_reader
from spacy_umlsbert.corpora.annotated.reader import AnnotatedCorpus

READERS: dict[str, Callable[..., AnnotatedCorpus]] = {
    "brat": brat_reader,
    "conll": conll_reader,
    "i2b2-2006": i2b2_2006_reader,
    "i2b2-2010": i2b2_2010_reader,
    "i2b2-2012": i2b2_2012_reader,
    "i2b2-2014": i2b2_2014_reader,
    "jsonl": jsonl_reader,
    "marked": marked_reader,
    "pubtator": pubtator_reader,
}
"""The readers by the name that the command line has for their format."""
