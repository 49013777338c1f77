"""Where the mentions of a text are, as its tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

Range = tuple[int, int]  # the first token, the token after the last


class Mentions:
    """Where mentions are, as tokens.

    Attributes:
        starts: The first token of each, sorted.
        ends: The token after the last of each, in the same order.
    """

    def __init__(self, spans: Sequence[Range]) -> None:
        ordered = sorted(spans)
        self.starts = [start for start, _ in ordered]
        self.ends = [end for _, end in ordered]
        by_end = sorted((end, start) for start, end in ordered)
        self._by_end = [end for end, _ in by_end]
        self._their_starts = [start for _, start in by_end]

    def first_from(self, token: int) -> Range | None:
        """The first mention that begins at a token or after it."""
        i = bisect_left(self.starts, token)
        return (self.starts[i], self.ends[i]) if i < len(self.starts) else None

    def last_until(self, token: int) -> Range | None:
        """The last mention that ends before a token."""
        i = bisect_right(self._by_end, token) - 1
        return (self._their_starts[i], self._by_end[i]) if i >= 0 else None

    def between(self, start: int, end: int) -> bool:
        """Whether a mention begins between two tokens."""
        found = self.first_from(start)
        return found is not None and found[0] < end
