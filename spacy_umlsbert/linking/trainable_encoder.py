"""An encoder of names as a module that learns: all names of a batch in one forward pass."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, TypedDict

import torch
from torch import nn
from transformers import PreTrainedTokenizerBase

from spacy_umlsbert.linking.dense_encoder import NameEncoder
from spacy_umlsbert.model.embed import pool
from spacy_umlsbert.model.packed import Packing, encode_packed
from spacy_umlsbert.model.tokenizing import encode_texts


class NameBatch(TypedDict):
    """Names as wordpieces, one after the other.

    Attributes:
        input_ids: (wordpieces,) the ids of all of them.
        lengths: (names,) how many each name has.
    """

    input_ids: torch.Tensor
    lengths: torch.Tensor


def name_batch(
    tokenizer: PreTrainedTokenizerBase, names: Sequence[str], max_length: int
) -> NameBatch:
    """Tokenize names."""
    texts = encode_texts(tokenizer, names, special=True, max_length=max_length)
    encoded = [text.ids for text in texts]
    return {
        "input_ids": torch.tensor(list(chain.from_iterable(encoded))),
        "lengths": torch.tensor([len(ids) for ids in encoded]),
    }


class TrainableEncoder(nn.Module):
    """The backbone of a `NameEncoder`, and the weights of what counts beside its vectors.

    Args:
        encoder: What is trained; its model changes with it.
        learn_weights: Whether the weights of spelling and of frequency are learned too.
    """

    def __init__(self, encoder: NameEncoder, *, learn_weights: bool) -> None:
        super().__init__()
        self.encoder = encoder
        self.bert = encoder.model
        for name, parameter in self.bert.named_parameters():
            # Not used: without a gradient several processes do not wait for it.
            parameter.requires_grad_(not name.startswith("pooler."))
        self.sparse_weight = nn.Parameter(
            torch.tensor(float(encoder.sparse_weight)), requires_grad=learn_weights
        )
        self.prior_weight = nn.Parameter(
            torch.tensor(float(encoder.prior_weight)), requires_grad=learn_weights
        )

    def forward(self, input_ids: torch.Tensor, lengths: torch.Tensor) -> Any:
        """The vectors (names, width) of a `NameBatch`, of length 1."""
        packing = Packing(lengths.cpu().numpy(), input_ids.device)
        hidden = encode_packed(self.bert, packing, input_ids)
        return nn.functional.normalize(pool(hidden, packing, self.encoder.pooling), dim=1)

    def learned(self) -> NameEncoder:
        """The encoder with all that was learned."""
        self.encoder.sparse_weight = float(self.sparse_weight.detach())
        self.encoder.prior_weight = float(self.prior_weight.detach())
        return self.encoder
