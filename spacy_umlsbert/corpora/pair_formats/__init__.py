"""The formats of corpora of labelled pairs, one a module.

A module has a function that yields the pairs of a file or folder, and a reader made of it, which
training configs know by its registered name.
"""

from collections.abc import Callable

from ..pair_reader import PairCorpus
from .jsonl import pairs_jsonl_reader
from .mednli import mednli_reader
from .nli4ct import nli4ct_reader
from .rqe import rqe_reader

READERS: dict[str, Callable[..., PairCorpus]] = {
    "mednli": mednli_reader,
    "nli4ct": nli4ct_reader,
    "pairs-jsonl": pairs_jsonl_reader,
    "rqe": rqe_reader,
}
"""The readers by the name that the command line has for their format."""
