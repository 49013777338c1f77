"""Scores of de-identification as files: a table and JSON, and the leaks in a file apart."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import srsly

from spacy_umlsbert.evaluation.deid.evaluate import DeidScores
from spacy_umlsbert.evaluation.deid.leak_scores import LeakScores
from spacy_umlsbert.evaluation.ner.report import write_entity_report
from spacy_umlsbert.evaluation.report_files import heading, write_figures
from spacy_umlsbert.files.atomic import atomic_file

NAME = "phi"
HEAD = "head"
"""The folder in a report with the scores of the tagging head alone; also its span group."""
_COLUMNS = {
    "character_recall": "recall by character",
    "character_precision": "precision by character",
    "mention_recall": "recall by mention",
    "mention_precision": "precision by mention",
}


def write_deid_report(
    found: DeidScores,
    head: DeidScores | None = None,
    *,
    folder: Path,
    title: str,
    facts: Mapping[str, str] | None = None,
) -> list[Path]:
    """Write the reports of what is hidden and of exact match, and in `HEAD` the head's own.

    Args:
        found: Scores of all that was found.
        head: Scores of what the tagging head found by itself, if there is one.
        folder: The folder, which is made.
        title: Heading of the tables.
        facts: What else to record, such as the names of pipeline and corpus.

    Returns:
        The files that were written.
    """
    written = [
        *write_phi_report(found.hidden, folder, title=title, facts=facts),
        *write_entity_report(found.exact, folder, title=title, facts=facts),
    ]
    if head is not None:
        alone = f"{title}, tagging head alone"
        written += write_deid_report(head, folder=folder / HEAD, title=alone, facts=facts)
    return written


def write_phi_report(
    scores: LeakScores, folder: Path, *, title: str, facts: Mapping[str, str] | None = None
) -> list[Path]:
    """Write ``phi.md`` and ``phi.json``: figures alone, nothing of a note.

    Args:
        scores: The scores.
        folder: The folder, which is made.
        title: Heading of the table.
        facts: What else to record, such as the names of pipeline and corpus.

    Returns:
        The files that were written.
    """
    figures = scores.as_dict()
    table = phi_table(figures, title, facts)
    return write_figures(folder, NAME, figures, table, title=title, facts=facts)


def phi_table(
    figures: Mapping[str, Any], title: str, facts: Mapping[str, str] | None = None
) -> str:
    """The table of `LeakScores.as_dict`, in percent."""
    lines = heading(title, facts)
    lines += [
        f"- documents: {figures['documents']}, of which {figures['leaking_documents']} leak",
        "",
        f"| category | {' | '.join(_COLUMNS.values())} | gold | found |",
        f"|---|{'---:|' * (len(_COLUMNS) + 2)}",
    ]
    rows = {**figures["per_category"], "**all**": figures["all"]}
    for name, row in rows.items():
        percent = " | ".join(f"{100 * row[column]:.2f}" for column in _COLUMNS)
        lines.append(f"| {name} | {percent} | {row['gold']} | {row['found']} |")
    return "\n".join(lines) + "\n"


def write_leaks(scores: LeakScores, path: Path) -> None:
    """Write what leaked, as JSON lines. The file quotes the notes: keep it where they are."""
    with atomic_file(path) as partial:
        srsly.write_jsonl(partial, (leak._asdict() for leak in scores.leaks))
