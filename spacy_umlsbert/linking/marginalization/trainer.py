"""Hugging Face's Trainer for synonym marginalisation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from transformers import (
    PreTrainedTokenizerBase,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from spacy_umlsbert.linking.marginalization.candidates import Example
from spacy_umlsbert.linking.marginalization.config import OptimizerSettings
from spacy_umlsbert.linking.trainable_encoder import name_batch
from spacy_umlsbert.training.optimizer import NOT_DECAYED, parameter_groups
from spacy_umlsbert.training.trainer import ResumableTrainer

_WEIGHTS = ("sparse_weight", "prior_weight")


class MarginalizationTrainer(ResumableTrainer):
    """Trainer whose loss is that the names of the right concept together are unlikely.

    Sung et al. 2020, section 3.3: minus the logarithm of the sum of their probabilities, which
    are the softmax of the scores of a mention's candidates.

    Args:
        temperature: What scores are divided by.
        **kwargs: As for `ResumableTrainer`.
    """

    optimizer_settings: OptimizerSettings

    def __init__(self, *args: Any, temperature: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.temperature = temperature

    def groups(self) -> list[dict[str, Any]]:
        """The two single weights have a learning rate of their own, and do not decay."""
        factors = dict.fromkeys(_WEIGHTS, self.optimizer_settings.weights_factor)
        not_decayed = (*NOT_DECAYED, *_WEIGHTS)
        return parameter_groups(self.model, self.optimizer_settings, factors, not_decayed)

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """The mean loss of the mentions of a batch that have a right candidate."""
        vectors = model(inputs["input_ids"], inputs["lengths"])
        mentions = vectors[: len(inputs["labels"])]
        candidates = vectors[inputs["candidates"]]
        weights = self.accelerator.unwrap_model(model)
        scores = (
            torch.einsum("mw,mkw->mk", mentions, candidates)
            + weights.sparse_weight * inputs["spelling"]
            + weights.prior_weight * inputs["frequency"]
        )
        loss = marginal_loss(scores / self.temperature, inputs["labels"])
        return (loss, scores) if return_outputs else loss


def marginal_loss(scores: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Minus the log of the probability of all right candidates together.

    Args:
        scores: (mentions, k).
        right: (mentions, k) which candidates are right. Mentions without one do not count.

    Returns:
        The mean over mentions; zero, with a gradient of zero, if none counts.
    """
    counts = right.any(dim=1)
    everything = torch.logsumexp(scores, dim=1)
    correct = torch.logsumexp(scores.masked_fill(~right, torch.finfo(scores.dtype).min), dim=1)
    losses = torch.where(counts, everything - correct, scores.sum(dim=1) * 0)
    return losses.sum() / counts.sum().clamp(min=1)


class CandidateCollator:
    """Makes a batch of mentions and candidates; each distinct name is in it once."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, max_length: int) -> None:
        self.tokenizer = tokenizer
        self.max_length = max_length

    def __call__(self, examples: Sequence[Example]) -> dict[str, Any]:
        """The mentions come first among the names; ``candidates`` are places among them."""
        names = [example.mention for example in examples]
        distinct: dict[str, int] = {}
        places = [
            [len(names) + distinct.setdefault(name, len(distinct)) for name in example.names]
            for example in examples
        ]
        return {
            **name_batch(self.tokenizer, [*names, *distinct], self.max_length),
            "candidates": torch.tensor(places),
            "spelling": torch.from_numpy(np.stack([example.spelling for example in examples])),
            "frequency": torch.from_numpy(np.stack([example.frequency for example in examples])),
            "labels": torch.from_numpy(np.stack([example.right for example in examples])),
        }


class NewCandidates(TrainerCallback):
    """Has the candidates found anew at the beginning of each epoch.

    Args:
        retrieve: Does it.
    """

    def __init__(self, retrieve: Callable[[], None]) -> None:
        self.retrieve = retrieve

    def on_epoch_begin(  # noqa: D102
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self.retrieve()
