"""`umls evaluate-nli`: accuracy of a pipeline's predictions for pairs, as a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert.cli.app import app, use_gpu
from spacy_umlsbert.cli.evaluation import (
    OutputArgument,
    TitleOption,
    arguments,
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


@app.command("evaluate-nli")
def evaluate_nli(
    model: Annotated[str, typer.Argument(help="Name or path of a pipeline with umls_nli")],
    data: Annotated[Path, typer.Argument(help="A .spacy file of gold pairs")],
    output: OutputArgument,
    train: Annotated[
        Path | None,
        typer.Option(help="A .spacy file of pairs to train baselines on", exists=True),
    ] = None,
    title: TitleOption = "",
    gpu_id: GpuOption = -1,
    n_process: ProcessesOption = 1,
    batch_size: BatchSizeOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score a pipeline's predictions for pairs: accuracy, macro-F1, each label, confusion matrix.

    Pairs for which nothing can be predicted, or that have a label that the pipeline does not know,
    count as wrong. With --train three baselines stand in the same table: the majority label, and
    logistic regression on the words of the hypothesis alone and of both sides. The report holds
    figures and labels, nothing of a text.
    """
    # Not before: scikit-learn takes a second to import, and every spaCy command loads this.
    from spacy_umlsbert.corpora.docbin import read_docs  # noqa: PLC0415
    from spacy_umlsbert.evaluation.nli.evaluate import evaluate_pairs  # noqa: PLC0415
    from spacy_umlsbert.evaluation.nli.gold_pairs import GoldPairs  # noqa: PLC0415
    from spacy_umlsbert.evaluation.nli.report import (  # noqa: PLC0415
        OVERALL,
        overall_rows,
        pair_figures,
        write_pair_report,
    )
    from spacy_umlsbert.nli.pair_files import (  # noqa: PLC0415
        ROWS_AT_A_TIME,
        ROWS_FOR_PROCESSES,
    )
    from spacy_umlsbert.nli.predictor import pair_predictor  # noqa: PLC0415
    from spacy_umlsbert.pipeline.components import nli_of  # noqa: PLC0415

    model, data, output = arguments(model, data, output)
    use_gpu(gpu_id)
    nlp = load_pipeline(model)
    component = nli_of(nlp, model)
    gold, learnt = (
        GoldPairs.of(read_docs(path, nlp.vocab), path) if path else None for path in (data, train)
    )
    assert gold is not None
    found = evaluate_pairs(
        gold,
        pair_predictor(nlp, component.labels, n_process, batch_size),
        component.labels,
        learnt,
        progress=lambda pairs: progress_bar(
            pairs, doing="Evaluating", total=len(gold.texts), unit="pairs", show=not quiet
        ),
        at_a_time=ROWS_AT_A_TIME if n_process == 1 else ROWS_FOR_PROCESSES,
    )
    facts = facts_of(nlp, model, data) | found.facts
    if learnt is not None:
        facts["baselines trained on"] = f"{train} ({len(learnt.labels):,} pairs)"
    written = write_pair_report(
        found.scores,
        output,
        title=title or f"Natural language inference of {data.stem}",
        facts=facts,
        baselines=found.baselines,
    )
    msg.table(
        overall_rows(pair_figures(found.scores, found.baselines)),
        header=OVERALL,
        aligns=("l", "r", "r", "r"),
        divider=True,
    )
    if found.unknown_labels:
        msg.warn(
            # Not which: a slip of who labelled may have put text there. The report has them.
            "Labels that the pipeline does not know count as wrong; the report names them.",
            "If they mean the same as others, convert the pairs again with --rename-label OLD=NEW.",
        )
    tell_what_was_written(written)
