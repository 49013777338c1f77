"""Pairs of a premise and a hypothesis in the style of the notes, made out of `demo/nli`.

>>> generator = PairGenerator.from_folder("demo", "assets/umls/concepts.tsv", seed=0)
>>> for pair in generator.pairs(6000, "train"):
...     doc = to_pair_doc(pair, nlp)
"""

from demo.generator.nli.generator import LABELS, Pair, PairGenerator
from demo.generator.nli.writing import to_pair_doc, write_pairs

__all__ = ["LABELS", "Pair", "PairGenerator", "to_pair_doc", "write_pairs"]
