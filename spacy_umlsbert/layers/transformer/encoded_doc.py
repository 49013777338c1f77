"""A Doc as wordpieces: ids, semantic types, alignment with tokens, windows."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Span
from thinc.types import Ints1d, Ragged

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.layers.transformer.windows import Window
from spacy_umlsbert.layers.transformer.wordpiece_alignment import Ints

SPECIAL_WORDPIECES = 2  # [CLS] and [SEP] around every window or sequence


@hide_in_repr("strings")
@dataclass
class EncodedDoc:
    """A Doc as wordpieces.

    Attributes:
        doc: The Doc.
        ids: (n,) wordpiece ids, special ones not included.
        strings: The n wordpieces.
        semantic_type_ids: (n,) semantic-type id of each wordpiece.
        segment_ids: (n,) segment of each wordpiece: 1 in the hypothesis of a pair, else 0.
        tokens: Token numbers, with ``wordpieces`` the pairs of the alignment, sorted by token.
        wordpieces: Wordpiece numbers of the same pairs.
        windows: The windows that cover the n wordpieces; none for a Doc without tokens.
    """

    doc: Doc
    ids: Ints
    strings: list[str]
    semantic_type_ids: Ints
    segment_ids: Ints
    tokens: Ints
    wordpieces: Ints
    windows: list[Window]

    def spans(self) -> list[Span]:
        """The tokens that each window covers; empty spans where it covers none."""
        result = []
        for window in self.windows:
            # Tokens and wordpieces are both in the order of the text, so the pairs are sorted.
            first, after = np.searchsorted(self.wordpieces, [window.start, window.end])
            tokens = self.tokens[first:after]
            result.append(self.doc[tokens[0] : tokens[-1] + 1] if len(tokens) else self.doc[0:0])
        return result

    def alignment(self, width: int) -> Ragged:
        """For each token, its rows in the flattened (windows × width) output of this Doc."""
        rows = np.zeros(len(self.ids), dtype=np.int64)
        for i, window in enumerate(self.windows):
            owned = np.arange(window.owned_start, window.owned_end)
            rows[owned] = i * width + 1 + owned - window.start
        lengths = np.bincount(self.tokens, minlength=len(self.doc))
        return ragged(rows[self.wordpieces], lengths)


def ragged(rows: NDArray[Any], lengths: NDArray[Any]) -> Ragged:
    """A ragged array of rows, ``lengths`` of them per token."""
    return Ragged(cast(Ints1d, rows.astype("i")), cast(Ints1d, lengths.astype("i")))
