"""The weights of a model by learning rate and weight decay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from spacy_umlsbert.training.settings import OptimizerSettings

NOT_DECAYED = ("bias", "LayerNorm.weight")


def parameter_groups(
    model: nn.Module,
    settings: OptimizerSettings,
    factors: Mapping[str, float] | None = None,
    not_decayed: Sequence[str] = NOT_DECAYED,
) -> list[dict[str, Any]]:
    """The groups for an optimizer.

    Args:
        model: The model; weights that are frozen are left out.
        settings: Learning rate and weight decay.
        factors: What multiplies the learning rate of weights with this in their name.
        not_decayed: Endings of the names of weights that do not decay.
    """
    groups: dict[tuple[float, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            of_part = (f for part, f in (factors or {}).items() if part in name)
            factor = next(of_part, 1.0)
            decays = not name.endswith(tuple(not_decayed))
            groups.setdefault((factor, decays), []).append(parameter)
    return [
        {
            "params": parameters,
            "lr": factor * settings.learn_rate,
            "weight_decay": settings.weight_decay if decays else 0.0,
        }
        for (factor, decays), parameters in groups.items()
    ]
