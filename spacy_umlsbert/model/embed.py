"""Vectors of names: one per name, streamed, for linkers and indexes."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from spacy_umlsbert.batching import chunks, length_groups
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.model.modeling import UmlsBertModel
from spacy_umlsbert.model.packed import Packing, encode_packed
from spacy_umlsbert.model.tokenizing import encode_texts

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
    length go through the model together.

    Args:
        model: The model, on the device to compute on. Dropout is off meanwhile.
        tokenizer: Its tokenizer.
        names: The names.
        pooling: ``cls`` takes the vector of [CLS], as SapBERT does; ``mean`` the mean over all
            wordpieces, special ones included and padding not, as sentence-transformers does.
        batch_wordpieces: Most wordpieces in one forward pass.
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
        raise UsageError(f"max_length is {max_length}; this model takes 3 to {longest} wordpieces")
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
    texts = encode_texts(
        tokenizer,
        names,
        parallel=model.device.type == "cuda",
        special=True,
        max_length=max_length,
    )
    encoded = [text.ids for text in texts]
    result = np.empty((len(names), model.config.hidden_size), dtype=np.float32)
    for group in length_groups([len(ids) for ids in encoded], batch_wordpieces, fill=0.0):
        of_group = [encoded[i] for i in group]
        packing = Packing([len(ids) for ids in of_group], model.device)
        ids = torch.tensor(list(chain.from_iterable(of_group)), device=model.device)
        type_ids = None if types is None else types[ids]
        hidden = encode_packed(model, packing, ids, semantic_type_ids=type_ids)
        result[group] = pool(hidden, packing, pooling).cpu().numpy()
    return result


def pool(hidden: torch.Tensor, packing: Packing, pooling: Pooling) -> torch.Tensor:
    """One vector per sequence.

    Args:
        hidden: (rows, width) the vectors of all wordpieces.
        packing: Which sequences they belong to.
        pooling: See `embed_names`.

    Returns:
        (sequences, width), float32.

    Raises:
        ValueError: If there is no such pooling.
    """
    hidden = hidden.float()
    if pooling == "cls":
        return hidden[packing.starts]
    if pooling == "mean":
        sums = hidden.new_zeros(len(packing.lengths), hidden.shape[1])
        return sums.index_add(0, packing.sequences, hidden) / packing.lengths[:, None]
    raise UsageError(f"{pooling!r} is no pooling: {' or '.join(POOLINGS)}")
