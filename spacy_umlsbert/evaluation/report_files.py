"""What all reports are written as: a Markdown table, the same figures as JSON, and a plot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import srsly

from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.files.plots import can_plot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCORES = ("p", "r", "f")
"""Precision, recall and F1 in the figures of a label."""

LABEL_TABLE = (
    "| label | precision | recall | F1 | correct | found | gold |",
    "|---|---:|---:|---:|---:|---:|---:|",
)
"""The head of a table of `label_row`."""


def write_figures(
    folder: Path,
    name: str,
    figures: Mapping[str, Any],
    table: str,
    *,
    title: str,
    facts: Mapping[str, str] | None = None,
) -> list[Path]:
    """Write ``<name>.md`` and ``<name>.json`` into a folder, which is made.

    Args:
        folder: The folder.
        name: Name of both files.
        figures: The figures.
        table: The Markdown file's content.
        title: Heading of the report.
        facts: What else to record, such as the names of pipeline and corpus.

    Returns:
        Both files, the table first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    markdown, data = (folder / f"{name}.{ending}" for ending in ("md", "json"))
    with atomic_file(data) as partial:
        srsly.write_json(partial, {"title": title, **(facts or {}), **figures})
    with atomic_file(markdown) as partial:
        partial.write_text(table, encoding="utf8")
    return [markdown, data]


def heading(title: str, facts: Mapping[str, str] | None) -> list[str]:
    """The lines that a table begins with."""
    return [f"# {title}", "", *(f"- {name}: {value}" for name, value in (facts or {}).items())]


def label_row(label: str, figures: Mapping[str, float]) -> str:
    """A label, its scores in percent, and how many were correct, found and in the gold."""
    scores = (f"{100 * figures[name]:.2f}" for name in SCORES)
    counts = (str(figures[name]) for name in ("correct", "found", "gold"))
    return f"| {' | '.join((cell(label), *scores, *counts))} |"


def cell(text: str) -> str:
    """A text as the cell of a table, whatever the corpus has in it."""
    return " ".join(text.replace("|", "\\|").split())


def write_plot(path: Path, size: tuple[float, float], draw: Callable[[Figure], None]) -> list[Path]:
    """Draw a plot, if matplotlib is installed.

    Args:
        path: The PNG file.
        size: Width and height in inches.
        draw: Draws it.

    Returns:
        The file, if it was written.
    """
    if not can_plot():
        return []
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - optional
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=size, layout="constrained")
    draw(figure)
    with atomic_file(path) as partial:
        FigureCanvasAgg(figure).print_figure(partial, dpi=150)
    return [path]
