"""`umls evaluate-ner`: exact-match scores of a pipeline's entities, as a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm
from wasabi import msg

from spacy_umlsbert.cli.app import app, errors_as_messages, use_gpu
from spacy_umlsbert.cli.pipelines import facts_of, load_pipeline
from spacy_umlsbert.corpora.docbin import read_docs
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.evaluation.ner.report import write_report
from spacy_umlsbert.evaluation.ner.scores import score_entities
from spacy_umlsbert.files.plots import can_plot


@app.command("evaluate-ner")
def evaluate_ner(
    pipeline: Annotated[str, typer.Argument(help="Name or path of a pipeline")],
    data: Annotated[Path, typer.Argument(help="A .spacy file with gold entities", exists=True)],
    output: Annotated[Path, typer.Argument(help="Folder for the report")],
    title: Annotated[str, typer.Option(help="Heading of the report")] = "",
    gpu_id: Annotated[int, typer.Option("--gpu-id", "-g", help="GPU, or -1 for the CPU")] = -1,
) -> None:
    """Score the entities of a pipeline as conlleval does: exact match, per label and micro.

    Gold mentions that no token border fits, of which 'umls convert' takes note, count as missed;
    'spacy evaluate' leaves them out.
    """
    with errors_as_messages():
        use_gpu(gpu_id)
        if output.is_file():
            raise InputError("is a file; the report needs a folder.", path=output)
        nlp = load_pipeline(pipeline)
        gold = list(read_docs(data, nlp.vocab))
        scores = score_entities(nlp, tqdm(gold, desc="Evaluating", unit=" docs", leave=False))
        written = write_report(
            scores,
            output,
            title=title or f"Entities of {data.stem}",
            facts=facts_of(nlp, pipeline, data),
        )
    figures = scores.as_dict()
    rows = [*figures["per_label"].items(), ("all (micro)", figures["micro"])]
    msg.table(
        [
            (label, *(f"{100 * row[name]:.2f}" for name in ("p", "r", "f")), row["gold"])
            for label, row in rows
        ],
        header=("label", "P", "R", "F1", "gold"),
        aligns=("l", "r", "r", "r", "r"),
        divider=True,
    )
    msg.good(f"Wrote {', '.join(map(str, written))}")
    if not can_plot():
        msg.warn("No plot: matplotlib is not installed.", "pip install 'spacy-umlsbert[report]'")
