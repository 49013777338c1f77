"""Words and signs of a text, independent of the pipeline's tokenizer."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping

NO_MISSPELLINGS: Mapping[str, str] = {}
_TOKEN = re.compile(r"\n|[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:/]\d+)*|[^\w\s]|_+")


def words_of(text: str) -> list[str]:
    """The tokens of a text, in lower case and with straight apostrophes."""
    return [token.lower().replace("’", "'") for token in _TOKEN.findall(text)]


class Tokens:
    """The tokens of a text: letters with their apostrophes, numbers, single signs, line ends.

    Attributes:
        text: The text.
        words: The tokens in lower case, with straight apostrophes, and as they are spelt well.
        starts: Where each begins.
        ends: Where each ends.

    Args:
        text: The text.
        misspellings: Misspelt word -> word.
    """

    def __init__(self, text: str, misspellings: Mapping[str, str] = NO_MISSPELLINGS) -> None:
        self.text = text
        matches = list(_TOKEN.finditer(text))
        self.starts = [match.start() for match in matches]
        self.ends = [match.end() for match in matches]
        words = [match.group().lower().replace("’", "'") for match in matches]
        self.words = [misspellings.get(word, word) for word in words]

    def __len__(self) -> int:
        return len(self.words)

    def at(self, character: int) -> int:
        """The first token that ends after a character; their number if there is none."""
        return bisect_right(self.ends, character)
