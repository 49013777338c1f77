"""Build, open and match with a terminology of the UMLS's size.

    python benchmarks/terminology/full_size.py WORK --texts bc5cdr/dev_corpus.txt --concepts 4000000

makes a synthetic release and a knowledge base in WORK (some 5 GB), measures, prints a table and
writes ``full_size.json`` there.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import spacy
import typer
from abstracts import read_abstracts
from report import report
from spacy.tokens import Doc
from synthetic_release import make_release

from spacy_umlsbert.umls import Concept, KnowledgeBase, RrfRelease

MB = 1e6


def main(
    work: Annotated[Path, typer.Argument(help="Directory for the release and the knowledge base")],
    texts: Annotated[Path, typer.Option(help="PubTator file to match (BC5CDR dev)")],
    words_from: Annotated[
        list[Path] | None, typer.Option(help="Text files whose words make up the names")
    ] = None,
    concepts: Annotated[int, typer.Option(help="Number of concepts")] = 4_000_000,
    codes: Annotated[bool, typer.Option(help="Keep the codes of the release")] = True,
    names_per_concept: Annotated[float, typer.Option(help="Mean number of names")] = 2.5,
    small: Annotated[
        Path | None, typer.Option(help="A small knowledge base to compare the speed with")
    ] = None,
    keep: Annotated[bool, typer.Option(help="Use the release and base that are there")] = True,
) -> None:
    """Measure with a synthetic terminology."""
    release, path = work / "release", work / "kb"
    results: dict[str, Any] = {}

    def measure(function: Callable[..., dict[str, Any]], *args: Any) -> None:
        results.update(_in_process(function, *args))
        (work / "full_size.json").write_text(json.dumps(results, indent=2), encoding="utf-8")

    if not (keep and path.exists()):
        shutil.rmtree(release, ignore_errors=True)
        corpora = [file.read_text("utf-8") for file in words_from or [texts]]
        made = make_release(release, concepts, names_per_concept, corpora)
        results.update(made)
        measure(_build, release, path, codes)
        shutil.rmtree(release)
    results["size_mb"] = sum(file.stat().st_size for file in path.iterdir()) / MB
    measure(_open, path)
    measure(_memory, path, texts)
    measure(_speed, path, texts)
    results.update(_two_processes(path, texts))
    if small is not None:
        speed = _in_process(_speed, small, texts)
        results.update({f"small_base_{key}": value for key, value in speed.items()})
        results["times_slower_than_small_base"] = (
            speed["abstracts_per_second"] / results["abstracts_per_second"]
        )
    report("A terminology of the UMLS's size", results, work / "full_size.json")


def _in_process(function: Callable[..., dict[str, Any]], *args: Any) -> dict[str, Any]:
    """Run a measurement in a process of its own, so that memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, args)


def _build(release: Path, path: Path, codes: bool) -> dict[str, Any]:
    start = time.perf_counter()
    kb = KnowledgeBase.build(
        path,
        RrfRelease(release, code_vocabularies=None if codes else []),
        name="synthetic",
        version="1",
        license="none",
        open_license=True,
        overwrite=True,
    )
    minutes = (time.perf_counter() - start) / 60
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB
    return {"build_minutes": minutes, "build_peak_memory_mb": peak, **kb.meta.counts}


def _open(path: Path) -> dict[str, Any]:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        kb = KnowledgeBase.open(path)
        times.append(time.perf_counter() - start)
    ids = kb.concept_ids.take(list(range(0, len(kb), max(1, len(kb) // 1000)))).to_pylist()
    start = time.perf_counter()
    concepts = [kb[concept_id] for concept_id in ids]
    lookup = (time.perf_counter() - start) / len(ids)
    return {
        **_codes(kb, concepts),
        "first_open_seconds": times[0],
        "open_seconds": statistics.median(times),
        "concept_lookup_microseconds": lookup * 1e6,
    }


def _codes(kb: KnowledgeBase, concepts: list[Concept]) -> dict[str, Any]:
    """How long a code takes to find; without codes nothing."""
    codes = [(one, code) for c in concepts for one, of in c.codes.items() for code in of]
    if not codes:
        return {}
    start = time.perf_counter()
    found = [kb.with_code(*code) for code in codes]
    seconds = (time.perf_counter() - start) / len(codes)
    assert all(found)
    return {"code_lookup_microseconds": seconds * 1e6}


def _docs(texts: Path) -> list[Doc]:
    nlp = spacy.blank("en")
    return [nlp.make_doc(abstract.text) for abstract in read_abstracts(texts)]


def _private() -> float:
    """Memory that is this process's own: not the pages of mapped files, which all share (Linux)."""
    lines = Path("/proc/self/smaps_rollup").read_text("utf-8").splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))
    return kilobytes * 1024 / MB


def _memory(path: Path, texts: Path) -> dict[str, Any]:
    """Private memory that opening and matching add to a process."""
    docs = _docs(texts)
    before = _private()
    kb = KnowledgeBase.open(path)
    opened = _private()
    kb.match(docs)
    matched = _private()
    if kb.vocabularies:
        used = {i for listed in kb.match(docs) for match in listed for i in match.concept_ids}
        assert any(kb[concept_id].codes for concept_id in used)
    return {
        "private_memory_of_open_mb": opened - before,
        "private_memory_after_matching_mb": matched - before,
        "private_memory_after_codes_mb": _private() - before,
    }


def _speed(path: Path, texts: Path) -> dict[str, Any]:
    docs = _docs(texts)
    kb = KnowledgeBase.open(path)
    start = time.perf_counter()
    matches = kb.match(docs)
    first = time.perf_counter() - start
    half = len(docs) // 2
    kb = KnowledgeBase.open(path)
    kb.match(docs[:half])
    start = time.perf_counter()
    kb.match(docs[half:])
    second = time.perf_counter() - start
    times = []
    for _ in range(7):
        start = time.perf_counter()
        for i in range(0, len(docs), 128):
            kb.match(docs[i : i + 128])
        times.append(time.perf_counter() - start)
    tokens = sum(map(len, docs))
    return {
        "abstracts_per_second_first_texts_of_a_process": len(docs) / first,
        "abstracts_per_second_new_texts": (len(docs) - half) / second,
        "abstracts_per_second": len(docs) / min(times),
        "words_per_second": tokens / min(times),
        "matches_per_abstract": sum(map(len, matches)) / len(docs),
    }


def _two_processes(path: Path, texts: Path) -> dict[str, Any]:
    """Two processes with the same pickled knowledge base at once."""
    kb = KnowledgeBase.open(path)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        private = pool.starmap(_use, [(kb, texts)] * 2, chunksize=1)
    return {"private_memory_per_further_process_mb": max(private)}


def _use(kb: KnowledgeBase, texts: Path) -> float:
    docs = _docs(texts)
    before = _private()
    assert kb.match(docs)
    return _private() - before


if __name__ == "__main__":
    typer.run(main)
