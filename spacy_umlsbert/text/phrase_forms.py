"""Phrases of tables of rules, written short, and all that they may be, word by word.

``a|b`` is one of several words, and of ``a|`` the word may be missing; ``a_b`` is two words in such
a place; ``{name}`` is an entry of a list of that name, and ``<name>`` stands for a kind of words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import product

from spacy_umlsbert.text.lexing import words_of

WordLists = Mapping[str, tuple[tuple[str, ...], ...]]
_MOST_FORMS = 20_000  # of one phrase


def phrase_forms(phrase: str, lists: WordLists | None = None) -> tuple[tuple[str, ...], ...]:
    """All that a phrase may be, word by word.

    Args:
        phrase: The phrase.
        lists: Lists of words by name, each entry as its words.

    Raises:
        KeyError: If it names a list that is not there.
        ValueError: If they are too many.
    """
    lists = lists or {}
    parts = [list(dict.fromkeys(_alternatives(piece, lists))) for piece in phrase.split()]
    count = 1
    for part in parts:
        count *= len(part)
    if count > _MOST_FORMS:
        raise ValueError("too many forms")
    forms = (tuple(word for part in chosen for word in part) for chosen in product(*parts))
    return tuple(dict.fromkeys(form for form in forms if form))


_NO_WORDS = frozenset(("|", "…"))


def lacks_words(forms: Collection[tuple[str, ...]]) -> bool:
    """Whether a phrase, or one of its forms, has nothing that a text could be searched for."""
    return not forms or any(_NO_WORDS.issuperset(form) for form in forms)


def _alternatives(piece: str, lists: WordLists) -> Iterator[tuple[str, ...]]:
    if piece == "|":
        yield ("|",)
        return
    for one in piece.split("|"):
        if one.startswith("{") and one.endswith("}"):
            yield from lists[one[1:-1]]
        elif one.startswith("<") and one.endswith(">"):
            yield (one.lower(),)
        else:
            yield tuple(words_of(one.replace("_", " ")))
