"""Texts to wordpieces, without threads where they gain nothing."""

from __future__ import annotations

from collections.abc import Sequence

from tokenizers import Encoding, Tokenizer
from transformers import PreTrainedTokenizerBase


def encode_texts(
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    *,
    parallel: bool = False,
    special: bool = False,
    max_length: int | None = None,
) -> list[Encoding]:
    """The wordpieces of texts, as the tokenizer's own call gives them, not padded.

    Beside what a model takes on a CPU, threads gain nothing here, and they have a price: the
    library warns in each process that is forked from one in which they ran.

    Args:
        tokenizer: A fast tokenizer.
        texts: The texts.
        parallel: Whether several threads make them.
        special: Whether to add special wordpieces.
        max_length: Most wordpieces, special ones included; what is beyond is cut off.
    """
    backend = tokenizer.backend_tokenizer
    _set_truncation(backend, max_length, tokenizer.truncation_side)
    if parallel:
        return list(backend.encode_batch(list(texts), add_special_tokens=special))
    return [backend.encode(text, add_special_tokens=special) for text in texts]


def _set_truncation(backend: Tokenizer, max_length: int | None, side: str) -> None:
    # Only where it has another setting: it must not be changed while another thread uses it.
    if backend.padding is not None:
        backend.no_padding()
    if max_length is None:
        if backend.truncation is not None:
            backend.no_truncation()
    elif backend.truncation is None or backend.truncation["max_length"] != max_length:
        backend.enable_truncation(max_length, direction=side)
