"""A Trainer whose training goes on where it was interrupted, and that measures in its own way."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_model
from transformers import Trainer, TrainerControl, TrainerState

from spacy_umlsbert._compat import SAFE_WEIGHTS_NAME, TRAINER_STATE_NAME
from spacy_umlsbert.training.callbacks import TimeLimit
from spacy_umlsbert.training.optimizer import parameter_groups
from spacy_umlsbert.training.settings import OptimizerSettings

_EVAL = "eval"

Evaluator = Callable[[], Mapping[str, Any]]
"""Gives figures of a model as it is."""


class ResumableTrainer(Trainer):
    """Trainer that starts from a checkpoint, or takes its result if it is that of the end.

    Args:
        optimizer_settings: Learning rates and weight decay.
        evaluator: Gives figures of the model as it is; None if there is nothing to measure on.
        **kwargs: As for `transformers.Trainer`.
    """

    optimizer: torch.optim.Optimizer | None
    control: TrainerControl

    def __init__(
        self,
        *args: Any,
        optimizer_settings: OptimizerSettings,
        evaluator: Evaluator | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.optimizer_settings = optimizer_settings
        self.evaluator = evaluator
        # The losses are averages over a batch; Trainer divides them by the number of batches whose
        # gradients are accumulated.
        self.model_accepts_loss_kwargs = False

    def groups(self) -> list[dict[str, Any]]:
        """The weights by learning rate and weight decay, for the optimizer: all learn alike."""
        return parameter_groups(self.model, self.optimizer_settings)

    def create_optimizer(self) -> torch.optim.Optimizer:
        """The optimizer of the arguments, over `groups`."""
        if self.optimizer is None:
            kind, arguments = self.get_optimizer_cls_and_kwargs(self.args, self.model)
            self.optimizer = kind(self.groups(), **arguments)
        return self.optimizer

    def train_from(self, checkpoint: Path | None, clock: TimeLimit) -> None:
        """Train, from the beginning or from a checkpoint.

        Args:
            checkpoint: The checkpoint to go on from, if any.
            clock: Its time.
        """
        if checkpoint is None:
            self.train()
        elif not self.take_finished(checkpoint, clock):
            self.train(resume_from_checkpoint=str(checkpoint))

    def take_finished(self, checkpoint: Path, clock: TimeLimit) -> bool:
        """Take the weights and the log of a checkpoint if its training was done.

        Trainer itself would train at least one step more.

        Args:
            checkpoint: The checkpoint to go on from.
            clock: Its time.

        Returns:
            Whether it was done. If not, nothing has changed.
        """
        state = TrainerState.load_from_json(str(checkpoint / TRAINER_STATE_NAME))
        if state.global_step < self._all_steps() and not clock.is_over:
            return False
        self.state = state
        self.state.is_world_process_zero = self.is_world_process_zero()
        load_model(self.model, checkpoint / SAFE_WEIGHTS_NAME, strict=False)
        return True

    def evaluate(
        self,
        eval_dataset: Any = None,
        ignore_keys: list[str] | None = None,
        metric_key_prefix: str = _EVAL,
    ) -> dict[str, Any]:
        """Measure the model; every process does, the first one logs the figures."""
        if self.evaluator is None:
            return {}
        metrics = {f"{metric_key_prefix}_{key}": value for key, value in self.evaluator().items()}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics

    def before_and_after(self) -> dict[str, dict[str, Any]]:
        """The figures of the first and of the last evaluation; nothing if none was made.

        If the model was not measured after the last step, it is now.
        """
        if self._evaluations() and self._evaluations()[-1]["step"] != self.state.global_step:
            self.evaluate()
        rows = self._evaluations()
        return {"before": _figures(rows[0]), "after": _figures(rows[-1])} if rows else {}

    def _evaluations(self) -> list[dict[str, Any]]:
        return [row for row in self.state.log_history if any(map(_is_figure, row))]

    def _all_steps(self) -> int:
        if self.args.max_steps > 0:
            return int(self.args.max_steps)
        batches = len(self.get_train_dataloader())
        steps = max(1, math.ceil(batches / self.args.gradient_accumulation_steps))
        return math.ceil(self.args.num_train_epochs * steps)


def _is_figure(key: str) -> bool:
    return key.startswith(f"{_EVAL}_")


def _figures(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key.removeprefix(f"{_EVAL}_"): row[key] for key in row if _is_figure(key)}
