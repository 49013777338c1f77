"""Hugging Face's Trainer for the masked LM of an UmlsBERT."""

from __future__ import annotations

from typing import Any

import torch

from spacy_umlsbert._compat import tied_weights
from spacy_umlsbert.model import SEMANTIC_TYPE_WEIGHT, UmlsBertForMaskedLM
from spacy_umlsbert.model.masked_lm import IGNORED
from spacy_umlsbert.pretraining.config import OptimizerSettings
from spacy_umlsbert.pretraining.loss import MaskedLmLoss
from spacy_umlsbert.training import optimizer
from spacy_umlsbert.training.trainer import ResumableTrainer

_HEAD = "cls."


class PretrainingTrainer(ResumableTrainer):
    """Trainer with a loss of our own, and learning rates by part.

    Args:
        loss: What a masked position costs.
        **kwargs: As for `ResumableTrainer`.
    """

    optimizer_settings: OptimizerSettings

    def __init__(self, *args: Any, loss: MaskedLmLoss, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loss = loss
        self._losses: list[torch.Tensor] = []

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """The loss of a batch; the head is applied at masked positions only."""
        inputs = dict(inputs)
        labels = inputs.pop("labels")
        predicted = labels != IGNORED
        outputs = model(**inputs, predicted=predicted)
        loss = self.loss(outputs.logits.float(), labels[predicted])
        self._losses.append(loss.detach())
        return (loss, outputs) if return_outputs else loss

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        """Log the mean loss since the last time, which Trainer has rounded to four decimals.

        Averaged over the vocabulary, the loss over concepts is smaller than that.
        """
        if "loss" in logs and self._losses:
            logs["loss"] = float(torch.stack(self._losses).mean())
            self._losses.clear()
        super().log(logs, *args, **kwargs)

    def _issue_warnings_after_load(self, load_result: Any) -> None:
        # The decoder is not saved: it is tied to the word embeddings.
        tied = tied_weights(self.model)
        load_result.missing_keys[:] = [key for key in load_result.missing_keys if key not in tied]
        super()._issue_warnings_after_load(load_result)

    def groups(self) -> list[dict[str, Any]]:
        """The semantic-type embedding and the head may have learning rates of their own."""
        return parameter_groups(self.model, self.optimizer_settings)


def parameter_groups(
    model: UmlsBertForMaskedLM, settings: OptimizerSettings
) -> list[dict[str, Any]]:
    """The weights by learning rate and weight decay.

    Biases, layer norms and the semantic-type embedding, whose row 0 is zero, do not decay.
    """
    factors = {_HEAD: settings.head_factor, SEMANTIC_TYPE_WEIGHT: settings.semantic_type_factor}
    return optimizer.parameter_groups(
        model, settings, factors, (*optimizer.NOT_DECAYED, SEMANTIC_TYPE_WEIGHT)
    )
