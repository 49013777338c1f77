"""Span groups, in place.

spaCy does not renumber the spans of groups when it merges or splits tokens: they come to lie on
other words, or out of the Doc, and reading them is an error then. Their characters stay right.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

import srsly
from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.stored import is_in_place

PACKED_SPAN = struct.Struct(">QQQllll")
"""A span in ``SpanGroup.to_bytes``: id, kb_id, label, tokens and characters from and to."""


class Place(NamedTuple):
    """A span of a group, by its characters. Label and ids are hashes, as in ``span.label``."""

    start_char: int
    end_char: int
    label: int
    kb_id: int
    span_id: int


def places_of(doc: Doc, key: str) -> list[Place]:
    """Where the spans of a group are, in its order; none if there is no such group."""
    if key not in doc.spans:
        return []
    group = doc.spans[key]
    try:
        return [Place(s.start_char, s.end_char, s.label, s.kb_id, s.id) for s in group]
    except IndexError:  # out of the Doc, after a merge
        packed = map(PACKED_SPAN.unpack, srsly.msgpack_loads(group.to_bytes())["spans"])
        return [Place(one[5], one[6], one[2], one[1], one[0]) for one in packed]


def spans_of(doc: Doc, key: str) -> Iterator[Span]:
    """The spans of a group, none if there is no such group.

    Those on other words are put where their characters are, and left out if these are no whole
    tokens any more.
    """
    try:
        spans = list(doc.spans.get(key, ()))
    except IndexError:
        spans = []
    if spans and all(map(is_in_place, spans)):
        yield from spans
        return
    if doc.has_unknown_spaces:  # a file does not keep its spaces: the tokens are right
        for one in spans:
            yield Span(doc, one.start, one.end, one.label, kb_id=one.kb_id, span_id=one.id)
        return
    for start, end, label, kb_id, span_id in places_of(doc, key):
        span = doc.char_span(start, end, label=label, kb_id=kb_id, span_id=span_id)
        if span is not None:
            yield span
