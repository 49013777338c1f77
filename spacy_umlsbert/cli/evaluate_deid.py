"""`umls evaluate-deid`: how well a pipeline hides PHI."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Annotated

import spacy
import typer
from tqdm import tqdm
from wasabi import msg

from spacy_umlsbert.cli.app import app, errors_without_text, use_gpu
from spacy_umlsbert.cli.deid import load_deid
from spacy_umlsbert.cli.pipelines import facts_of
from spacy_umlsbert.corpora.docbin import read_docs
from spacy_umlsbert.deid.labels import category, type_of_2006
from spacy_umlsbert.evaluation.deid.report import write_leaks, write_phi_report
from spacy_umlsbert.evaluation.deid.scores import DeidScores, score_deid
from spacy_umlsbert.evaluation.ner.report import write_report

HEAD = "head"
"""The folder of a report with the scores of the tagging head alone; also its span group."""


class Labels(str, Enum):
    """What labels are compared as, where they are."""

    as_they_are = "as-they-are"
    i2b2_2006 = "i2b2-2006"
    category = "category"


RENAME: dict[Labels, Callable[[str], str]] = {
    Labels.as_they_are: str,
    Labels.i2b2_2006: type_of_2006,
    Labels.category: category,
}


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
    labels: Annotated[
        Labels, typer.Option(help="What labels are compared as, in the exact-match table")
    ] = Labels.as_they_are,
    title: Annotated[str, typer.Option(help="Heading of the report")] = "",
    gpu_id: Annotated[int, typer.Option("--gpu-id", "-g", help="GPU, or -1 for the CPU")] = -1,
) -> None:
    """Score how well PHI is hidden: recall and precision by character and by mention.

    PHI counts as hidden if anything that was found covers it, whatever its label. A second table
    has exact match of borders and labels, as the papers score it. If the pipeline has a tagging
    head, what it finds without the rules is scored too, in the folder 'head' of the report. The
    report holds figures alone.
    """
    with errors_without_text():
        use_gpu(gpu_id)
        nlp, component = load_deid(model)
        folders = {component.spans_key: output}
        if component.is_trainable:
            component.head_key = component.head_key or HEAD
            folders[component.head_key] = output / HEAD
        gold = list(read_docs(data, spacy.blank("en").vocab))
        progress = tqdm(gold, desc="Evaluating", unit=" docs", leave=False)
        scores = score_deid(nlp, progress, folders, own=component.labels, rename=RENAME[labels])
        facts = facts_of(nlp, model or "rules alone", data)
        title = title or f"De-identification of {data.stem}"
        written = [
            path
            for key, folder in folders.items()
            for path in _write(
                scores[key],
                folder,
                title if folder == output else f"{title}, tagging head alone",
                facts,
            )
        ]
        if leaks is not None:
            write_leaks(scores[component.spans_key].hidden, leaks)
    for key, folder in folders.items():
        if folder != output:
            msg.divider("The tagging head alone")
        _show(scores[key])
    msg.good(f"Wrote {', '.join(map(str, written))}")


def _write(scores: DeidScores, folder: Path, title: str, facts: dict[str, str]) -> list[Path]:
    return [
        *write_phi_report(scores.hidden, folder, title=title, facts=facts),
        *write_report(scores.exact, folder, title=title, facts=facts),
    ]


def _show(scores: DeidScores) -> None:
    figures = scores.hidden.as_dict()
    names = ("character_recall", "character_precision", "mention_recall", "mention_precision")
    rows = [*figures["per_category"].items(), ("all", figures["all"])]
    msg.table(
        [(name, *(f"{100 * row[n]:.2f}" for n in names), row["gold"]) for name, row in rows],
        header=("category", "R chars", "P chars", "R mentions", "P mentions", "gold"),
        aligns=("l", "r", "r", "r", "r", "r"),
        divider=True,
    )
    msg.text(f"{figures['leaking_documents']} of {figures['documents']} documents leak")
    exact = scores.exact.micro
    msg.text(
        f"Exact match: precision {100 * exact.precision:.2f}, recall {100 * exact.recall:.2f}, "
        f"F1 {100 * exact.fscore:.2f}"
    )
