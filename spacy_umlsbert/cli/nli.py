"""`umls nli`: whether hypotheses follow from premises, for a file of pairs or for one pair."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer
from wasabi import msg

from spacy_umlsbert.annotations.pairs import HYPOTHESIS, PREMISE
from spacy_umlsbert.cli.app import app, use_gpu
from spacy_umlsbert.cli.pipelines import (
    BatchSizeOption,
    GpuOption,
    ProcessesOption,
    QuietOption,
    load_pipeline,
)
from spacy_umlsbert.errors import InputError, safe
from spacy_umlsbert.files.json_lines import JSON_LINES, NumberedRow, json_objects
from spacy_umlsbert.files.lines import split_lines
from spacy_umlsbert.files.problems import errors_in_place
from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.files.row_files import TEXT, Row, RowFile
from spacy_umlsbert.files.streams import ending, refuse_same_file
from spacy_umlsbert.files.writing import json_line, text_writer

if TYPE_CHECKING:
    from spacy_umlsbert.nli.pair_files import PredictionReport, PredictPairs

STANDARD = Path("-")
"""The name for the standard input or output."""
_SHOWN = 10


@app.command("nli")
def nli(
    model: Annotated[str, typer.Option("--model", "-m", help="A pipeline with umls_nli")],
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="INPUT", help=".jsonl, .csv, .tsv or .parquet file; - for JSON lines from stdin"
        ),
    ] = None,
    target: Annotated[
        Path, typer.Argument(metavar="OUTPUT", help="The .jsonl file to write; - for stdout")
    ] = STANDARD,
    premise: Annotated[str | None, typer.Option(help="Judge this pair and show it")] = None,
    hypothesis: Annotated[str | None, typer.Option(help="The same")] = None,
    premise_column: Annotated[str, typer.Option(help="Column or field with the premise")] = PREMISE,
    hypothesis_column: Annotated[
        str, typer.Option(help="Column or field with the hypothesis")
    ] = HYPOTHESIS,
    skip_failed: Annotated[
        bool, typer.Option("--skip-failed", help="Leave out rows that fail, and report them")
    ] = False,
    gpu_id: GpuOption = -1,
    n_process: ProcessesOption = 1,
    batch_size: BatchSizeOption = None,
    quiet: QuietOption = False,
) -> None:
    """Judge pairs of a premise and a hypothesis: label and probabilities, as JSON lines.

    A record has the fields of its row, and label, probabilities and, if the pair did not fit the
    transformer, left_out: the number of tokens that were not read. A row's own field of such a
    name becomes input_label and so on. A row that cannot be judged has a problem instead, and the
    exit code is 1; with --skip-failed it is left out. Rows are read and written as they come.
    """
    with ExitStack() as stack:
        from spacy_umlsbert.nli.pair_files import (  # noqa: PLC0415
            ROWS_AT_A_TIME,
            ROWS_FOR_PROCESSES,
            PredictionReport,
            predicted_rows,
        )

        if premise is not None or hypothesis is not None:
            if source is not None or premise is None or hypothesis is None:
                raise InputError("give a file, or both --premise and --hypothesis.")
            use_gpu(gpu_id)
            _show(_predictor(model), premise, hypothesis)
            return
        if source is None:
            raise InputError("give a file, or both --premise and --hypothesis.")
        standard_output = sys.stdout.buffer
        if target == STANDARD:  # messages must not come between the records
            stack.enter_context(redirect_stdout(sys.stderr))
        rows = _rows(source, target, premise_column, hypothesis_column)
        use_gpu(gpu_id)
        predict = _predictor(model, n_process, batch_size)
        report = PredictionReport()
        with _writer(target, standard_output) as write:
            progress = progress_bar(rows, doing="Predicting", unit="pairs", show=not quiet)
            for row in predicted_rows(
                progress,
                predict,
                premise=premise_column,
                hypothesis=hypothesis_column,
                rows_at_a_time=ROWS_AT_A_TIME if n_process == 1 else ROWS_FOR_PROCESSES,
            ):
                report.count(row)
                if not (row.problem and skip_failed):
                    write(row.record)
        _tell(report, source, target, skip_failed)


def _predictor(model: str, n_process: int = 1, batch_size: int | None = None) -> PredictPairs:
    from spacy_umlsbert.nli.predictor import pair_predictor  # noqa: PLC0415
    from spacy_umlsbert.pipeline.components import nli_of  # noqa: PLC0415

    nlp = load_pipeline(model)
    return pair_predictor(nlp, nli_of(nlp, model).labels, n_process, batch_size)


def _show(predict: PredictPairs, premise: str, hypothesis: str) -> None:
    """Predict the label of one pair, as a table."""
    (prediction,) = predict([(premise, hypothesis)])
    if prediction.problem:
        raise InputError(safe(prediction.problem))
    ranked = sorted(prediction.probabilities.items(), key=lambda item: -item[1])
    msg.table(
        [(label, f"{probability:.3f}") for label, probability in ranked],
        header=("label", "probability"),
        aligns=("l", "r"),
        divider=True,
    )
    if prediction.left_out:
        msg.warn(f"{prediction.left_out:,} tokens did not fit the transformer and were not read")


def _rows(source: Path, target: Path, *columns: str) -> Iterable[NumberedRow | InputError]:
    """The rows of a file or of the standard input, once it is clear that they can be judged."""
    if target != STANDARD and ending(target) not in JSON_LINES:
        endings = " or ".join(JSON_LINES)
        raise InputError("JSON lines are written.", path=target, remedy=f"Call it {endings}.")
    if source == STANDARD:
        lines = split_lines(sys.stdin.buffer)
        return errors_in_place(lambda problems: json_objects(lines, "standard input", problems))
    file = RowFile(source)
    if file.kind == TEXT:
        raise InputError(
            "a text file has no pairs.", path=source, remedy="Use JSON lines, CSV, TSV or Parquet."
        )
    refuse_same_file(source, target, "what is said of its pairs")
    file.require_columns(*columns)
    return file.rows_and_problems()


@contextmanager
def _writer(target: Path, standard_output: BinaryIO) -> Iterator[Callable[[Row], object]]:
    if target == STANDARD:

        def write(record: Row) -> None:
            standard_output.write(json_line(record).encode())
            standard_output.flush()  # who reads it waits for it

        yield write
        return
    with text_writer(target) as file:
        yield lambda record: file.write(json_line(record))


def _tell(report: PredictionReport, source: Path, target: Path, skip_failed: bool) -> None:
    name = "standard input" if source == STANDARD else source
    what = "left out" if skip_failed else "not judged"
    for line, problem in report.failed[:_SHOWN]:
        msg.warn(f"{name}, line {line}: {what}: {problem}")
    if report.failed:
        msg.warn(f"{len(report.failed):,} rows were {what}")
    if report.shortened:
        msg.warn(f"{report.shortened:,} pairs did not fit the transformer: see their left_out")
    where = "" if target == STANDARD else f", and wrote {target}"
    msg.good(f"Judged {safe(report.predicted):,} pairs{where}")
    if report.failed and not (skip_failed and report.predicted):
        raise typer.Exit(1)
