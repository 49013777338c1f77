"""`umls evaluate-deid`: how well a pipeline hides PHI."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from wasabi import msg

from spacy_umlsbert.cli.app import app, use_gpu
from spacy_umlsbert.cli.evaluation import (
    OldModelOption,
    OldOrderCommand,
    OutputOrOldOrder,
    TitleOption,
    arguments,
    tell_what_was_written,
)
from spacy_umlsbert.cli.old_options import with_old_option
from spacy_umlsbert.cli.pipelines import (
    RULES,
    BatchSizeOption,
    GpuOption,
    ProcessesOption,
    QuietOption,
    facts_of,
    load_deid,
)
from spacy_umlsbert.files.progress import progress_bar

if TYPE_CHECKING:
    from spacy_umlsbert.evaluation.deid.evaluate import DeidScores


class LabelScheme(str, Enum):
    """What labels are compared as, where they are; see `evaluation.deid.label_schemes`."""

    as_they_are = "as-they-are"
    i2b2_2006 = "i2b2-2006"
    category = "category"


@app.command("evaluate-deid", cls=OldOrderCommand)
def evaluate_deid(
    model: Annotated[
        str, typer.Argument(help=f"A pipeline with umls_deid, or '{RULES}' for the rules alone")
    ],
    data: Annotated[Path, typer.Argument(help="A .spacy file of 'umls convert'")],
    output: OutputOrOldOrder = None,
    old_model: OldModelOption = None,
    leaks: Annotated[
        Path | None,
        typer.Option(help="Write what leaked here. It quotes the notes: keep it where they are"),
    ] = None,
    label_scheme: Annotated[
        LabelScheme, typer.Option(help="What labels are compared as, in the exact-match table")
    ] = LabelScheme.as_they_are,
    labels: Annotated[LabelScheme | None, typer.Option(hidden=True)] = None,
    title: TitleOption = "",
    gpu_id: GpuOption = -1,
    n_process: ProcessesOption = 1,
    batch_size: BatchSizeOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score how well PHI is hidden: recall and precision by character and by mention.

    PHI counts as hidden if anything that was found covers it, whatever its label. A second table
    has exact match of borders and labels, as the papers score it. If the pipeline has a tagging
    head, what it finds without the rules is scored too, in the folder 'head' of the report. The
    report holds figures alone.
    """
    from spacy_umlsbert.corpora.docbin import read_docs  # noqa: PLC0415
    from spacy_umlsbert.evaluation.deid.evaluate import score_deid  # noqa: PLC0415
    from spacy_umlsbert.evaluation.deid.label_schemes import LABEL_SCHEMES  # noqa: PLC0415
    from spacy_umlsbert.evaluation.deid.report import (  # noqa: PLC0415
        HEAD,
        write_deid_report,
        write_leaks,
    )

    if output is None and old_model is None and Path(model).suffix == ".spacy":
        old_model = RULES
    model, data, output = arguments(model, data, output, old_model=old_model)
    label_scheme = with_old_option(label_scheme, labels, name="--label-scheme", old_name="--labels")
    use_gpu(gpu_id)
    nlp, component = load_deid(model)
    keys = [component.spans_key]
    if component.is_trainable:
        component.head_key = component.head_key or HEAD
        keys.append(component.head_key)
    gold = list(read_docs(data, nlp.vocab))
    scores = score_deid(
        nlp,
        progress_bar(gold, doing="Evaluating", unit="docs", show=not quiet),
        keys,
        own=component.labels,
        rename=LABEL_SCHEMES[label_scheme.value],
        n_process=n_process,
        batch_size=batch_size,
    )
    written = write_deid_report(
        *(scores[key] for key in keys),
        folder=output,
        title=title or f"De-identification of {data.stem}",
        facts=facts_of(nlp, "rules alone" if model == RULES else model, data),
    )
    if leaks is not None:
        write_leaks(scores[component.spans_key].hidden, leaks)
    for key in keys:
        if key != component.spans_key:
            msg.divider("The tagging head alone")
        _show(scores[key])
    tell_what_was_written(written)


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
