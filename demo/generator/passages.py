"""Passages written by hand, in which it is marked what is said of mentions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from spacy_umlsbert.annotations.assertions import assertion
from spacy_umlsbert.corpora.annotated.formats import READERS
from spacy_umlsbert.corpora.annotated.gold import gold_assertions
from spacy_umlsbert.corpora.docbin import write_docs

DEV_EVERY = 5
"""One passage of so many is for development."""


def write_passages(
    passages: Path, out: Path, nlp: Language, *, times: int = 1
) -> dict[str, Counter[str]]:
    """Write `train/passages.spacy` and `dev/passages.spacy`.

    Not every mention of a passage is marked, and none has a concept: the marked ones are in
    ``doc.spans["gold"]``, and the annotation of entities is missing.

    Args:
        passages: A JSON line each: ``text``, and ``spans`` with ``assertion``.
        out: The folder of the splits.
        nlp: Its tokenizer is used.
        times: How often each passage is in the training split: they are few beside the notes.

    Returns:
        How many mentions of each class each split has, each passage counted once.
    """
    parts: dict[str, list[Doc]] = {"train": [], "dev": []}
    for number, doc in enumerate(READERS["jsonl"](passages).docs(nlp), 1):
        doc.set_ents([], default="missing")
        parts["dev" if number % DEV_EVERY == 0 else "train"].append(doc)
    counts = {}
    for split, docs in parts.items():
        write_docs(docs * (times if split == "train" else 1), out / split / "passages.spacy")
        counts[split] = Counter(str(assertion(one)) for doc in docs for one in gold_assertions(doc))
    return counts
