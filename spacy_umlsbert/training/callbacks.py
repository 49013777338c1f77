"""Callbacks of Hugging Face's Trainer: a limit of time, and a log in a file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, cast

import srsly
import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from spacy_umlsbert._compat import TRAINER_STATE_NAME, ExportableState, IntervalStrategy
from spacy_umlsbert.files.atomic import atomic_file


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
            control.should_evaluate = args.eval_strategy != IntervalStrategy.NO
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
