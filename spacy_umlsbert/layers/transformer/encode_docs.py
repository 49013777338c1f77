"""Docs to wordpieces in windows."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from spacy.tokens import Doc

from spacy_umlsbert.annotations.pairs import is_pair
from spacy_umlsbert.layers.transformer.encoded_doc import SPECIAL_WORDPIECES, EncodedDoc
from spacy_umlsbert.layers.transformer.pair_window import PAIR_SPECIAL_WORDPIECES, as_pair
from spacy_umlsbert.layers.transformer.semantic_types import SemanticTypeLookup
from spacy_umlsbert.layers.transformer.windows import strided_windows
from spacy_umlsbert.layers.transformer.wordpiece_alignment import align_wordpieces
from spacy_umlsbert.model.tokenizing import encode_texts


def encode_docs(
    docs: Iterable[Doc],
    tokenizer: Any,
    semantic_types: SemanticTypeLookup | None,
    window: int,
    stride: int,
    pair_window: int | None = None,
    second_segment: int = 1,
    parallel: bool = False,
) -> list[EncodedDoc]:
    """Turn Docs into wordpieces with semantic-type ids, aligned with tokens and cut into windows.

    Args:
        docs: The Docs.
        tokenizer: A fast Hugging Face tokenizer.
        semantic_types: Gives the semantic-type id of every wordpiece; all are 0 without it.
        window: Most wordpieces in a window, special ones not included.
        stride: Wordpieces between the starts of two full windows.
        pair_window: Most wordpieces of a pair, special ones not included; by default as many as
            go into a window.
        second_segment: Segment id of the hypothesis of a pair.
        parallel: Whether several threads make the wordpieces.
    """
    docs = list(docs)
    if pair_window is None:
        pair_window = window + SPECIAL_WORDPIECES - PAIR_SPECIAL_WORDPIECES
    encoded = encode_texts(tokenizer, [doc.text for doc in docs], parallel=parallel)
    result = []
    for doc, text in zip(docs, encoded, strict=True):
        ids = np.asarray(text.ids, dtype=np.int64)
        offsets = np.asarray(text.offsets, dtype=np.int64).reshape(-1, 2)
        tokens, wordpieces = align_wordpieces(doc, offsets)
        if semantic_types is None:
            type_ids = np.zeros(len(ids), dtype=np.int64)
        else:
            type_ids = semantic_types(doc, ids, tokens, wordpieces)
        segment_ids = np.zeros(len(ids), dtype=np.int64)
        one = EncodedDoc(doc, ids, text.tokens, type_ids, segment_ids, tokens, wordpieces, [])
        if is_pair(doc):
            sep = (tokenizer.sep_token_id, tokenizer.sep_token)
            as_pair(one, sep, pair_window, second_segment)
        elif len(doc):
            one.windows = strided_windows(len(ids), window, stride)
        result.append(one)
    return result
