"""Tests that are whole sentences: "Crohn's vs UC. Colonoscopy." is what is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from spacy_umlsbert.assertion.verdicts import HYPOTHETICAL, WEAK, Cue
from spacy_umlsbert.text.lexing import Tokens

_TO_DO = frozenset(
    "repeat urgent routine elective interval annual formal outpatient inpatient baseline serial "
    "random for and then next".split()
)
_WHEN = frozenset(
    "days day weeks week months month years year hours hour wks hrs h / tonight tomorrow today "
    "next later visit clinic morning".split()
)
_MOST_BEFORE, _MOST_AFTER = 3, 4  # words


def bare_cues(
    tokens: Tokens, tests: Iterable[tuple[int, int]], sentences: Sequence[int]
) -> Iterator[Cue]:
    """The full stops behind tests that nothing else is said of: they are to be done.

    A line that begins with one is a heading, and no full stop ends an item of a list.

    Args:
        tokens: The text.
        tests: The first token of each test, and that after its last.
        sentences: The first token of each sentence.
    """
    words, begun = tokens.words, frozenset(sentences)
    for first, last in tests:
        start = first
        while start not in begun and first - start < _MOST_BEFORE and _is_plan(words[start - 1]):
            start -= 1
        end = last
        while end < len(words) and end - last < _MOST_AFTER and _is_time(words[end]):
            end += 1
        is_value = end > last and words[end - 1] not in _WHEN  # "Lactate 3.1."
        follows = start > 0 and words[start - 1] in (".", "?", "!", ")")
        stops = end == len(words) or words[end] == "."
        ends = end + 1 >= len(words) or end + 1 in begun or words[end + 1] == "\n"
        if start in begun and follows and stops and ends and not is_value:
            sign = min(end, len(words) - 1)
            place = tokens.starts[sign], tokens.ends[sign]
            scope = tokens.starts[first], tokens.ends[last - 1]
            yield Cue(*place, HYPOTHETICAL, *scope, WEAK)


def _is_plan(word: str) -> bool:
    return word in _TO_DO or _is_time(word)


def _is_time(word: str) -> bool:
    return word in _WHEN or word[0].isdigit()
