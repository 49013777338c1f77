"""Docs as wordpieces: ids, semantic types, alignment with tokens, windows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Span
from thinc.types import Ints1d, Ragged

from .alignment import Ints, align_wordpieces
from .semantic_types import SemanticTypeLookup
from .windows import Window, strided_windows

SPECIAL_WORDPIECES = 2  # [CLS] and [SEP] around every window or sequence


@dataclass
class EncodedDoc:
    """A Doc as wordpieces.

    Attributes:
        doc: The Doc.
        ids: (n,) wordpiece ids, special ones not included.
        strings: The n wordpieces.
        semantic_type_ids: (n,) semantic-type id of each wordpiece.
        tokens: Token numbers, with ``wordpieces`` the pairs of the alignment, sorted by token.
        wordpieces: Wordpiece numbers of the same pairs.
        windows: The windows that cover the n wordpieces; none for a Doc without tokens.
    """

    doc: Doc
    ids: Ints
    strings: list[str]
    semantic_type_ids: Ints
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


def encode_docs(
    docs: Iterable[Doc],
    tokenizer: Any,
    semantic_types: SemanticTypeLookup | None,
    window: int,
    stride: int,
) -> list[EncodedDoc]:
    """Turn Docs into wordpieces with semantic-type ids, aligned with tokens and cut into windows.

    Args:
        docs: The Docs.
        tokenizer: A fast Hugging Face tokenizer.
        semantic_types: Gives the semantic-type id of every wordpiece; all are 0 without it.
        window: Most wordpieces in a window, special ones not included.
        stride: Wordpieces between the starts of two full windows.
    """
    docs = list(docs)
    encoded = tokenizer(
        [doc.text for doc in docs],
        add_special_tokens=False,
        return_attention_mask=False,
        return_token_type_ids=False,
        return_offsets_mapping=True,
        verbose=False,
    )
    result = []
    for i, doc in enumerate(docs):
        ids = np.asarray(encoded["input_ids"][i], dtype=np.int64)
        offsets = np.asarray(encoded["offset_mapping"][i], dtype=np.int64).reshape(-1, 2)
        tokens, wordpieces = align_wordpieces(doc, offsets)
        if semantic_types is None:
            type_ids = np.zeros(len(ids), dtype=np.int64)
        else:
            type_ids = semantic_types(doc, ids, tokens, wordpieces)
        windows = strided_windows(len(ids), window, stride) if len(doc) else []
        strings = encoded.encodings[i].tokens
        result.append(EncodedDoc(doc, ids, strings, type_ids, tokens, wordpieces, windows))
    return result
