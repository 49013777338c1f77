"""`umls evaluate-values`: doses, labs and vital signs beside gold ones, as a report."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert.cli.app import app, use_gpu
from spacy_umlsbert.cli.evaluation import (
    OutputArgument,
    TitleOption,
    arguments,
    show_scores,
    tell_what_was_written,
)
from spacy_umlsbert.cli.pipelines import (
    RULES,
    BatchSizeOption,
    GpuOption,
    ProcessesOption,
    QuietOption,
    facts_of,
    pipeline_or_rules,
)
from spacy_umlsbert.files.progress import progress_bar


class ValueScheme(str, Enum):
    """What kinds are compared as; see `evaluation.values.schemes`."""

    as_they_are = "as-they-are"
    n2c2_2018 = "n2c2-2018"
    i2b2_2009 = "i2b2-2009"
    maccrobat = "maccrobat"


@app.command("evaluate-values")
def evaluate_values_cli(
    model: Annotated[
        str, typer.Argument(help=f"A pipeline with umls_values, or '{RULES}' for the rules alone")
    ],
    data: Annotated[Path, typer.Argument(help="A .spacy file with gold values, of 'convert'")],
    output: OutputArgument,
    label_scheme: Annotated[
        ValueScheme, typer.Option(help="What kinds are compared as")
    ] = ValueScheme.as_they_are,
    label: Annotated[
        list[str] | None,
        typer.Option(help="Kind that counts [those of the data]; may be repeated"),
    ] = None,
    title: TitleOption = "",
    gpu_id: GpuOption = -1,
    n_process: ProcessesOption = 1,
    batch_size: BatchSizeOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score values and what they are tied to: precision, recall, F1 of each kind.

    Strict and lenient, micro and macro as n2c2 2018 scores them; with --label-scheme i2b2-2009 by
    entry and field, too. Values are looked for twice: given the gold mentions, and given those
    that the pipeline finds, which count as well.
    """
    from spacy_umlsbert.corpora.docbin import read_docs  # noqa: PLC0415
    from spacy_umlsbert.evaluation.values.evaluate import evaluate_values  # noqa: PLC0415
    from spacy_umlsbert.evaluation.values.report import (  # noqa: PLC0415
        PARTS,
        rows_to_show,
        write_value_report,
    )
    from spacy_umlsbert.pipeline.components import (  # noqa: PLC0415
        finds_entities,
        take_out,
        values_of_pipeline,
    )

    model, data, output = arguments(model, data, output)
    use_gpu(gpu_id)
    nlp = pipeline_or_rules(model, "umls_values")
    component = values_of_pipeline(nlp, model)
    facts = facts_of(nlp, model, data)
    take_out(nlp, component)
    gold = progress_bar(
        list(read_docs(data, nlp.vocab)), doing="Evaluating", unit="docs", show=not quiet
    )
    scores = evaluate_values(
        nlp,
        component.detector,
        gold,
        own_spans=component.spans if finds_entities(nlp) else None,
        label_scheme=label_scheme.value,
        kinds=label or (),
        n_process=n_process,
        batch_size=batch_size,
    )
    written = write_value_report(
        scores, output, title=title or f"Values of {data.stem}", facts=facts
    )
    for part, figures in scores.as_dict().items():
        if figures is not None:
            msg.divider(PARTS[part])
            show_scores(rows_to_show(figures), "relations")
    tell_what_was_written(written)
