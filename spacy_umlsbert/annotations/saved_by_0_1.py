"""What 0.1 kept on Docs, under keys of its own with character offsets. It goes with 0.3.

These keys do not move with the text, so Docs of 0.1 should be read whole. Of two values that must
agree with the span it is seen that they do.
"""

from typing import Any

from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.groups import places_of


def value_of(thing: Doc | Span, name: str) -> Any:
    """What 0.1 kept under a name; None if nothing, or the span says something else."""
    user_data: dict[Any, Any] = thing.doc.user_data
    if isinstance(thing, Doc):
        return user_data.get(("umls", name))
    kept = user_data.get(("umls", name, thing.start_char, thing.end_char))
    if kept and name == "cuis":
        return kept if kept[0] == thing.kb_id_ else None
    if kept and name == "kb_ents":
        return kept if kept[0][0] == thing.kb_id_ else None
    return kept


def replacements(doc: Doc) -> list[tuple[int, int, str]] | None:
    """What stood in place of PHI; None unless a span group still has all of it, and no more.

    A slice of the Doc, where the offsets would be wrong, has no span groups.
    """
    kept = value_of(doc, "deidentified")
    if kept is None:
        return None
    found = [(start, end, text) for start, end, text in kept]
    wanted = sorted((start, end) for start, end, _ in found)
    for key in doc.spans:
        if sorted(place[:2] for place in places_of(doc, key)) == wanted:
            return found
    return None
