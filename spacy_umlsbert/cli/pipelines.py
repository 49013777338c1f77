"""What commands that run a pipeline share: loading it, and what a figure was measured with."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import spacy
from spacy.language import Language

from spacy_umlsbert.errors import InputError


def load_pipeline(name: str) -> Language:
    """A pipeline by its name or path.

    Raises:
        InputError: If there is none, or it cannot be loaded.
    """
    try:
        return spacy.load(name)
    except OSError as error:
        raise InputError("the pipeline cannot be loaded.", remedy=str(error)) from None


def facts_of(nlp: Language, pipeline: str, data: Path) -> dict[str, str]:
    """What a figure was measured with."""
    return {
        "pipeline": f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']} ({pipeline})",
        "data": str(data),
        "spacy-umlsbert": version("spacy-umlsbert"),
        "seed of training": str(nlp.config.interpolate()["training"].get("seed")),
    }
