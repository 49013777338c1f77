"""Phrases that are no cues although they look like some: "no change in", "gram-negative"."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from spacy_umlsbert.assertion.phrases import Match
from spacy_umlsbert.assertion.rules import Rule


class Bars:
    """Phrases that are no cues although they look like some.

    Args:
        matches: Where they are.
    """

    def __init__(self, matches: Iterable[Match]) -> None:
        self._matches = list(matches)
        self._firsts = [match.first for match in self._matches]

    def allowed(self, match: Match) -> list[Rule]:
        """The rules by which a phrase is a cue. One that is longer is stronger."""
        i = bisect_right(self._firsts, match.first)
        near = self._matches[max(i - 1, 0) : i + 1]
        barred = {
            name
            for bar in near
            if _overlap(bar, match)
            for rule in bar.rules
            for name in rule.categories
        }
        return [rule for rule in match.rules if rule.category not in barred]


def _overlap(bar: Match, match: Match) -> bool:
    """Whether a phrase begins in a bar, and is not longer from there, or ends within it."""
    if bar.first <= match.first < bar.last:
        return bar.first < match.first or match.last <= bar.last
    return bar.first < match.last < bar.last
