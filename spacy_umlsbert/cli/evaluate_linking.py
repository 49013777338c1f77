"""`umls evaluate-linking`: accuracy of a linker, as a report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from tqdm import tqdm
from wasabi import msg

from spacy_umlsbert.cli.app import app, errors_without_text, use_gpu
from spacy_umlsbert.cli.linking_options import (
    EncoderOption,
    KbOption,
    KnownOption,
    ModelOption,
    linker_of,
    searcher,
)
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.evaluation.linking.report import (
    FOUND_HEADER,
    GOLD_HEADER,
    EndToEndScores,
    Place,
    found_rows,
    gold_row,
    write_linking_report,
)
from spacy_umlsbert.evaluation.linking.scores import score_mentions
from spacy_umlsbert.umls import KnowledgeBase

if TYPE_CHECKING:
    from spacy.language import Language

    from spacy_umlsbert.linking.equivalent_ids import EquivalentIds

_K = 30


@app.command("evaluate-linking")
def evaluate_linking(
    data: Annotated[
        Path,
        typer.Argument(help="PubTator or .spacy file, or folder of .concept files", exists=True),
    ],
    output: Annotated[Path, typer.Argument(help="Folder for the report")],
    model: ModelOption = None,
    kb: KbOption = None,
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
    title: Annotated[str, typer.Option(help="Heading of the report")] = "",
    gpu_id: Annotated[int, typer.Option("--gpu-id", "-g", help="GPU, or -1 for the CPU")] = -1,
) -> None:
    """Score a linker: acc@1, acc@5, acc@20 and MRR over gold mentions.

    Mentions are prepared by BioSyn's protocol: abbreviations written out, composite ones split;
    a composite one is right if all its parts are. Mentions whose concept the knowledge base does
    not have are left out and counted in the report. With --model the pipeline is also run on the
    texts, and the mentions that it finds are compared with the gold ones, concepts included.
    """
    with errors_without_text():
        # Not before: scikit-learn takes a second to import, and every spaCy command loads this.
        from spacy_umlsbert.linking.equivalent_ids import EquivalentIds  # noqa: PLC0415
        from spacy_umlsbert.linking.mention_files import read_mentions  # noqa: PLC0415
        from spacy_umlsbert.linking.name_normalizer import NameNormalizer, read_spelling  # noqa: PLC0415

        if output.is_file():
            raise InputError("is a file; the report needs a folder.", path=output)
        use_gpu(gpu_id)
        base, search, nlp = searcher(model, kb, encoder, known)
        equivalents = EquivalentIds.read(equivalent_ids)
        normalize = NameNormalizer(spelling=read_spelling(spelling) if spelling else {})
        read = read_mentions([data], normalize, label or ())
        mentions = list(equivalents.of_mentions(read, base))
        counted = [m for m in mentions if all(one in base for one in m.concept_ids)]
        if not counted:
            raise InputError(
                "has no mention whose concept is in the knowledge base.",
                path=data,
                remedy="Check that both use the same ids, or give --equivalent-ids.",
            )
        scores = score_mentions(
            counted,
            lambda names: ([[c.concept_id] for c in found] for found in search(names, _K)),
        )
        found = _end_to_end(nlp, data, base, equivalents, label or ()) if nlp else None
        facts = {
            "data": str(data),
            "knowledge base": f"{base.meta.name} {base.meta.version}",
            "linker": model or " ".join(filter(None, [encoder or "TF-IDF", str(known or "")])),
            "mentions left out (concept not in the knowledge base)": str(
                len(mentions) - len(counted)
            ),
        }
        title = title or f"Linking of {data.stem}"
        written = write_linking_report(output, scores, found, title=title, facts=facts)
    msg.table([gold_row(scores)], header=GOLD_HEADER, aligns=("r",) * 5, divider=True)
    if found is not None:
        msg.table(found_rows(found), header=FOUND_HEADER, aligns=("l", "r", "r", "r"), divider=True)
    msg.good(f"Wrote {', '.join(map(str, written))}")


def _end_to_end(
    nlp: Language,
    data: Path,
    base: KnowledgeBase,
    equivalents: EquivalentIds,
    labels: Sequence[str],
) -> EndToEndScores | None:
    """Compare what the pipeline finds in the texts; None for .concept files, which have none."""
    from spacy_umlsbert.linking.mention_files import read_texts  # noqa: PLC0415

    if data.is_dir():
        return None
    linker = linker_of(nlp, nlp.meta["name"])
    texts = list(read_texts(data, nlp))
    found: dict[Place, Sequence[str]] = {}
    gold: dict[Place, Sequence[str]] = {}
    docs = nlp.pipe(text.text for text in texts)
    progress = tqdm(texts, desc="Linking", unit=" texts", leave=False)
    for text, doc in zip(progress, docs, strict=True):
        spans = doc.ents if linker.spans_key is None else doc.spans.get(linker.spans_key, ())
        for span in spans:
            if not labels or span.label_ in labels:
                place = (text.document_id, span.start_char, span.end_char)
                found[place] = [one for one, _ in span._.kb_ents]
        for annotation in text.annotations:
            if annotation.concept_ids and (not labels or annotation.label in labels):
                place = (text.document_id, annotation.start, annotation.end)
                gold[place] = [equivalents.known(one, base) for one in annotation.concept_ids]
    return EndToEndScores.of(found, gold)
