"""The distinct subtokens of the texts seen so far, each normalised and looked up once."""

from __future__ import annotations

from array import array

from spacy_umlsbert.umls.matching.hashing import ALL_BITS, START, advance, hash_subtoken
from spacy_umlsbert.umls.matching.name_index import PrefixIndex
from spacy_umlsbert.umls.matching.normalization import ARTICLES, PREPOSITIONS, Normalizer
from spacy_umlsbert.umls.matching.spelling import SpellingCorrector

BREAK = "\n\n"
"""The break between Docs and at blank lines, which is no subtoken of any text: kind 0."""


class SubtokenKinds:
    """What is known of each distinct subtoken, by its number: columns that only ever grow.

    Columns of numbers are typed arrays: they grow in place, Python reads single values of them
    quickly, and numpy reads them all without a copy.

    Attributes:
        texts: The subtokens, in their original case.
        normal_texts: Their normal forms, misspellings corrected.
        normal: The hash of the normal form.
        begun: What the next subtoken's hash is added to in a sequence that begins with this one.
        exact: The hash of the subtoken as it is.
        letters: The hash of the subtoken in small letters.
        corrected: Whether its spelling was corrected.
        known: Whether any name that is looked for contains it.
        longest: Length of the longest name that begins with it.
        entry: The entry that is just this subtoken, -1 if there is none.
        article: Whether it is left out after a preposition.
        preposition: Whether it is such a preposition.

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
        self.begun = array("Q")
        self.exact = array("Q")
        self.letters = array("Q")
        self.corrected = array("B")
        self.known = array("B")
        self.longest = array("B")
        self.entry = array("i")
        self.article = array("B")
        self.preposition = array("B")
        self._add(BREAK, BREAK, None, corrected=False)

    def number(self, subtoken: str) -> int:
        """The number of a subtoken."""
        number = self._numbers.get(subtoken)
        return self._learn(subtoken) if number is None else number

    def _learn(self, subtoken: str) -> int:
        form, found = self._words.recognized(self._normalizer, subtoken)
        corrected = False
        if found is None and self._speller is not None:
            meant = self._speller.correct(form)
            if meant is not None:
                form, found, corrected = meant, self._words.find_one(hash_subtoken(meant)), True
        return self._add(subtoken, form, found, corrected=corrected)

    def _add(
        self, subtoken: str, form: str, found: tuple[int, int] | None, *, corrected: bool
    ) -> int:
        number = self._numbers[subtoken] = len(self.texts)
        normal, exact, small = hash_subtoken(form), hash_subtoken(subtoken), subtoken.casefold()
        longest, entry = (0, -1) if found is None else found
        self.texts.append(subtoken)
        self.normal_texts.append(form)
        self.normal.append(normal)
        self.begun.append(advance((START + normal) & ALL_BITS))
        self.exact.append(exact)
        self.letters.append(exact if small == subtoken else hash_subtoken(small))
        self.corrected.append(corrected)
        self.known.append(found is not None)
        self.longest.append(longest)
        self.entry.append(entry)
        self.article.append(subtoken in ARTICLES)
        self.preposition.append(subtoken in PREPOSITIONS)
        return number
