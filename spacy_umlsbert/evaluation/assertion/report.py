"""Scores of assertions as files: Markdown tables, JSON, and a confusion matrix."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from spacy_umlsbert.evaluation.assertion.scores import AssertionScores
from spacy_umlsbert.evaluation.confusion import (
    confusion_size,
    confusion_table,
    draw_confusion,
)
from spacy_umlsbert.evaluation.report_files import (
    LABEL_TABLE,
    SCORES,
    heading,
    label_row,
    write_figures,
    write_plot,
)

NAME = "assertions"
PLOT = "confusion.png"


def write_assertion_report(
    scores: AssertionScores, folder: Path, *, title: str, facts: Mapping[str, str] | None = None
) -> list[Path]:
    """Write ``assertions.md``, ``assertions.json`` and, with matplotlib, ``confusion.png``.

    Args:
        scores: The scores.
        folder: The folder, which is made.
        title: Heading of the tables and the plot.
        facts: What else to record, such as the names of pipeline and corpus.

    Returns:
        The files that were written.
    """
    figures = scores.as_dict()
    table = assertion_tables(figures, title, facts)
    written = write_figures(folder, NAME, figures, table, title=title, facts=facts)
    labels = figures["labels"]
    draw = partial(draw_confusion, labels, labels, figures["confusion"], title)
    return written + write_plot(folder / PLOT, confusion_size(labels, labels), draw)


def assertion_tables(
    figures: Mapping[str, Any], title: str, facts: Mapping[str, str] | None = None
) -> str:
    """The tables of `AssertionScores.as_dict`; shares in percent.

    Args:
        figures: The figures.
        title: Heading.
        facts: What stands below the heading.
    """
    low, high = (f"{100 * border:.1f}" for border in figures["micro_interval"])
    macro = " | ".join(f"{100 * figures['macro'][name]:.2f}" for name in SCORES)
    lines = heading(title, facts)
    lines.append(f"- documents: {figures['documents']}, mentions: {figures['mentions']}")
    if figures["left_out"]:
        lines.append(f"- {figures['left_out']} gold mentions are no whole tokens; not judged")
    lines += [
        "",
        *LABEL_TABLE,
        *(label_row(label, row) for label, row in figures["per_class"].items()),
        f"| **macro** | {macro} | | | |",
        "",
        f"Right, of all (micro): {100 * figures['micro']:.2f} % (95 % interval {low}–{high}).",
        "",
    ]
    if figures["calibration_error"] is not None:
        error = 100 * figures["calibration_error"]
        lines += [
            f"The model's probabilities are off by {error:.1f} percent points on average (ECE).",
            "",
        ]
    if figures["flags"]:
        lines += ["What else holds, whatever the class:", "", *LABEL_TABLE]
        lines += [label_row(f"is_{flag}", row) for flag, row in figures["flags"].items()]
        lines.append("")
    lines += confusion_table(figures["labels"], figures["labels"], figures["confusion"])
    return "\n".join(lines) + "\n"
