"""`umls link`: the concepts of mentions."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from wasabi import msg

from spacy_umlsbert.cli.app import app, use_gpu
from spacy_umlsbert.cli.linking_options import (
    EncoderOption,
    KbOption,
    KnownOption,
    ModelOption,
    one_of,
    searcher,
)
from spacy_umlsbert.cli.old_options import with_old_option
from spacy_umlsbert.cli.pipelines import GpuOption
from spacy_umlsbert.errors import InputError, safe
from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.writing import text_writer

if TYPE_CHECKING:
    from spacy_umlsbert.linking.index import LinkedConcept

STANDARD = Path("-")
"""The name for the standard output."""


@app.command("link")
def link(
    mentions: Annotated[list[str] | None, typer.Argument(help="Mentions")] = None,
    model: ModelOption = None,
    kb: KbOption = None,
    encoder: EncoderOption = None,
    known: KnownOption = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="A file with a mention a line")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write JSON here; - for stdout")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", hidden=True)] = None,
    k: Annotated[int, typer.Option("-k", help="How many candidates", min=1)] = 5,
    gpu_id: GpuOption = -1,
) -> None:
    """Find the concepts whose names are most like mentions.

    No threshold is applied and nothing is split: these are the candidates, with their scores. With
    --output they are written as JSON in the form of BioSyn's predictions: for each mention its
    candidates with name, cui and score. The index of a knowledge base is built at the first use and
    kept next to it.
    """
    output = with_old_option(output, out, name="--output", old_name="--out")
    with ExitStack() as stack:
        standard_output = sys.stdout
        if output == STANDARD:  # messages must not come between
            stack.enter_context(redirect_stdout(sys.stderr))
        texts = [*(mentions or ()), *(_lines(file) if file else ())]
        if file is not None and not texts:
            raise InputError("has no mentions.", path=file, remedy="It needs one a line.")
        if not texts:
            raise InputError("give mentions, or a --file of them.")
        use_gpu(gpu_id)
        search = searcher(one_of(model, kb), encoder, known).search
        found = [concepts[:k] for concepts in search(texts, max(k, 30))]
        if output is None:
            _show(texts, found)
            return
        text = json.dumps(_as_json(texts, found), indent=2, ensure_ascii=False)
        if output == STANDARD:
            standard_output.write(text + "\n")
            return
        with text_writer(output) as stream:
            stream.write(text)
    msg.good(f"Linked {len(texts):,} mentions and wrote {safe(output)}")


def _lines(path: Path) -> list[str]:
    return [text for line in read_lines(path) if (text := line.text.strip())]


def _show(mentions: Sequence[str], found: Sequence[Sequence[LinkedConcept]]) -> None:
    for mention, concepts in zip(mentions, found, strict=True):
        msg.divider(mention[:60])
        if not concepts:
            msg.text("no concept")
            continue
        rows = [(f"{c.score:.3f}", c.concept_id, c.name) for c in concepts]
        msg.table(rows, header=("score", "concept", "name"), divider=True)


def _as_json(
    mentions: Sequence[str], found: Sequence[Sequence[LinkedConcept]]
) -> dict[str, list[dict[str, Any]]]:
    def record(mention: str, concepts: Sequence[LinkedConcept]) -> dict[str, Any]:
        candidates = [
            {"name": c.name, "cui": c.concept_id, "score": round(c.score, 6)} for c in concepts
        ]
        return {"mention": mention, "candidates": candidates}

    rows = [record(*row) for row in zip(mentions, found, strict=True)]
    return {"queries": [{"mentions": [row]} for row in rows]}
