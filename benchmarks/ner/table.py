"""NER on NCBI-Disease and BC5CDR (dev): several seeds, with and without semantic types.

    python benchmarks/ner/table.py training/ner_benchmark --seeds 3

With and without differ in one setting, `vars.semantic_types` of configs/ner_open.cfg; backbone,
steps and seeds are the same. The trainings go one after the other, each in a process of its own;
started again, the benchmark goes on with the next one that is not done.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import srsly
import typer
from wasabi import msg

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "configs" / "ner_open.cfg"
OPEN = ROOT / "assets" / "open"
CORPORA = {
    "NCBI-Disease": (
        "ncbi-disease/NCBItrainset_corpus.txt",
        "ncbi-disease/NCBIdevelopset_corpus.txt",
    ),
    "BC5CDR": ("bc5cdr/train_corpus.txt", "bc5cdr/dev_corpus.txt"),
}
DISEASES = ("SpecificDisease", "Modifier", "DiseaseClass", "CompositeMention")


def main(
    ctx: typer.Context,
    work: Annotated[Path, typer.Argument(help="a folder for the trainings and the table")],
    seeds: Annotated[int, typer.Option(help="how often everything is done")] = 3,
    corpus: Annotated[list[str] | None, typer.Option(help="only this corpus")] = None,
    kb: Annotated[Path, typer.Option(help="the knowledge base")] = ROOT / "kb" / "disease",
    config: Annotated[Path, typer.Option(help="the config")] = CONFIG,
) -> None:
    """Train, score and write table.md and table.json. Further options go to 'spacy train'."""
    work.mkdir(parents=True, exist_ok=True)
    results: list[dict[str, Any]] = []
    for seed in range(seeds):
        for name in corpus or CORPORA:
            for types in (True, False):
                folder = work / f"{name}_{'types' if types else 'plain'}_{seed}"
                scores = folder / "scores" / "entities.json"
                if not scores.is_file():
                    msg.divider(folder.name)
                    train(folder, CORPORA[name], config, kb, types, seed, ctx.args)
                figures = srsly.read_json(scores)
                results.append({"corpus": name, "types": types, "seed": seed, **figures})
                write_table(results, work)
    print((work / "table.md").read_text("utf-8"))


def train(
    folder: Path,
    files: tuple[str, str],
    config: Path,
    kb: Path,
    types: bool,
    seed: int,
    more: list[str],
) -> None:
    """Train a pipeline and score it on the development part."""
    train_file, dev_file = (OPEN / file for file in files)
    settings = {
        "--paths.train": train_file,
        "--paths.dev": dev_file,
        "--paths.kb": kb,
        "--vars.semantic_types": str(types).lower(),
        "--system.seed": seed,
    }
    options = [part for setting in settings.items() for part in setting]
    run("train", config, "--output", folder, *options, *more)
    gold = folder / "dev.spacy"
    labels = [part for label in DISEASES for part in ("--label", f"{label}=Disease")]
    run("umls", "convert", "pubtator", dev_file, gold, *labels)
    # What training ended with: choosing the best on the part that is scored would flatter it.
    run("umls", "evaluate-ner", folder / "model-last", gold, folder / "scores")


def run(*command: object) -> None:
    """Run a spaCy command in a process of its own."""
    subprocess.run([sys.executable, "-m", "spacy", *map(str, command)], check=True)


def write_table(results: list[dict[str, Any]], work: Path) -> None:
    """Write table.md and table.json from what there is so far."""
    lines = [
        "| corpus | semantic types | seeds | P | R | F1 | spread of F1 |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in CORPORA:
        for types in (True, False):
            rows = [r["micro"] for r in results if r["corpus"] == name and r["types"] is types]
            if rows:
                p, r, f = ([100 * row[key] for row in rows] for key in ("p", "r", "f"))
                spread = f"{statistics.stdev(f):.2f}" if len(f) > 1 else ""
                mean = (f"{statistics.mean(values):.2f}" for values in (p, r, f))
                kind = "yes" if types else "no"
                lines.append(f"| {name} | {kind} | {len(rows)} | {' | '.join(mean)} | {spread} |")
    (work / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    srsly.write_json(work / "table.json", results)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(main)
    app()
