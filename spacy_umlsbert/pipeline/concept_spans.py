"""Spans of names with the concepts that they mean."""

from collections.abc import Sequence

from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.attributes import set_ambiguous


def concept_span(
    doc: Doc, start: int, end: int, cuis: Sequence[str], tuis: Sequence[str], kind: str
) -> Span:
    """A span whose label is the first semantic type and whose ``kb_id`` is the best concept.

    Args:
        doc: The Doc.
        start: The first token.
        end: The token after the last.
        cuis: The concepts, best first.
        tuis: Their semantic types.
        kind: How the name was found, as the span's id; "" if exactly.
    """
    label = tuis[0] if tuis else ""
    span = Span(doc, start, end, label=label, kb_id=cuis[0], span_id=kind)
    set_ambiguous(span, list(cuis), list(tuis))
    return span
