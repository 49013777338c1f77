"""`umls evaluate-deid`: how well a pipeline hides PHI."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import spacy
import typer
from tqdm import tqdm
from wasabi import msg

from spacy_umlsbert.cli.app import app, errors_as_messages, use_gpu
from spacy_umlsbert.cli.deid import load_deid
from spacy_umlsbert.cli.pipelines import facts_of
from spacy_umlsbert.corpora.docbin import read_docs
from spacy_umlsbert.evaluation.phi_report import write_leaks, write_phi_report
from spacy_umlsbert.evaluation.phi_scores import score_phi


@app.command("evaluate-deid")
def evaluate_deid(
    data: Annotated[Path, typer.Argument(help="A .spacy file of 'umls convert'", exists=True)],
    output: Annotated[Path, typer.Argument(help="Folder for the report")],
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="A pipeline with umls_deid [rules alone, no model]"),
    ] = None,
    leaks: Annotated[
        Path | None,
        typer.Option(help="Write what leaked here. It quotes the notes: keep it where they are"),
    ] = None,
    title: Annotated[str, typer.Option(help="Heading of the report")] = "",
    gpu_id: Annotated[int, typer.Option("--gpu-id", "-g", help="GPU, or -1 for the CPU")] = -1,
) -> None:
    """Score how well PHI is hidden: recall and precision by character and by mention.

    PHI counts as hidden if anything that was found covers it, whatever its label. The report holds
    figures alone.
    """
    with errors_as_messages():
        use_gpu(gpu_id)
        nlp, component = load_deid(model)
        gold = list(read_docs(data, spacy.blank("en").vocab))
        scores = score_phi(
            nlp, tqdm(gold, desc="Evaluating", unit=" docs", leave=False), component.spans_key
        )
        facts = facts_of(nlp, model or "rules alone", data)
        written = write_phi_report(
            scores, output, title=title or f"De-identification of {data.stem}", facts=facts
        )
        if leaks is not None:
            write_leaks(scores, leaks)
    figures = scores.as_dict()
    names = ("character_recall", "character_precision", "mention_recall", "mention_precision")
    rows = [*figures["per_category"].items(), ("all", figures["all"])]
    msg.table(
        [(name, *(f"{100 * row[n]:.2f}" for n in names), row["gold"]) for name, row in rows],
        header=("category", "R chars", "P chars", "R mentions", "P mentions", "gold"),
        aligns=("l", "r", "r", "r", "r", "r"),
        divider=True,
    )
    msg.text(f"{figures['leaking_documents']} of {figures['documents']} documents leak")
    msg.good(f"Wrote {', '.join(map(str, written))}")
