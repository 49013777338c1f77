"""Run a batch of windows of mixed length with little padding."""

import torch
from torch import nn
from transformers.modeling_outputs import BaseModelOutput

from ..batching import length_groups
from ..model import UmlsBertModel
from .precision import cpu_autocast

_LEAST = 1024
"""Wordpieces; on a CPU the passes over the weights cost more than the padding up to here."""


class LengthBatched(nn.Module):
    """Wraps the backbone: windows of similar length go through it together.

    Padding every window of a batch of notes to the longest wastes most of the work. The result
    does not depend on the grouping, but for rounding.
    """

    def __init__(
        self, backbone: UmlsBertModel, budget: int, cpu_mixed_precision: bool = False
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.budget = budget
        self.cpu_mixed_precision = cpu_mixed_precision

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
        semantic_type_ids: torch.Tensor | None = None,
    ) -> BaseModelOutput:
        """Encode windows.

        Args:
            input_ids: (windows, length), padded at the end.
            attention_mask: (windows, length), 1 for wordpieces and 0 for padding.
            token_type_ids: (windows, length) segment ids.
            semantic_type_ids: (windows, length).

        Returns:
            ``last_hidden_state`` (windows, length, width), zero at padding.
        """
        lengths = attention_mask.sum(dim=1).long()
        found = length_groups(lengths.cpu().numpy(), self.budget, least=_LEAST)
        groups = [torch.from_numpy(group) for group in found]
        width = input_ids.shape[1]
        parts = []
        # Around all groups, so that the weights are rounded once.
        with cpu_autocast(self.cpu_mixed_precision):
            for group in groups:
                rows = group.to(input_ids.device)
                longest = int(lengths[rows[0]])

                def cut(
                    values: torch.Tensor | None,
                    rows: torch.Tensor = rows,
                    longest: int = longest,
                ) -> torch.Tensor | None:
                    return None if values is None else values[rows, :longest]

                mask = attention_mask[rows, :longest]
                hidden = self.backbone(
                    input_ids=cut(input_ids),
                    attention_mask=mask,
                    token_type_ids=cut(token_type_ids),
                    semantic_type_ids=cut(semantic_type_ids),
                ).last_hidden_state
                hidden = hidden.float() if self.cpu_mixed_precision else hidden
                hidden = hidden * mask.unsqueeze(-1).to(hidden.dtype)
                parts.append(nn.functional.pad(hidden, (0, 0, 0, width - longest)))
        inverse = torch.argsort(torch.cat(groups)).to(input_ids.device)
        return BaseModelOutput(last_hidden_state=torch.cat(parts)[inverse])
