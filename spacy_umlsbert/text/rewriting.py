"""A text with parts of it replaced, and where its characters came from."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.guard import hide_in_repr


@hide_in_repr("text")
class Replacement(NamedTuple):
    """What takes the place of text[start:end]."""

    start: int
    end: int
    text: str


@hide_in_repr("text")
@dataclass(frozen=True)
class RewrittenText:
    """The new text, with a map of offsets both ways.

    Attributes:
        text: The new text.
        replacements: What was replaced, in the order of the text.
        starts: Where each replacement begins in the new text.
    """

    text: str
    replacements: tuple[Replacement, ...]
    starts: tuple[int, ...]

    def to_original(self, offset: int) -> int:
        """The place in the old text of a place in the new one.

        A place inside a replacement is the beginning of what was replaced; a place at its end is
        the end of it.
        """
        i = bisect_right(self.starts, offset) - 1
        if i < 0:
            return offset
        replacement, start = self.replacements[i], self.starts[i]
        if offset >= start + len(replacement.text):
            return replacement.end + offset - start - len(replacement.text)
        return replacement.start

    def to_new(self, offset: int) -> int:
        """The place in the new text of a place in the old one; see `to_original`."""
        i = bisect_right(self.replacements, offset, key=lambda replacement: replacement.start) - 1
        if i < 0:
            return offset
        replacement, start = self.replacements[i], self.starts[i]
        if offset >= replacement.end:
            return start + len(replacement.text) + offset - replacement.end
        return start


def rewrite(text: str, replacements: Iterable[Replacement]) -> RewrittenText:
    """Replace parts of a text.

    Args:
        text: The text.
        replacements: In the order of the text.

    Raises:
        ValueError: If they overlap, are out of order or reach out of the text.
    """
    kept = tuple(replacements)
    parts: list[str] = []
    starts: list[int] = []
    done = length = 0
    for replacement in kept:
        if not done <= replacement.start <= replacement.end <= len(text):
            raise UsageError("replacements must be in order, apart, and inside the text")
        before = text[done : replacement.start]
        starts.append(length + len(before))
        parts += [before, replacement.text]
        length += len(before) + len(replacement.text)
        done = replacement.end
    parts.append(text[done:])
    return RewrittenText("".join(parts), kept, tuple(starts))
