"""Small knowledge bases for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spacy_umlsbert.umls import Concept, ConceptSource, KnowledgeBase

OPEN = {"name": "toy", "version": "1", "license": "CC0-1.0", "open_license": True}


def build(path: Path, *sources: Any, **options: Any) -> KnowledgeBase:
    """Build a knowledge base without a progress bar."""
    return KnowledgeBase.build(path, *sources, **{**OPEN, "progress": False, **options})


def of_names(path: Path, names: dict[str, list[str]], **options: Any) -> KnowledgeBase:
    """Build a knowledge base from names by concept id; the first name is canonical."""
    concepts = [Concept(cui, listed[0], listed[1:], ["T047"]) for cui, listed in names.items()]
    return build(path, ConceptSource(concepts), **options)
