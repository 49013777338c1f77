"""`umls neighbours`: the nearest words and concepts of a word, models side by side."""

from __future__ import annotations

import json
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from wasabi import msg

from spacy_umlsbert import umls
from spacy_umlsbert.cli.app import app
from spacy_umlsbert.errors import InputError

if TYPE_CHECKING:
    from spacy_umlsbert.model.neighbours import Neighbour

Found = dict[str, dict[str, "list[list[Neighbour]]"]]  # words or concepts -> model -> by query


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
    found = _find(queries, model, kb, k, words, pooling, centre, pickle)
    if as_json:
        print(json.dumps(_as_json(queries, found), indent=2, ensure_ascii=False))
        return
    for i, query in enumerate(queries):
        for kind, by_model in found.items():
            columns = [[_cell(n) for n in results[i]] for results in by_model.values()]
            msg.divider(f"{query}: nearest {kind}")
            msg.table(
                list(zip_longest(*columns, fillvalue="")), header=tuple(by_model), divider=True
            )


def _find(
    queries: list[str],
    models: list[str],
    kb: Path | None,
    k: int,
    words: Path | None,
    pooling: str,
    centre: bool,
    pickle: bool,
) -> Found:
    # Not before: transformers takes seconds to import, and every spaCy command loads this module.
    from spacy_umlsbert.layers.transformer.load_backbone import load_encoder  # noqa: PLC0415
    from spacy_umlsbert.model.embed import POOLINGS  # noqa: PLC0415
    from spacy_umlsbert.model.neighbours import Neighbourhood  # noqa: PLC0415
    from spacy_umlsbert.model.vector_files import NameRow, read_name_rows  # noqa: PLC0415

    if pooling not in POOLINGS:
        raise InputError("--pooling is mean or cls.")
    base = None if kb is None else umls.KnowledgeBase.open(kb)
    among = None if words is None else [row.name for row in read_name_rows(words)]
    if among == []:
        raise InputError("has no words.", path=words)
    found: Found = {"words": {}}
    for name in models:
        encoder = load_encoder(name, use_safetensors=not pickle)
        for query in queries:
            pieces = encoder[1].tokenize(query)
            if len(pieces) != 1 or pieces == [encoder[1].unk_token]:
                typer.echo(f"{name} reads {query!r} as {' '.join(pieces)}", err=True)
        neighbourhood = Neighbourhood(
            *encoder, among, pooling=pooling, centre=centre, progress=True
        )
        found["words"][name] = neighbourhood.nearest_words(queries, k)
        if base is not None:
            rows = (NameRow(*row) for row in base.names())
            nearest = neighbourhood.nearest_concepts(queries, rows, k)
            found.setdefault("concepts", {})[name] = nearest
    return found


def _cell(neighbour: Neighbour) -> str:
    concept = f"{neighbour.concept_id} " if neighbour.concept_id else ""
    return f"{neighbour.score:.2f} {concept}{neighbour.name}"


def _as_json(queries: list[str], found: Found) -> dict[str, dict[str, dict[str, list[dict]]]]:
    return {
        query: {
            kind: {
                model: [
                    {key: value for key, value in n._asdict().items() if value != ""}
                    for n in results[i]
                ]
                for model, results in by_model.items()
            }
            for kind, by_model in found.items()
        }
        for i, query in enumerate(queries)
    }
