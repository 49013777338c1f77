"""A Trainer whose training goes on where it was interrupted."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_model
from transformers import Trainer, TrainerControl, TrainerState, TrainingArguments, set_seed
from transformers.trainer import TRAINER_STATE_NAME
from transformers.utils import SAFE_WEIGHTS_NAME
from wasabi import Printer

from spacy_umlsbert.training.arguments import CHECKPOINTS
from spacy_umlsbert.training.callbacks import TimeLimit
from spacy_umlsbert.training.checkpoints import checkpoints, is_complete, last_complete_checkpoint
from spacy_umlsbert.training.result import warn_of_no_plot
from spacy_umlsbert.training.resume import check_same_settings
from spacy_umlsbert.training.settings import RunSettings, TrainingSettings


class ResumableTrainer(Trainer):
    """Trainer that starts from a checkpoint, or takes its result if it is that of the end."""

    optimizer: torch.optim.Optimizer | None
    control: TrainerControl

    def groups(self) -> list[dict[str, Any]]:
        """The weights by learning rate and weight decay, for the optimizer."""
        raise NotImplementedError

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

    def report(self, figures: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        """Log figures of an evaluation, and tell the callbacks, as `evaluate` has to."""
        metrics = {f"{prefix}_{key}": value for key, value in figures.items()}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics

    def _all_steps(self) -> int:
        if self.args.max_steps > 0:
            return int(self.args.max_steps)
        batches = len(self.get_train_dataloader())
        steps = max(1, math.ceil(batches / self.args.gradient_accumulation_steps))
        return math.ceil(self.args.num_train_epochs * steps)


def begin(
    arguments: TrainingArguments, config: RunSettings, training: TrainingSettings, quiet: bool
) -> Printer:
    """What a training begins with: a printer for the first process, and the seed.

    Args:
        arguments: The arguments of the trainer.
        config: All settings; if there is a checkpoint, they have to be those it was begun with.
        training: Those that the arguments were made of.
        quiet: Whether to print nothing.

    Raises:
        InputError: If they are others.
    """
    msg = Printer(no_print=quiet or not arguments.should_log)
    folder = config.output / CHECKPOINTS
    begun = last_complete_checkpoint(folder) is not None
    check_same_settings(config, folder, begun=begun, write=arguments.should_save)
    warn_of_no_plot(training, msg)
    set_seed(training.seed)
    return msg


def last_checkpoint(trainer_folder: Path, msg: Printer, clean: bool) -> Path | None:
    """The checkpoint to go on from, if there is one.

    Args:
        trainer_folder: Where the checkpoints are.
        msg: Says what is removed.
        clean: Whether to remove checkpoints that were not written to their end: left there,
            Trainer would count them among those to keep.
    """
    last = last_complete_checkpoint(trainer_folder)
    for step, path in checkpoints(trainer_folder) if clean else ():
        if not is_complete(path, step):
            msg.warn(f"Removing {path}, which was not written to its end.")
            shutil.rmtree(path)
    if last is not None:
        msg.info(f"Going on from {last}")
    return last
