"""What a note says of a mention, as templates mark it: negated, uncertain, somebody else's …

Marks are the categories of cues of `umls_assertion`, and what follows from several of them is what
follows there: a relative's disease that is denied is somebody else's, and negated too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from spacy_umlsbert.annotations.assertions import FLAGS, Assertion
from spacy_umlsbert.assertion.verdicts import (
    AFFIRMED,
    CATEGORIES,
    ENDED,
    HISTORICAL,
    PRESENT,
    class_of,
)

UNKNOWN = "unknown"
"""Nobody can tell from the text, or the classes have no place for it (a planned operation)."""

MARKS = (*(category for category in CATEGORIES if category != AFFIRMED), PRESENT, UNKNOWN)
"""`present` says that nothing holds of what is said around it."""

Marks = frozenset[str]
NOTHING: Marks = frozenset()

_CONDITION = re.compile(r"\b(on|with) exertion\b|\bexertional\b|\bDOE\b|\bwith activity\b", re.I)


def as_marks(words: str) -> Marks | None:
    """The marks in "negated historical"; None if one of the words is none."""
    names = words.split()
    return frozenset(names) if set(names) <= set(MARKS) else None


def said_by_name(name: str) -> Marks:
    """What a name says by itself: where "dyspnea on exertion" is a name, none can tell."""
    return frozenset([UNKNOWN]) if _CONDITION.search(name) else NOTHING


def inside(marks: Marks, outer: Iterable[str]) -> Marks:
    """What holds of a mention inside of what says more of it."""
    return marks if PRESENT in marks else marks.union(outer)


def assertion_of(marks: Marks) -> Assertion | None:
    """Class and flags; None if they are unknown."""
    if UNKNOWN in marks:
        return None
    holds = set(marks)
    if ENDED in holds:
        holds.add(HISTORICAL)
    return Assertion(class_of(holds), sorted(holds.intersection(FLAGS)))
