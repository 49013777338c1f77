"""Entity scores as files: a Markdown table, JSON, and a plot."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from spacy_umlsbert.evaluation.bars import bars_size, draw_bars
from spacy_umlsbert.evaluation.ner.scores import EntityScores
from spacy_umlsbert.evaluation.report_files import (
    LABEL_TABLE,
    SCORES,
    heading,
    label_row,
    write_figures,
    write_plot,
)

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
    columns = dict(zip(SCORES, ("precision", "recall", "F1"), strict=True))
    draw = partial(draw_bars, rows, columns, title, "exact match, %")
    return written + write_plot(folder / f"{NAME}.png", bars_size(rows), draw)


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
