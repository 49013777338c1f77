"""The semantic type that stands for a concept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from spacy_umlsbert.umls.semantic_types import is_semantic_type, semantic_type

if TYPE_CHECKING:
    from spacy_umlsbert.umls.kb import KnowledgeBase


def by_tree_number(tuis: Iterable[str]) -> list[str]:
    """Semantic types in the order of their tree numbers.

    That puts what a chemical is for (T121) before what it is made of (T109). A type that the
    Semantic Network no longer has comes last.
    """

    def tree_number(tui: str) -> str:
        return semantic_type(tui).tree_number if is_semantic_type(tui) else "~"

    return sorted(tuis, key=tree_number)


class ConceptTypes:
    """The semantic types of a knowledge base's concepts by tree number, remembered.

    Args:
        kb: The knowledge base.
    """

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self._known: dict[str, list[str]] = {}

    def __reduce__(self) -> tuple[type[ConceptTypes], tuple[KnowledgeBase]]:
        return ConceptTypes, (self.kb,)

    def __getitem__(self, concept_id: str) -> list[str]:
        """The TUIs of a concept by tree number; the first stands for it."""
        types = self._known.get(concept_id)
        if types is None:
            types = self._known[concept_id] = by_tree_number(self.kb.types_of(concept_id))
        return types

    def first(self, concept_id: str) -> str:
        """The TUI that stands for a concept; "" if it has none."""
        return next(iter(self[concept_id]), "")
