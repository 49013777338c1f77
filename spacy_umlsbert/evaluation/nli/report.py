"""Scores of natural language inference as files: Markdown tables, JSON, and a confusion matrix."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from spacy_umlsbert.evaluation.confusion import (
    confusion_size,
    confusion_table,
    draw_confusion,
)
from spacy_umlsbert.evaluation.nli.scores import PairScores
from spacy_umlsbert.evaluation.report_files import (
    LABEL_TABLE,
    heading,
    label_row,
    write_figures,
    write_plot,
)

NAME = "pairs"
PLOT = "confusion.png"
PIPELINE = "pipeline"
"""What the scored pipeline is called where baselines stand beside it."""
OVERALL = ("labels of", "accuracy", "95 % interval", "macro-F1")
_NONE = "(not judged)"


def write_pair_report(
    scores: PairScores,
    folder: Path,
    *,
    title: str,
    facts: Mapping[str, str] | None = None,
    baselines: Mapping[str, PairScores] | None = None,
) -> list[Path]:
    """Write ``pairs.md``, ``pairs.json`` and, if matplotlib is there, ``confusion.png``.

    Args:
        scores: The scores.
        folder: The folder, which is made.
        title: Heading of the tables and the plot.
        facts: What else to record, such as the names of pipeline and corpus.
        baselines: Name -> scores of the same pairs, to stand beside.

    Returns:
        The files that were written.
    """
    figures = pair_figures(scores, baselines)
    table = pair_tables(figures, title, facts)
    written = write_figures(folder, NAME, figures, table, title=title, facts=facts)
    columns, counts = _confusion(figures)
    labels = figures["labels"]
    draw = partial(draw_confusion, labels, columns, counts, title)
    return written + write_plot(folder / PLOT, confusion_size(labels, columns), draw)


def pair_tables(
    figures: Mapping[str, Any], title: str, facts: Mapping[str, str] | None = None
) -> str:
    """The tables of `pair_figures`: accuracy, each label, and what is taken for what.

    Shares are in percent.

    Args:
        figures: The figures.
        title: Heading.
        facts: What stands below the heading.
    """
    lines = heading(title, facts)
    lines.append(f"- pairs: {figures['pairs']}")
    if figures["unjudged"]:
        lines.append(f"- {figures['unjudged']} pairs could not be judged, and count as wrong")
    lines += [
        "",
        f"| {' | '.join(OVERALL)} |",
        "|---|---:|---:|---:|",
        *(f"| {' | '.join(row)} |" for row in overall_rows(figures)),
        "",
        *LABEL_TABLE,
        *(label_row(label, row) for label, row in figures["per_label"].items()),
        "",
        *confusion_table(figures["labels"], *_confusion(figures)),
    ]
    return "\n".join(lines) + "\n"


def pair_figures(
    scores: PairScores, baselines: Mapping[str, PairScores] | None = None
) -> dict[str, Any]:
    """The figures of the scores, and under ``baselines`` those of others, by name."""
    figures = scores.as_dict()
    if baselines:
        figures["baselines"] = {name: other.as_dict() for name, other in baselines.items()}
    return figures


def overall_rows(figures: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The cells of `OVERALL` for the pipeline and the baselines, in percent."""
    rows: list[tuple[str, ...]] = []
    for name, row in {PIPELINE: figures, **figures.get("baselines", {})}.items():
        low, high = (f"{100 * border:.1f}" for border in row["accuracy_interval"])
        accuracy, macro = (f"{100 * row[key]:.2f}" for key in ("accuracy", "macro_f"))
        rows.append((name, accuracy, f"{low}–{high}", macro))
    return rows


def _confusion(figures: Mapping[str, Any]) -> tuple[list[str], list[list[int]]]:
    """The columns and the rows of the matrix; with a column for no label if that was ever so."""
    if not figures["unjudged"]:
        return figures["labels"], figures["confusion"]
    none = [figures["per_label"][label]["unjudged"] for label in figures["labels"]]
    counts = [[*row, n] for row, n in zip(figures["confusion"], none, strict=True)]
    return [*figures["labels"], _NONE], counts
