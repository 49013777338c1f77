"""Run a batch of windows of mixed length without computing on padding."""

import torch
from torch import nn

from spacy_umlsbert._compat import BaseModelOutput
from spacy_umlsbert.batching import length_groups
from spacy_umlsbert.model import UmlsBertModel
from spacy_umlsbert.model.packed import Packing, encode_packed
from spacy_umlsbert.model.precision import cpu_autocast


class PackedWindows(nn.Module):
    """Wraps the backbone: windows go through it one after the other, without their padding.

    Padding every window of a batch of notes to the longest wastes most of the work. The result
    does not depend on what is encoded together, but for rounding.
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
        device = input_ids.device
        filled = attention_mask.bool()
        lengths = filled.sum(dim=1).cpu().numpy()
        width = self.backbone.config.hidden_size
        places, parts = [], []
        # Around all groups, so that the weights are rounded once.
        with cpu_autocast(self.cpu_mixed_precision):
            for group in length_groups(lengths, self.budget, fill=0.0):
                rows = torch.zeros_like(filled)
                rows[torch.from_numpy(group).to(device)] = True
                rows &= filled
                packing = Packing(lengths[sorted(group)], device)
                hidden = encode_packed(
                    self.backbone,
                    packing,
                    input_ids[rows],
                    None if token_type_ids is None else token_type_ids[rows],
                    None if semantic_type_ids is None else semantic_type_ids[rows],
                )
                parts.append(hidden.float() if self.cpu_mixed_precision else hidden)
                places.append(rows.flatten().nonzero()[:, 0])
        packed = torch.cat(parts)
        output = packed.new_zeros(filled.numel(), width).index_copy(0, torch.cat(places), packed)
        return BaseModelOutput(last_hidden_state=output.view(*filled.shape, width))
