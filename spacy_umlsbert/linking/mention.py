"""A mention as the linker sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from spacy.tokens import Span

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.linking.abbreviation_expansion import expanded

if TYPE_CHECKING:
    from spacy_umlsbert.umls import Match


@hide_in_repr("texts")
class Mention(NamedTuple):
    """What decides the concepts of a mention; equal mentions are linked once.

    Attributes:
        texts: The mention, with single spaces: first with its abbreviations written out, then, if
            that is something else, as it is.
        label: Its entity label.
        contained: Concepts of the longest name that is a part of it, best first.
        share: Share of the mention's characters that this name makes up.
        meant: The concepts of the mention's name that it may mean where it stands, best first;
            None if what stands around was not looked at, or says nothing.
    """

    texts: tuple[str, ...]
    label: str
    contained: tuple[str, ...] = ()
    share: float = 0.0
    meant: tuple[str, ...] | None = None


def mention_of(
    span: Span, matches: Iterable[Match], long_forms: Mapping[str, str] | None = None
) -> Mention:
    """The mention of a span.

    Args:
        span: The span.
        matches: The names that the knowledge base has in its Doc.
        long_forms: Long forms of the Doc's abbreviations, by the short ones.
    """
    text = " ".join(span.text.split())
    texts = tuple(dict.fromkeys([expanded(text, long_forms or {}), text]))
    parts = [m for m in matches if span.start <= m.start and m.end <= span.end]
    # Of two names of the same length the last: the head of an English noun phrase is at its end.
    longest = max(parts, key=lambda m: (len(span.doc[m.start : m.end].text), m.start), default=None)
    if longest is None:
        return Mention(texts, span.label_)
    name = " ".join(span.doc[longest.start : longest.end].text.split())
    return Mention(texts, span.label_, longest.concept_ids, len(name) / len(text))
