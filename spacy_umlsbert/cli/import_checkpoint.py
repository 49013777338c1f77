"""`umls import-checkpoint`: the published UmlsBERT as a model directory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert.cli.app import app


@app.command("import-checkpoint")
def import_checkpoint_cli(
    source: Annotated[Path, typer.Argument(help="Directory of the published checkpoint")],
    output: Annotated[Path, typer.Argument(help="The directory to make")],
    vocabulary: Annotated[
        Path | None, typer.Option(help="File with concepts and types [SOURCE/vocab_updated.txt]")
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="State dict [SOURCE/model.safetensors, pytorch_model.bin]")
    ] = None,
    lower_case: Annotated[
        bool | None,
        typer.Option(
            "--lower-case/--cased",
            help="Whether the tokenizer makes text lower case [as the files say]",
        ),
    ] = None,
) -> None:
    """Turn the published UmlsBERT (state dict, config, vocabulary) into a model directory.

    The semantic types keep the ids that its training used. In a pipeline, set
    semantic_type_lookup = "wordpieces" or "whole_words" for the lookup of its code.
    """
    # Not before: transformers takes seconds to import, and every spaCy command loads this.
    from spacy_umlsbert.model.published.import_checkpoint import import_checkpoint  # noqa: PLC0415

    report = import_checkpoint(
        source, output, vocabulary=vocabulary, weights=weights, lower_case=lower_case
    )
    msg.good(f"Made {output}")
    msg.table(
        [
            ("wordpieces", f"{report.wordpieces:,}"),
            ("with a semantic type", f"{report.typed_wordpieces:,}"),
            ("semantic types", f"{len(report.semantic_types)}: {' '.join(report.semantic_types)}"),
            ("tokenizer", "lower case" if report.lower_case else "cased"),
            ("masked-LM head", "kept" if report.masked_lm else "none"),
        ],
        max_col=80,
        multiline=True,
    )
    for remark in report.remarks:
        msg.info(remark)
