"""`umls crosswalk`: from the codes of one vocabulary to those of another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert import umls
from spacy_umlsbert.cli.app import app


@app.command("crosswalk")
def crosswalk(
    path: Annotated[Path, typer.Argument(metavar="KB", help="A knowledge base directory")],
    source: Annotated[str, typer.Argument(help="The vocabulary to map from, such as ICD10CM")],
    target: Annotated[str, typer.Argument(help="The vocabulary to map to, such as SNOMEDCT_US")],
    output: Annotated[Path, typer.Argument(help="The table to write (out.tsv, out.tsv.gz)")],
    mapping: Annotated[
        list[str] | None,
        typer.Option(help="Only these kinds: exact, close, broad, narrow, related [all]"),
    ] = None,
) -> None:
    """Write the pairs of codes of two vocabularies that belong to the same concept.

    A row is a pair of codes and the concept that has both. Its mapping says what the second code is
    to the first, its cardinality (1:1, 1:n, n:1, n:n) whether either has several partners.
    """
    kb = umls.KnowledgeBase.open(path)
    counts = umls.write_crosswalk(output, kb.crosswalk(source, target), mapping or ())
    if not counts:
        msg.warn(f"No concept in {path} has codes of both, so that {output} has a header alone.")
        return
    shown = ", ".join(f"{count:,} {cardinality}" for cardinality, count in sorted(counts.items()))
    msg.good(f"Wrote {output}: {counts.total():,} pairs ({shown})")
