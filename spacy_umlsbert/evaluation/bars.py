"""Figures of labels as bars side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def bars_size(rows: Mapping[str, object]) -> tuple[float, float]:
    """Width and height of the picture in inches."""
    return 7, 1.5 + 0.5 * len(rows)


def draw_bars(
    rows: Mapping[str, Mapping[str, float]],
    columns: Mapping[str, str],
    title: str,
    measure: str,
    figure: Figure,
) -> None:
    """Draw for each row a bar for each column.

    Args:
        rows: The figures of each label, between 0 and 1.
        columns: What the columns of a row are called in the picture, by their names.
        title: The heading.
        measure: What is measured, which stands below.
        figure: The figure.
    """
    axes = figure.add_subplot()
    thickness = 0.75 / len(columns)
    for i, (column, name) in enumerate(columns.items()):
        heights = [y + thickness * (i - (len(columns) - 1) / 2) for y in range(len(rows))]
        widths = [100 * row[column] for row in rows.values()]
        bars = axes.barh(heights, widths, 0.92 * thickness, label=name)
        axes.bar_label(bars, fmt="%.1f", padding=2, fontsize=7)
    # "$" would begin a formula.
    axes.set_yticks(range(len(rows)), list(rows), parse_math=False)
    axes.invert_yaxis()
    axes.set_xlim(0, 108)
    axes.set_xlabel(measure)
    axes.set_title(title, parse_math=False)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
