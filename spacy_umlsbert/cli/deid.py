"""`umls deid`: a file of notes without protected health information."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from wasabi import msg

from spacy_umlsbert.cli.app import app, use_gpu
from spacy_umlsbert.cli.pipelines import (
    RULES,
    BatchSizeOption,
    GpuOption,
    ProcessesOption,
    QuietOption,
    load_deid,
)
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.files.row_files import TEXT_COLUMN, RowFile
from spacy_umlsbert.files.streams import ending
from spacy_umlsbert.files.writing import write_json

if TYPE_CHECKING:
    from spacy_umlsbert.files.json_lines import NumberedRow


class Output(str, Enum):
    """What stands in place of PHI."""

    placeholder = "placeholder"
    label = "label"
    mask = "mask"
    surrogate = "surrogate"


@app.command("deid")
def deid(
    source: Annotated[
        Path, typer.Argument(metavar="NOTES", help=".txt, .jsonl, .csv, .tsv or .parquet file")
    ],
    target: Annotated[
        Path, typer.Argument(metavar="OUTPUT", help="The file to write, with the same ending")
    ],
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="A pipeline with umls_deid [rules alone, no model]"),
    ] = None,
    output: Annotated[
        Output | None, typer.Option(help="What stands in place of PHI [as in the pipeline]")
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="Key of surrogates [SPACY_UMLSBERT_DEID_KEY]")
    ] = None,
    text_column: Annotated[
        list[str] | None, typer.Option(help="Column or field of text (can be repeated) [text]")
    ] = None,
    patient_column: Annotated[
        str | None, typer.Option(help="Column that says whose note it is, for surrogates")
    ] = None,
    audit: Annotated[
        Path | None,
        typer.Option(help="Write counts here, as JSON; no character of a note is in it"),
    ] = None,
    skip_failed: Annotated[
        bool, typer.Option("--skip-failed", help="Leave out rows that fail, and report them")
    ] = False,
    gpu_id: GpuOption = -1,
    n_process: ProcessesOption = 1,
    batch_size: BatchSizeOption = None,
    quiet: QuietOption = False,
) -> None:
    """Take protected health information out of a file of notes.

    Rows are read and written one by one, so a file may be larger than memory, and other columns
    stay. If a row fails nothing is written under the name of the target, unless --skip-failed.
    """
    from spacy_umlsbert.deid.note_files import (  # noqa: PLC0415
        ROWS_AT_A_TIME,
        ROWS_FOR_PROCESSES,
        deidentifier,
        deidentify_file,
    )

    if ending(target) != ending(source):
        raise InputError("the target must have the ending of the source.", path=target)
    use_gpu(gpu_id)
    if model is None:
        msg.info("No model: rules alone, which miss names that nothing around them gives away.")
    nlp, component = load_deid(model or RULES)
    if output is not None:
        component.output = output.value
    if key_file is not None:
        component.key_file = key_file

    def progress(rows: Iterable[NumberedRow]) -> Iterable[NumberedRow]:
        return progress_bar(rows, doing="De-identifying", show=not quiet)

    report = deidentify_file(
        RowFile(source),
        target,
        deidentifier(nlp, component.spans_key, n_process, batch_size),
        text_columns=text_column or [TEXT_COLUMN],
        patient_column=patient_column,
        skip_failed=skip_failed,
        progress=progress,
        rows_at_a_time=ROWS_AT_A_TIME if n_process == 1 else ROWS_FOR_PROCESSES,
    )
    if audit is not None:
        write_json(audit, report.as_dict())
    rows = [(label, f"{count:,}") for label, count in report.labels.most_common()]
    msg.table(rows, header=("taken out", "times"), divider=True, aligns=("l", "r"))
    for line, kind in report.failed[:10]:
        msg.warn(f"{source}, line {line}: left out ({kind})")
    if report.failed:
        msg.warn(f"{len(report.failed):,} rows were left out")
    msg.good(f"Wrote {report.documents:,} texts to {target}")
