"""What commands that run a pipeline share: loading it, and what a figure was measured with."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import spacy
from spacy.language import Language

from spacy_umlsbert.errors import InputError

if TYPE_CHECKING:
    from spacy_umlsbert.pipeline.umls_nli import UmlsNli


def load_pipeline(name: str) -> Language:
    """A pipeline by its name or path.

    Raises:
        InputError: If there is none, or it cannot be loaded.
    """
    try:
        return spacy.load(name)
    except OSError as error:
        raise InputError("the pipeline cannot be loaded.", remedy=str(error)) from None


def nli_of(nlp: Language, pipeline: str) -> UmlsNli:
    """The component of a pipeline that judges pairs: its first `UmlsNli`.

    Args:
        nlp: The pipeline.
        pipeline: What it is called in the error.

    Raises:
        InputError: If it has none, or one that is not trained.
    """
    # Not before: transformers takes seconds to import, and every spaCy command loads this.
    from spacy_umlsbert.pipeline.umls_nli import UmlsNli  # noqa: PLC0415

    for _, component in nlp.pipeline:
        if isinstance(component, UmlsNli):
            if not component.labels:
                problem = f"the umls_nli of the pipeline {pipeline!r} is not trained."
                raise InputError(problem, remedy="Train it, or name a pipeline that is.")
            return component
    raise InputError(
        f"the pipeline {pipeline!r} has no umls_nli.", remedy="It has to be trained with one."
    )


def facts_of(nlp: Language, pipeline: str, data: Path) -> dict[str, str]:
    """What a figure was measured with."""
    return {
        "pipeline": f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']} ({pipeline})",
        "data": str(data),
        "spacy-umlsbert": version("spacy-umlsbert"),
        "seed of training": str(nlp.config.interpolate()["training"].get("seed")),
    }
