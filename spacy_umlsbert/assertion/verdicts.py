"""What is said of a mention, and how cues that disagree become one verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from spacy_umlsbert.annotations.assertions import FLAGS

PRESENT = "present"
ABSENT = "absent"
POSSIBLE = "possible"
CONDITIONAL = "conditional"
HYPOTHETICAL = "hypothetical"
SOMEONE_ELSE = "associated_with_someone_else"

CLASSES = (PRESENT, ABSENT, POSSIBLE, CONDITIONAL, HYPOTHETICAL, SOMEONE_ELSE)
"""The classes of i2b2/VA 2010."""

NEGATED = "negated"
UNCERTAIN = "uncertain"
HISTORICAL = "historical"
FAMILY = "family"
ENDED = "ended"
AFFIRMED = "affirmed"

CATEGORIES = (
    NEGATED,
    UNCERTAIN,
    CONDITIONAL,
    HYPOTHETICAL,
    HISTORICAL,
    FAMILY,
    ENDED,
    AFFIRMED,
)
"""What a cue may say. What has ended was there and is gone; what is affirmed is not negated."""

IMPLIED = {
    PRESENT: (),
    ABSENT: (NEGATED,),
    POSSIBLE: (UNCERTAIN,),
    CONDITIONAL: (CONDITIONAL,),
    HYPOTHETICAL: (HYPOTHETICAL,),
    SOMEONE_ELSE: (FAMILY,),
}
"""The flags that a class has by itself, for corpora that know classes alone."""

WEAK, NORMAL, STRONG = "weak", "", "strong"
STRENGTHS = (WEAK, NORMAL, STRONG)


class Cue(NamedTuple):
    """Words that say something of the mentions around them. Places are characters of the text.

    Attributes:
        start: Its first character.
        end: The character after its last.
        category: What it says; one of `CATEGORIES`.
        scope_start: The first character that it reaches.
        scope_end: The character after the last that it reaches.
        strength: Weak cues count where no other does, strong ones overrule others.
    """

    start: int
    end: int
    category: str
    scope_start: int
    scope_end: int
    strength: str = NORMAL


@dataclass(frozen=True)
class Verdict:
    """What is said of a mention.

    Attributes:
        assertion: One of `CLASSES`.
        flags: Those of `FLAGS` that hold. A family member's disease may be negated too.
        cues: The cues that decided, in the order of the text.
        sections: What the section says, where it decided: categories of cues.
        probabilities: Class -> probability, if a model decided.
    """

    assertion: str = PRESENT
    flags: frozenset[str] = frozenset()
    cues: tuple[Cue, ...] = ()
    sections: tuple[str, ...] = ()
    probabilities: Mapping[str, float] = field(default_factory=dict)


def resolve(cues: Iterable[Cue], sections: Iterable[str] = (), *, mention: int = 0) -> Verdict:
    """One verdict from all cues in whose scopes a mention lies.

    - Affirmed ("positive for", "[x]") cancels what is negated or uncertain from farther away. If it
      is strong ("then recurred"), what had ended before is there again.
    - Negated comes before uncertain ("no evidence to suggest"), and before conditional ("denies
      chest pain on exertion"), unless these are strong ("cannot be excluded", "except with").
    - A weak cue ("pneumonia or atelectasis") counts where no other does.
    - The class is the first of someone else's, hypothetical, conditional, possible, absent that
      holds, as in i2b2 2010. What has ended is absent there, and in the past; it is not negated.

    Args:
        cues: The cues that govern the mention.
        sections: Categories that the section speaks for.
        mention: The first character of the mention.
    """
    by_category: dict[str, list[Cue]] = {}
    for cue in cues:
        by_category.setdefault(cue.category, []).append(cue)
    sections = tuple(sections)
    _affirm(by_category, mention)
    negated, uncertain, conditional = (
        by_category.get(one, []) for one in (NEGATED, UNCERTAIN, CONDITIONAL)
    )
    others = any(one != UNCERTAIN for one in by_category)
    if others or any(cue.strength != WEAK for cue in uncertain):
        uncertain = [cue for cue in uncertain if cue.strength != WEAK]
    if negated:
        doubts = {(cue.start, cue.end) for cue in uncertain}
        done = [c.start for c in negated if c.strength == STRONG and (c.start, c.end) not in doubts]
        if done:  # "unlikely, then excluded by CT"
            uncertain = [cue for cue in uncertain if cue.start > max(done)]
            negated = [cue for cue in negated if (cue.start, cue.end) not in doubts]
        uncertain = [cue for cue in uncertain if cue.strength == STRONG]
        conditional = [cue for cue in conditional if cue.strength == STRONG]
        if conditional or (uncertain and all(cue.strength != STRONG for cue in negated)):
            negated = []
    by_category.update({NEGATED: negated, UNCERTAIN: uncertain, CONDITIONAL: conditional})
    by_category.pop(AFFIRMED, None)
    holds = {category for category, found in by_category.items() if found}
    if not (CONDITIONAL in sections and NEGATED in holds):
        holds.update(sections)
    if ENDED in holds:
        holds.add(HISTORICAL)
    decided = sorted({cue for found in by_category.values() for cue in found})
    return Verdict(class_of(holds), frozenset(holds.intersection(FLAGS)), tuple(decided), sections)


def _affirm(by_category: dict[str, list[Cue]], mention: int) -> None:
    affirmed = by_category.get(AFFIRMED, [])
    again = max((cue.start for cue in affirmed if cue.strength == STRONG), default=-1)
    if kept := [cue for cue in by_category.pop(ENDED, []) if cue.start > again]:
        by_category[ENDED] = kept
    affirmed = [cue for cue in affirmed if cue.strength != STRONG]
    if not affirmed:
        return
    nearest = min(_distance(cue, mention) for cue in affirmed)
    for category in (NEGATED, UNCERTAIN, ENDED):
        kept = [cue for cue in by_category.get(category, ()) if _distance(cue, mention) < nearest]
        by_category[category] = kept
        if not kept:
            del by_category[category]


def _distance(cue: Cue, mention: int) -> int:
    return mention - cue.start if cue.start < mention else cue.start - mention


def classes_among(labels: Collection[str]) -> list[str]:
    """The classes among some labels, in their order; ``present`` is always one."""
    return [name for name in CLASSES if name in labels or name == PRESENT]


def class_of(holds: set[str]) -> str:
    """The class of a mention of which some categories hold."""
    if FAMILY in holds:
        return SOMEONE_ELSE
    if HYPOTHETICAL in holds:
        return HYPOTHETICAL
    if CONDITIONAL in holds:
        return CONDITIONAL
    if UNCERTAIN in holds:
        return POSSIBLE
    if NEGATED in holds or ENDED in holds:
        return ABSENT
    return PRESENT
