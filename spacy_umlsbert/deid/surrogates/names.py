"""Words to write in place of names: people, cities, streets, hospitals …

The lists were written for this project and are part of what a key means: a list that changes
changes surrogates, so names are not added to it lightly.
"""

import re
from collections.abc import Collection
from functools import cache

from spacy_umlsbert.deid.surrogates.allowed_words import OF_NAMES
from spacy_umlsbert.deid.surrogates.keyed_choice import Keyed
from spacy_umlsbert.deid.surrogates.numbers import surrogate_code
from spacy_umlsbert.files.resources import package_rows

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’][sS]$")
# Not A, which is a word: rules that go by the words around a name would not find it again.
_INITIALS = "BCDEFGHJKLMNPRSTW"


@cache
def pool(kind: str) -> tuple[str, ...]:
    """The words of a kind: female, male, surname, city, street, hospital, profession, country."""
    pools = dict(package_rows(__package__, "surrogate_names.tsv"))
    return tuple(pools[kind].split())


def surrogate_word(keyed: Keyed, kind: str, word: str, avoid: Collection[str]) -> str:
    """A word of a kind in place of another, written with its capitals.

    Args:
        keyed: The patient's choices.
        kind: See `pool`.
        word: The original. However it is written, the surrogate is the same.
        avoid: Words, in small letters, that must not be chosen. If none is left, other letters are.
    """
    for candidate in keyed.order(pool(kind), kind, word.lower()):
        if candidate.lower() != word.lower() and candidate.lower() not in avoid:
            return like(candidate, word)
    return surrogate_code(keyed, kind, word)


def like(text: str, model: str) -> str:
    """A text with the capitals of another: all, none, or as it stands."""
    if model.isupper() and len(model) > 1:
        return text.upper()
    return text.lower() if model.islower() else text


def surrogate_person(keyed: Keyed, name: str, avoid: Collection[str]) -> str:
    """The name of a person, with each of its words in place of the same word always.

    So "Marcus Hollingsworth", "Hollingsworth, Marcus", "MARCUS" and "Mr. Hollingsworth" stay one
    person. Given names keep their gender; titles, particles and degrees stay as they are, and an
    initial becomes another letter.
    """

    def replace(match: re.Match[str]) -> str:
        word = _POSSESSIVE.sub("", match[0])
        ending = match[0][len(word) :]
        if word.lower() in OF_NAMES:
            return match[0]
        if len(word) == 1:
            letters = [letter for letter in _INITIALS if letter != word.upper()]
            return like(keyed.choose(letters, "initial", word.lower()), word) + ending
        return surrogate_word(keyed, _kind_of_name(word), word, avoid) + ending

    return _WORD.sub(replace, name)


def _kind_of_name(word: str) -> str:
    """female, male or surname."""
    female, male = _given_names()
    if word.lower() in female:
        return "female"
    return "male" if word.lower() in male else "surname"


@cache
def _given_names() -> tuple[frozenset[str], frozenset[str]]:
    """Female and male given names, of which a name that is both counts as the first."""
    from faker.providers.person.en import Provider  # noqa: PLC0415 - takes a while

    female = {*Provider.first_names_female, *pool("female")}
    male = {*Provider.first_names_male, *pool("male")} - female
    return frozenset(map(str.lower, female)), frozenset(map(str.lower, male))
