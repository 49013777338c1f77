"""`umls evaluate-linking`: accuracy of a linker, as a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert.cli.app import app, use_gpu
from spacy_umlsbert.cli.evaluation import (
    OldModelOption,
    OldOrderCommand,
    OutputOrOldOrder,
    TitleOption,
    arguments,
)
from spacy_umlsbert.cli.linking_options import EncoderOption, KnownOption, searcher
from spacy_umlsbert.cli.pipelines import BatchSizeOption, GpuOption, ProcessesOption, QuietOption
from spacy_umlsbert.files.progress import progress_bar


@app.command("evaluate-linking", cls=OldOrderCommand)
def evaluate_linking(
    model: Annotated[
        str, typer.Argument(help="A pipeline with umls_linker, or a knowledge base directory")
    ],
    data: Annotated[
        Path, typer.Argument(help="PubTator or .spacy file, or folder of .concept files")
    ],
    output: OutputOrOldOrder = None,
    old_model: OldModelOption = None,
    kb: Annotated[str | None, typer.Option("--kb", hidden=True)] = None,
    encoder: EncoderOption = None,
    known: KnownOption = None,
    label: Annotated[
        list[str] | None, typer.Option(help="Only mentions of this label (can be repeated)")
    ] = None,
    equivalent_ids: Annotated[
        Path | None, typer.Option(help="A dictionary (id|id||name) of ids that mean the same")
    ] = None,
    spelling: Annotated[
        Path | None, typer.Option(help="A list of spellings (wrong||right), as BioSyn's")
    ] = None,
    title: TitleOption = "",
    gpu_id: GpuOption = -1,
    n_process: ProcessesOption = 1,
    batch_size: BatchSizeOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score a linker: acc@1, acc@5, acc@20 and MRR over gold mentions.

    Mentions are prepared as BioSyn does it: abbreviations written out, composite ones split; a
    composite one is right if all its parts are. Mentions whose concept the knowledge base does
    not have are left out and counted in the report. A pipeline is also run on the texts, and the
    mentions that it finds are compared with the gold ones, concepts included. A knowledge base is
    searched by spelling alone, or with --encoder and --known.
    """
    # Not before: scikit-learn takes a second to import, and every spaCy command loads this.
    from spacy_umlsbert.evaluation.linking.report import (  # noqa: PLC0415
        FOUND_HEADER,
        GOLD_HEADER,
        found_rows,
        gold_row,
        write_linking_report,
    )
    from spacy_umlsbert.linking.equivalent_ids import EquivalentIds  # noqa: PLC0415
    from spacy_umlsbert.linking.evaluate import (  # noqa: PLC0415
        score_found_mentions,
        score_gold_mentions,
    )
    from spacy_umlsbert.linking.name_normalizer import (  # noqa: PLC0415
        NameNormalizer,
        read_spelling,
    )
    from spacy_umlsbert.pipeline.components import linker_of  # noqa: PLC0415

    model, data, output = arguments(model, data, output, old_model=old_model or kb)
    use_gpu(gpu_id)
    base, search, nlp = searcher(model, encoder, known)
    equivalents = EquivalentIds.read(equivalent_ids)
    gold = score_gold_mentions(
        data,
        base,
        search,
        labels=label or (),
        equivalents=equivalents,
        normalize=NameNormalizer(spelling=read_spelling(spelling) if spelling else {}),
    )
    found = None
    if nlp is not None:
        found = score_found_mentions(
            nlp,
            data,
            base,
            spans_key=linker_of(nlp, model).spans_key,
            labels=label or (),
            equivalents=equivalents,
            n_process=n_process,
            batch_size=batch_size,
            progress=lambda texts: progress_bar(
                texts, doing="Linking", unit="texts", show=not quiet
            ),
        )
    by = model if nlp is not None else " ".join([encoder or "TF-IDF", str(known or "")]).strip()
    facts = {
        "data": str(data),
        "knowledge base": f"{base.meta.name} {base.meta.version}",
        "linker": by,
        "mentions left out (concept not in the knowledge base)": str(gold.left_out),
    }
    title = title or f"Linking of {data.stem}"
    written = write_linking_report(output, gold.scores, found, title=title, facts=facts)
    msg.table([gold_row(gold.scores)], header=GOLD_HEADER, aligns=("r",) * 5, divider=True)
    if found is not None:
        msg.table(found_rows(found), header=FOUND_HEADER, aligns=("l", "r", "r", "r"), divider=True)
    msg.good(f"Wrote {', '.join(map(str, written))}")
