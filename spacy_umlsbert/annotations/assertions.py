"""What is said of a span (present, absent, possible …), and the cues that say so.

Kept with the span are the class, what else holds, the places of its cues and the probabilities of
a model; with a cue is kept how far it reaches. Places count from the span, and a check of the text
there is kept with them, so that in slices and joins they are right or absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations import stored
from spacy_umlsbert.annotations.relative import check_of, relative_to, span_at
from spacy_umlsbert.guard import hide_in_repr

ASSERTION_CUES = "assertion_cues"
"""The span group of cues; the label of each is its category."""

FLAG_MEANINGS = {
    "negated": "said not to be there",
    "uncertain": "said to be possible",
    "conditional": "there under conditions only (on exertion), or an allergy",
    "hypothetical": "not there, but may come (return if, risk of, as needed for)",
    "historical": "in the past",
    "family": "somebody else's",
}
FLAGS = tuple(FLAG_MEANINGS)
"""What ``span._.is_negated`` and the others ask for."""

_NAME = "assertion"
_SCOPE = "assertion_scope"


@hide_in_repr("cues")
class Assertion(NamedTuple):
    """What is said of a span.

    Attributes:
        label: The class, as in i2b2 2010.
        flags: Those of `FLAGS` that hold.
        cues: The cues that decided, as spans whose label is their category.
        probabilities: Class -> probability, if a model decided.
    """

    label: str
    flags: Iterable[str] = ()
    cues: Iterable[Span] = ()
    probabilities: Mapping[str, float] = {}


def set_assertions(doc: Doc, assertions: Iterable[tuple[Span, Assertion | None]]) -> None:
    """Keep with spans what is said of them, or take away what is there."""
    kept = ((span, one and _plain(span, one)) for span, one in assertions)
    stored.set_values(doc, _NAME, kept)


def set_scopes(doc: Doc, scopes: Iterable[tuple[Span, int, int]]) -> None:
    """Keep with cues how far they reach.

    Args:
        doc: The Doc.
        scopes: Each cue with the first character of its scope and the one after its last.
    """
    kept = []
    for cue, start, end in scopes:
        reached = doc.char_span(start, end, alignment_mode="expand")
        if reached is not None:
            by, until = reached.start_char - cue.start_char, reached.end_char - cue.start_char
            kept.append((cue, [by, until, check_of(reached.text)]))
    stored.set_values(doc, _SCOPE, kept)


def assertion(span: Span) -> str | None:
    """The class of a span; None if nothing is said of it."""
    kept = stored.get_value(span, _NAME)
    return None if kept is None else kept[0]


def flags(span: Span) -> list[str]:
    """What else holds of a span; see `FLAGS`."""
    kept = stored.get_value(span, _NAME)
    return [] if kept is None else list(kept[1])


def _has_flag(flag: str, span: Span) -> bool:
    kept = stored.get_value(span, _NAME)
    return kept is not None and flag in kept[1]


def _set_flag(flag: str, span: Span, value: bool) -> None:
    kept = stored.get_value(span, _NAME) or [None, [], [], {}]
    now = sorted({*kept[1], flag} if value else {*kept[1]} - {flag})
    stored.set_value(span, _NAME, [kept[0], now, *kept[2:]])


FLAG_GETTERS = {flag: partial(_has_flag, flag) for flag in FLAGS}
FLAG_SETTERS = {flag: partial(_set_flag, flag) for flag in FLAGS}
"""So that what a user corrects, or medspaCy finds, is kept; the class stays as it is."""


def foreign_flags() -> list[str]:
    """The flags whose attributes another package has registered: medspaCy has the same names."""
    return [
        flag
        for flag in FLAGS
        if Span.has_extension(f"is_{flag}") and Span.get_extension(f"is_{flag}")[2] is None
    ]


def cues(span: Span) -> list[Span]:
    """The cues that decided of a span, in the order of the text."""
    kept = stored.get_value(span, _NAME)
    found = (span_at(span, *place) for place in ([] if kept is None else kept[2]))
    return [cue for cue in found if cue is not None]


def probabilities(span: Span) -> dict[str, float]:
    """The probabilities of the classes; none if no model decided."""
    kept = stored.get_value(span, _NAME)
    return {} if kept is None else dict(kept[3])


def scope(cue: Span) -> Span | None:
    """The text that a cue reaches; None of a span that is no cue."""
    kept = stored.get_value(cue, _SCOPE)
    if kept is None:
        return None
    start, end, check = kept
    return span_at(cue, start, end, check, cue.label_)


def _plain(span: Span, one: Assertion) -> list[Any]:
    places = [relative_to(span, cue) for cue in one.cues]
    return [one.label, sorted(one.flags), places, dict(one.probabilities)]


def spans_at(doc: Doc, places: Iterable[tuple[int, int]], label: str = "") -> list[Span]:
    """The tokens that some characters touch, in the same order; places without any are left out."""
    spans = (doc.char_span(*place, label=label, alignment_mode="expand") for place in places)
    return [span for span in spans if span is not None]


def spans_of_cues(doc: Doc, places: Sequence[tuple[int, int, str]]) -> list[Span | None]:
    """The spans of cues; None where there are no tokens."""
    return [
        doc.char_span(start, end, label=label, alignment_mode="expand")
        for start, end, label in places
    ]
