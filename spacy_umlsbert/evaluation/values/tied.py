"""Values with the places of what they belong to, as they are scored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.values import VALUES, of, value_of
from spacy_umlsbert.values.kinds import Found, Mention
from spacy_umlsbert.values.mentions import role_of

Place = tuple[int, int]
"""First character, character after the last."""


class TiedValue(NamedTuple):
    """A value, and what it belongs to.

    Attributes:
        start: Its first character.
        end: The character after its last.
        kind: Its kind.
        of: The place of what it belongs to; None if it belongs to nothing.
        role: What that is: drug, test, problem, other; empty if it belongs to nothing.
        unit: Its unit.
    """

    start: int
    end: int
    kind: str
    of: Place | None = None
    role: str = ""
    unit: str = ""


def values_found(found: Iterable[Found], mentions: Sequence[Mention]) -> list[TiedValue]:
    """What a detector or reader found, given the mentions that it was told of."""
    return [
        TiedValue(
            one.start,
            one.end,
            one.value.kind,
            None if one.of is None else (mentions[one.of].start, mentions[one.of].end),
            "" if one.of is None else mentions[one.of].role,
            one.value.unit,
        )
        for one in found
    ]


def values_of_doc(doc: Doc, key: str = VALUES) -> list[TiedValue]:
    """The values of a Doc, by the characters that are theirs even within a token."""
    return [_tied(span) for span in spans_of(doc, key)]


def mentions_of_spans(spans: Iterable[Span]) -> list[Mention]:
    """What the values of a Doc may belong to, by the labels of the spans."""
    return [
        Mention(span.start_char, span.end_char, role_of(span.label_), span.text) for span in spans
    ]


def _tied(span: Span) -> TiedValue:
    value, owner = value_of(span), of(span)
    written = span.text if value is None else value.text
    # A span is made of whole tokens, and the value may be less: "20" of "20mg".
    within = span.text.find(written)
    start = span.start_char + max(within, 0)
    end = start + len(written) if within >= 0 else span.end_char
    return TiedValue(
        start,
        end,
        span.label_,
        None if owner is None else (owner.start_char, owner.end_char),
        "" if owner is None else role_of(owner.label_),
        "" if value is None else value.unit,
    )
