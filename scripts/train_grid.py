"""Train at every point of a grid of hyper-parameters, and keep the model that is best on dev."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import product
from math import ceil
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import srsly
import typer
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, ValidationError
from spacy.tokens import DocBin
from wasabi import msg

from spacy_umlsbert.files.digests import file_sha256

WARMUP_SHARE = 0.1
MODEL, SCORES, TABLE, INPUTS = "model-last", "scores", "grid.json", "inputs.json"

app = typer.Typer(add_completion=False)


class Task(str, Enum):
    """What is trained, which says how it is scored.

    Entities and PHI by exact match, PHI by what the head alone finds; pairs by accuracy, assertions
    by the share of right classes.
    """

    ner = "ner"
    deid = "deid"
    nli = "nli"
    assertion = "assertion"

    def evaluation(self, model: Path, data: Path, report: Path) -> list[object]:
        """The command that scores a model."""
        return ["umls", f"evaluate-{self.value}", model, data, report]

    def scores(self, report: Path) -> Path:
        """The file in its report with the scores to choose by."""
        places = {
            "ner": "entities.json",
            "deid": "head/entities.json",
            "nli": "pairs.json",
            "assertion": "assertions.json",
        }
        return report / places[self.value]

    def figures(self, scores: Path) -> dict[str, float]:
        """The figures to show; the best model is that with the best of the last one."""
        report = srsly.read_json(scores)
        if self is Task.nli:
            return {"macro-F1": report["macro_f"], "accuracy": report["accuracy"]}
        if self is Task.assertion:
            return {"macro-F1": report["macro"]["f"], "accuracy": report["micro"]}
        return {key.upper(): report["micro"][key] for key in "prf"}


class Grid(BaseModel):
    """A grid file: the values to try of each hyper-parameter, and where they come from."""

    model_config = ConfigDict(extra="forbid")

    source: str = ""
    epochs: list[PositiveInt] = Field(min_length=1)
    learn_rate: list[PositiveFloat] = Field(min_length=1)
    batch_size: list[PositiveInt] = Field(min_length=1)


class Point(NamedTuple):
    """A point of the grid."""

    epochs: int
    learn_rate: float
    batch_size: int

    def __str__(self) -> str:
        return f"epochs-{self.epochs}_rate-{self.learn_rate:g}_batch-{self.batch_size}"

    def settings(self, texts: int) -> dict[str, Any]:
        """What is set in the config for a corpus of so many sentences or pairs."""
        steps = ceil(texts / self.batch_size) * self.epochs
        return {
            "training.batcher.size": self.batch_size,
            "training.optimizer.learn_rate.initial_rate": self.learn_rate,
            "training.optimizer.learn_rate.total_steps": steps,
            "training.optimizer.learn_rate.warmup_steps": ceil(WARMUP_SHARE * steps),
            "training.eval_frequency": max(1, steps // self.epochs),
        }


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def main(
    ctx: typer.Context,
    config: Annotated[Path, typer.Argument(help="such as configs/ner_clinical.cfg", exists=True)],
    grid: Annotated[Path, typer.Argument(help="such as configs/grids/umlsbert.json", exists=True)],
    output: Annotated[Path, typer.Argument(help="where the best model goes, and the table")],
    train: Annotated[
        Path, typer.Option(help="the sentences or pairs to train on, .spacy", exists=True)
    ],
    dev: Annotated[
        Path, typer.Option(help="the documents or pairs to choose on, .spacy", exists=True)
    ],
    task: Annotated[
        Task, typer.Option(help="umls_ner, umls_deid, umls_nli or umls_assertion")
    ] = Task.ner,
) -> None:
    """Train, score on dev, choose. Further options go to 'spacy train'.

    A point that was scored with the same config, data and options is not trained again, so an
    interrupted search goes on. Of the models only the best one is kept, as OUTPUT/model-best.
    """
    points = list(read_grid(grid))
    texts = len(DocBin().from_disk(train))
    inputs = fingerprint([config, train, dev], ctx.args)
    if output.is_dir() and not same_inputs(output, inputs):
        msg.info(f"{output} is of other data or options: all points are trained anew.")
        shutil.rmtree(output)
    output.mkdir(parents=True, exist_ok=True)
    srsly.write_json(output / INPUTS, inputs)
    results: list[dict[str, Any]] = []
    for number, point in enumerate(points, 1):
        folder = output / str(point)
        scores = task.scores(folder / SCORES)
        if not scores.is_file():
            msg.divider(f"{number} of {len(points)}: {point}")
            settings = {"paths.train": train, "paths.dev": dev, **point.settings(texts)}
            options = [part for key, value in settings.items() for part in (f"--{key}", value)]
            run("train", config, "--output", folder, *options, *ctx.args)
            run(*task.evaluation(folder / MODEL, dev, folder / SCORES))
        else:
            msg.text(f"{number} of {len(points)}: {point} is done already")
        results.append({**point._asdict(), **task.figures(scores)})
        _keep_best(output, points[:number], results)
    srsly.write_json(output / TABLE, results)
    names = list(task.figures(scores))
    rows = [
        [*map(str, point), *(f"{100 * r[name]:.2f}" for name in names)]
        for point, r in zip(points, results, strict=True)
    ]
    msg.table(rows, header=("epochs", "rate", "batch", *names), divider=True)
    best = points[_best(results)]
    msg.good(f"Best on dev: {best}, {output / 'model-best'}")


def read_grid(path: Path) -> Iterator[Point]:
    """The points of a grid; exits with a message if the file is no `Grid`."""
    try:
        grid = Grid.model_validate_json(path.read_text("utf-8"))
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        msg.fail(f"{path} is no grid of hyper-parameters", "\n".join(problems), exits=1)
        raise
    return (Point(*point) for point in product(*(getattr(grid, n) for n in Point._fields)))


def fingerprint(files: Sequence[Path], options: Sequence[str]) -> dict[str, Any]:
    """What a result depends on: the content of files, and options."""
    sums = {str(file): file_sha256(file) for file in files}
    return {"files": sums, "options": list(options)}


def same_inputs(output: Path, inputs: dict[str, Any]) -> bool:
    """Whether what is there was made of these; an empty folder was made of anything."""
    file = output / INPUTS
    return srsly.read_json(file) == inputs if file.is_file() else not any(output.iterdir())


def run(*command: object) -> None:
    """Run a spaCy command in a process of its own; exits if it fails."""
    done = subprocess.run([sys.executable, "-m", "spacy", *map(str, command)], check=False)
    if done.returncode:
        msg.fail(f"'spacy {command[0]}' failed; what is wrong stands above.", exits=1)


def _best(results: list[dict[str, Any]]) -> int:
    return max(range(len(results)), key=lambda i: list(results[i].values())[-1])


def _keep_best(output: Path, points: list[Point], results: list[dict[str, Any]]) -> None:
    best = points[_best(results)]
    for point in points:
        folder = output / str(point)
        new = folder / MODEL
        if point == best and new.is_dir():
            shutil.rmtree(output / "model-best", ignore_errors=True)
            new.rename(output / "model-best")
        for model in (new, folder / "model-best"):
            shutil.rmtree(model, ignore_errors=True)


if __name__ == "__main__":
    app()
