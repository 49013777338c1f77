"""Errors a user of the terminology can act on."""

from __future__ import annotations

from ..errors import InputError


class TerminologyError(InputError):
    """A release, a source file or a knowledge base that cannot be used."""


class UnknownConceptError(KeyError):
    """A concept id that is not in the knowledge base."""

    def __init__(self, concept_id: str, knowledge_base: str) -> None:
        self.concept_id = concept_id
        self.knowledge_base = knowledge_base
        super().__init__(concept_id, knowledge_base)

    def __str__(self) -> str:
        return f"concept {self.concept_id!r} is not in the knowledge base {self.knowledge_base!r}"
