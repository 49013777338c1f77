"""Names that are spelt much like a mention and mean the opposite of it.

"Pitting edema" and "non-pitting edema", "hypokalemia" and "hyperkalemia" share nearly all their
trigrams, and stand in the same sentences. `opposites.tsv` has what makes opposites.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from spacy_umlsbert.files.resources import package_rows

_WORD = re.compile(r"[^\W_]+")
_NON = re.compile(r"\bnon[\s-]+")
"""It is one word with the next, however it is written."""
_REMEMBERED = 1 << 14


class _Table(NamedTuple):
    denying: dict[str, int]
    denying_adjectives: dict[str, tuple[str, ...]]
    prefixes: list[tuple[str, ...]]
    sides: list[frozenset[str]]


@lru_cache(maxsize=_REMEMBERED)
def are_opposites(mention: str, name: str) -> bool:
    """Whether a mention and a name differ by what makes the opposite of a word.

    Args:
        mention: The mention.
        name: A name of a concept.
    """
    first, second = _words(mention), _words(name)
    only_first = [word for word in first if word not in second]
    only_second = [word for word in second if word not in first]
    if not only_first and not only_second:
        return False
    return _have_opposite_words(only_first, only_second) or any(
        _is_opposite(one, other) for one in only_first for other in only_second
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(_NON.sub("non", text.casefold()))


def _have_opposite_words(only_first: Sequence[str], only_second: Sequence[str]) -> bool:
    denials, *others = _table().sides
    one_is_denied = denials.isdisjoint(only_first) != denials.isdisjoint(only_second)
    return one_is_denied or any(
        not words.isdisjoint(only_first) and not words.isdisjoint(only_second) for words in others
    )


def _is_opposite(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    table = _table()
    if long.endswith(short):
        prefix = long[: -len(short)]
        if len(short) >= table.denying.get(prefix, len(short) + 1):
            return True
        return short.endswith(table.denying_adjectives.get(prefix, ()))
    return any(_swapped(one, other, prefixes) for prefixes in table.prefixes)


def _swapped(one: str, other: str, prefixes: Sequence[str]) -> bool:
    """Whether two words are the same but for two of these prefixes."""
    rests = [
        {word.removeprefix(prefix): prefix for prefix in prefixes if word.startswith(prefix)}
        for word in (one, other)
    ]
    return any(rest and rests[1].get(rest, prefix) != prefix for rest, prefix in rests[0].items())


@cache
def _table() -> _Table:
    table = _Table({}, {}, [], [])
    for kind, listed, *rest in package_rows(__package__, "opposites.tsv"):
        parts = tuple(listed.split(", "))
        if kind == "denying":
            table.denying.update(dict.fromkeys(parts, int(rest[0])))
        elif kind == "denying-adjectives":
            table.denying_adjectives.update(dict.fromkeys(parts, tuple(rest[0].split(", "))))
        elif kind == "prefixes":
            table.prefixes.append(parts)
        else:
            table.sides.append(frozenset(parts))
    return table
