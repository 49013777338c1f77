"""Pairs of a premise and a hypothesis in the style of the notes, made out of `assets/nli`.

>>> generator = PairGenerator.from_assets("assets", seed=0)
>>> for pair in generator.pairs(6000, "train"):
...     doc = to_pair_doc(pair, nlp)
"""

from .generator import LABELS, Pair, PairGenerator
from .writing import to_pair_doc, write_pairs

__all__ = ["LABELS", "Pair", "PairGenerator", "to_pair_doc", "write_pairs"]
