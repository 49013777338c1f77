"""The distinct subtokens of the texts seen so far, each normalised and looked up once."""

from __future__ import annotations

from array import array

from spacy_umlsbert.umls.matching.hashing import ALL_BITS, START, advance, hash_subtoken
from spacy_umlsbert.umls.matching.name_index import PrefixIndex
from spacy_umlsbert.umls.matching.name_variants import OF
from spacy_umlsbert.umls.matching.normalization import ARTICLES, PREPOSITIONS, Normalizer
from spacy_umlsbert.umls.matching.spelling import SpellingCorrector

BREAK = "\n\n"
"""The break between Docs and at blank lines, which is no subtoken of any text: kind 0."""

KNOWN, IS_NAME, BEGINS, IS_OF = 1, 2, 4, 8

_PAIRS_REMEMBERED = 1 << 17
_UNSEEN = (0, 0, 0)


class SubtokenKinds:
    """What is known of each distinct subtoken, by its number: columns that only ever grow.

    Columns of numbers are typed arrays: they grow in place, Python reads single values of them
    quickly, and numpy reads them all without a copy.

    Attributes:
        texts: The subtokens, in their original case.
        normal_texts: Their normal forms, misspellings corrected.
        normal: The hash of the normal form.
        exact: The hash of the subtoken as it is.
        letters: The hash of the subtoken in small letters.
        corrected: Whether its spelling was corrected.
        longest: Length of the longest name that begins with it.
        entry: The entry that is just this subtoken, -1 if there is none.
        preposition: Whether an article is left out after it.
        role: What a sequence can do with it: the sum of ``KNOWN``, ``IS_NAME``, ``BEGINS`` (a
            longer name) and ``IS_OF``.
        articles: The numbers of articles.
        following: What begins with a pair of subtokens: the subtokens of the longest name, the
            entry, and what the sequence hashes to; None if nothing does. See ``pair``.

    Args:
        words: The index of single subtokens.
        normalizer: Gives subtokens their normal form.
        speller: Corrects those that no name contains, if it is given.
    """

    def __init__(
        self, words: PrefixIndex, normalizer: Normalizer, speller: SpellingCorrector | None
    ) -> None:
        self._words = words
        self._normalizer = normalizer
        self._speller = speller
        self._numbers: dict[str, int] = {}
        self.texts: list[str] = []
        self.normal_texts: list[str] = []
        self.normal = array("Q")
        self.exact = array("Q")
        self.letters = array("Q")
        self.corrected = array("B")
        self.longest = array("B")
        self.entry = array("i")
        self.preposition = array("B")
        self.role = bytearray()
        self.articles: set[int] = set()
        self.following: dict[int, tuple[int, int, int] | None] = {}
        self._learn([BREAK])

    def numbers(self, tokens: list[list[str]]) -> list[tuple[int, ...]]:
        """The numbers of the subtokens of some tokens; new ones are learnt."""
        new = {one: None for subtokens in tokens for one in subtokens if one not in self._numbers}
        self._learn(list(new))
        number = self._numbers.__getitem__
        return [tuple(map(number, subtokens)) for subtokens in tokens]

    def pair(self, pairs: PrefixIndex, first: int, second: int) -> tuple[int, int, int] | None:
        """``following`` of two subtokens by their numbers."""
        key = first << 32 | second
        found = self.following.get(key, _UNSEEN)
        if found is _UNSEEN:
            if len(self.following) >= _PAIRS_REMEMBERED:
                self.following.clear()
            sequence = advance((START + self.normal[first]) & ALL_BITS) + self.normal[second]
            sequence &= ALL_BITS
            known = pairs.find_one(sequence)
            found = self.following[key] = None if known is None else (*known, sequence)
        return found

    def _learn(self, subtokens: list[str]) -> None:
        """Add subtokens, all of which are new."""
        forms = list(map(self._normalizer.fold, subtokens))
        normal = list(map(hash_subtoken, forms))
        found = list(map(self._words.find_one, normal))
        begin = len(self.texts)
        self.corrected.extend(bytes(len(subtokens)))
        for i in [i for i, place in enumerate(found) if place is None]:
            other = self._read_otherwise(subtokens[i], forms[i])
            if other is not None:
                forms[i], self.corrected[begin + i] = other
                normal[i] = hash_subtoken(forms[i])
                found[i] = self._words.find_one(normal[i])
        small = map(str.casefold, subtokens)
        self._numbers.update(zip(subtokens, range(begin, begin + len(subtokens)), strict=True))
        self.texts.extend(subtokens)
        self.normal_texts.extend(forms)
        self.normal.extend(normal)
        self.exact.extend(map(hash_subtoken, subtokens))
        self.letters.extend(map(hash_subtoken, small))
        self.preposition.extend(map(PREPOSITIONS.__contains__, subtokens))
        self.articles.update(self._numbers[one] for one in ARTICLES.intersection(subtokens))
        for form, place in zip(forms, found, strict=True):
            longest, entry = (0, -1) if place is None else place
            self.longest.append(longest)
            self.entry.append(entry)
            role = KNOWN * (place is not None) + IS_NAME * (entry >= 0) + BEGINS * (longest > 1)
            self.role.append(role + IS_OF * (form == OF))

    def _read_otherwise(self, subtoken: str, form: str) -> tuple[str, bool] | None:
        """Another normal form of a subtoken that no name contains; whether it is corrected."""
        word = self._normalizer.fold_as_word(subtoken)
        if word != form and self._words.find_one(hash_subtoken(word)) is not None:
            return word, False
        meant = self._speller.correct(form) if self._speller is not None else None
        return None if meant is None else (meant, True)
