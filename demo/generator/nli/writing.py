"""From generated pairs to spaCy's format and JSON Lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from demo.generator.docs import write_labels, write_split
from demo.generator.nli.generator import Pair, PairGenerator
from spacy_umlsbert.annotations.pairs import make_pair, set_label
from spacy_umlsbert.corpora.quick_docbin import QuickDocBin


def to_pair_doc(pair: Pair, nlp: Language) -> Doc:
    """The pair as a gold pair Doc, tokenized by `nlp`."""
    doc = make_pair(nlp, pair.premise, pair.hypothesis)
    set_label(doc, pair.label)
    return doc


def write_pairs(
    generator: PairGenerator, out: Path | str, *, train: int = 0, dev: int = 0
) -> dict[str, Counter[str]]:
    """Write `train/pairs.spacy` and `dev/pairs.spacy`, the same as JSON Lines, and the labels.

    A split of no pairs is left out.

    Returns:
        By split, how many pairs have each label.
    """
    nlp = spacy.blank("en")
    counts: dict[str, Counter[str]] = {}
    for split, n in (("train", train), ("dev", dev)):
        if not n:
            continue
        pairs = list(generator.pairs(n, split))
        docs = QuickDocBin(docs=[to_pair_doc(pair, nlp) for pair in pairs], store_user_data=False)
        write_split(Path(out) / split, "pairs", docs, map(asdict, pairs))
        counts[split] = Counter(pair.label for pair in pairs)
    write_labels(Path(out), "umls_nli", counts.get("train", ()))
    return counts
