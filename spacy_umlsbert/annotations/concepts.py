"""What is kept with a span of its best concept: codes, how it was found, its name and types.

It goes with the concept: if somebody gives the span another one, nothing of it is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations import stored

PlainCodes = Mapping[str, list[str]]

_CODES, _LINK_KIND, _CONCEPT = "codes", "link_kind", "concept"


class Named(NamedTuple):
    """A concept's preferred name and semantic types; empty if there is none."""

    name: str = ""
    semantic_types: Sequence[str] = ()


def set_codes(doc: Doc, spans: Iterable[Span], codes_of: Callable[[str], PlainCodes]) -> None:
    """Keep with spans the codes of their concepts, or take away those that are there.

    Args:
        doc: The Doc of the spans.
        spans: The spans.
        codes_of: Gives a concept's codes by its id, as lists by vocabulary.
    """

    def kept(span: Span) -> list[Any] | None:
        codes = codes_of(span.kb_id_) if span.kb_id_ else None
        return [span.kb_id_, codes] if codes else None

    stored.set_values(doc, _CODES, ((span, kept(span)) for span in spans))


def set_link_kinds(doc: Doc, spans: Iterable[tuple[Span, str]]) -> None:
    """Keep with spans how their concepts were found, or take away what is there.

    Args:
        doc: The Doc of the spans.
        spans: The spans, each with the kind.
    """
    kept = ((span, [span.kb_id_, kind] if span.kb_id_ else None) for span, kind in spans)
    stored.set_values(doc, _LINK_KIND, kept)


def set_concepts(doc: Doc, spans: Iterable[Span], concept_of: Callable[[str], Named]) -> None:
    """Keep with spans the names and types of their concepts, or take away what is there.

    Args:
        doc: The Doc of the spans.
        spans: The spans.
        concept_of: Gives name and types by the id of a concept.
    """

    def kept(span: Span) -> list[Any] | None:
        if not span.kb_id_:
            return None
        name, types = concept_of(span.kb_id_)
        return [span.kb_id_, name, list(types)]

    stored.set_values(doc, _CONCEPT, ((span, kept(span)) for span in spans))


def codes_of(span: Span) -> dict[str, tuple[str, ...]]:
    """The codes of a span's concept by vocabulary."""
    kept = _kept(span, _CODES)
    return {} if kept is None else {name: tuple(codes) for name, codes in kept[1].items()}


def link_kind(span: Span) -> str:
    """How a span's concept was found; empty if nothing says it."""
    kept = _kept(span, _LINK_KIND)
    return "" if kept is None else kept[1]


def concept_of(span: Span) -> Named:
    """Name and types of a span's concept."""
    kept = _kept(span, _CONCEPT)
    return Named() if kept is None else Named(kept[1], list(kept[2]))


def canonical_name(span: Span) -> str:
    """The name of a span's concept; empty if there is none."""
    return concept_of(span).name


def semantic_types(span: Span) -> list[str]:
    """The semantic types of a span's concept."""
    return list(concept_of(span).semantic_types)


def _kept(span: Span, name: str) -> Any:
    """What is kept of the concept that a span has now."""
    kept = stored.get_value(span, name)
    return kept if kept is not None and span.kb_id_ and kept[0] == span.kb_id_ else None
