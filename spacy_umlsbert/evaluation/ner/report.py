"""Entity scores as files: a Markdown table, JSON, and a plot."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spacy_umlsbert.evaluation.ner.scores import EntityScores
from spacy_umlsbert.evaluation.report_files import heading, write_figures
from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.files.plots import can_plot

NAME = "entities"
_COLUMNS = ("p", "r", "f")


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
    if can_plot():
        plot = folder / f"{NAME}.png"
        with atomic_file(plot) as partial:
            _plot(figures, title, partial)
        written.append(plot)
    return written


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
        "| label | precision | recall | F1 | correct | found | gold |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(_row(label, row) for label, row in figures["per_label"].items()),
        _row("**all (micro)**", figures["micro"]),
    ]
    return "\n".join(lines) + "\n"


def _row(label: str, figures: Mapping[str, float]) -> str:
    percent = " | ".join(f"{100 * figures[name]:.2f}" for name in _COLUMNS)
    return (
        f"| {label} | {percent} | {figures['correct']} | {figures['found']} | {figures['gold']} |"
    )


def _plot(figures: Mapping[str, Any], title: str, path: Path) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - optional
    from matplotlib.figure import Figure  # noqa: PLC0415

    rows = {**figures["per_label"], "all": figures["micro"]}
    figure = Figure(figsize=(7, 1.5 + 0.5 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    for i, (column, name) in enumerate(zip(_COLUMNS, ("precision", "recall", "F1"), strict=True)):
        heights = [y + 0.25 * (i - 1) for y in range(len(rows))]
        bars = axes.barh(heights, [100 * row[column] for row in rows.values()], 0.23, label=name)
        axes.bar_label(bars, fmt="%.1f", padding=2, fontsize=7)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.invert_yaxis()
    axes.set_xlim(0, 108)
    axes.set_xlabel("exact match, %")
    axes.set_title(title)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    FigureCanvasAgg(figure).print_figure(path, dpi=150)
