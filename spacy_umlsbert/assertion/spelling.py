"""Misspelt cues: "deneis", "witout", "possbile" are read as what they were to be."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from spacy_umlsbert.assertion.rules import word_lists

_NAMES = frozenset(("denis", "denes"))


@cache
def misspellings() -> dict[str, str]:
    """Misspelt word -> word, for the words of the list ``often_misspelt``.

    Two letters are swapped, one is missing or doubled, the first and the last one stand: what
    people type in a hurry. What is itself a word of a list, or a name, is none.
    """
    known = {word for listed in word_lists().values() for words in listed for word in words}
    meant = [words[0] for words in word_lists()["often_misspelt"]]
    found: dict[str, str] = {}
    for word in meant:
        for slip in _slips(word):
            if slip not in known and slip not in _NAMES:
                found.setdefault(slip, word)
    return found


def _slips(word: str) -> Iterator[str]:
    for i in range(1, len(word) - 1):
        if i + 2 < len(word):
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        yield word[:i] + word[i + 1 :]
        yield word[:i] + word[i] + word[i:]
