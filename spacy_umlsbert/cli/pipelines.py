"""What commands that run a pipeline share: options, loading it, and what a figure is of."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import spacy
import typer
from spacy.language import Language

from spacy_umlsbert.errors import InputError

if TYPE_CHECKING:
    from spacy_umlsbert.pipeline.umls_deid import UmlsDeid

RULES = "rules"
"""In place of a pipeline: a component by its rules alone."""

GpuOption = Annotated[int, typer.Option("--gpu-id", "-g", help="GPU, or -1 for the CPU")]
ProcessesOption = Annotated[
    int, typer.Option("--n-process", "-n", help="Processes to use; -1 for one per core", min=-1)
]
BatchSizeOption = Annotated[
    int | None,
    typer.Option("--batch-size", "-b", help="Texts in a batch [as in the pipeline]", min=1),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress")]


def load_pipeline(name: str) -> Language:
    """A pipeline by its name or path.

    Raises:
        InputError: If there is none, or it cannot be loaded.
    """
    try:
        return spacy.load(name)
    except OSError as error:
        raise InputError("the pipeline cannot be loaded.", remedy=str(error)) from None


def pipeline_or_rules(name: str, factory: str) -> Language:
    """A pipeline by its name or path; for `RULES` one of a component by its rules alone.

    Args:
        name: The pipeline, or `RULES`.
        factory: What makes the component.

    Raises:
        InputError: If there is none, or it cannot be loaded.
    """
    if name != RULES:
        return load_pipeline(name)
    nlp: Language = spacy.blank("en")
    nlp.add_pipe(factory)
    return nlp


def load_deid(model: str) -> tuple[Language, UmlsDeid]:
    """A pipeline up to its `umls_deid`, and that; for `RULES` one of rules alone.

    Raises:
        InputError: If there is no such pipeline, or no such component in it.
    """
    from spacy_umlsbert.pipeline.components import deid_of  # noqa: PLC0415

    nlp = pipeline_or_rules(model, "umls_deid")
    return nlp, deid_of(nlp, model)


def facts_of(nlp: Language, pipeline: str, data: Path) -> dict[str, str]:
    """What a figure was measured with."""
    return {
        "pipeline": f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']} ({pipeline})",
        "data": str(data),
        "spacy-umlsbert": version("spacy-umlsbert"),
        "seed of training": str(nlp.config.interpolate()["training"].get("seed")),
    }
