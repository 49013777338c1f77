"""Draws the loss of a pretraining."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def plot_loss(log: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw the training loss and the held-out loss over the steps.

    They have scales of their own, because the loss over concepts is no cross-entropy.

    Args:
        log: Trainer's log: rows with ``step`` and ``loss`` or ``eval_loss``.
        path: The PNG file to write.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415  an optional dependency

    figure = Figure(figsize=(7, 4), layout="constrained")
    left = figure.add_subplot(xlabel="step", ylabel="training loss")
    right = left.twinx()
    right.set_ylabel("held-out cross-entropy")
    lines = []
    for axes, key, style, label in (
        (left, "loss", "C0-", "training"),
        (right, "eval_loss", "C1o-", "held-out"),
    ):
        rows = [(row["step"], row[key]) for row in log if key in row]
        if rows:
            lines += axes.plot(*zip(*rows, strict=True), style, label=label)
    if lines:
        left.legend(handles=lines)
    figure.savefig(path, dpi=120)
