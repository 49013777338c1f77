"""`umls evaluate-ner`: exact-match scores of a pipeline's entities, as a report."""

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
from spacy_umlsbert.cli.pipelines import (
    BatchSizeOption,
    GpuOption,
    ProcessesOption,
    QuietOption,
    facts_of,
    load_pipeline,
)
from spacy_umlsbert.files.progress import progress_bar


@app.command("evaluate-ner")
def evaluate_ner(
    model: Annotated[str, typer.Argument(help="Name or path of a pipeline")],
    data: Annotated[Path, typer.Argument(help="A .spacy file with gold entities")],
    output: OutputArgument,
    title: TitleOption = "",
    gpu_id: GpuOption = -1,
    n_process: ProcessesOption = 1,
    batch_size: BatchSizeOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score the entities of a pipeline as conlleval does: exact match, per label and micro.

    Gold mentions that no token border fits, of which 'umls convert' takes note, count as missed;
    'spacy evaluate' leaves them out.
    """
    from spacy_umlsbert.corpora.docbin import read_docs  # noqa: PLC0415
    from spacy_umlsbert.evaluation.ner.report import write_entity_report  # noqa: PLC0415
    from spacy_umlsbert.evaluation.ner.scores import score_entities  # noqa: PLC0415

    model, data, output = arguments(model, data, output)
    use_gpu(gpu_id)
    nlp = load_pipeline(model)
    gold = list(read_docs(data, nlp.vocab))
    progress = progress_bar(gold, doing="Evaluating", unit="docs", show=not quiet)
    scores = score_entities(nlp, progress, n_process=n_process, batch_size=batch_size)
    written = write_entity_report(
        scores,
        output,
        title=title or f"Entities of {data.stem}",
        facts=facts_of(nlp, model, data),
    )
    figures = scores.as_dict()
    rows = [*figures["per_label"].items(), ("all (micro)", figures["micro"])]
    show_scores(rows, "label")
    tell_what_was_written(written)
