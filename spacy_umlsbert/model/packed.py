"""Sequences of mixed length through BERT one after the other, without padding.

Linear layers, layer norms and activations do not care where a sequence ends, so they run once over
all wordpieces of a batch. Attention alone sees sequences, in groups of similar length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spacy_umlsbert._compat import BertSelfAttention
from spacy_umlsbert.batching import length_groups
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.model.attention import attend
from spacy_umlsbert.model.modeling import UmlsBertModel

_GROUP_WORDPIECES = 16_384
"""Most wordpieces, padding included, whose attention is computed together."""

_LEAST_WORDPIECES = 512
"""A group this small takes shorter sequences too: to call the kernels costs more than padding."""


@dataclass(frozen=True)
class _Group:
    """Sequences whose attention is computed together.

    Attributes:
        sequences: How many.
        length: Of the longest.
        filled: (sequences, 1, 1, length) where there is a wordpiece; None if everywhere.
    """

    sequences: int
    length: int
    filled: torch.Tensor | None


class Packing:
    """Where the wordpieces of sequences are, one after the other, and in groups with padding.

    Args:
        lengths: (sequences,) wordpieces of each, at least 1.
        device: Where the tensors are to be.

    Attributes:
        lengths: (sequences,) wordpieces of each.
        starts: (sequences,) the row of its first.
        sequences: (rows,) the sequence that each row belongs to.
        positions: (rows,) place of each row in its sequence.
        groups: The groups, whose places follow each other.
        rows_of_places: (places,) the row at a place in the groups; any row where there is padding.
        places_of_rows: (rows,) the place of each row.
        is_identity: Whether places and rows are the same.
    """

    def __init__(self, lengths: Sequence[int] | NDArray[np.int64], device: torch.device) -> None:
        sizes = np.asarray(lengths, dtype=np.int64)
        starts = np.cumsum(sizes) - sizes
        n_rows = int(sizes.sum())
        places_of_rows = np.empty(n_rows, dtype=np.int64)
        rows_of_places: list[NDArray[np.int64]] = []
        self.groups: list[_Group] = []
        first_place = 0
        for group in length_groups(sizes, _GROUP_WORDPIECES, least=_LEAST_WORDPIECES):
            of_group = sizes[group][:, None]
            nth = np.arange(of_group.max())
            rows = starts[group][:, None] + np.minimum(nth, of_group - 1)
            filled = nth < of_group
            mask = None if filled.all() else torch.from_numpy(filled[:, None, None]).to(device)
            self.groups.append(_Group(len(rows), len(nth), mask))
            places_of_rows[rows[filled]] = first_place + np.flatnonzero(filled)
            rows_of_places.append(rows.ravel())
            first_place += rows.size
        all_rows = np.concatenate(rows_of_places)
        self.is_identity = np.array_equal(all_rows, np.arange(n_rows))
        sequences = np.repeat(np.arange(len(sizes)), sizes)
        self.lengths, self.starts, self.sequences, self.positions = (
            torch.from_numpy(array).to(device)
            for array in (sizes, starts, sequences, np.arange(n_rows) - starts[sequences])
        )
        self.rows_of_places = torch.from_numpy(all_rows).to(device)
        self.places_of_rows = torch.from_numpy(places_of_rows).to(device)

    def to_groups(self, values: torch.Tensor) -> list[torch.Tensor]:
        """From (rows, width) to (sequences, length, width) per group."""
        if not self.is_identity:
            values = _ToPlaces.apply(values, self.rows_of_places, self.places_of_rows)
        parts = values.split([group.sequences * group.length for group in self.groups])
        return [
            part.view(group.sequences, group.length, -1)
            for part, group in zip(parts, self.groups, strict=True)
        ]

    def to_rows(self, groups: Sequence[torch.Tensor]) -> torch.Tensor:
        """From (sequences, length, width) per group to (rows, width)."""
        places = torch.cat([group.flatten(0, 1) for group in groups])
        return places if self.is_identity else _ToRows.apply(places, self.places_of_rows)


class _ToPlaces(torch.autograd.Function):
    """Rows to places; padding gets any row, and gives no gradient, because it is masked."""

    @staticmethod
    def forward(
        ctx: Any, values: torch.Tensor, rows_of_places: torch.Tensor, places_of_rows: torch.Tensor
    ) -> torch.Tensor:
        ctx.save_for_backward(places_of_rows)
        return values.index_select(0, rows_of_places)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        (places_of_rows,) = ctx.saved_tensors
        return gradient.index_select(0, places_of_rows), None, None


class _ToRows(torch.autograd.Function):
    """Places to rows; padding is dropped, its gradient is zero."""

    @staticmethod
    def forward(ctx: Any, values: torch.Tensor, places_of_rows: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(places_of_rows)
        ctx.n_places = len(values)
        return values.index_select(0, places_of_rows)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        (places_of_rows,) = ctx.saved_tensors
        gradients = gradient.new_zeros(ctx.n_places, gradient.shape[1])
        return gradients.index_copy_(0, places_of_rows, gradient), None


def encode_packed(
    model: UmlsBertModel,
    packing: Packing,
    input_ids: torch.Tensor,
    token_type_ids: torch.Tensor | None = None,
    semantic_type_ids: torch.Tensor | None = None,
) -> torch.Tensor:
    """What the model gives for sequences, as if each were encoded alone.

    Args:
        model: The model.
        packing: Where the sequences are.
        input_ids: (rows,) wordpiece ids.
        token_type_ids: (rows,) segment ids; 0 without them.
        semantic_type_ids: (rows,); none without them.

    Returns:
        (rows, width), the last layer's vectors.

    Raises:
        ValueError: If the model has other positions than absolute ones.
    """
    if model.config.position_embedding_type != "absolute":
        raise UsageError(
            f"position_embedding_type {model.config.position_embedding_type!r} is not supported: "
            "use weights with absolute positions"
        )
    words = model.embed_wordpieces(input_ids, semantic_type_ids)
    if token_type_ids is None:
        token_type_ids = torch.zeros_like(input_ids)
    hidden = model.embeddings(
        inputs_embeds=words[None],
        token_type_ids=token_type_ids[None],
        position_ids=packing.positions[None],
    )[0]
    for layer in model.encoder.layer:
        context = _attention(layer.attention.self, hidden, packing)
        attended = layer.attention.output(context, hidden)
        hidden = layer.output(layer.intermediate(attended), attended)
    return hidden


def _attention(
    attention: BertSelfAttention, hidden: torch.Tensor, packing: Packing
) -> torch.Tensor:
    heads = attention.num_attention_heads
    dropout = attention.dropout.p if attention.training else 0.0
    projected = [
        packing.to_groups(project(hidden))
        for project in (attention.query, attention.key, attention.value)
    ]
    contexts = []
    for group, *states in zip(packing.groups, *projected, strict=True):
        query, key, value = (one.unflatten(2, (heads, -1)).transpose(1, 2) for one in states)
        context = attend(query, key, value, group.filled, dropout)
        contexts.append(context.transpose(1, 2).flatten(2))
    return packing.to_rows(contexts)
