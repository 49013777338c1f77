"""An encoder of names as a module that learns: all names of a batch in one forward pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import torch
from torch import nn
from transformers import PreTrainedTokenizerBase

from ..batching import length_groups
from ..model.embed import padded, pool
from .dense import NameEncoder

_GROUP_WORDPIECES = 4096
_LEAST_WORDPIECES = 512


class NameBatch(TypedDict):
    """Names as wordpieces, in groups of similar length.

    Attributes:
        groups: For each group ``input_ids`` and ``attention_mask`` (names, wordpieces).
        places: (names,) where in the groups, one after the other, each name is.
    """

    groups: list[dict[str, torch.Tensor]]
    places: torch.Tensor


def name_batch(
    tokenizer: PreTrainedTokenizerBase, names: Sequence[str], max_length: int
) -> NameBatch:
    """Tokenize names and group them by length."""
    encoded = tokenizer(
        list(names), truncation=True, max_length=max_length, return_token_type_ids=False
    )["input_ids"]
    groups, order = [], []
    lengths = [len(ids) for ids in encoded]
    for group in length_groups(lengths, _GROUP_WORDPIECES, least=_LEAST_WORDPIECES):
        ids, mask = padded([encoded[i] for i in group], tokenizer.pad_token_id)
        groups.append({"input_ids": ids, "attention_mask": mask})
        order.extend(group.tolist())
    return {"groups": groups, "places": torch.argsort(torch.tensor(order))}


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

    def forward(self, groups: list[dict[str, torch.Tensor]], places: torch.Tensor) -> Any:
        """The vectors (names, width) of a `NameBatch`, of length 1."""
        pooled = [
            pool(self.bert(**group).last_hidden_state, group["attention_mask"], self._pooling)
            for group in groups
        ]
        return nn.functional.normalize(torch.cat(pooled).float(), dim=1)[places]

    @property
    def _pooling(self) -> Any:
        return self.encoder.pooling

    def learned(self) -> NameEncoder:
        """The encoder with all that was learned."""
        self.encoder.sparse_weight = float(self.sparse_weight.detach())
        self.encoder.prior_weight = float(self.prior_weight.detach())
        return self.encoder
