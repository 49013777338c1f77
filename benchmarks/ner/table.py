"""NER on NCBI-Disease and BC5CDR (dev): several seeds, with and without semantic types.

    python benchmarks/ner/table.py training/ner_benchmark --seeds 3

With and without differ in one setting, `semantic_type_embeddings` of configs/ner_open.cfg;
backbone, steps and seeds are the same. Each training is a process of its own; started again, the
benchmark goes on with those that are not done.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import srsly
import typer
from wasabi import msg

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from trainings import mean_and_spread, spacy_commands, train_and_tabulate  # noqa: E402

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
    kb: Annotated[Path, typer.Option(help="the knowledge base")] = ROOT / "kb" / "biomedical",
    config: Annotated[Path, typer.Option(help="the config")] = CONFIG,
    jobs: Annotated[
        int, typer.Option(help="trainings at a time, each on a share of the cores")
    ] = 1,
) -> None:
    """Train, score and write table.md and table.json. Further options go to 'spacy train'.

    On a CPU two trainings on a core each are done sooner than one after the other on both.
    """
    work.mkdir(parents=True, exist_ok=True)
    runs = [
        Run(name, types, seed)
        for seed in range(seeds)
        for name in corpus or CORPORA
        for types in (True, False)
    ]
    one = partial(train, work=work, config=config, kb=kb, jobs=jobs, more=ctx.args)
    train_and_tabulate(runs, one, jobs, partial(write_table, work=work))


class Run(NamedTuple):
    """One training."""

    corpus: str
    types: bool
    seed: int

    def __str__(self) -> str:
        return f"{self.corpus}_{'types' if self.types else 'plain'}_{self.seed}"


def train(
    one: Run, *, work: Path, config: Path, kb: Path, jobs: int, more: list[str]
) -> dict[str, Any]:
    """Train a pipeline and score it on the development part, if that is not done yet."""
    folder = work / str(one)
    scores = folder / "scores" / "entities.json"
    if scores.is_file():
        return srsly.read_json(scores)
    msg.text(f"{one} begins; its log is {folder}.log")
    train_file, dev_file = (OPEN / file for file in CORPORA[one.corpus])
    settings = {
        "--paths.train": train_file,
        "--paths.dev": dev_file,
        "--paths.kb": kb,
        "--components.transformer.model.semantic_type_embeddings": str(one.types).lower(),
        "--system.seed": one.seed,
    }
    options = [part for setting in settings.items() for part in setting]
    gold = folder / "dev.spacy"
    labels = [part for label in DISEASES for part in ("--label", f"{label}=Disease")]
    with spacy_commands(folder.with_suffix(".log"), jobs) as run:
        run("train", config, "--output", folder, *options, *more)
        run("umls", "convert", "pubtator", dev_file, gold, *labels)
        # What training ended with: choosing the best on the part that is scored would flatter it.
        run("umls", "evaluate-ner", folder / "model-last", gold, folder / "scores")
    return srsly.read_json(scores)


def write_table(results: list[dict[str, Any]], work: Path) -> Path:
    """Write table.md and table.json from what there is so far; gives table.md."""
    lines = [
        "| corpus | semantic types | seeds | P | R | F1 | spread of F1 |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in CORPORA:
        for types in (True, False):
            rows = [r["micro"] for r in results if r["corpus"] == name and r["types"] is types]
            if rows:
                p, r, f = (mean_and_spread([row[key] for row in rows]) for key in "prf")
                kind = "yes" if types else "no"
                cells = (name, kind, str(len(rows)), p[0], r[0], *f)
                lines.append(f"| {' | '.join(cells)} |")
    table = work / "table.md"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    srsly.write_json(work / "table.json", results)
    return table


if __name__ == "__main__":
    app = typer.Typer(add_completion=False)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(main)
    app()
