"""What a knowledge base says of one concept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from spacy_umlsbert.umls.semantic_types import group_of, is_semantic_type, semantic_type

_SHOWN = 10


class _Entity(NamedTuple):
    concept_id: str
    canonical_name: str
    aliases: list[str]
    types: list[str] = []  # noqa: RUF012 (as scispaCy's Entity; never mutated here)
    definition: str | None = None


class Concept(_Entity):
    """A concept with its names, semantic types, definition and codes.

    The fields of the tuple are those of scispaCy's ``Entity``, in its order, so that code written
    for scispaCy's linker runs unchanged. ``codes`` stands beside them: it is no item of the tuple,
    and does not count when concepts are compared.

    Attributes:
        concept_id: The concept's id: a CUI, or whatever the source uses (MeSH, OMIM).
        canonical_name: The preferred name.
        aliases: The other names, best first, without the canonical name.
        types: TUIs, sorted.
        definition: The definition, if a source has one.
        codes: Its codes by vocabulary: ``{"ICD10CM": ("I10",)}``, both sorted. What kind of
            mapping each is, ``KnowledgeBase.codes_of`` says.
    """

    codes: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    def __new__(
        cls,
        concept_id: str,
        canonical_name: str,
        aliases: list[str],
        types: list[str] = [],  # noqa: B006 (as scispaCy's Entity; never mutated here)
        definition: str | None = None,
        codes: Mapping[str, Sequence[str]] | None = None,
    ) -> Concept:
        """A concept; codes may be lists too."""
        concept = super().__new__(cls, concept_id, canonical_name, aliases, types, definition)
        if codes:
            concept.codes = {vocabulary: tuple(of) for vocabulary, of in codes.items()}
        return concept

    def _replace(self, **values: Any) -> Concept:
        """The same with other values."""
        return Concept(**{**self._asdict(), "codes": self.codes, **values})

    @property
    def semantic_groups(self) -> list[str]:
        """Codes of the semantic groups of its types ("DISO"), without repeats."""
        groups = (group_of(tui) for tui in self.types)
        return list(dict.fromkeys(group for group in groups if group is not None))

    def __str__(self) -> str:
        """What to print of it: id, names, types and definition, on a line each."""
        more = len(self.aliases) - _SHOWN
        names = ", ".join(self.aliases[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        types = ", ".join(
            f"{tui} {semantic_type(tui).name}" if is_semantic_type(tui) else tui
            for tui in self.types
        )
        codes = "; ".join(f"{name} {', '.join(of[:_SHOWN])}" for name, of in self.codes.items())
        return (
            f"{self.concept_id}: {self.canonical_name}\n"
            f"  Other names: {names or 'none'}\n"
            f"  Semantic types: {types or 'none'}\n"
            f"  Definition: {self.definition or 'none'}"
        ) + (f"\n  Codes: {codes}" if codes else "")
