"""What stands around a name: the nearest words on its line, and other names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from spacy.tokens import Doc

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.umls.context.candidates import Kind
from spacy_umlsbert.umls.matching.capitals import until_line_end

if TYPE_CHECKING:
    from spacy_umlsbert.umls.matching.matcher import Match

WORDS = 3
"""How many tokens are looked at on each side."""

NEAR, FAR = 4, 12
"""How many tokens away other names may be."""

_ENDS = frozenset(".!?")


class Neighbour(NamedTuple):
    """Another name nearby.

    Attributes:
        kind: The kind of its first concept.
        distance: How many tokens stand between.
    """

    kind: Kind
    distance: int


@hide_in_repr("before", "after", "before_small", "after_small")
class Surroundings(NamedTuple):
    """What stands around a name, within its sentence or line.

    Attributes:
        before: The three tokens before it, the nearest first; fewer where the line begins.
        after: The three tokens after it.
        before_small: The same in small letters.
        after_small: The same in small letters.
        names_before: The names before it, the nearest first.
        names_after: The names after it.
    """

    before: list[str]
    after: list[str]
    before_small: list[str]
    after_small: list[str]
    names_before: list[Neighbour]
    names_after: list[Neighbour]


def surroundings(
    doc: Doc, matches: Sequence[Match], place: int, kind: Callable[[str], Kind], reach: int = NEAR
) -> Surroundings:
    """What stands around a name.

    Args:
        doc: The text.
        matches: The names in it, in order and without overlaps.
        place: Which of them.
        kind: Gives the kind of a concept by its id.
        reach: How many tokens away other names may be.
    """
    start, end = matches[place].start, matches[place].end
    before = list(until_line_end(doc, range(start - 1, max(start - WORDS, 0) - 1, -1), _ENDS))
    after = list(until_line_end(doc, range(end, min(end + WORDS, len(doc))), _ENDS))
    names_before = []
    for i in range(place - 1, -1, -1):
        distance = start - matches[i].end
        if distance > reach:
            break
        names_before.append(Neighbour(kind(matches[i].concept_ids[0]), distance))
    names_after = []
    for i in range(place + 1, len(matches)):
        distance = matches[i].start - end
        if distance > reach:
            break
        names_after.append(Neighbour(kind(matches[i].concept_ids[0]), distance))
    return Surroundings(
        before,
        after,
        [word.lower() for word in before],
        [word.lower() for word in after],
        names_before,
        names_after,
    )
