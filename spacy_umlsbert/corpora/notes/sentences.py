"""Sentences of clinical text, by scispaCy's rules."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import spacy

from spacy_umlsbert.corpora.notes.layout import pieces
from spacy_umlsbert.text.sentences import sentence_rules

# A forgotten word still leaves a slot of some 30 bytes in the tables of the vocabulary.
_BLOCKS_PER_VOCABULARY = 500


class SentenceSplitter:
    """Splits text into sentences with scispaCy's ``pysbd_sentencizer``.

    A line end is always the end of a sentence for these rules, so lines that were only wrapped
    must be joined before: see `unwrap`.

    Attributes:
        failures: How many pieces of text the rules failed on; each counts as one sentence.
    """

    def __init__(self) -> None:
        self._mark_sentences = sentence_rules()
        self._nlp = spacy.blank("en")
        self._blocks = 0
        self.failures = 0

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """Forget at the end of the block what spaCy's vocabulary learned in it.

        Without it memory grows with every new word. Blocks cannot be nested.
        """
        with self._nlp.memory_zone():
            yield
        self._blocks += 1
        if self._blocks % _BLOCKS_PER_VOCABULARY == 0:
            self._nlp = spacy.blank("en")

    def split(self, texts: Iterable[str]) -> list[list[str]]:
        """The sentences of each text, with single spaces.

        Those without a letter or digit are left out.
        """
        return [
            [sentence for line in text.split("\n") for sentence in self._sentences(line)]
            for text in texts
        ]

    def _sentences(self, line: str) -> list[str]:
        result = []
        for piece in pieces(line):
            doc = self._nlp.make_doc(piece)
            try:
                found = [sentence.text for sentence in self._mark_sentences(doc).sents]
            except Exception:  # one odd line must not end a run over a million notes
                self.failures += 1
                found = [piece]
            result += [" ".join(text.split()) for text in found]
        return [text for text in result if any(map(str.isalnum, text))]
