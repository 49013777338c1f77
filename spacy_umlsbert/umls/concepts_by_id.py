"""The concepts of a knowledge base as a mapping, named as in scispaCy's knowledge base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from spacy_umlsbert.umls.concept import Concept

if TYPE_CHECKING:
    from spacy_umlsbert.umls.kb import KnowledgeBase


class ConceptsById(Mapping[str, Concept]):
    """A view of a knowledge base's concepts by id; each is read when it is asked for.

    Args:
        kb: The knowledge base.
    """

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb

    def __getitem__(self, concept_id: str) -> Concept:
        return self._kb[concept_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kb)

    def __len__(self) -> int:
        return len(self._kb)

    def __contains__(self, concept_id: object) -> bool:
        return concept_id in self._kb
