"""Words that only say more of an entity ("severe", "left", "his", "in the legs"), and their kinds.

They are data: `modifiers.tsv` has the words of each kind, `generic_heads.tsv` the nouns that leave
what stands before them to say what is meant, `changes.tsv` adjectives and nouns for one thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from spacy_umlsbert.files.resources import package_rows
from spacy_umlsbert.guard import hide_in_repr

DETERMINER, COUNT, SIDE, PLACE, QUALITY = "determiner", "count", "side", "place", "quality"
BRACKETED = "bracketed"
CHANGE = "change"
"""Says that something is not as it should be: what it stands before is no name of that alone."""

ORGAN = "organ"
"""Says which part of the body it is in, as a part of what the entity is ("renal failure")."""

CONTENT = frozenset({"", CHANGE, ORGAN})
"""Kinds of words of which one at least is left of a mention; "" is that of all other words."""

WHERE, ASIDE, COMMA = "where", "aside", "comma"
"""Words, and the comma, that end what the entity is."""

KEPT = {
    DETERMINER: 1.0,
    BRACKETED: 0.97,
    COUNT: 0.97,
    "certainty": 0.96,
    "severity": 0.95,
    "course": 0.95,
    SIDE: 0.95,
    PLACE: 0.93,
    QUALITY: 0.93,
    "manner": 0.95,
}
"""What is left of a score where words of a kind are dropped, the least telling kinds first."""

BOUNDARIES = frozenset({WHERE, ASIDE, COMMA})

_TOKEN = re.compile(
    r"(?<!\S)(?:\([^()]*\)|\[[^\[\]]*\])(?=[\s,;:.]|$)"  # what stands in brackets
    r"|(?<=[a-z]{3})/(?=[a-z]{3})"  # "numbness/tingling", but not "N/V" and "mg/dl"
    r"|(?:(?!(?<=[a-z]{3})/(?=[a-z]{3}))[^\s,;:]|[,;:]+(?=[^\s,;:]))+|[,;:]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"~?[<>]?\d+(?:[.,/x×-]\d+)*(?P<unit>[a-z%°µμ]*)", re.IGNORECASE)
_LEVEL = re.compile(r"\d[a-d]?|i{1,3}[a-d]?|iv[a-d]?|v|\d(?:/|-|–|of)\d", re.IGNORECASE)
_SIGNS = {",": COMMA, ";": COMMA, ":": COMMA, "/": ASIDE}
_LEVELS = frozenset({"stage", "grade", "class", "degree", "level", "severity"})
_UNITS = frozenset(
    "mg mcg µg ug g gm kg ml l dl cm mm units unit u iu meq mmol % percent degrees day days week "
    "weeks month months year years hour hours minute minutes times x fold tablets doses".split()
)


@hide_in_repr("text")
class Word(NamedTuple):
    """A word of a mention.

    Attributes:
        text: The word.
        kind: The kind of modifier that it is, or of boundary; "" for none.
    """

    text: str
    kind: str = ""


@cache
def phrases() -> Mapping[tuple[str, ...], str]:
    """The kinds of all modifiers and boundaries, by their words in small letters."""
    kinds: dict[tuple[str, ...], str] = {}
    for kind, listed in package_rows(__package__, "modifiers.tsv"):
        for phrase in _parts(listed):
            kinds.setdefault(tuple(phrase.split()), kind)
    for adjective in changes()[0]:
        kinds.setdefault((adjective,), CHANGE)
    return kinds


class GenericHead(NamedTuple):
    """A noun that leaves what stands before it to say what is meant.

    Attributes:
        groups: The semantic groups that this then has; none if it is never meant.
        alone: Whether the noun alone is worth a concept.
    """

    groups: frozenset[str]
    alone: bool


@cache
def generic_heads() -> Mapping[str, GenericHead]:
    """The nouns that say only of what kind something is, in small letters."""
    heads: dict[str, GenericHead] = {}
    for group, alone, listed in package_rows(__package__, "generic_heads.tsv"):
        for noun in _parts(listed):
            known = heads.get(noun, GenericHead(frozenset(), alone=False))
            groups = known.groups if group == "-" else known.groups | {group}
            heads[noun] = GenericHead(groups, known.alone or alone == "yes")
    return heads


class Change(NamedTuple):
    """Words for one thing that can be amiss.

    Attributes:
        adjectives: Those that stand before what it is about.
        nouns: Those that stand after it, or before it and a preposition.
    """

    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]


@cache
def changes() -> tuple[Mapping[str, Change], Mapping[str, Change]]:
    """The words for what can be amiss, by adjective and by noun."""
    rows = package_rows(__package__, "changes.tsv")
    found = [Change(tuple(_parts(adjectives)), tuple(_parts(nouns))) for adjectives, nouns in rows]
    by_adjective = {word: change for change in found for word in change.adjectives}
    return by_adjective, {word: change for change in found for word in change.nouns}


def _parts(listed: str) -> list[str]:
    return [] if listed == "-" else listed.split(", ")


@cache
def _longest_phrase() -> int:
    return max(map(len, phrases()))


def words_of(mention: str) -> list[Word]:
    """The words of a mention with their kinds.

    The longest phrase counts ("history of", "status post"), the first before others. A number is a
    count if a unit follows, or if it comes first; "stage 3" and "grade II" are degrees of severity.
    What stands in brackets is of a kind of its own.
    """
    texts = _TOKEN.findall(mention)
    if len(texts) == 1 and _is_bracketed(texts[0]):
        texts = _TOKEN.findall(texts[0][1:-1])
    plain = [text.casefold().replace("’", "'").rstrip(".") or text for text in texts]
    words: list[Word] = []
    while len(words) < len(texts):
        if _is_bracketed(texts[len(words)]):
            words.append(Word(texts[len(words)][1:-1].strip(), BRACKETED))
            continue
        size, kind = _phrase_at(plain, len(words))
        words.extend(Word(one, kind) for one in texts[len(words) : len(words) + size])
    return words


def _is_bracketed(text: str) -> bool:
    return text[0] + text[-1] in ("()", "[]") and bool(text[1:-1].strip())


def _phrase_at(plain: Sequence[str], start: int) -> tuple[int, str]:
    """How many words from a place on are a modifier or boundary, and of which kind; or 1 and ""."""
    for size in range(min(_longest_phrase(), len(plain) - start), 0, -1):
        kind = phrases().get(tuple(plain[start : start + size]))
        if kind is not None:
            return size, kind
    word, following = plain[start], plain[start + 1] if start + 1 < len(plain) else ""
    if word in _SIGNS:
        return 1, _SIGNS[word]
    if word in _LEVELS and _LEVEL.fullmatch(following):
        return 2, "severity"
    number = _NUMBER.fullmatch(word)
    if number is None:
        return 1, ""
    if following in _UNITS:
        return 2, COUNT
    return 1, COUNT if (start == 0 and following) or number["unit"] in _UNITS else ""
