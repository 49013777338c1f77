"""The lines of a text, and which of them stand under another: the items of a list, a section."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

_ITEM = re.compile(r"\s*(?:[-*•·‣▪◦●○□☐☑☒■–—>+~]|\(?\d{1,2}[.)](?!\d)|\(?[a-z][.)]\s|\[[ xX]?\])")
_HEADING = re.compile(r"\s*[A-Za-z][\w/&'’().-]*(?: [\w/&'’().-]+){0,5} ?:(?!\d)")
_CAPITALS = re.compile(r"\s*[A-Z][A-Z/&'’ -]{3,40}:?\s*$")


class Line:
    """A line: its characters, and how it looks."""

    __slots__ = ("begin", "end", "is_blank", "is_heading", "is_item", "start", "text")

    def __init__(self, start: int, text: str) -> None:
        self.start = start
        self.begin = start + len(text) - len(text.lstrip())
        self.end = start + len(text)
        self.text = text
        self.is_blank = not text.strip()
        self.is_item = _ITEM.match(text) is not None
        self.is_heading = not self.is_item and (
            _HEADING.match(text) is not None or _CAPITALS.match(text) is not None
        )


class Lines:
    """The lines of a text.

    Args:
        text: The text.
        sentences: Where its sentences begin: a line in which none does goes on with the one before.

    Attributes:
        lines: All of them, blank ones too.
        starts: Where each begins.
    """

    def __init__(self, text: str, sentences: Sequence[int]) -> None:
        self.lines = []
        self._sentences = sentences
        start = 0
        for one in text.split("\n"):
            self.lines.append(Line(start, one))
            start += len(one) + 1
        self.starts = [line.start for line in self.lines]
        self._ends: list[int] | None = None

    def number(self, character: int) -> int:
        """The line in which a character is."""
        return bisect_right(self.starts, character) - 1

    def begins_line(self, character: int) -> bool:
        """Whether there are only blanks between the beginning of a line and a character."""
        return character <= self.lines[self.number(character)].begin

    def block_end(self, number: int) -> int:
        """Where the lines end that stand under a line.

        Items of a list end where the list does, other lines at a blank line or a heading. One
        blank line may follow a colon.
        """
        if self._ends is None:
            self._ends = self._block_ends()
        return self._ends[number]

    def _goes_on(self, line: Line) -> bool:
        i = bisect_left(self._sentences, line.start)
        return i == len(self._sentences) or self._sentences[i] >= line.end

    def _block_ends(self) -> list[int]:
        lines = self.lines
        last = len(lines) - 1
        list_ends, ends = ([line.end for line in lines] for _ in range(2))
        for i in range(last - 1, -1, -1):
            below = lines[i + 1]
            if not below.is_blank:
                if below.is_item or below.text[:1].isspace() or self._goes_on(below):
                    list_ends[i] = list_ends[i + 1]
                if not below.is_heading or _RELATIVE.match(below.text):
                    ends[i] = ends[i + 1]
        found = []
        for i, line in enumerate(lines):
            number = min(i + 1, last)
            end = ends[i]
            if lines[number].is_blank and line.text.rstrip().endswith(":"):
                number = min(i + 2, last)
                other = lines[number].is_heading and not _RELATIVE.match(lines[number].text)
                end = line.end if other else max(ends[number], line.end)
            if lines[number].is_item and number > i:
                end = list_ends[number]
            found.append(end)
        return found


_RELATIVE = re.compile(
    r"\s*(?:maternal |paternal )?(?:grand)?(?:mother|father|mom|dad|brother|sister|sibling|son|"
    r"daughter|aunt|uncle|cousin|m|f|mgm|mgf|pgm|pgf|ma|pa|parents?|children)s?\s*:",
    re.IGNORECASE,
)
