"""`umls evaluate-assertion`: what is said of gold mentions beside what should be, as a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spacy_umlsbert.cli.app import app, use_gpu
from spacy_umlsbert.cli.evaluation import (
    OutputArgument,
    TitleOption,
    arguments,
    show_scores,
    tell_what_was_written,
)
from spacy_umlsbert.cli.old_options import with_old_option
from spacy_umlsbert.cli.pipelines import (
    BatchSizeOption,
    GpuOption,
    ProcessesOption,
    QuietOption,
    facts_of,
    pipeline_or_rules,
)
from spacy_umlsbert.files.progress import progress_bar


@app.command("evaluate-assertion")
def evaluate_assertion(
    model: Annotated[
        str,
        typer.Argument(help="Name or path of a pipeline with umls_assertion; or the word rules"),
    ],
    data: Annotated[Path, typer.Argument(help="A .spacy file with gold mentions, of 'convert'")],
    output: OutputArgument,
    label: Annotated[
        list[str] | None, typer.Option(help="Label of mentions that count [all]; may be repeated")
    ] = None,
    only_class: Annotated[
        list[str] | None,
        typer.Option("--class", help="Class to tell apart [those of the data]; may be repeated"),
    ] = None,
    classes: Annotated[str | None, typer.Option(hidden=True)] = None,
    title: TitleOption = "",
    gpu_id: GpuOption = -1,
    n_process: ProcessesOption = 1,
    batch_size: BatchSizeOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score what a pipeline says of gold mentions: precision, recall, F1 of each class.

    The gold mentions are judged, not those that the pipeline finds; it runs for their sentences
    and sections. What the data does not tell apart counts as what it does: without --class
    "hypothetical" is present, absent or possible where the data has no such class.
    """
    from spacy_umlsbert.corpora.docbin import read_docs  # noqa: PLC0415
    from spacy_umlsbert.evaluation.assertion.evaluate import evaluate_assertions  # noqa: PLC0415
    from spacy_umlsbert.evaluation.assertion.report import write_assertion_report  # noqa: PLC0415
    from spacy_umlsbert.pipeline.components import assertion_of, take_out  # noqa: PLC0415

    model, data, output = arguments(model, data, output)
    old = None if classes is None else [one.strip() for one in classes.split(",")]
    wanted = with_old_option(only_class or [], old, name="--class", old_name="--classes")
    use_gpu(gpu_id)
    nlp = pipeline_or_rules(model, "umls_assertion")
    component = assertion_of(nlp, model)
    facts = facts_of(nlp, model, data)
    take_out(nlp, component)
    gold = progress_bar(
        list(read_docs(data, nlp.vocab)), doing="Evaluating", unit="docs", show=not quiet
    )
    scores = evaluate_assertions(
        nlp,
        component.detector,
        gold,
        classes=wanted or None,
        labels=label or (),
        n_process=n_process,
        batch_size=batch_size,
    )
    written = write_assertion_report(
        scores, output, title=title or f"Assertions of {data.stem}", facts=facts
    )
    rows = [*scores.as_dict()["per_class"].items()]
    rows += [(f"is_{flag}", row) for flag, row in scores.as_dict()["flags"].items()]
    show_scores(rows, "class")
    tell_what_was_written(written)
