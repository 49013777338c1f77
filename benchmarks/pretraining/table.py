"""Pretraining on open text three times: plain, with the loss over concepts, and with types too.

    python benchmarks/pretraining/table.py WORK --minutes 60

The runs differ in what is named below and in nothing else: the same texts, steps and seed. They
go one after the other, each in a process of its own; started again, the benchmark goes on where it
was.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import srsly
import torch
import typer
from wasabi import msg

from spacy_umlsbert.pretraining.corpus import EncodedCorpus
from spacy_umlsbert.pretraining.unigram import log_frequencies, word_counts

CONFIG = Path(__file__).resolve().parents[2] / "configs" / "pretrain_open.cfg"

RUNS: dict[str, dict[str, Any]] = {
    "plain masked LM": {"objective.concepts": False, "model.semantic_type_embeddings": False},
    "+ loss over concepts": {"model.semantic_type_embeddings": False},
    "+ semantic types": {},
}


def main(
    ctx: typer.Context,
    work: Annotated[Path, typer.Argument(help="a folder for the runs and the table")],
    minutes: Annotated[float, typer.Option(help="most time that a run may take in training")] = 60,
    steps: Annotated[int, typer.Option(help="steps of every run")] = 320,
    seeds: Annotated[int, typer.Option(help="how often everything is done")] = 1,
    config: Annotated[Path, typer.Option(help="the config that the runs share")] = CONFIG,
) -> None:
    """Pretrain, and write table.md and table.json. Further options go to 'umls pretrain'."""
    work.mkdir(parents=True, exist_ok=True)
    results = []
    for seed in range(seeds):
        for name, settings in RUNS.items():
            output = work / f"{name.strip('+ ').replace(' ', '_')}_{seed}"
            finished = output / "metrics.json"
            if finished.is_file():
                msg.info(f"{name}, seed {seed}: done before")
            else:
                msg.divider(f"{name}, seed {seed}")
                shared = {
                    "training.max_minutes": minutes,
                    "training.max_steps": steps,
                    "training.seed": seed,
                }
                pretrain(config, output, {**shared, **settings}, ctx.args)
            results.append({"run": name, "seed": seed, **srsly.read_json(finished)})
            unigram = unigram_loss(output / "data")
            write_table(results, unigram, work)
    print((work / "table.md").read_text("utf-8"))


def pretrain(config: Path, output: Path, settings: dict[str, Any], more: list[str]) -> None:
    """Run 'umls pretrain' in a process of its own."""
    options = [
        part
        for name, value in settings.items()
        for part in (f"--{name}", str(value).lower() if isinstance(value, bool) else str(value))
    ]
    command = [sys.executable, "-m", "spacy", "umls", "pretrain", str(config), "-o", str(output)]
    subprocess.run([*command, *options, *more], check=True)


def unigram_loss(data: Path) -> float:
    """Cross-entropy of the held-out words under their frequency in the training texts.

    What is reached without looking at the context.
    """
    train, dev = EncodedCorpus(data / "train.arrow"), EncodedCorpus(data / "dev.arrow")
    vocab_size = 1 + max(int(example["input_ids"].max()) for example in chain(train, dev))
    log_probability = log_frequencies(count_words(train, vocab_size))
    counts = count_words(dev, vocab_size)
    return float(-(counts * log_probability).sum() / counts.sum())


def count_words(corpus: EncodedCorpus, vocab_size: int) -> torch.Tensor:
    """(vocabulary,) counts without [CLS] and [SEP], with which every sequence begins and ends."""
    counts = word_counts(corpus, vocab_size)
    first = corpus[0]["input_ids"]
    counts[[int(first[0]), int(first[-1])]] = 0
    return counts


def write_table(results: list[dict[str, Any]], unigram: float, work: Path) -> None:
    """Write table.md and table.json from what there is so far."""
    perplexity = float(torch.tensor(unigram).exp())
    lines = [
        "| run | steps | minutes | perplexity before | after | synonyms before | after "
        "| concept before | after |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in results:
        before, after = row["before"], row["after"]
        lines.append(
            f"| {row['run']} | {row['steps']} | {row['minutes']:.0f} "
            f"| {before['perplexity']:.0f} | {after['perplexity']:.1f} "
            f"| {before['synonym_share']:.1%} | {after['synonym_share']:.1%} "
            f"| {before['concept_share']:.1%} | {after['concept_share']:.1%} |"
        )
    last = results[-1]["after"]
    lines += [
        "",
        f"{last['words']:,} hidden words of held-out texts and {last['medical_words']:,} hidden "
        f"medical words. By frequency alone: perplexity {perplexity:.0f}.",
    ]
    (work / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    srsly.write_json(work / "table.json", {"unigram_perplexity": perplexity, "runs": results})


if __name__ == "__main__":
    app = typer.Typer(add_completion=False)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(main)
    app()
