"""Sentences of a Doc, for what reads its text."""

from __future__ import annotations

from spacy.tokens import Doc


def sentences_of(doc: Doc) -> list[int] | None:
    """Where the sentences of a Doc begin, as characters; None if it has none."""
    if not doc.has_annotation("SENT_START"):
        return None
    return [token.idx for token in doc if token.is_sent_start]
