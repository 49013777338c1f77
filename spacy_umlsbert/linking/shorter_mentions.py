"""Shorter mentions: what is left of one without its modifiers, its place, or all but its head.

A noun phrase of English has its head last, before what a preposition or comma adds: the entity
of "recurrent bunion deformity in bilateral feet" is a deformity, that of "numbness in his lower
extremities" a numbness.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.linking.modifiers import (
    ASIDE,
    BOUNDARIES,
    CHANGE,
    COMMA,
    CONTENT,
    KEPT,
    Change,
    Word,
    changes,
    generic_heads,
)

KEPT_IN_OTHER_WORDS = 0.98
"""What is left of a score where the same is said otherwise."""

_KEPT_BEFORE_BOUNDARY = 0.85
_KEPT_BEFORE_GENERIC_HEAD = 0.85
_MOST_WORDS = 24
_MOST_KINDS = 4
_MOST_CUTS = 8
_PROCEDURE = re.compile(r"\w+(?:ectomy|otomy|ostomy|oscopy|graphy|plasty|centesis|pexy|desis)")
_DISORDERS = frozenset({"DISO"})


@hide_in_repr("text", "dropped")
class ShorterMention(NamedTuple):
    """What is left of a mention.

    Attributes:
        text: The words that are left.
        kept: How much of the mention this is, above 0 and below 1: what a score is multiplied by.
        dropped: The words before them that are part of what the entity is, not of kind `CHANGE`.
        groups: The semantic groups that its concept may have; any if empty.
        changed: Whether a word like "elevated" or "swollen" was dropped.
        aside: Whether what comes after "with", "due to" and the like was dropped.
    """

    text: str
    kept: float
    dropped: tuple[Word, ...] = ()
    groups: frozenset[str] = frozenset()
    changed: bool = False
    aside: bool = False


def without_modifiers(words: Sequence[Word]) -> Iterator[ShorterMention]:
    """A mention without its modifiers of one kind, several, all: the least that is dropped first.

    "A in B" is "A of B" too, which a knowledge base knows as "B A": "swelling to both lower
    extremities" is "lower extremity swelling".
    """
    if len(words) > _MOST_WORDS or not has_content(words):
        return
    present = _kinds(words)
    sizes: Sequence[int] = range(len(present) + 1)
    if len(present) > _MOST_KINDS:
        sizes = (0, 1, len(present))
    subsets = [subset for size in sizes for subset in combinations(present, size)]
    for subset in sorted(subsets, key=lambda of: -_kept(of)):
        left = _trimmed([word for word in words if word.kind not in subset])
        kept = _kept(subset)
        yield ShorterMention(_joined(left), kept)
        for other in _other_words(left):
            yield ShorterMention(other, kept * KEPT_IN_OTHER_WORDS)


def without_what_follows(words: Sequence[Word]) -> Iterator[ShorterMention]:
    """What stands before the last preposition or comma, before the one before it and so on."""
    kept, aside = 1.0, False
    for at in reversed(_cuts(words)[:_MOST_CUTS]):
        kept *= _KEPT_BEFORE_BOUNDARY
        aside = aside or words[at].kind == ASIDE
        for shorter in without_modifiers(_trimmed(words[:at])):
            yield shorter._replace(kept=kept * shorter.kept, aside=aside)


def heads(words: Sequence[Word]) -> Iterator[ShorterMention]:
    """The head of a mention with fewer and fewer words before it, then what a generic head is of.

    "bunion" for "bunion deformity", since "deformity" says no more than that it is a disorder.
    """
    content, kept = core(words)
    if len(content) < 2 or len(_before_cuts(words)) > _MOST_WORDS:
        return
    last = content[-1].text.casefold()
    head = generic_heads().get(last)
    if head is None:
        yield from _ends_with_place(words, content)
    ends = list(_ends(_before_cuts(words), kept, frozenset()))
    alone = [end for end in ends if len(end.text.split()) == 1] if head is not None else []
    yield from (end for end in ends if end not in alone)
    body = content[:-1]
    if head is None:
        if not _PROCEDURE.fullmatch(last):
            # No name of the knowledge base: where a disorder is before it, that is what is known.
            yield ShorterMention(_joined(body), kept * _share(body, content), groups=_DISORDERS)
        return
    if head.groups:
        kept *= _KEPT_BEFORE_GENERIC_HEAD
        yield ShorterMention(_joined(body), kept, groups=head.groups)
        yield from _ends(body, kept, head.groups)
    yield from _ends_with_place(words, content)
    if head.alone:
        yield from alone


def core(words: Sequence[Word]) -> tuple[list[Word], float]:
    """The words of what an entity is, without modifiers and what follows; and how much that is."""
    first = _before_cuts(words)
    content = [word for word in first if word.kind in CONTENT]
    kept = _KEPT_BEFORE_BOUNDARY ** min(len(_cuts(words)), _MOST_CUTS)
    return content, kept * _kept(_kinds(first))


def has_content(words: Sequence[Word]) -> bool:
    """Whether there are words that are not all modifiers and prepositions."""
    return any(word.kind in CONTENT for word in words)


def _cuts(words: Sequence[Word]) -> list[int]:
    """Where prepositions and commas are that have what the entity is before them."""
    nouns = changes()[1]
    first = (
        i
        for i, word in enumerate(words)
        if word.kind in CONTENT and (word.kind != CHANGE or word.text.casefold() in nouns)
    )
    start = next(first, len(words))
    return [i for i in range(start + 1, len(words)) if words[i].kind in BOUNDARIES]


def _before_cuts(words: Sequence[Word]) -> list[Word]:
    cuts = _cuts(words)
    return _trimmed(words[: cuts[0]] if cuts else words)


def _ends(words: Sequence[Word], kept: float, groups: frozenset[str]) -> Iterator[ShorterMention]:
    """What is left without the first word, the first two and so on, as it is and without modifiers.

    Args:
        words: The words; the last is the head.
        kept: How much of the mention they are without their modifiers.
        groups: The groups that the concept may have.
    """
    content = [word for word in words if word.kind in CONTENT]
    for start in range(1, len(words)):
        left, before = words[start:], [word for word in words[:start] if word.kind in CONTENT]
        bare = [word for word in left if word.kind in CONTENT]
        if not before or not bare or words[start - 1].kind not in CONTENT:
            continue
        shorter = ShorterMention(
            _joined(left),
            kept * _share(bare, content),
            tuple(word for word in before if word.kind != CHANGE),
            groups,
            any(word.kind == CHANGE for word in before),
        )
        yield shorter
        if len(bare) < len(left):
            yield shorter._replace(text=_joined(bare))


def _ends_with_place(words: Sequence[Word], content: Sequence[Word]) -> Iterator[ShorterMention]:
    """The head with its place, in other words: "ankle edema" for "pitting edema of the ankles"."""
    cuts = _cuts(words)
    if len(cuts) != 1 or len(words) > _MOST_WORDS:
        return
    at = cuts[0]
    before = [word for word in words[:at] if word.kind in CONTENT]
    after = [word for word in words[at + 1 :] if word.kind in CONTENT]
    for start in range(1, len(before)):
        left = before[start:]
        dropped = tuple(word for word in before[:start] if word.kind != CHANGE)
        kept = _kept(_kinds(words)) * _share(left, content)
        for text in _other_words([*left, words[at], *after]):
            yield ShorterMention(text, kept, dropped, changed=len(dropped) < start)


def _kinds(words: Sequence[Word]) -> list[str]:
    """The kinds of modifiers among words, the least telling first."""
    present = {word.kind for word in words}
    return [kind for kind in KEPT if kind in present]


def _other_words(words: Sequence[Word]) -> Iterator[str]:
    """The same said otherwise: "swelling of legs", "swollen legs", "legs swelling" of each other.

    Which of them a knowledge base has cannot be known; "A of B" it turns round itself.
    """
    boundaries = [i for i, word in enumerate(words) if word.kind in BOUNDARIES]
    by_adjective, by_noun = changes()
    if not boundaries:
        first, last = words[0].text.casefold(), words[-1].text.casefold()
        if len(words) > 1 and has_content(words[:-1]):
            yield f"{words[-1].text} in {_joined(words[:-1])}"
        if first in by_adjective:
            yield from _with_change(by_adjective[first], words[1:])
        elif last in by_noun:
            yield from _with_change(by_noun[last], words[:-1])
        return
    at = boundaries[0]
    before, after = words[:at], words[at + 1 :]
    if len(boundaries) > 1 or words[at].kind == ASIDE or not has_content(after):
        return
    if words[at].text.casefold() != "of":
        yield f"{_joined(before)} of {_joined(after)}"
    noun = by_noun.get(_joined(before).casefold())
    if noun is not None:
        yield from _with_change(noun, after)


def _with_change(change: Change, words: Sequence[Word]) -> Iterator[str]:
    if not has_content(words):
        return
    rest = _joined(words)
    yield from (f"{adjective} {rest}" for adjective in change.adjectives)
    yield from (f"{rest} {noun}" for noun in change.nouns)


def _trimmed(words: Sequence[Word]) -> list[Word]:
    """Without prepositions and commas at either end, and without all but the last of several."""
    left: list[Word] = []
    for word in words:
        if word.kind in BOUNDARIES:
            if not left:
                continue
            if left[-1].kind in BOUNDARIES:
                left.pop()
        left.append(word)
    if left and left[-1].kind in BOUNDARIES:
        left.pop()
    return left


def _joined(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words if word.kind != COMMA)


def _kept(kinds: Sequence[str]) -> float:
    return math.prod(KEPT[kind] for kind in kinds)


def _share(part: Sequence[Word], whole: Sequence[Word]) -> float:
    return len(_joined(part)) / len(_joined(whole))
