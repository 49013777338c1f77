"""`umls extract`: the entities of notes as a table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

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
    quiet: QuietOption = False,
) -> None:
    """Write the entities of notes to a table: concept, codes, assertion, section, doses, results.

    A row is an entity; the README has the columns. Notes are read and rows written as they come,
    so both may be larger than memory. A note that cannot be read, or that the pipeline fails on, is
    reported; the others are written all the same, and the exit code is 1.
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

    report = extract_to_file(
        notes,
        target,
        EntityExtractor(nlp, spans_key, concept_names(nlp), n_process, batch_size),
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
    if left_out:
        msg.warn(f"{left_out:,} notes have no rows")
    msg.good(f"Wrote {safe(report.entities):,} entities of {report.notes:,} notes to {target}")
    if left_out:
        raise typer.Exit(1)
