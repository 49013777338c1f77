"""What a knowledge base says of one concept."""

from __future__ import annotations

from typing import NamedTuple

from spacy_umlsbert.umls.semantic_types import group_of, is_semantic_type, semantic_type

_SHOWN = 10


class Concept(NamedTuple):
    """A concept with its names, semantic types and definition.

    The fields are those of scispaCy's ``Entity``, in its order, so that code written for
    scispaCy's linker runs unchanged.

    Attributes:
        concept_id: The concept's id: a CUI, or whatever the source uses (MeSH, OMIM).
        canonical_name: The preferred name.
        aliases: The other names, best first, without the canonical name.
        types: TUIs, sorted.
        definition: The definition, if a source has one.
    """

    concept_id: str
    canonical_name: str
    aliases: list[str]
    types: list[str] = []  # noqa: RUF012 (as scispaCy's Entity; never mutated here)
    definition: str | None = None

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
        return (
            f"{self.concept_id}: {self.canonical_name}\n"
            f"  Other names: {names or 'none'}\n"
            f"  Semantic types: {types or 'none'}\n"
            f"  Definition: {self.definition or 'none'}"
        )
