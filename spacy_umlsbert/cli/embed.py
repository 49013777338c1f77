"""`umls embed`: vectors of names."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from wasabi import msg

from spacy_umlsbert import umls
from spacy_umlsbert.cli.app import app
from spacy_umlsbert.cli.old_options import with_old_option
from spacy_umlsbert.errors import InputError, safe


@app.command("embed")
def embed_cli(
    model: Annotated[
        str, typer.Argument(help="A model directory, hub name, package:… or spaCy pipeline")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The .npy or .parquet file [required]")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", hidden=True)] = None,
    names: Annotated[
        Path | None, typer.Option(help="File with a name per line, or name, tab, concept id")
    ] = None,
    kb: Annotated[Path | None, typer.Option(help="All names of this knowledge base")] = None,
    sparse: Annotated[
        Path | None,
        typer.Option(help="Also write TF-IDF vectors of character trigrams, as a scipy .npz"),
    ] = None,
    pooling: Annotated[str, typer.Option(help="cls or mean")] = "cls",
    dtype: Annotated[str, typer.Option(help="float16 or float32")] = "float32",
    max_length: Annotated[
        int | None, typer.Option(help="Most wordpieces of a name [as many as the model takes]")
    ] = None,
    batch_wordpieces: Annotated[
        int, typer.Option(help="Most wordpieces in one forward pass", min=1)
    ] = 8192,
    semantic_types: Annotated[
        bool, typer.Option("--semantic-types", help="Use the wordpiece table of the checkpoint")
    ] = False,
    pickle: Annotated[
        bool, typer.Option("--pickle", help="Also read a PyTorch .bin; only files that you trust")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress")] = False,
) -> None:
    """Write the vectors of names: of a file, or of a knowledge base.

    A .npy has a row per name, and the names are beside it in .names.tsv; a .parquet has the columns
    name, concept_id and vector. With --sparse the vectors that the linker compares spelling by are
    written too, a row per name in the same order; how rare a trigram is, is learned from the names.
    """
    # Not before: transformers takes seconds to import, and every spaCy command loads this.
    import numpy as np  # noqa: PLC0415

    from spacy_umlsbert.layers.transformer.load_backbone import load_encoder  # noqa: PLC0415
    from spacy_umlsbert.model.embed import POOLINGS, PRECISIONS, embed_names  # noqa: PLC0415
    from spacy_umlsbert.model.published.wordpiece_types import wordpiece_type_ids  # noqa: PLC0415
    from spacy_umlsbert.model.vector_files import (  # noqa: PLC0415
        NameRow,
        read_name_rows,
        write_vectors,
    )

    output = with_old_option(output, out, name="--output", old_name="--out")
    if output is None:
        raise InputError("give --output, the .npy or .parquet file to write.")
    if (names is None) == (kb is None):
        raise InputError("give either --names or --kb.")
    if pooling not in POOLINGS or dtype not in PRECISIONS:
        raise InputError("--pooling is cls or mean, --dtype float16 or float32.")
    rows: Any
    if kb is not None:
        base = umls.KnowledgeBase.open(kb)
        count, rows = len(base.name_table), (NameRow(*row) for row in base.names())
    elif names is not None:
        count, rows = sum(1 for _ in read_name_rows(names)), read_name_rows(names)
    if not count:
        raise InputError("has no names.", path=names or kb)
    if sparse is not None and sparse.suffix != ".npz":
        raise InputError("--sparse writes a .npz file.", path=sparse)
    encoder, tokenizer = load_encoder(model, use_safetensors=not pickle)
    types = wordpiece_type_ids(encoder.config, tokenizer) if semantic_types else None
    embed = partial(
        embed_names,
        encoder,
        tokenizer,
        pooling=pooling,
        dtype=dtype,
        max_length=max_length,
        batch_wordpieces=batch_wordpieces,
        wordpiece_types=types,
    )
    width = encoder.config.hidden_size
    write_vectors(
        output,
        rows,
        lambda chunk: np.concatenate(list(embed(chunk))),
        count=count,
        width=width,
        dtype=dtype,
        progress=not quiet,
    )
    if sparse is not None:
        from spacy_umlsbert.linking.sparse_encoder import write_sparse_vectors  # noqa: PLC0415

        again = read_name_rows(names) if names is not None else base.names()
        write_sparse_vectors(sparse, (row[0] for row in again))
        msg.good(f"Wrote {count:,} sparse vectors to {sparse}")
    msg.good(f"Wrote {count:,} vectors of {width} {dtype} to {safe(output)}")
