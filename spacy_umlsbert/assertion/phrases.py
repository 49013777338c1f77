"""Finds phrases in tokens: the longest at each place, one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from spacy_umlsbert.assertion.rules import GAP, Rule, forms_of, word_lists
from spacy_umlsbert.text.lexing import Tokens

_RULES = "\0rules"
_MOST_IN_GAP = 6
_ENDS = frozenset(".;:!?|\n")
_YEAR = re.compile(r"(?:\d{1,2}/)?(?:19|20)\d\d")  # or month and year
_NO_HABITS = frozenset(
    "does this develops becomes experiences notices appears presents arrives needs wants requires "
    "feels seems looks returns recurs worsens improves gets starts".split()
)
_CLASSES = ("relative", "tells", "few")


class Match(NamedTuple):
    """A phrase in a text.

    Attributes:
        first: Its first token.
        last: The token after its last.
        rules: Its rules; several if it says several things.
    """

    first: int
    last: int
    rules: tuple[Rule, ...]


class PhraseFinder:
    """The phrases of some rules as a tree of words."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._root: dict[str, Any] = {}
        lists = word_lists()
        self._skipped = frozenset(one[0] for one in lists["adverb"] if len(one) == 1)
        self._classes = {
            words[0]: f"<{name}>" for name in _CLASSES for words in lists[name] if len(words) == 1
        }
        for rule in rules:
            for form in forms_of(rule.phrase):
                node = self._root
                for word in form:
                    node = node.setdefault(word, {})
                known = node.setdefault(_RULES, ())
                if rule not in known:
                    node[_RULES] = (*known, rule)

    def find(
        self, tokens: Tokens, is_one: Callable[[Match], bool] = lambda _: True
    ) -> Iterator[Match]:
        """The phrases of a text, in its order; none overlaps another.

        Between words of a phrase one adverb may stand ("cannot be entirely excluded"), or the end
        of a line.

        Args:
            tokens: The text.
            is_one: Whether a phrase counts; where one does not, another may begin inside of it.
        """
        words, root = tokens.words, self._root
        after = 0
        for i, word in enumerate(words):
            if i < after:
                continue
            if word in root or word[0].isdigit() or word in self._classes:
                found = self._longest(words, i, root, 0)
                if found is not None and is_one(match := found._replace(first=i)):
                    after = match.last
                    yield match

    def _longest(
        self, words: list[str], i: int, node: dict[str, Any], skipped: int
    ) -> Match | None:
        """The longest phrase that goes on at a token, from what was found before it."""
        best = Match(i, i, node[_RULES]) if _RULES in node and skipped == 0 else None
        if i >= len(words):
            return best
        word = words[i]
        for key in _keys(word, self._classes):
            if key in node:
                best = _longer(best, self._longest(words, i + 1, node[key], 0))
        if GAP in node:
            inside = node[GAP]
            for j in range(i, min(i + _MOST_IN_GAP, len(words))):
                if words[j] in inside:
                    found = self._longest(words, j, inside, 0)
                    best = _longer(best, found)
                    if found is not None:
                        break
                if words[j] in _ENDS:
                    break
        if skipped == 0 and node is not self._root and (word in self._skipped or word == "\n"):
            best = _longer(best, self._longest(words, i + 1, node, 1))
        return best


def phrase_finder(rules: Iterable[Rule]) -> PhraseFinder:
    """The phrases of some rules; their tree, which takes a second to grow, is grown once."""
    return _phrase_finder(tuple(rules))


@lru_cache(maxsize=16)
def _phrase_finder(rules: tuple[Rule, ...]) -> PhraseFinder:
    return PhraseFinder(rules)


def _keys(word: str, classes: dict[str, str]) -> tuple[str, ...]:
    """What a word is in phrases: itself, and perhaps any number, or any word of a kind."""
    if word[0].isdigit():
        return (word, "<year>", "<number>") if _YEAR.fullmatch(word) else (word, "<number>")
    if word in classes:
        return (word, classes[word])
    if len(word) > 5 and word.endswith("ing"):
        return (word, "<ing>")
    if len(word) > 3 and word[-1] == "s" and word not in _NO_HABITS:
        return (word, "<does>")
    return (word,)


def _longer(one: Match | None, other: Match | None) -> Match | None:
    if one is None or (other is not None and other.last > one.last):
        return other
    return one
