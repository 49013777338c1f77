"""Entities of a Doc with what the knowledge base says of them, as rows of a table."""

from collections.abc import Iterator
from typing import NamedTuple

from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.assertions import assertion, flags
from spacy_umlsbert.assertion.verdicts import HISTORICAL
from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.umls import KnowledgeBase, semantic_type
from spacy_umlsbert.umls.semantic_types import is_semantic_type

NIL = "NIL"
"""In place of the concept id of an entity that is not linked."""


@hide_in_repr("text")
class EntityRow(NamedTuple):
    """An entity, what is said of it, and its best concept.

    `NIL` and empty fields where there is none.
    """

    text: str
    label: str
    assertion: str
    concept_id: str
    canonical_name: str
    semantic_types: str
    semantic_groups: str
    score: str


def entity_rows(doc: Doc, kb: KnowledgeBase) -> Iterator[EntityRow]:
    """One row per entity of a Doc, in the order of the text.

    Args:
        doc: A Doc that went through `umls_ner` and `umls_linker`.
        kb: The linker's knowledge base.
    """
    for ent in doc.ents:
        text = " ".join(ent.text.split())
        if not ent.kb_id_:
            yield EntityRow(text, ent.label_, _said(ent), NIL, "", "", "", "")
            continue
        concept = kb[ent.kb_id_]
        known = [semantic_type(tui) for tui in concept.types if is_semantic_type(tui)]
        yield EntityRow(
            text,
            ent.label_,
            _said(ent),
            concept.concept_id,
            concept.canonical_name,
            ", ".join(concept.types),
            ", ".join(dict.fromkeys(t.group_name for t in known)),
            f"{ent._.kb_ents[0][1]:.2f}",
        )


def _said(ent: Span) -> str:
    """The class, and that it is past, if it is; empty if nothing is said."""
    label = assertion(ent)
    if label is None:
        return ""
    return f"{label}, past" if HISTORICAL in flags(ent) else label
