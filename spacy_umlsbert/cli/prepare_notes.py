"""`umls prepare-notes`: clinical notes as JSONL to pretrain on."""

from __future__ import annotations

import os
import typing
from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert.cli.app import app
from spacy_umlsbert.cli.old_options import with_old_option
from spacy_umlsbert.cli.pipelines import ProcessesOption, QuietOption
from spacy_umlsbert.corpora.notes import (
    PLACEHOLDER_MODES,
    UNITS,
    Columns,
    PrepareReport,
    PrepareSettings,
    open_notes,
    prepare_notes,
)
from spacy_umlsbert.errors import InputError


@app.command("prepare-notes")
def prepare_notes_cli(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="NOTES",
            help=".txt, .csv, .tsv, .jsonl (.gz) or .parquet file, or a folder of .txt files",
        ),
    ],
    output: Annotated[Path, typer.Argument(help="The .jsonl or .jsonl.gz file to write")],
    category: Annotated[
        list[str] | None, typer.Option(help="Only notes of this category (can be repeated)")
    ] = None,
    text_column: Annotated[str, typer.Option(help="Column of the text")] = "text",
    id_column: Annotated[
        str | None, typer.Option(help="Column of the note's id [ROW_ID, NOTE_ID, NOTE or ID]")
    ] = None,
    category_column: Annotated[str, typer.Option(help="Column of the category")] = "category",
    unit: Annotated[str, typer.Option(help=f"What a line is: {', '.join(UNITS)}")] = "section",
    placeholders: Annotated[
        str,
        typer.Option(
            help=f"MIMIC's placeholders: {', '.join(PLACEHOLDER_MODES)} "
            "(replace: by invented names, dates and numbers of their kind)"
        ),
    ] = "replace",
    n_process: ProcessesOption = 1,
    processes: Annotated[int | None, typer.Option("--processes", min=1, hidden=True)] = None,
    quiet: QuietOption = False,
) -> None:
    """Cut clinical notes into sections and sentences, for 'umls pretrain'.

    Reads MIMIC-III's NOTEEVENTS.csv as it is; notes marked as errors are left out. A line of the
    output has the fields note (an id), section (its heading) and text, a sentence per line.
    """
    n_process = with_old_option(n_process, processes, name="--n-process", old_name="--processes")
    settings = PrepareSettings(
        unit=_one_of("--unit", unit, UNITS),
        placeholders=_one_of("--placeholders", placeholders, PLACEHOLDER_MODES),
    )
    columns = Columns(text=text_column, id=id_column, category=category_column)
    report = prepare_notes(
        open_notes(source, columns, category or ()),
        output,
        settings,
        processes=(os.cpu_count() or 1) if n_process < 0 else max(1, n_process),
        progress=not quiet,
    )
    _show(report)
    msg.good(f"Wrote {output}")


def _one_of(option: str, value: str, allowed: tuple) -> typing.Any:
    if value not in allowed:
        raise InputError(f"{option} {value!r}: choose one of {', '.join(allowed)}.")
    return value


def _show(report: PrepareReport) -> None:
    rows = [
        ("notes", f"{report.notes:,}"),
        ("sections", f"{report.sections:,}"),
        ("sentences", f"{report.sentences:,}"),
        *((f"left out: {reason}", f"{n:,}") for reason, n in report.skipped.items()),
    ]
    msg.table(rows, aligns=("l", "r"))
    for kind, n in report.problems.counts.items():
        first = "; ".join(map(str, report.problems.first[kind]))
        msg.warn(f"{kind.value}: {n:,}. First: {first}.")
