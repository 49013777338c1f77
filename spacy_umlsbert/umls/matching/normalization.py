"""Text to subtokens: how names and text are cut up and normalised before they are compared.

A subtoken is a word, a number or a sign. Subtokens are cut by characters alone and never depend on
what stands around a token, so the subtokens of a text are those of its tokens one after the other,
however the tokenizer splits hyphens, units and possessives:

* a run of letters is a subtoken, and a run of digits ("0.05" and "11.2" are single numbers);
  letters and digits are separate subtokens, so "5mg" and "5 mg", "T2DM" and "T 2 DM" are the same;
* a dotted abbreviation is one subtoken without its dots ("q.d.", "U.S.A");
* a Greek letter is a subtoken and reads as its name ("TGFβ" is "TGF beta");
* white space, hyphens, slashes, apostrophes and a full stop after a letter or digit are silent:
  they part subtokens and leave no trace. The possessive "'s" is silent too, with any
  apostrophe and in capitals;
* prefixes that are written with or without a hyphen ("non", "anti", "post" …) are subtokens, so
  that "nonsmall", "non-small" and "non small" are the same;
* any other sign (comma, bracket, plus, per cent) is a subtoken of its own.

Each subtoken then has a normal form; see ``Normalizer``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import chain

from spacy_umlsbert.files.resources import package_rows, package_words
from spacy_umlsbert.umls.matching.settings import MatcherSettings

NORMALIZATION_VERSION = 5
"""Raised whenever the rules or word tables change what a subtoken or its normal form is."""

READABLE_VERSIONS = (3, 4, 5)
"""Those of knowledge bases that can still be opened: their names are compared by their rules."""

_REMEMBERED = 1 << 19

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu",
    "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip

# Signs that are lost in compatibility normalisation or only decorate a name.
_DECORATION = str.maketrans(
    {"™": " ", "®": " ", "©": " ", "℠": " ", "ß": "ss", "ẞ": "SS"}
    | dict.fromkeys("’‘‛ʼʹ´′", "'")  # all that is typed for an apostrophe or a prime
)

# Plural ending, least length of a word that has it, singular ending; the first that fits counts.
_PLURAL_ENDINGS_SINCE_5 = (
    ("oaches", 6, "oach"),
    ("eaches", 6, "each"),
    ("aches", 5, "ache"),  # "headaches"
)
_PLURAL_ENDINGS = (
    ("ies", 5, "y"),
    ("ies", 4, "ies"),
    ("sses", 5, "ss"),
    ("xes", 5, "x"),
    ("ches", 5, "ch"),
    ("shes", 5, "sh"),
    ("oses", 7, "osis"),
    ("yses", 7, "ysis"),
    ("eses", 7, "esis"),
    ("stases", 7, "stasis"),
    ("s", 4, ""),
    ("omata", 7, "oma"),
)

_LETTER = r"[^\W\d_Α-Ωα-ω]"
_PREFIXES = ("non", "anti", "post", "multi", "micro", "pseudo")
_PREFIX = rf"(?<!{_LETTER})(?i:{'|'.join(_PREFIXES)})"
_SILENT = r"\-‐‑‒–—―−/\\'`\u00ad\u200b-\u200f\u2060\ufeff"
_SUBTOKENS = re.compile(
    rf"((?:{_LETTER}\.)+{_LETTER}(?![^\W_])"  # dotted abbreviation
    r"|\d+(?:[.,]\d+)*"  # number
    rf"|{_PREFIX}(?={_LETTER}{{4}})"  # prefix
    rf"|{_LETTER}+"  # letters
    r"|[Α-Ωα-ω]"  # Greek letter
    rf"|[^\w\s{_SILENT}])"  # sign
    r"(?:(?<=[^\W_])\.)?"  # a full stop after a letter or digit is silent
)
ARTICLES = frozenset({"the", "The"})
PREPOSITIONS = frozenset("of in on at to from by for with and or".split())
"""An article after one of these is left out of names and text; see ``without_articles``."""

_POSSESSIVE = re.compile(r"['`][sS](?![^\W_])")


def split_subtokens(text: str) -> list[str]:
    """The subtokens of a name or of a token, in their original case; see the module's description.

    >>> split_subtokens("Crohn's disease, non-small-cell (IL-2) 5mg q.d.")
    ['Crohn', 'disease', ',', 'non', 'small', 'cell', '(', 'IL', '2', ')', '5', 'mg', 'qd']
    """
    if text.isascii():
        if text.isalpha() and not text[:6].casefold().startswith(_PREFIXES):
            return [text]  # most tokens
    else:
        text = unicodedata.normalize("NFKC", text.translate(_DECORATION))
    if "'" in text or "`" in text:
        text = _POSSESSIVE.sub(" ", text)
    subtokens = _SUBTOKENS.findall(text)
    return [
        subtoken.replace(".", "") if subtoken[0].isalpha() else subtoken for subtoken in subtokens
    ]


def without_articles(subtokens: list[str]) -> list[str]:
    """Subtokens without the articles after prepositions ("cancer of the lung")."""
    if ARTICLES.isdisjoint(subtokens):
        return subtokens
    return [
        subtoken
        for i, subtoken in enumerate(subtokens)
        if not (i and subtoken in ARTICLES and subtokens[i - 1] in PREPOSITIONS)
    ]


@lru_cache(maxsize=8)
def read_table(name: str) -> tuple[tuple[str, str], ...]:
    """The rows of a two-column table of this package, lines starting with # left out."""
    return tuple((row[0], row[1]) for row in package_rows(__package__, name))


