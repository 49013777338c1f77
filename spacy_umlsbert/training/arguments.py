"""Hugging Face's TrainingArguments out of the settings of a config."""

from __future__ import annotations

import importlib.util
from typing import Any

import torch
from transformers import TrainingArguments

from spacy_umlsbert._compat import get_available_reporting_integrations
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.model.precision import cpu_has_bfloat16
from spacy_umlsbert.training.settings import RunSettings

CHECKPOINTS = "checkpoints"


def check_installed(*packages: str) -> None:
    """See that the packages that only training needs are there.

    Raises:
        InputError: If one is not.
    """
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise InputError(
                f"this training needs the package {package.replace('_', '-')}, which is not "
                "installed.",
                remedy="Install it with: pip install 'spacy-umlsbert[pretraining]'",
            )


def training_arguments(config: RunSettings, quiet: bool, **more: Any) -> TrainingArguments:
    """The arguments that all trainings have, and those of one kind.

    Args:
        config: The settings. Checkpoints and logs go in folders of their own in its output.
        quiet: Whether to show no progress.
        **more: Arguments of this kind of training.

    Raises:
        InputError: If ``training.trainer`` or ``training.report_to`` cannot be used.
    """
    output, training, optimizer = config.output, config.training, config.optimizer
    cuda = torch.cuda.is_available()
    bf16 = training.mixed_precision == "bf16" and (cuda or cpu_has_bfloat16())
    values: dict[str, Any] = {
        "output_dir": str(output / CHECKPOINTS),
        "seed": training.seed,
        "per_device_train_batch_size": training.batch_size,
        "fp16": training.mixed_precision == "fp16",
        "bf16": bf16,
        # Without it the Trainer takes bf16 for a request for a GPU.
        "use_cpu": bf16 and not cuda,
        "learning_rate": optimizer.learn_rate,
        "lr_scheduler_type": "linear",
        "warmup_ratio": optimizer.warmup,
        "weight_decay": optimizer.weight_decay,
        "max_grad_norm": optimizer.max_grad_norm,
        "logging_steps": training.log_steps,
        "save_total_limit": training.keep_checkpoints,
        "save_safetensors": True,
        "report_to": training.report_to,
        "logging_dir": str(output / "tensorboard"),
        "dataloader_pin_memory": cuda,
        "disable_tqdm": quiet,
        "remove_unused_columns": False,
        "label_names": ["labels"],
    }
    missing = set(training.report_to) - set(get_available_reporting_integrations())
    if missing - {"none", "all"}:
        raise InputError(
            f"training.report_to: {', '.join(sorted(missing))} cannot be used.",
            remedy="Install the package of that name, or take it out.",
        )
    try:
        return TrainingArguments(**{**values, **more, **training.trainer})
    except (TypeError, ValueError) as error:
        raise InputError(f"training.trainer: {error}") from None
