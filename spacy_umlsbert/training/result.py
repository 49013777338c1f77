"""What a training leaves behind beside its model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from wasabi import Printer

from spacy_umlsbert.files.plots import can_plot
from spacy_umlsbert.training.plot import plot_loss
from spacy_umlsbert.training.settings import RunSettings, TrainingSettings

MODEL = "model"
LOG = "log.jsonl"
METRICS = "metrics.json"
PLOT = "loss.png"


def warn_of_no_plot(training: TrainingSettings, msg: Printer) -> None:
    """Say before the work that there will be no picture of it."""
    if training.plot and not can_plot():
        msg.warn(
            "There will be no plot of the loss: matplotlib is not installed.",
            "Install it with: pip install matplotlib",
        )


def write_result(
    config: RunSettings, metrics: dict[str, Any], log: Sequence[dict[str, Any]]
) -> None:
    """Write ``metrics.json``, with the settings, and ``loss.png``."""
    text = json.dumps({**metrics, "settings": config.model_dump(mode="json")}, indent=2)
    (config.output / METRICS).write_text(text, encoding="utf-8")
    if config.training.plot and can_plot():
        plot_loss(log, config.output / PLOT)
