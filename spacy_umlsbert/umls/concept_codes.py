"""The codes of concepts as spans keep them, remembered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy_umlsbert.umls.kb import KnowledgeBase

_REMEMBERED = 1 << 14


class ConceptCodes:
    """The codes of a knowledge base's concepts by vocabulary; the lists are never changed.

    Args:
        kb: The knowledge base.
        vocabularies: Those whose codes are kept; all if not given.

    Raises:
        TerminologyError: If the knowledge base lacks one of them; it names those there are.
    """

    def __init__(self, kb: KnowledgeBase, vocabularies: Sequence[str] | None = None) -> None:
        self.kb = kb
        self._given = vocabularies
        self._kept = kb.vocabularies.keys()
        if vocabularies is not None:
            self._kept = {kb.vocabulary(one): 0 for one in vocabularies}.keys()
        self.of = lru_cache(maxsize=_REMEMBERED)(self._read)
        """The codes of a concept by its id; none for one that is not in the knowledge base."""

    def __reduce__(self) -> tuple[type[ConceptCodes], tuple[Any, ...]]:
        return ConceptCodes, (self.kb, self._given)

    def __bool__(self) -> bool:
        """Whether there are any codes to keep."""
        return bool(self._kept)

    def _read(self, concept_id: str) -> dict[str, list[str]]:
        codes = self.kb.codes_by_vocabulary(concept_id)
        return {
            vocabulary: list(of) for vocabulary, of in codes.items() if vocabulary in self._kept
        }
