"""Scores of natural language inference as files: Markdown tables, JSON, and a confusion matrix."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy_umlsbert.evaluation.nli.scores import PairScores
from spacy_umlsbert.evaluation.report_files import (
    LABEL_TABLE,
    cell,
    heading,
    label_row,
    write_figures,
    write_plot,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
    size = (3.5 + 0.9 * len(columns), 2 + 0.9 * len(counts))
    return written + write_plot(folder / PLOT, size, partial(_draw, figures, title))


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
        "How often each gold label (rows) got which label (columns):",
        "",
    ]
    columns, counts = _confusion(figures)
    lines += [f"| | {' | '.join(map(cell, columns))} |", f"|---|{'---:|' * len(columns)}"]
    for label, row in zip(figures["labels"], counts, strict=True):
        lines.append(f"| {cell(label)} | {' | '.join(map(str, row))} |")
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


def _draw(figures: Mapping[str, Any], title: str, figure: Figure) -> None:
    columns, counts = _confusion(figures)
    axes = figure.add_subplot()
    shares = [[n / (sum(row) or 1) for n in row] for row in counts]
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for y, row in enumerate(counts):
        for x, n in enumerate(row):
            colour = "white" if shares[y][x] > 0.5 else "black"
            axes.text(x, y, f"{n:,}", ha="center", va="center", color=colour)
    # "$" would begin a formula.
    axes.set_xticks(range(len(columns)), columns, rotation=30, ha="right", parse_math=False)
    axes.set_yticks(range(len(counts)), figures["labels"], parse_math=False)
    axes.set_xlabel("predicted")
    axes.set_ylabel("gold")
    axes.set_title(title, parse_math=False, wrap=True)
    figure.colorbar(image, label="share of the gold label", shrink=0.8)
