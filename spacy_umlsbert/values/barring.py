"""Where numbers are conditions or targets, and no results: "call if HR > 120", "goal INR 2-3"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from spacy_umlsbert.values.phrases import Phrase

_BARRING = ("condition", "target", "bands")
_ENDS = re.compile(r"[,;)\]\n]|\.\s|\bthen\b|\bgive\b|\btake\b|\Z", re.IGNORECASE)
_NEXT_CONDITION = re.compile(
    r",\s*[^,;.\n]{0,40}?(?:\b(?:over|above|below|under|(?:less|greater|more|lower|higher) than|"
    r"exceed(?:s|ing)?)\s|[<>≤≥]=?)\s?\d",
    re.IGNORECASE,
)
"""Behind a comma: one more limit, as in "call if temp over 101, HR above 120"."""

_BEFORE_LISTS = ("if", "for")
"""How the words before such lists end: "call if", "notify for"; "when" tells what happened."""

_HEADING = re.compile(r"s[ ]?:", re.IGNORECASE)
_HEADING_ENDS = re.compile(r"[;\n]|\.\s|\Z")
"""Where what stands behind "Goals:" ends, which is more than one goal."""


class Barring:
    """The conditions and targets of a text.

    Args:
        text: The text.
        phrases: Its phrases, in order.
    """

    def __init__(self, text: str, phrases: Sequence[Phrase]) -> None:
        self._text = text
        self._phrases = [one for one in phrases if one.of(*_BARRING)]
        self._starts = [one.start for one in self._phrases]

    def within(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where numbers of a stretch are no results, in order."""
        barred: list[tuple[int, int]] = []
        first, last = (bisect_left(self._starts, at) for at in (start, end))
        for one in self._phrases[first:last]:
            goes_on = bool(barred) and barred[-1][1] >= one.end
            reached = barred[-1][1] if goes_on else one.end
            until = self._until(one, reached, end)
            if goes_on:
                barred[-1] = (barred[-1][0], until)
            else:
                barred.append((one.end, until))
        return barred

    def _until(self, phrase: Phrase, reached: int, end: int) -> int:
        """Where the numbers of a condition or target end, looking from a place on."""
        if not phrase.of("condition", "target"):
            return end
        is_heading = phrase.of("target") and _HEADING.match(self._text, phrase.end - 1)
        until = self._next(_HEADING_ENDS if is_heading else _ENDS, reached, end)
        if self._text[phrase.start : phrase.end].lower().endswith(_BEFORE_LISTS):
            while _NEXT_CONDITION.match(self._text, until, end):
                until = self._next(_ENDS, until + 1, end)
        return until

    def _next(self, pattern: re.Pattern[str], at: int, end: int) -> int:
        match = pattern.search(self._text, at, end)
        return end if match is None else match.start()
