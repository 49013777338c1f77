"""Vectors of names: one per name, streamed, for linkers and indexes."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.utils.rnn import pad_sequence
from transformers import PreTrainedTokenizerBase

from ..batching import chunks, length_groups
from .modeling import UmlsBertModel

Pooling = Literal["cls", "mean"]
POOLINGS: tuple[Pooling, ...] = get_args(Pooling)
Precision = Literal["float16", "float32"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)


def embed_names(
    model: UmlsBertModel,
    tokenizer: PreTrainedTokenizerBase,
    names: Iterable[str],
    *,
    pooling: Pooling = "cls",
    batch_wordpieces: int = 8192,
    max_length: int | None = None,
    dtype: Precision = "float32",
    wordpiece_types: NDArray[np.int64] | None = None,
) -> Iterator[NDArray[np.floating]]:
    """Encode names.

    Names are read, and vectors made, as a stream. Within a chunk of 16,384 names those of similar
    length go through the model together, so that little of a batch is padding.

    Args:
        model: The model, on the device to compute on. Dropout is off meanwhile.
        tokenizer: Its tokenizer.
        names: The names.
        pooling: ``cls`` takes the vector of [CLS], as SapBERT does; ``mean`` the mean over all
            wordpieces, special ones included and padding not, as sentence-transformers does.
        batch_wordpieces: Most wordpieces, padding included, in one forward pass.
        max_length: Most wordpieces of a name, [CLS] and [SEP] included; what is beyond is cut off.
            By default as many as the model takes.
        dtype: Of the result; the model computes in its own.
        wordpiece_types: (vocabulary,) semantic-type id of every wordpiece id, as
            `wordpiece_types.wordpiece_type_ids` gives them. Without it names have no semantic
            types.

    Yields:
        Arrays (names, width), together one row per name, in their order.

    Raises:
        ValueError: If ``max_length`` is more than the model takes.
    """
    longest = model.config.max_position_embeddings
    if max_length is not None and not 2 < max_length <= longest:
        raise ValueError(f"max_length is {max_length}; this model takes 3 to {longest} wordpieces")
    types = None if wordpiece_types is None else torch.from_numpy(wordpiece_types).to(model.device)
    was_training = model.training
    model.eval()
    try:
        for chunk in chunks(names):
            yield _embed_chunk(
                model, tokenizer, chunk, pooling, batch_wordpieces, max_length or longest, types
            ).astype(dtype)
    finally:
        model.train(was_training)


@torch.inference_mode()
def _embed_chunk(
    model: UmlsBertModel,
    tokenizer: PreTrainedTokenizerBase,
    names: Sequence[str],
    pooling: Pooling,
    batch_wordpieces: int,
    max_length: int,
    types: torch.Tensor | None,
) -> NDArray[np.floating]:
    encoded = tokenizer(
        list(names), truncation=True, max_length=max_length, return_token_type_ids=False
    )["input_ids"]
    result = np.empty((len(names), model.config.hidden_size), dtype=np.float32)
    for group in length_groups([len(ids) for ids in encoded], batch_wordpieces):
        ids, mask = padded([encoded[i] for i in group], tokenizer.pad_token_id)
        ids, mask = ids.to(model.device), mask.to(model.device)
        hidden = model(
            input_ids=ids,
            attention_mask=mask,
            semantic_type_ids=None if types is None else types[ids],
        ).last_hidden_state
        result[group] = pool(hidden, mask, pooling).float().cpu().numpy()
    return result


def padded(sequences: list[list[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Wordpiece ids (sequences, length) filled up with ``pad``, and 1 where they are not."""
    tensors = [torch.tensor(ids) for ids in sequences]
    ids = pad_sequence(tensors, batch_first=True, padding_value=pad)
    mask = pad_sequence([torch.ones_like(t) for t in tensors], batch_first=True)
    return ids, mask


def pool(hidden: torch.Tensor, mask: torch.Tensor, pooling: Pooling) -> torch.Tensor:
    """One vector per sequence.

    Args:
        hidden: (batch, length, width).
        mask: (batch, length), 1 for a wordpiece and 0 for padding.
        pooling: See `embed_names`.

    Returns:
        (batch, width).

    Raises:
        ValueError: If there is no such pooling.
    """
    if pooling == "cls":
        return hidden[:, 0]
    if pooling == "mean":
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        return (hidden * weights).sum(dim=1) / weights.sum(dim=1)
    raise ValueError(f"{pooling!r} is no pooling: {' or '.join(POOLINGS)}")
