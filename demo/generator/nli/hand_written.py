"""Pairs written by hand, whose sentences the generator never makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy_umlsbert.files.json_lines import read_json_lines

_NOT_A_WORD = re.compile(r"[^a-z0-9./%]+")
_SENTENCE_END = re.compile(r"(?<=[.;!?])\s+")
_WORDS_OF_A_SENTENCE = 4


def normal_text(text: str) -> str:
    """The words alone, lower-case: what makes two sentences the same."""
    return _NOT_A_WORD.sub(" ", text.lower()).strip(" .")


def sentences(text: str) -> Iterator[str]:
    """The text, and each sentence of it that is more than a catchword, as `normal_text`."""
    yield normal_text(text)
    for sentence in _SENTENCE_END.split(text):
        if len(sentence.split()) >= _WORDS_OF_A_SENTENCE:
            yield normal_text(sentence)


def read_sentences(paths: Iterable[Path]) -> frozenset[str]:
    """The sentences of both sides of all pairs in JSON Lines files, of those that exist."""
    records = (one.row for path in paths if path.is_file() for one in read_json_lines(path))
    sides = (r[side] for r in records for side in ("premise", "hypothesis"))
    return frozenset(sentence for side in sides for sentence in sentences(side))
