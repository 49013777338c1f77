"""Brackets: where what stands in them begins and ends."""

from __future__ import annotations

from collections.abc import Sequence

OPENING = frozenset("([")
_OPENING_OF = {")": "(", "]": "["}
_LONGEST = 200  # tokens


def brackets(words: Sequence[str]) -> tuple[list[int | None], list[int | None]]:
    """For each token where the bracket closes that it is in, and where it opens."""
    closing: list[int | None] = [None] * len(words)
    opening: list[int | None] = [None] * len(words)
    opened: list[int] = []
    for i, word in enumerate(words):
        if word in _OPENING_OF and opened and words[opened[-1]] == _OPENING_OF[word]:
            start = opened.pop()
            if i - start > _LONGEST:
                continue
            for j in range(start + 1, i):
                if closing[j] is None:
                    closing[j], opening[j] = i, start
        elif word in OPENING:
            opened.append(i)
        elif word == "\n" and opened:
            opened.clear()
    return closing, opening
