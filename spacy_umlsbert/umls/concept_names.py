"""The names and semantic types of concepts as spans keep them, remembered."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from spacy_umlsbert.annotations.concepts import Named
from spacy_umlsbert.umls.concept_types import by_tree_number

if TYPE_CHECKING:
    from spacy_umlsbert.umls.kb import KnowledgeBase

_REMEMBERED = 1 << 14


class ConceptNames:
    """The preferred names and semantic types of a knowledge base's concepts.

    Args:
        kb: The knowledge base.
    """

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.of = lru_cache(maxsize=_REMEMBERED)(self._read)
        """Name and types of a concept by its id; empty for one that is not there."""

    def __reduce__(self) -> tuple[type[ConceptNames], tuple[KnowledgeBase]]:
        return ConceptNames, (self.kb,)

    def _read(self, concept_id: str) -> Named:
        concept = self.kb.get(concept_id)
        if concept is None:
            return Named()
        return Named(concept.canonical_name, tuple(by_tree_number(concept.types)))
