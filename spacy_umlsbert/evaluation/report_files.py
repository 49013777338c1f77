"""What all reports are written as: a Markdown table, and the same figures as JSON."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import srsly

from spacy_umlsbert.files.atomic import atomic_file


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
