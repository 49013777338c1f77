"""Corrects words that are one letter away from a word of a name.

The words of names are only known by their hashes: every spelling that is one edit away (Damerau,
Communications of the ACM 7(3), 1964) is hashed and looked up at once, so that nothing has to be
stored for it. Every distinct word of a text is tried once.
"""

from __future__ import annotations

import string

import numpy as np

from spacy_umlsbert.umls.matching.hashing import HashIndex, hash_subtoken


class SpellingCorrector:
    """Finds the word of a name that a misspelt word means.

    Args:
        words: The index of the words of names, in their normal form.
        min_length: Shorter words are not corrected.
    """

    def __init__(self, words: HashIndex, min_length: int) -> None:
        self._words = words
        self._min_length = min_length

    def correct(self, word: str) -> str | None:
        """The word meant by a word, in normal form, that no name contains; None if none is clear.

        Swapped letters go before missing or surplus ones, and these before wrong ones; if two
        words are equally likely, none is taken.
        """
        if len(word) < self._min_length or not (word.isascii() and word.isalpha()):
            return None
        for spellings in (_swapped(word), _shorter_or_longer(word), _replaced(word)):
            hashes = np.array([hash_subtoken(spelling) for spelling in spellings], np.uint64)
            known = {spellings[i] for i in np.flatnonzero(self._words.find(hashes) >= 0).tolist()}
            if known:
                return known.pop() if len(known) == 1 else None
        return None


def _swapped(word: str) -> list[str]:
    pairs = range(1, len(word) - 1)
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in pairs]


def _shorter_or_longer(word: str) -> list[str]:
    letters = string.ascii_lowercase
    shorter = [word[:i] + word[i + 1 :] for i in range(1, len(word))]
    return shorter + [word[:i] + c + word[i:] for i in range(1, len(word) + 1) for c in letters]


def _replaced(word: str) -> list[str]:
    letters = string.ascii_lowercase
    return [word[:i] + c + word[i + 1 :] for i in range(1, len(word)) for c in letters]
