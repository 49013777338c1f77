"""Scores of values as files: Markdown tables, JSON, and a plot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from spacy_umlsbert.evaluation.bars import bars_size, draw_bars
from spacy_umlsbert.evaluation.report_files import (
    SCORES,
    cell,
    heading,
    write_figures,
    write_plot,
)
from spacy_umlsbert.evaluation.values.entries import WAYS
from spacy_umlsbert.evaluation.values.evaluate import ValueEvaluation
from spacy_umlsbert.evaluation.values.matching import MODES
from spacy_umlsbert.evaluation.values.scores import TASKS

NAME = "values"
PARTS = {
    "given": "Given the gold mentions",
    "own": "Given what the pipeline finds, entities included",
}
ROWS_OF_ALL = {"micro": "**all (micro)**", "macro": "**mean of documents (macro)**"}
_LEVELS = ("system", "patient")


def write_value_report(
    scores: ValueEvaluation, folder: Path, *, title: str, facts: Mapping[str, str] | None = None
) -> list[Path]:
    """Write ``values.md``, ``values.json`` and, if matplotlib is there, ``values.png``.

    Args:
        scores: The scores.
        folder: The folder, which is made.
        title: Heading of the tables and the plot.
        facts: What else to record, such as the names of pipeline and corpus.

    Returns:
        The files that were written.
    """
    figures = scores.as_dict()
    table = value_tables(figures, title, facts)
    written = write_figures(folder, NAME, figures, table, title=title, facts=facts)
    rows = _bars(figures["given"])
    columns = {f"{task} {mode}": f"{task}, {mode}" for task in TASKS for mode in MODES}
    draw = partial(draw_bars, rows, columns, title, "F1 given the gold mentions, %")
    width, height = bars_size(rows)
    return written + write_plot(folder / f"{NAME}.png", (width, 1.5 * height), draw)


def value_tables(
    figures: Mapping[str, Any], title: str, facts: Mapping[str, str] | None = None
) -> str:
    """The tables of `ValueEvaluation.as_dict`; shares in percent.

    Args:
        figures: The figures.
        title: Heading.
        facts: What stands below the heading.
    """
    lines = [*heading(title, facts), f"- documents: {figures['given']['documents']}", ""]
    for part, name in PARTS.items():
        if figures[part] is not None:
            lines += [f"## {name}", ""]
            for task in TASKS:
                lines += [*_table(task, figures[part][task]), ""]
            if "entries" in figures[part]:
                lines += [*_entry_table(figures[part]["entries"]), ""]
    return "\n".join(lines).rstrip() + "\n"


def rows_to_show(figures: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, float]]]:
    """The strict figures of a part for the screen: relations by kind, then all spans."""
    yield from figures["relations"]["strict"]["per_kind"].items()
    for task in TASKS:
        for mode in MODES:
            yield f"all {task}, {mode}", figures[task][mode]["micro"]


def _table(task: str, figures: Mapping[str, Any]) -> list[str]:
    head = " | ".join(f"{name} {mode}" for mode in MODES for name in ("P", "R", "F1"))
    lines = [f"| {task} | {head} | gold |", f"|---|{'---:|' * (3 * len(MODES) + 1)}"]
    for kind in figures["strict"]["per_kind"]:
        of_kind = [figures[mode]["per_kind"][kind] for mode in MODES]
        lines.append(_row(cell(kind), of_kind, of_kind[0]["gold"]))
    gold = figures["strict"]["micro"]["gold"]
    for key, name in ROWS_OF_ALL.items():
        lines.append(_row(name, [figures[mode][key] for mode in MODES], gold))
    return lines


def _entry_table(figures: Mapping[str, Any]) -> list[str]:
    columns = [(way, level) for way in WAYS for level in _LEVELS]
    head = " | ".join(f"{name} {way}, {level}" for way, level in columns for name in "PRF")
    lines = [
        "i2b2 2009: entries (horizontal) and fields (vertical), by system and by patient:",
        "",
        f"| field | {head} | gold |",
        f"|---|{'---:|' * (3 * len(columns) + 1)}",
    ]
    for name, of_field in figures.items():
        scores = [of_field[way][level] for way, level in columns]
        lines.append(_row(cell(name), scores, of_field["exact"]["system"]["gold"]))
    return lines


def _row(name: str, scores: list[Mapping[str, float]], gold: float) -> str:
    cells = (f"{100 * score[key]:.2f}" for score in scores for key in SCORES)
    return f"| {' | '.join((name, *cells, str(gold)))} |"


def _bars(figures: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """F1 of each kind, and of all, by task and mode."""
    rows: dict[str, dict[str, float]] = {}
    for task in TASKS:
        for mode in MODES:
            of_mode = figures[task][mode]
            for kind, score in [*of_mode["per_kind"].items(), ("all", of_mode["micro"])]:
                rows.setdefault(kind, {})[f"{task} {mode}"] = score["f"]
    columns = [f"{task} {mode}" for task in TASKS for mode in MODES]
    rows = {kind: {one: row.get(one, 0.0) for one in columns} for kind, row in rows.items()}
    return {**{kind: row for kind, row in rows.items() if kind != "all"}, "all": rows["all"]}
