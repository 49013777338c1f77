"""Other spans kept with a span, by their characters from it, so that they travel with it.

A check of the text there is kept too: in slices and joins such a span is right or absent.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

from spacy.tokens import Span

Relative = list[Any]
"""From and to, counted from the first character of the span; a check of the text; label, id."""


def relative_to(span: Span, other: Span) -> Relative:
    """Where another span is, counted from a span."""
    start = span.start_char
    place = [other.start_char - start, other.end_char - start, check_of(other.text), other.label_]
    return [*place, other.id_] if other.id_ else place


def span_at(
    span: Span, start: int, end: int, check: int, label: str, span_id: str = ""
) -> Span | None:
    """The span so many characters from another one; None if it holds another text."""
    first, last = span.start_char + start, span.start_char + end
    if first < 0:
        return None
    found = span.doc.char_span(first, last, label=label, span_id=span_id)
    return found if found is not None and check_of(found.text) == check else None


def check_of(text: str) -> int:
    """What tells a text from others."""
    return crc32(text.encode("utf-8", "surrogatepass"))
