"""What every training does, from its settings to what it leaves behind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from transformers import set_seed
from wasabi import Printer

from spacy_umlsbert.files.atomic import new_directory
from spacy_umlsbert.training.arguments import CHECKPOINTS, check_installed, training_arguments
from spacy_umlsbert.training.callbacks import LogFile, TimeLimit
from spacy_umlsbert.training.checkpoints import checkpoint_to_resume, last_complete_checkpoint
from spacy_umlsbert.training.random_numbers import random_numbers_put_back
from spacy_umlsbert.training.result import LOG, MODEL, warn_of_no_plot, write_result
from spacy_umlsbert.training.resume import check_same_settings
from spacy_umlsbert.training.settings import RunSettings, load_settings
from spacy_umlsbert.training.trainer import ResumableTrainer

SettingsT = TypeVar("SettingsT", bound=RunSettings)
RunT = TypeVar("RunT", bound="TrainingRun[Any]")


class TrainingRun(ABC, Generic[SettingsT]):
    """A training; subclasses say what is learned, from what, and how it is measured.

    `run` makes, in ``config.output``: ``model``, ``metrics.json``, ``log.jsonl``, ``loss.png`` and
    ``checkpoints``, and goes on from the last checkpoint if there is one.

    Args:
        config: The settings.
        quiet: Whether to print nothing and show no progress.

    Attributes:
        settings: The class of the settings.
        needs: The packages that this kind of training needs beside those of the standard install.
        arguments: What Hugging Face's Trainer is given.
        msg: Prints for the user, in the first process alone.

    Raises:
        InputError: If a package that the training needs is not installed, or a setting cannot be
            used.
    """

    settings: ClassVar[type[RunSettings]]
    needs: ClassVar[tuple[str, ...]] = ("accelerate",)

    def __init__(self, config: SettingsT, quiet: bool = False) -> None:
        check_installed(*self.needs)
        self.config = config
        self.arguments = training_arguments(config, quiet, **self.own_arguments())
        self.msg = Printer(no_print=quiet or not self.arguments.should_log)

    @classmethod
    def from_file(
        cls: type[RunT],
        path: Path,
        overrides: dict[str, Any] | None = None,
        output: Path | None = None,
        quiet: bool = False,
    ) -> RunT:
        """The training that a config file describes; see `training.settings.load_settings`.

        Raises:
            InputError: As for the class, and if the file or a setting in it cannot be used.
        """
        return cls(load_settings(cls.settings, path, overrides, output), quiet)

    def own_arguments(self) -> dict[str, Any]:
        """Arguments of Trainer that this kind of training sets beside those that all set."""
        return {}

    def check_inputs(self) -> None:
        """See that what is needed is there, before any work.

        Raises:
            InputError: If something is not.
        """

    @abstractmethod
    def prepare(self) -> None:
        """Load the model and what it learns from.

        Raises:
            InputError: If something cannot be used.
        """

    def start_anew(self) -> None:
        """Called when there is no checkpoint to go on from."""

    @abstractmethod
    def trainer(self, **shared: Any) -> ResumableTrainer:
        """The trainer.

        Args:
            **shared: What all trainers are given: ``args``, ``callbacks`` and
                ``optimizer_settings``.
        """

    def facts(self) -> dict[str, Any]:
        """What ``metrics.json`` says of this kind of training, once it is done."""
        return {}

    @abstractmethod
    def save_model(self, folder: Path) -> None:
        """Save what was learned in a new folder."""

    def save_more(self) -> None:
        """Save what else belongs to the model, in ``config.output``."""

    def run(self) -> dict[str, Any]:
        """Train, measure and save.

        Returns:
            What ``metrics.json`` holds.

        Raises:
            InputError: If an input cannot be used, or the training was begun with other settings.
        """
        with random_numbers_put_back():
            return self._run()

    def _run(self) -> dict[str, Any]:
        self.check_inputs()
        self._begin()
        self.prepare()
        checkpoint = checkpoint_to_resume(
            self.config.output / CHECKPOINTS, self.msg, clean=self.arguments.should_save
        )
        if checkpoint is None:
            self.start_anew()
        else:
            self.arguments.eval_on_start = False  # it is in the log of the checkpoint
        clock = TimeLimit(self.config.training.max_minutes, checkpoint)
        trainer = self.trainer(
            args=self.arguments,
            callbacks=[clock, LogFile(self.config.output / LOG)],
            optimizer_settings=self.config.optimizer,
        )
        trainer.train_from(checkpoint, clock)
        metrics = {
            "steps": trainer.state.global_step,
            "minutes": round(clock.seconds / 60, 2),
            **self.facts(),
            **trainer.before_and_after(),
        }
        if trainer.is_world_process_zero():
            self._save(metrics, trainer)
        return metrics

    def _begin(self) -> None:
        folder = self.config.output / CHECKPOINTS
        begun = last_complete_checkpoint(folder) is not None
        check_same_settings(self.config, folder, begun=begun, write=self.arguments.should_save)
        warn_of_no_plot(self.config.training, self.msg)
        set_seed(self.config.training.seed)

    def _save(self, metrics: dict[str, Any], trainer: ResumableTrainer) -> None:
        model = self.config.output / MODEL
        with new_directory(model, replace=True) as folder:
            self.save_model(folder)
        self.save_more()
        write_result(self.config, metrics, trainer.state.log_history)
        self.msg.good(f"Saved {model} after {metrics['steps']:,} steps")
