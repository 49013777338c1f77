"""What mentions mean where they stand, if their names mean several things, or often none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from spacy.tokens import Doc, Span

from spacy_umlsbert.linking.mention import Mention

if TYPE_CHECKING:
    from spacy_umlsbert.umls import Match
    from spacy_umlsbert.umls.context.reader import ContextReader


def in_context(
    reader: ContextReader,
    doc: Doc,
    matches: Sequence[Match],
    spans: Sequence[Span],
    mentions: Sequence[Mention],
    allowed: Mapping[str, AbstractSet[str]],
) -> list[Mention]:
    """The mentions of a Doc with what they mean there.

    An abbreviation that the text defines means what it stands for.

    Args:
        reader: Weighs what names mean.
        doc: The Doc.
        matches: The names in it.
        spans: The spans of the mentions.
        mentions: The mentions.
        allowed: The semantic types that the concepts of an entity label may have.
    """
    place_of = {(match.start, match.end): place for place, match in enumerate(matches)}
    places = [
        place_of.get((span.start, span.end)) if len(mention.texts) == 1 else None
        for span, mention in zip(spans, mentions, strict=True)
    ]
    types = {
        place: allowed.get(mention.label)
        for place, mention in zip(places, mentions, strict=True)
        if place is not None
    }
    meant = reader.of_entities(doc, matches, types) if types else {}
    return [
        mention if place is None or place not in meant else mention._replace(meant=meant[place])
        for place, mention in zip(places, mentions, strict=True)
    ]
