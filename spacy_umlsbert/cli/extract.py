"""`umls extract`: the entities of notes as a table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert.annotations.rows import COLUMNS
from spacy_umlsbert.cli.app import app, use_gpu
from spacy_umlsbert.cli.pipelines import (
    BatchSizeOption,
    GpuOption,
    ProcessesOption,
    QuietOption,
    load_pipeline,
)
from spacy_umlsbert.corpora.notes import Columns, open_notes
from spacy_umlsbert.errors import safe
from spacy_umlsbert.files.progress import progress_bar

_SHOWN = 10


def _show_columns(wanted: bool) -> None:
    if wanted:
        rows = [(one.name, one.type.__name__, one.meaning) for one in COLUMNS]
        msg.table(rows, header=("column", "type", "meaning"), divider=True)
        raise typer.Exit


@app.command("extract")
def extract(
    model: Annotated[str, typer.Argument(metavar="PIPELINE", help="Name or path of a pipeline")],
    source: Annotated[
        Path,
        typer.Argument(
            metavar="NOTES",
            help=".txt, .csv, .tsv, .jsonl (.gz) or .parquet file, or a folder of .txt files",
        ),
    ],
    target: Annotated[
        Path,
        typer.Argument(metavar="OUTPUT", help="The .csv, .tsv, .jsonl or .parquet file to write"),
    ],
    spans_key: Annotated[
        str, typer.Option(help="Span group to write in place of the entities")
    ] = "ents",
    text_column: Annotated[str, typer.Option(help="Column or field of the text")] = "text",
    id_column: Annotated[
        str | None, typer.Option(help="Column of the note's id [ROW_ID, NOTE_ID, NOTE or ID]")
    ] = None,
    gpu_id: GpuOption = -1,
    n_process: ProcessesOption = 1,
    batch_size: BatchSizeOption = None,
    columns: Annotated[
        bool,
        typer.Option("--columns", callback=_show_columns, is_eager=True, help="List the columns"),
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Write the entities of notes to a table: concept, codes, assertion, section, doses, results.

    A row is an entity, or a value that belongs to none; --columns lists what is in it. Notes are
    read and rows written as they come, so both may be larger than memory. A note that cannot be
    read, or that the pipeline fails on, is reported; the others are written all the same, and the
    exit code is 1.
    """
    from spacy_umlsbert.export.entity_files import (  # noqa: PLC0415
        NOTES_AT_A_TIME,
        NOTES_FOR_PROCESSES,
        EntityExtractor,
        extract_to_file,
    )
    from spacy_umlsbert.pipeline.components import concept_names  # noqa: PLC0415

    notes = open_notes(source, Columns(text=text_column, id=id_column))
    use_gpu(gpu_id)
    nlp = load_pipeline(model)

    def progress(items: Iterable) -> Iterable:
        return progress_bar(items, doing="Extracting", unit="notes", show=not quiet)

    extractor = EntityExtractor(nlp, spans_key, concept_names(nlp), n_process, batch_size)
    report = extract_to_file(
        notes,
        target,
        extractor,
        progress=progress,
        notes_at_a_time=NOTES_AT_A_TIME if n_process == 1 else NOTES_FOR_PROCESSES,
    )
    rows = [(safe(label), f"{safe(count):,}") for label, count in report.labels.most_common()]
    if rows:
        msg.table(rows, header=("label", "entities"), divider=True, aligns=("l", "r"))
    for place, kind in report.first_failed[:_SHOWN]:
        msg.warn(f"{place}: the pipeline failed on it ({safe(kind)})")
    for of, count in notes.problems.counts.items():
        first = "; ".join(map(str, notes.problems.first[of]))
        msg.warn(f"{safe(of.value)}: {safe(count):,}. First: {safe(first)}.")
    left_out = report.failed + sum(notes.problems.counts.values())
    for reason, count in notes.skipped.items():
        msg.info(f"notes left out: {safe(reason)}, {safe(count):,}")
    if notes.numbered:
        msg.info("There is no column of ids: note_id is the line of the file (--id-column)")
    if left_out:
        msg.warn(f"notes that could not be read or gone through, without rows: {left_out:,}")
    msg.good(f"Wrote {safe(report.entities):,} rows of {report.notes:,} notes to {target}")
    no_group = report.notes and not extractor.has_met_group
    if no_group:
        msg.warn(f"No note has a span group {spans_key!r}: nothing in the pipeline makes it")
    if left_out or no_group:
        raise typer.Exit(1)
