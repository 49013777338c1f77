"""What is taken for what: a matrix of gold labels and those that they got, as table and picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from spacy_umlsbert.evaluation.report_files import cell

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def confusion_table(
    labels: Sequence[str], columns: Sequence[str], counts: Sequence[Sequence[int]]
) -> list[str]:
    """The lines of a Markdown table.

    Args:
        labels: The gold labels, one a row.
        columns: What they got.
        counts: How often.
    """
    lines = [
        "How often each gold label (rows) got which label (columns):",
        "",
        f"| | {' | '.join(map(cell, columns))} |",
        f"|---|{'---:|' * len(columns)}",
    ]
    for label, row in zip(labels, counts, strict=True):
        lines.append(f"| {cell(label)} | {' | '.join(map(str, row))} |")
    return lines


def confusion_size(labels: Sequence[str], columns: Sequence[str]) -> tuple[float, float]:
    """Width and height of the picture in inches."""
    return 3.5 + 0.9 * len(columns), 2 + 0.9 * len(labels)


def draw_confusion(
    labels: Sequence[str],
    columns: Sequence[str],
    counts: Sequence[Sequence[int]],
    title: str,
    figure: Figure,
) -> None:
    """Draw the matrix; the colour of a field is its share of the gold label."""
    axes = figure.add_subplot()
    shares = [[n / (sum(row) or 1) for n in row] for row in counts]
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for y, row in enumerate(counts):
        for x, n in enumerate(row):
            colour = "white" if shares[y][x] > 0.5 else "black"
            axes.text(x, y, f"{n:,}", ha="center", va="center", color=colour)
    # "$" would begin a formula.
    axes.set_xticks(range(len(columns)), columns, rotation=30, ha="right", parse_math=False)
    axes.set_yticks(range(len(counts)), labels, parse_math=False)
    axes.set_xlabel("predicted")
    axes.set_ylabel("gold")
    axes.set_title(title, parse_math=False, wrap=True)
    figure.colorbar(image, label="share of the gold label", shrink=0.8)
