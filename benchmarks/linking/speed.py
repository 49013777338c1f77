"""Speed, memory and recall of candidates: ours, scispaCy's generator, a full matrix; one run.

    python benchmarks/linking/speed.py run kb/medic assets/open/bc5cdr/dev_corpus.txt \\
        metrics/linking-speed --label Disease --encoder training/linker-bc5cdr/model \\
        --known training/linker-bc5cdr/mentions.jsonl

All link the same gold mentions, repeats included, to the same names. Every tool is a process of
its own; they take turns. scispaCy's own index builder refuses scipy from 1.11 on, so its TF-IDF
and its nmslib index are built here with its settings. The full matrix is what BioSyn's evaluation
does: one mention after the other, each name scored; and the same in batches of 256.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import srsly
import typer
from wasabi import msg

from spacy_umlsbert.linking.encoder_files import load_name_encoder
from spacy_umlsbert.linking.equivalent_ids import EquivalentIds
from spacy_umlsbert.linking.exact_search import ExactSearch
from spacy_umlsbert.linking.index import LinkerIndex
from spacy_umlsbert.linking.known_mentions import read_known_mentions
from spacy_umlsbert.linking.mention_files import read_mentions
from spacy_umlsbert.linking.name_normalizer import NameNormalizer
from spacy_umlsbert.linking.name_table import NameTable
from spacy_umlsbert.linking.sparse_encoder import SparseEncoder
from spacy_umlsbert.pipeline.umls_linker import UmlsLinker
from spacy_umlsbert.umls import KnowledgeBase

K = 20
TOOLS = {
    "component": "ours: umls_linker.link (exact names need no search)",
    "ours": "ours: candidates of all mentions",
    "ours_sparse": "ours, TF-IDF alone",
    "scispacy": "scispaCy's candidate generator (its settings)",
    "one_by_one": "full matrix, one by one (as BioSyn evaluates)",
    "batches": "full matrix, batches of 256",
}
Found = list[list[str]]

app = typer.Typer(add_completion=False)


@app.command("run")
def main(
    kb: Path,
    data: Path,
    output: Path,
    encoder: Annotated[str, typer.Option()],
    known: Annotated[Path | None, typer.Option()] = None,
    label: Annotated[list[str] | None, typer.Option()] = None,
    equivalent_ids: Annotated[Path | None, typer.Option()] = None,
    rounds: int = 3,
    tool: Annotated[list[str] | None, typer.Option(help="only these")] = None,
) -> None:
    """Measure all tools and print a table."""
    base = KnowledgeBase.open(kb)
    read = read_mentions([data], NameNormalizer(), label or ())
    mentions = list(EquivalentIds.read(equivalent_ids).of_mentions(read, base))
    parts = [(part, list(m.concept_ids)) for m in mentions for part in m.parts]
    output.mkdir(parents=True, exist_ok=True)
    gold = output / "mentions.json"
    srsly.write_json(gold, parts)
    results: dict[str, list[dict[str, Any]]] = {}
    for turn in range(rounds):
        for name in tool or TOOLS:
            if turn and name in ("scispacy", "one_by_one"):
                continue  # minutes each
            msg.info(f"{TOOLS[name]} ({turn + 1} of {rounds})")
            arguments = [name, str(kb), str(gold), "--encoder", encoder]
            arguments += ["--known", str(known)] if known else []
            done = subprocess.run(
                [sys.executable, __file__, "measure", *arguments],
                stdout=subprocess.PIPE,
                check=True,
                text=True,
            )
            results.setdefault(name, []).append(json.loads(done.stdout.splitlines()[-1]))
            srsly.write_json(output / "all.json", results)
    figures = {name: best_of(rows) for name, rows in results.items()}
    srsly.write_json(output / "speed.json", figures)
    header = ("", "mentions/s", "index s", "open s", "MB", f"recall@{K}", "acc@1")
    rows = [
        (
            TOOLS[name],
            f"{row['mentions_per_second']:,.0f}",
            f"{row['build']:.1f}",
            f"{row['open']:.2f}",
            f"{row['memory']:,.0f}",
            f"{100 * row['recall']:.2f}",
            f"{100 * row['accuracy']:.2f}",
        )
        for name, row in figures.items()
    ]
    msg.text(f"{len(parts):,} mentions, {len({p for p, _ in parts}):,} distinct")
    msg.table(rows, header=header, aligns=("l", *"rrrrrr"), divider=True)


def best_of(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The fastest round, since other work on the machine can only slow a tool down."""
    return max(rows, key=lambda row: row["mentions_per_second"])


@app.command("measure", hidden=True)
def measure(
    tool: str,
    kb: Path,
    gold: Path,
    encoder: Annotated[str, typer.Option()],
    known: Annotated[Path | None, typer.Option()] = None,
) -> None:
    """Measure one tool in this process."""
    parts = srsly.read_json(gold)
    mentions = [part for part, _ in parts]
    base = KnowledgeBase.open(kb)
    make = {
        "component": ours,
        "ours": ours,
        "ours_sparse": ours,
        "scispacy": scispacy,
        "one_by_one": full_matrix,
        "batches": full_matrix,
    }[tool]
    with tempfile.TemporaryDirectory() as folder:
        search, times = make(tool, base, encoder, known, Path(folder))
        search(mentions[:64])
        warm = memory()
        start = time.perf_counter()
        found = search(mentions)
        seconds = time.perf_counter() - start
    hits = [not set(row[:K]).isdisjoint(ids) for row, (_, ids) in zip(found, parts, strict=True)]
    first = [row[:1] != [] and row[0] in ids for row, (_, ids) in zip(found, parts, strict=True)]
    result = {
        "mentions_per_second": len(mentions) / seconds,
        **times,
        "memory": warm,
        "recall": float(np.mean(hits)),
        "accuracy": float(np.mean(first)),
    }
    print(json.dumps(result))


