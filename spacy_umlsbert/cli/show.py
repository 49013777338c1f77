"""`umls show`: what a pipeline finds in a text, in colour, or as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert.annotations.display import shown, to_html, to_terminal
from spacy_umlsbert.cli.app import app, use_gpu
from spacy_umlsbert.cli.pipelines import GpuOption, load_pipeline
from spacy_umlsbert.cli.texts import text_of
from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.pipeline.components import concept_names


@app.command("show")
def show(
    text: Annotated[
        str, typer.Argument(help="The text, or a file with it; - reads standard input")
    ],
    model: Annotated[str, typer.Option("--model", "-m", help="Pipeline")] = "en_umlsbert",
    gpu_id: GpuOption = -1,
    html: Annotated[Path | None, typer.Option(help="Write a page to this file instead")] = None,
) -> None:
    """Show entities with their concepts and what is said of them, and sections.

    Absent findings are underlined in the terminal and struck out on the page; what is said of
    others is written behind them.
    """
    use_gpu(gpu_id)
    nlp = load_pipeline(model)
    doc = nlp(text_of(text))
    name = concept_names(nlp)
    if html is not None:
        with atomic_file(html) as partial:
            partial.write_text(to_html(doc, name), encoding="utf8")
        msg.good(f"Wrote {html}")
        return
    print(to_terminal(doc))
    rows = [
        (one.text, one.label, one.concept, one.name, one.said, one.section)
        for one in shown(doc, name)
    ]
    if not rows:
        msg.info("No entities found.")
        return
    header = ("entity", "label", "concept", "name", "said of it", "section")
    msg.table(rows, header=header, divider=True)
