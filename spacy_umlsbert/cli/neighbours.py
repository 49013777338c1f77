"""`umls neighbours`: the nearest words and concepts of a word, models side by side."""

from __future__ import annotations

import json
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from wasabi import msg

from spacy_umlsbert import umls
from spacy_umlsbert.cli.app import app
from spacy_umlsbert.errors import InputError, safe

if TYPE_CHECKING:
    from spacy_umlsbert.model.neighbours import Neighbour


@app.command("neighbours")
def neighbours_cli(
    queries: Annotated[list[str], typer.Argument(help="Words or names", metavar="WORD...")],
    model: Annotated[
        list[str],
        typer.Option(
            "--model",
            "-m",
            help="A model directory, hub name, package:… or spaCy pipeline (can be repeated)",
        ),
    ],
    kb: Annotated[
        Path | None, typer.Option(help="Look among the concepts of this knowledge base too")
    ] = None,
    k: Annotated[int, typer.Option("-k", help="How many neighbours", min=1)] = 10,
    words: Annotated[
        Path | None,
        typer.Option(help="Look among the words of this file [the model's vocabulary]"),
    ] = None,
    pooling: Annotated[str, typer.Option(help="mean or cls")] = "mean",
    centre: Annotated[
        bool, typer.Option(help="Subtract the mean of all words before taking cosines")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON")] = False,
    pickle: Annotated[
        bool, typer.Option("--pickle", help="Also read a PyTorch .bin; only files that you trust")
    ] = False,
) -> None:
    """Show the nearest words of a word under one or several models, and the nearest concepts.

    A word's vector is the model's output for the word alone. The words to look among are those
    that begin a word in the model's vocabulary and have three letters or more.
    """
    # Not before: transformers takes seconds to import, and every spaCy command loads this module.
    from spacy_umlsbert.layers.transformer.load_backbone import load_encoder  # noqa: PLC0415
    from spacy_umlsbert.model.embed import POOLINGS  # noqa: PLC0415
    from spacy_umlsbert.model.side_by_side import read_words, side_by_side  # noqa: PLC0415

    if pooling not in POOLINGS:
        raise InputError("--pooling is mean or cls.")
    found = side_by_side(
        queries,
        model,
        partial(load_encoder, use_safetensors=not pickle),
        words=None if words is None else read_words(words),
        concepts=None if kb is None else umls.KnowledgeBase.open(kb).names,
        k=k,
        pooling=pooling,
        centre=centre,
        progress=True,
    )
    # Words of the command line, and not of a document.
    for name, in_pieces in found.in_pieces.items():
        for query, pieces in in_pieces.items():
            message = f"{safe(name)} reads {safe(query)!r} as {safe(' '.join(pieces))}"
            typer.echo(message, err=True)
    if as_json:
        print(json.dumps(safe(found.as_dict()), indent=2, ensure_ascii=False))
        return
    for i, query in enumerate(queries):
        for kind, by_model in found.kinds.items():
            columns = [[_cell(n) for n in results[i]] for results in by_model.values()]
            msg.divider(f"{safe(query)}: nearest {kind}")
            msg.table(
                list(zip_longest(*columns, fillvalue="")), header=tuple(by_model), divider=True
            )


def _cell(neighbour: Neighbour) -> str:
    concept = f"{neighbour.concept_id} " if neighbour.concept_id else ""
    return f"{neighbour.score:.2f} {concept}{neighbour.name}"