@lru_cache(maxsize=8)
def read_words(name: str) -> frozenset[str]:
    """The words of a list of this package, any number a line, lines starting with # left out."""
    return package_words(__package__, name)


class Rewriter:
    """Replaces parts of a word by the rules of a table.

    Rules for whole words count before those for its beginning, these before those for its end (the
    longest counts), and then come those for any part.

    Args:
        tables: Names of tables of this package: a part of a word ("^" stands for the beginning
            of the word and "$" for its end), and what replaces it.
    """

    def __init__(self, *tables: str) -> None:
        self._whole: dict[str, str] = {}
        self._prefixes: dict[str, str] = {}
        self._suffixes: dict[str, str] = {}
        self._parts: list[tuple[str, str]] = []
        for pattern, replacement in chain.from_iterable(map(read_table, tables)):
            part = pattern.strip("^$")
            if pattern == f"^{part}$":
                self._whole[part] = replacement
            elif pattern == f"^{part}":
                self._prefixes[part] = replacement
            elif pattern == f"{part}$":
                self._suffixes[part] = replacement
            else:
                self._parts.append((part, replacement))
        # One search for all parts: most words have none.
        self._any_part = re.compile("|".join(re.escape(part) for part, _ in self._parts) or r"(?!)")
        self._any_prefix = tuple(self._prefixes)
        self._any_suffix = tuple(sorted(self._suffixes, key=len, reverse=True))

    def __call__(self, word: str) -> str:
        """The rewritten word."""
        if word in self._whole:
            return self._whole[word]
        if word.startswith(self._any_prefix):
            prefix = next(part for part in self._any_prefix if word.startswith(part))
            word = self._prefixes[prefix] + word[len(prefix) :]
        if word.endswith(self._any_suffix):
            suffix = next(part for part in self._any_suffix if word.endswith(part))
            word = word[: len(word) - len(suffix)] + self._suffixes[suffix]
        if self._any_part.search(word):
            for part, replacement in self._parts:
                word = word.replace(part, replacement)
        return word


class Normalizer:
    """Gives every subtoken its normal form.

    The normal form is the subtoken in small letters, Greek letters by name, "&" as "and"; and as
    the settings say without accents, in American spelling, as a noun and in the singular. Acronyms
    in capitals are not taken for plurals ("AIDS"), but lose a small plural s ("PVCs").

    Args:
        settings: The settings of the knowledge base.
        version: The normalization version it was built with.
    """

    def __init__(self, settings: MatcherSettings, version: int = NORMALIZATION_VERSION) -> None:
        self.settings = settings
        self._british = Rewriter("british_spelling.tsv")
        newer = ("adjectives_since_4.tsv",) if version >= 4 else ()
        self._adjectives = Rewriter("adjectives.tsv", *newer)
        newer_endings = _PLURAL_ENDINGS_SINCE_5 if version >= 5 else ()
        self._plural_endings = (*newer_endings, *_PLURAL_ENDINGS)
        self._folded: dict[str, str] = {}
        self._irregular = dict(read_table("irregular_plurals.tsv"))

    def fold(self, subtoken: str) -> str:
        """The normal form of a subtoken."""
        folded = self._folded.get(subtoken)
        if folded is None:
            if len(self._folded) >= _REMEMBERED:
                self._folded.clear()
            folded = self._folded[subtoken] = self._fold(subtoken)
        return folded

    def _fold(self, subtoken: str) -> str:
        if not subtoken[0].isalpha():
            return "and" if subtoken == "&" else subtoken
        capitals = self.settings.plural and len(subtoken) <= self.settings.acronym_max_length
        if capitals and len(subtoken) > 2 and subtoken[-1] == "s" and subtoken[:-1].isupper():
            return self.fold(subtoken[:-1])
        return self._fold_letters(subtoken, acronym=capitals and subtoken.isupper())

    def fold_as_word(self, subtoken: str) -> str:
        """The normal form of a subtoken if its capitals are those of a heading, not of an acronym.

        "TUMORS" and "OEDEMA" are as short as acronyms.
        """
        if not subtoken.isupper():
            return self.fold(subtoken)
        return self._fold_letters(subtoken, acronym=False)

    def _fold_letters(self, subtoken: str, *, acronym: bool) -> str:
        word = subtoken.casefold()
        if not word.isascii():
            if word in _GREEK:
                return _GREEK[word]
            if self.settings.accents:
                decomposed = unicodedata.normalize("NFKD", word)
                word = "".join(char for char in decomposed if not unicodedata.combining(char))
        if acronym:
            return word
        if self.settings.british_spelling and len(word) > 3:
            word = self._british(word)
        if self.settings.adjectives and len(word) > 4:
            word = self._adjectives(word)
        return self.singular(word) if self.settings.plural else word

    def singular(self, word: str) -> str:
        """A word, in small letters, without its plural ending.

        The rules only have to treat singular and plural alike, not to find the dictionary form:
        "diabetes" becomes "diabete" on both sides.
        """
        if word in self._irregular:
            return self._irregular[word]
        if len(word) < 4 or word[-1] not in "sa" or word.endswith(("ss", "us", "is")):
            return word
        for ending, length, replacement in self._plural_endings:
            if word.endswith(ending) and len(word) >= length:
                return word[: len(word) - len(ending)] + replacement
        return word
