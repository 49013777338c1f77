"""Hugging Face's Trainer for the masked LM of an UmlsBERT."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, cast

import srsly
import torch
from safetensors.torch import load_model
from transformers import (
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)
from transformers.trainer import TRAINER_STATE_NAME
from transformers.trainer_callback import ExportableState
from transformers.utils import SAFE_WEIGHTS_NAME

from ..files import atomic_file
from ..model import SEMANTIC_TYPE_WEIGHT, UmlsBertForMaskedLM
from ..model.masked_lm import IGNORED
from .config import OptimizerSettings
from .evaluate import Evaluator
from .loss import MaskedLmLoss

_HEAD = "cls."
_NOT_DECAYED = ("bias", "LayerNorm.weight", SEMANTIC_TYPE_WEIGHT)


class PretrainingTrainer(Trainer):
    """Trainer with a loss of our own, learning rates by part, and an evaluation of our own.

    Args:
        loss: What a masked position costs.
        optimizer_settings: Learning rates by part of the model.
        evaluator: Measures the model on held-out texts; None if there are none.
        **kwargs: As for `transformers.Trainer`.
    """

    optimizer: torch.optim.Optimizer | None
    control: TrainerControl

    def __init__(
        self,
        *args: Any,
        loss: MaskedLmLoss,
        optimizer_settings: OptimizerSettings,
        evaluator: Evaluator | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.loss = loss
        self.optimizer_settings = optimizer_settings
        self.evaluator = evaluator
        # The loss is an average over the masked positions of a batch; Trainer divides it by the
        # number of batches whose gradients are accumulated.
        self.model_accepts_loss_kwargs = False
        self._losses: list[torch.Tensor] = []

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
        if state.global_step < self.args.max_steps and not clock.is_over:
            return False
        self.state = state
        self.state.is_world_process_zero = self.is_world_process_zero()
        load_model(self.model, checkpoint / SAFE_WEIGHTS_NAME, strict=False)
        return True

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
        tied = self.model._tied_weights_keys or ()
        load_result.missing_keys[:] = [key for key in load_result.missing_keys if key not in tied]
        super()._issue_warnings_after_load(load_result)

    def create_optimizer(self) -> torch.optim.Optimizer:
        """AdamW; the semantic-type embedding and the head may have learning rates of their own."""
        if self.optimizer is None:
            kind, arguments = self.get_optimizer_cls_and_kwargs(self.args, self.model)
            groups = parameter_groups(self.model, self.optimizer_settings)
            self.optimizer = kind(groups, **arguments)
        return self.optimizer

    def evaluate(
        self,
        eval_dataset: Any = None,
        ignore_keys: list[str] | None = None,
        metric_key_prefix: str = "eval",
    ) -> dict[str, float]:
        """Measure the model on the held-out texts; every process does, the first one reports."""
        if self.evaluator is None:
            return {}
        model = self.accelerator.unwrap_model(self.model)
        result = self.evaluator(model, progress=self.is_world_process_zero())
        metrics = {f"{metric_key_prefix}_{key}": value for key, value in result._asdict().items()}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics


def parameter_groups(
    model: UmlsBertForMaskedLM, settings: OptimizerSettings
) -> list[dict[str, Any]]:
    """The weights by learning rate and weight decay.

    Biases, layer norms and the semantic-type embedding, whose row 0 is zero, do not decay.
    """
    factors = {_HEAD: settings.head_factor, SEMANTIC_TYPE_WEIGHT: settings.semantic_type_factor}
    groups: dict[tuple[float, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            factor = next((f for part, f in factors.items() if part in name), 1.0)
            decays = not name.endswith(_NOT_DECAYED)
            groups.setdefault((factor, decays), []).append(parameter)
    return [
        {
            "params": parameters,
            "lr": factor * settings.learn_rate,
            "weight_decay": settings.weight_decay if decays else 0.0,
        }
        for (factor, decays), parameters in groups.items()
    ]


class TimeLimit(TrainerCallback, ExportableState):
    """Counts the time in training, over all starts, and stops when there is no more.

    Evaluation and the writing of checkpoints count. The time since the last checkpoint of a run
    that was killed does not, as its steps do not. Checkpoints keep the time, with the state of
    Trainer (but Trainer is not asked to restore it, for it would forget the limit).

    Args:
        minutes: How long; None for no limit.
        checkpoint: Where the training goes on from, if it does.
    """

    def __init__(self, minutes: float | None = None, checkpoint: Path | None = None) -> None:
        self.minutes = minutes
        self.seconds = 0.0
        self._last: float | None = None
        if checkpoint is not None:
            state = TrainerState.load_from_json(str(checkpoint / TRAINER_STATE_NAME))
            stored = cast(dict, state.stateful_callbacks).get(type(self).__name__, {})
            self.seconds = stored.get("attributes", {}).get("seconds", 0.0)

    @property
    def is_over(self) -> bool:
        """Whether there is no more time."""
        return self.minutes is not None and self.seconds >= 60 * self.minutes

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        self._count()
        return {"args": {}, "attributes": {"seconds": self.seconds}}

    def _count(self) -> None:
        now = time.monotonic()
        if self._last is not None:
            self.seconds += now - self._last
        self._last = now

    @staticmethod
    def _agreed(over: bool, args: TrainingArguments) -> bool:
        """What the first process says: all must stop at the same step."""
        if args.world_size <= 1:
            return over
        flag = torch.tensor(int(over), device=args.device)
        torch.distributed.broadcast(flag, 0)
        return bool(flag)

    def on_train_begin(  # noqa: D102
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._last = time.monotonic()

    def on_step_end(  # noqa: D102
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> TrainerControl:
        self._count()
        if self.minutes is not None and self._agreed(self.is_over, args):
            control.should_training_stop = True
            control.should_evaluate = True
            control.should_save = True
        return control


class LogFile(TrainerCallback):
    """Keeps ``log.jsonl`` up to date: a line for every logged step.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def on_log(  # noqa: D102
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if state.is_world_process_zero:
            # All of it, since a run that goes on from a checkpoint goes back in the log too.
            with atomic_file(self.path) as unfinished:
                srsly.write_jsonl(unfinished, state.log_history)
