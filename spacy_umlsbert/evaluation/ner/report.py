"""Entity scores as files: a Markdown table, JSON, and a plot."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy_umlsbert.evaluation.ner.scores import EntityScores
from spacy_umlsbert.evaluation.report_files import (
    LABEL_TABLE,
    SCORES,
    heading,
    label_row,
    write_figures,
    write_plot,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "entities"


def write_entity_report(
    scores: EntityScores, folder: Path, *, title: str, facts: Mapping[str, str] | None = None
) -> list[Path]:
    """Write ``entities.md``, ``entities.json`` and, if matplotlib is there, ``entities.png``.

    Args:
        scores: The scores.
        folder: The folder, which is made.
        title: Heading of the table and the plot.
        facts: What else to record, such as the names of pipeline and corpus.

    Returns:
        The files that were written.
    """
    figures = scores.as_dict()
    table = to_markdown(figures, title, facts)
    written = write_figures(folder, NAME, figures, table, title=title, facts=facts)
    rows = {**figures["per_label"], "all": figures["micro"]}
    size = (7, 1.5 + 0.5 * len(rows))
    return written + write_plot(folder / f"{NAME}.png", size, partial(_draw, rows, title))


def to_markdown(
    figures: Mapping[str, Any], title: str, facts: Mapping[str, str] | None = None
) -> str:
    """The table of `EntityScores.as_dict`; precision, recall and F1 in percent."""
    lines = heading(title, facts)
    lines += [f"- documents: {figures['documents']}"]
    if figures["unaligned"]:
        lines.append(
            f"- {figures['unaligned']} gold mentions do not begin and end with a token of the "
            "corpus file; if the pipeline cannot find them they count as missed"
        )
    lines += [
        "",
        *LABEL_TABLE,
        *(label_row(label, row) for label, row in figures["per_label"].items()),
        label_row("**all (micro)**", figures["micro"]),
    ]
    return "\n".join(lines) + "\n"


def _draw(rows: Mapping[str, Mapping[str, float]], title: str, figure: Figure) -> None:
    axes = figure.add_subplot()
    for i, (column, name) in enumerate(zip(SCORES, ("precision", "recall", "F1"), strict=True)):
        heights = [y + 0.25 * (i - 1) for y in range(len(rows))]
        bars = axes.barh(heights, [100 * row[column] for row in rows.values()], 0.23, label=name)
        axes.bar_label(bars, fmt="%.1f", padding=2, fontsize=7)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.invert_yaxis()
    axes.set_xlim(0, 108)
    axes.set_xlabel("exact match, %")
    axes.set_title(title)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
