"""Sentences of clinical text with single spaces, a line each."""

from collections.abc import Iterable

from spacy_umlsbert.text.sentences import SentenceFinder


class SentenceSplitter:
    """Splits text into sentences; see `spacy_umlsbert.text.sentences`."""

    def __init__(self) -> None:
        self._finder = SentenceFinder()

    def split(self, texts: Iterable[str]) -> list[list[str]]:
        """The sentences of each text, with single spaces.

        What has no letter or digit is left out.
        """
        return [
            [" ".join(text[start:end].split()) for start, end in self._finder.sentences(text)]
            for text in texts
        ]
