"""`umls evaluate-nli`: accuracy of a pipeline's judgements of pairs, as a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from tqdm import tqdm
from wasabi import msg

from spacy_umlsbert.annotations.pairs import Judgement
from spacy_umlsbert.cli.app import app, errors_without_text, use_gpu
from spacy_umlsbert.cli.pipelines import facts_of, load_pipeline, nli_of
from spacy_umlsbert.corpora.docbin import read_docs
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.evaluation.nli.gold_pairs import GoldPairs, gold_pairs
from spacy_umlsbert.files.plots import can_plot
from spacy_umlsbert.nli.pair_files import judge_safely

if TYPE_CHECKING:
    from spacy.vocab import Vocab

    from spacy_umlsbert.pipeline.umls_nli import UmlsNli


@app.command("evaluate-nli")
def evaluate_nli(
    pipeline: Annotated[str, typer.Argument(help="Name or path of a pipeline with umls_nli")],
    data: Annotated[Path, typer.Argument(help="A .spacy file of gold pairs", exists=True)],
    output: Annotated[Path, typer.Argument(help="Folder for the report")],
    train: Annotated[
        Path | None,
        typer.Option(help="A .spacy file of pairs to train baselines on", exists=True),
    ] = None,
    title: Annotated[str, typer.Option(help="Heading of the report")] = "",
    gpu_id: Annotated[int, typer.Option("--gpu-id", "-g", help="GPU, or -1 for the CPU")] = -1,
) -> None:
    """Score a pipeline's judgements of pairs: accuracy, macro-F1, each label, confusion matrix.

    Pairs that cannot be judged, or have a label that the pipeline does not know, count as wrong.
    With --train three baselines stand in the same table: the majority label, and logistic
    regression on the words of the hypothesis alone and of both sides. The report holds figures and
    labels, nothing of a text.
    """
    with errors_without_text():
        # Not before: scikit-learn takes a second to import, and every spaCy command loads this.
        from spacy_umlsbert.evaluation.nli.baselines import baseline_labels  # noqa: PLC0415
        from spacy_umlsbert.evaluation.nli.report import (  # noqa: PLC0415
            OVERALL,
            overall_rows,
            pair_figures,
            write_pair_report,
        )
        from spacy_umlsbert.evaluation.nli.scores import PairScores  # noqa: PLC0415

        use_gpu(gpu_id)
        if output.is_file():
            raise InputError("is a file; the report needs a folder.", path=output)
        nlp = load_pipeline(pipeline)
        component = nli_of(nlp, pipeline)
        gold = _read(data, nlp.vocab)
        learnt = _read(train, nlp.vocab) if train else GoldPairs()
        judgements = _judge(component, gold)
        facts = facts_of(nlp, pipeline, data) | gold.facts() | _facts(component, gold, judgements)
        found = {}
        if train:
            facts["baselines trained on"] = f"{train} ({len(learnt.labels):,} pairs)"
            found = baseline_labels(learnt.labelled, gold.texts)
        scores = PairScores(gold.labels, [judgement.label for judgement in judgements])
        baselines = {name: PairScores(gold.labels, labels) for name, labels in found.items()}
        written = write_pair_report(
            scores,
            output,
            title=title or f"Natural language inference of {data.stem}",
            facts=facts,
            baselines=baselines,
        )
    msg.table(
        overall_rows(pair_figures(scores, baselines)),
        header=OVERALL,
        aligns=("l", "r", "r", "r"),
        divider=True,
    )
    msg.good(f"Wrote {', '.join(map(str, written))}")
    if not set(gold.labels) <= set(component.labels):
        msg.warn(
            # Not which: a slip of who labelled may have put text there. The report has them.
            "Labels that the pipeline does not know count as wrong; the report names them.",
            "If they mean the same as others, convert the pairs again with --label OLD=NEW.",
        )
    if not can_plot():
        msg.warn("No plot: matplotlib is not installed.", "pip install 'spacy-umlsbert[report]'")


def _read(path: Path, vocab: Vocab) -> GoldPairs:
    pairs = gold_pairs(read_docs(path, vocab))
    if not pairs.labels:
        remedy = "Make one with 'python -m spacy umls convert'."
        raise InputError("has no pairs with labels.", path=path, remedy=remedy)
    return pairs


def _judge(component: UmlsNli, gold: GoldPairs) -> list[Judgement]:
    judging = judge_safely(gold.texts, component.predict)
    progress = tqdm(judging, desc="Evaluating", total=len(gold.texts), unit=" pairs", leave=False)
    judgements = list(progress)
    if all(judgement.problem for judgement in judgements):
        raise InputError(f"no pair could be judged. Of the first: {judgements[0].problem}")
    return judgements


def _facts(component: UmlsNli, gold: GoldPairs, judgements: list[Judgement]) -> dict[str, str]:
    """What to know of the pairs beside the figures, where there is anything."""
    counts = {
        "pairs with a label that the pipeline does not know": sum(
            label not in component.labels for label in gold.labels
        ),
        "pairs that did not fit the transformer": sum(j.left_out > 0 for j in judgements),
    }
    return {name: f"{n:,}" for name, n in counts.items() if n}