Made = tuple[Callable[[Sequence[str]], Found], dict[str, float]]


def ours(tool: str, kb: KnowledgeBase, encoder: str, known: Path | None, folder: Path) -> Made:
    """The index, built by another process, so that this one has only what use needs."""
    names = None if tool == "ours_sparse" else load_name_encoder(encoder)
    start = time.perf_counter()
    code = (
        "import sys; from pathlib import Path; from spacy_umlsbert.umls import KnowledgeBase; "
        "from spacy_umlsbert.linking.index import LinkerIndex; "
        "from spacy_umlsbert.linking.encoder_files import load_name_encoder; "
        "from spacy_umlsbert.linking.known_mentions import read_known_mentions; "
        "kb, encoder, known, out = sys.argv[1:]; "
        "LinkerIndex.build(Path(out), KnowledgeBase.open(kb), "
        "load_name_encoder(encoder) if encoder else None, "
        "read_known_mentions(Path(known) if known else None), progress=False)"
    )
    arguments = [str(kb.path), encoder if names else "", str(known or ""), str(folder / "i")]
    subprocess.run([sys.executable, "-c", code, *arguments], check=True)
    built = time.perf_counter()
    index = LinkerIndex.open(folder / "i", kb, names)
    opened = time.perf_counter()

    def search(mentions: Sequence[str]) -> Found:
        return [[c.concept_id for c in found] for found in index.search(mentions, K)]

    if tool == "component":
        linker = UmlsLinker.from_kb(
            kb,
            encoder=encoder,
            mentions=known and str(known),
            index=str(folder / "i"),
            threshold=0.0,
            max_entities_per_mention=K,
            split_composites=False,
        )
        return lambda mentions: [[one for one, _ in row] for row in linker.link(mentions)], {
            "build": built - start,
            "open": opened - built,
        }
    return search, {"build": built - start, "open": opened - built}


def scispacy(tool: str, kb: KnowledgeBase, encoder: str, known: Path | None, folder: Path) -> Made:
    """ScispaCy's CandidateGenerator over the same names."""
    import nmslib  # noqa: PLC0415
    from scispacy.candidate_generation import CandidateGenerator  # noqa: PLC0415
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    class Aliases:
        alias_to_cuis: dict[str, list[str]]

    table = table_of(kb, known)
    aliases: dict[str, list[str]] = {}
    for name, ids in table.rows():
        aliases.setdefault(name, []).extend(ids)
    their_kb = Aliases()
    start = time.perf_counter()
    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 3), min_df=10, dtype=np.float32
    )
    vectors = vectorizer.fit_transform(list(aliases))
    filled = np.flatnonzero(np.diff(vectors.indptr))
    names = [name for i, name in enumerate(aliases) if vectors.indptr[i + 1] > vectors.indptr[i]]
    index = nmslib.init(
        method="hnsw", space="cosinesimil_sparse", data_type=nmslib.DataType.SPARSE_VECTOR
    )
    index.addDataPointBatch(vectors[filled])
    index.createIndex({"M": 100, "indexThreadQty": 60, "efConstruction": 2000, "post": 0})
    index.setQueryTimeParams({"efSearch": 200})
    built = time.perf_counter()
    their_kb.alias_to_cuis = aliases
    generator = CandidateGenerator(index, vectorizer, names, their_kb)  # type: ignore[arg-type]

    def search(mentions: Sequence[str]) -> Found:
        # Its linker asks for 30 neighbours, and sorts concepts by their best similarity.
        return [
            [c.concept_id for c in sorted(found, key=lambda c: -max(c.similarities))]
            for found in generator(list(mentions), 30)
        ]

    return search, {"build": built - start, "open": 0.0}


def full_matrix(
    tool: str, kb: KnowledgeBase, encoder: str, known: Path | None, folder: Path
) -> Made:
    """Every name scored for every mention."""
    table = table_of(kb, known)
    start = time.perf_counter()
    names = load_name_encoder(encoder)
    exact = ExactSearch(
        table,
        sparse=SparseEncoder.fit(table.names),
        dense=names,
        sparse_weight=names.sparse_weight,
    )
    built = time.perf_counter()
    size = 1 if tool == "one_by_one" else 256

    def search(mentions: Sequence[str]) -> Found:
        found = []
        for i in range(0, len(mentions), size):
            scores = exact.scores(mentions[i : i + size])
            best = np.argpartition(-scores, 4 * K, axis=1)[:, : 4 * K]
            for row, rows in zip(scores, best, strict=True):
                ordered = rows[np.argsort(-row[rows], kind="stable")]
                found.append(list(dict.fromkeys(table.concept_ids[j][0] for j in ordered)))
        return found

    return search, {"build": built - start, "open": 0.0}


def table_of(kb: KnowledgeBase, known: Path | None) -> NameTable:
    """The names and known mentions that our index has too."""
    normalize = NameNormalizer()
    rows = [
        (normalize(m.mention), (one,))
        for m in read_known_mentions(known)
        for one in m.ids
        if one in kb
    ]
    return NameTable.of([*rows, *NameTable.of_kb(kb, normalize).rows()])


def memory() -> float:
    """Resident memory of this process, in MB."""
    (line,) = (x for x in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in x)
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    app()
