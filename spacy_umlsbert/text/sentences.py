"""Sentences of clinical text, as places in it.

    >>> text = "No fever.Dr. Lund called\\n- cough, 2.5 weeks\\n- no rash"
    >>> [text[start:end] for start, end in sentences(text)]
    ['No fever.', 'Dr. Lund called', '- cough, 2.5 weeks', '- no rash']

A heading, an item of a list, a row of a table and a finding in a line of its own are sentences; a
line that was broken because it was full is not. What is known of words is in
``sentence_words.tsv``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain, pairwise
from typing import NamedTuple

from spacy_umlsbert.text.full_stops import FullStops
from spacy_umlsbert.text.running_lines import layout_of, lines_of, stretches
from spacy_umlsbert.text.sentence_words import SentenceWords, default_words


class Sentence(NamedTuple):
    """Where a sentence is in its text, without blanks around it."""

    start: int
    end: int


class SentenceFinder:
    """Finds the sentences of texts, in a time that grows with their length.

    Args:
        words: The words that are known; those of this package if not given.
    """

    def __init__(self, words: SentenceWords | None = None) -> None:
        self.words = default_words() if words is None else words

    def sentences(self, text: str) -> Iterator[Sentence]:
        """The sentences of a text, in its order.

        Between them there are blanks, and lines without a letter or digit; all else is in one.
        """
        for starts, end in self._stretches(text):
            for start, following in pairwise([*starts, end]):
                yield Sentence(start, start + len(text[start:following].rstrip()))

    def starts(self, text: str) -> list[int]:
        """Where the sentences of a text begin."""
        return list(chain.from_iterable(starts for starts, _ in self._stretches(text)))

    def _stretches(self, text: str) -> Iterator[tuple[Iterator[int], int]]:
        """The beginnings of sentences in each stretch of running text, and where it ends."""
        lines = lines_of(text)
        layout = layout_of(lines, self.words)
        stops = FullStops(text, self.words, small=layout.small)
        for start, end in stretches(lines, layout, self.words):
            yield stops.starts(start, end), end


@cache
def _finder() -> SentenceFinder:
    return SentenceFinder()


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text, by the words of this package; see `SentenceFinder.sentences`."""
    return _finder().sentences(text)
