"""Passages written by hand, in which it is marked what is said of mentions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from spacy_umlsbert.annotations.assertions import assertion
from spacy_umlsbert.corpora.annotated.formats import READERS
from spacy_umlsbert.corpora.annotated.gold import PHI, gold_assertions
from spacy_umlsbert.corpora.docbin import read_docs, write_docs
from spacy_umlsbert.text.sentences import sentences

NOTES, SHORT = "notes.spacy", "short_texts.spacy"

FOLDERS = {"train": "train_heads", "dev": "dev"}
"""Where the passages of a split go: those for training have a folder of their own, because they
train heads on a transformer that is trained already (`configs/demo_heads.cfg`)."""

DEV_EVERY = 5
"""One passage of so many is for development."""

_SENTENCE_ENDS = frozenset(".!?:;\n-([/")


def write_passages(passages: Path, out: Path, nlp: Language) -> dict[str, Counter[str]]:
    """Write `train_heads/passages.spacy` and `dev/passages.spacy`.

    Not every mention of a passage is marked, and none has a concept: the marked ones are in
    ``doc.spans["gold"]``, and the annotation of entities is missing. Of passages in which nothing
    could be PHI, each sentence and mention is also a training Doc without PHI
    (`train/short_texts.spacy`): notes are long, and what learns of them alone takes a first word
    or a full stop that stands by itself for PHI.

    Args:
        passages: A JSON line each: ``text``, and ``spans`` with ``assertion``.
        out: The folder of the splits.
        nlp: Its tokenizer is used.

    Returns:
        How many mentions of each class each split has.
    """
    parts: dict[str, list[Doc]] = {"train": [], "dev": []}
    for number, doc in enumerate(READERS["jsonl"](passages).docs(nlp), 1):
        doc.set_ents([], default="missing")
        parts["dev" if number % DEV_EVERY == 0 else "train"].append(doc)
    plain = (doc for doc in parts["train"] if _is_plain(doc))
    write_docs([short for doc in plain for short in _short_texts(doc, nlp)], out / "train" / SHORT)
    counts = {}
    for split, docs in parts.items():
        write_docs(docs, out / FOLDERS[split] / "passages.spacy")
        counts[split] = Counter(str(assertion(one)) for doc in docs for one in gold_assertions(doc))
    return counts


def write_notes_beside(out: Path, nlp: Language, notes: int) -> None:
    """Write the first notes of `train/notes.spacy` to `train_heads/notes.spacy`, too.

    What learns of passages alone forgets how notes say it.

    Args:
        out: The folder of the splits.
        nlp: Its vocabulary is used.
        notes: How many.
    """
    of_training = read_docs(out / "train" / NOTES, nlp.vocab)
    write_docs(islice(of_training, notes), out / FOLDERS["train"] / NOTES)


def _is_plain(doc: Doc) -> bool:
    """Whether nothing in a text could be PHI: no digit, and no capital that makes a name."""
    before = "."
    for token in doc:
        may_be_name = token.is_title and len(token) > 1 and before not in _SENTENCE_ENDS
        if may_be_name or any(map(str.isdigit, token.text)):
            return False
        before = token.text if not token.is_space else "."
    return True


def _short_texts(doc: Doc, nlp: Language) -> Iterator[Doc]:
    """The sentences of a text, and its mentions as they stand in lists, without PHI."""
    texts = [doc.text[one.start : one.end].strip() for one in sentences(doc.text)]
    for mention in gold_assertions(doc):
        begun = mention.text[0].upper() + mention.text[1:]
        texts += [begun, mention.text] if len(mention.text) % 2 else [f"{begun}."]
    for text in filter(None, texts):
        short = nlp.make_doc(text)
        short.set_ents([], default="missing")
        short.spans[PHI] = []
        yield short
