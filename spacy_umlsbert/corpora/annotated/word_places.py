"""Places that are given as line and word, as in i2b2 2009 and 2010: "12:3 12:4".

Lines count from one and words from zero, and words are what stands between spaces. Where that does
not fit the texts that the corpus repeats, what does is found.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from spacy_umlsbert.corpora.annotated.offset_units import Span
from spacy_umlsbert.corpora.annotated.same_text import same_text
from spacy_umlsbert.corpora.report import CorpusReport, Kind
from spacy_umlsbert.errors import safe
from spacy_umlsbert.files.lines import lines_of
from spacy_umlsbert.guard import hide_in_repr

_WORD = re.compile(r"\S+")
_ORIGINS = ((1, 0), (0, 0), (1, 1), (0, 1))  # the number of the first line, of the first word

Bounds = list[list[Span]]  # the words of each line


@hide_in_repr("text")
class Words(NamedTuple):
    """A mention by its words.

    Attributes:
        text: Its text, as the corpus repeats it.
        first: Line and word that it begins with.
        last: Line and word that it ends with.
    """

    text: str
    first: tuple[int, int]
    last: tuple[int, int]

    @property
    def where(self) -> str:
        """Where it is said to be."""
        return f"{self.first[0]}:{self.first[1]} to {self.last[0]}:{self.last[1]}"


class WordPlaces:
    """Where the words of a record are.

    Args:
        text: Its text.
        mentions: Its mentions, by which is decided from what lines and words count.

    Attributes:
        origin: The number of the first line, and that of the first word of a line.
    """

    def __init__(self, text: str, mentions: Sequence[Words]) -> None:
        # Words are counted in one of two ways: an extra space, mostly at the beginning of a line,
        # makes an empty word or it doesn't.
        self._ways = (_bounds(text, _words), _bounds(text, _between_spaces))
        self._text = text
        self._mentions = mentions
        self.origin = _ORIGINS[0]
        if self.fitting(self.origin) < len(mentions):
            self.origin = max(_ORIGINS, key=self.fitting)

    def fitting(self, origin: tuple[int, int]) -> int:
        """How many mentions are where they say, if this is counted from."""
        spans = ((self._span(mention, origin), mention.text) for mention in self._mentions)
        return sum(span is not None and self._holds(span, text) for span, text in spans)

    def report_origin(self, report: CorpusReport, path: Path) -> None:
        """Report from what lines and words count, if not from one and zero."""
        if self.origin != _ORIGINS[0]:
            origin = "lines count from {} and words from {}".format(*self.origin)
            fits = f"{self.fitting(self.origin)} of {len(self._mentions)} mentions"
            message = f"{safe(origin)}: so {safe(fits)} are where their text is"
            report.add(Kind.OFFSET_UNIT, path, 0, message)

    def span(self, mention: Words) -> Span | None:
        """The characters of a mention; None if there are no such words."""
        return self._span(mention, self.origin)

    def _span(self, mention: Words, origin: tuple[int, int]) -> Span | None:
        line, word = origin
        first = (mention.first[0] - line, mention.first[1] - word)
        last = (mention.last[0] - line, mention.last[1] - word)
        ways = (_characters(bounds, first, last) for bounds in self._ways)
        spans = [span for span in ways if span is not None]
        fitting = [span for span in spans if self._holds(span, mention.text)]
        return next(iter([*fitting, *spans]), None)

    def _holds(self, span: Span, text: str) -> bool:
        return same_text(self._text[span[0] : span[1]], text)


def _bounds(text: str, words: Callable[[str], Iterator[Span]]) -> Bounds:
    bounds = []
    start = 0
    for _, line, end, _ in lines_of(text):
        bounds.append([(start + a, start + b) for a, b in words(line)])
        start += len(line) + len(end)
    return bounds


def _words(line: str) -> Iterator[Span]:
    return (match.span() for match in _WORD.finditer(line))


def _between_spaces(line: str) -> Iterator[Span]:
    start = 0
    for word in line.split(" "):
        yield start, start + len(word)
        start += len(word) + 1


def _characters(bounds: Bounds, first: tuple[int, int], last: tuple[int, int]) -> Span | None:
    """From a word to a word, each given by its line and its place there, from zero."""
    if not 0 <= first[0] <= last[0] < len(bounds):
        return None
    first_line, last_line = bounds[first[0]], bounds[last[0]]
    if not (0 <= first[1] < len(first_line) and 0 <= last[1] < len(last_line)):
        return None
    start, end = first_line[first[1]][0], last_line[last[1]][1]
    return (start, end) if start < end else None
