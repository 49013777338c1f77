"""Which sections of a note stand in others."""

from collections.abc import Sequence
from typing import NamedTuple

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.text.sections.candidates import MIDDLE, Candidate
from spacy_umlsbert.text.sections.tables import DIVISION, OTHER

_DEEPEST = 4
_HISTORY = frozenset(
    """
    review_of_systems past_medical_history past_surgical_history family_history social_history
    medications allergies
    """.split()
)
_PLANNED = frozenset(("labs", "imaging", "procedures", "medications", "follow_up"))
_HELD = {
    "history_of_present_illness": _HISTORY,
    "past_medical_history": frozenset(("past_surgical_history", "family_history")),
    "physical_exam": frozenset(("vital_signs",)),
    "labs": frozenset(("imaging",)),
    "hospital_course": frozenset(("labs", "imaging", "procedures")),
    "plan": _PLANNED,
    "assessment_and_plan": _PLANNED | {"assessment", "plan", "diagnoses"},
    "discharge_instructions": frozenset(("medications", "follow_up")),
}
"""What stands in a section of a category where it follows within its paragraph."""

_DIVIDED = {
    "history_of_present_illness": _HISTORY | {"chief_complaint", "history_of_present_illness"},
    "physical_exam": frozenset(
        ("vital_signs", "physical_exam", "labs", "imaging", "procedures", "medications")
    ),
}
"""What stands in a division of a note."""


def may_hold(outer: str, inner: str) -> bool:
    """Whether a section of one category may stand in a section of another."""
    return inner in _HELD.get(outer, ())


class Line(NamedTuple):
    """A line, with the blanks around it left out.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        blank: Whether nothing is in it.
        drawn: Whether it is a rule.
        label: The category of sections in which what it begins with labels a line ("HEENT:").
    """

    start: int
    end: int
    blank: bool
    drawn: bool = False
    label: str = ""


@hide_in_repr("title")
class SectionHeading(NamedTuple):
    """A heading of a note, by its characters.

    Attributes:
        title: It, without number, marks and colon.
        start: Where its line begins, or in a line it and its marks.
        title_start: Where its title begins.
        title_end: Where its title ends.
        body_start: Where what follows it begins, or the blanks before that.
        category: What it heads.
        code: The LOINC code of that; empty if there is none.
    """

    title: str
    start: int
    title_start: int
    title_end: int
    body_start: int
    category: str
    code: str


class Placed(NamedTuple):
    """A heading, and what was known of it when it was chosen."""

    heading: SectionHeading
    candidate: Candidate


class OpenSection:
    """A section that has begun.

    Attributes:
        placed: Its heading; none of what comes before the first.
        start: Where it begins.
        depth: In how many other sections it stands.
        end: Where it ends.
        until: Where it ends if nothing ends it before.
        last_inside: The heading of the last section that stands in it.
    """

    def __init__(self, placed: Placed | None, start: int, depth: int) -> None:
        self.placed = placed
        self.start = start
        self.depth = depth
        self.end = start
        self.until: int | None = None
        self.last_inside: Candidate | None = None

    @property
    def category(self) -> str:
        """Its category."""
        return OTHER if self.placed is None else self.placed.heading.category


def nested(lines: Sequence[Line], found: Sequence[Placed], length: int) -> list[OpenSection]:
    """The sections with their ends, those that stand in another behind it."""
    result: list[OpenSection] = []
    stack: list[OpenSection] = []

    def close(to: int, at: int) -> None:
        while len(stack) > to:
            stack.pop().end = at

    nothing = len(lines) - 1
    first = next((line.start for line in lines if not (line.blank or line.drawn)), nothing)
    if not found or found[0].heading.start > first:
        stack.append(OpenSection(None, 0, 0))
        result.append(stack[0])
    for i, placed in enumerate(found):
        start = placed.heading.start if result else 0
        _close_ended(stack, start)
        keep = len(stack)
        while keep and not _holds(stack[keep - 1], placed, lines):
            keep -= 1
        keep = min(keep, _DEEPEST)
        close(keep, start)
        section = OpenSection(placed, start, len(stack))
        if stack:
            outer = stack[-1]
            outer.last_inside = placed.candidate
            if not placed.candidate.form.alone:
                following = found[i + 1].candidate.line if i + 1 < len(found) else len(lines)
                section.until = _until(placed, outer, lines, following)
        stack.append(section)
        result.append(section)
    _close_ended(stack, length)
    close(0, length)
    return result


def _close_ended(stack: list[OpenSection], at: int) -> None:
    """Close the sections that an empty line has ended before a place."""
    while stack and stack[-1].until is not None and stack[-1].until < at:
        ended = stack.pop()
        ended.end = ended.until if ended.until is not None else at


def _until(placed: Placed, outer: OpenSection, lines: Sequence[Line], following: int) -> int | None:
    """Where a section that stands in another ends before the next heading, if it does.

    That is at an empty line, or at a line that is labelled as those of the outer one are.
    """
    for line in lines[placed.candidate.line + 1 : following]:
        if line.blank and not _is_division(outer):
            return line.start
        if line.label == outer.category != placed.heading.category:
            return line.start
    return None


def _is_division(section: OpenSection) -> bool:
    rule = section.placed.candidate.rule if section.placed is not None else None
    return rule is not None and rule.use == DIVISION


def _is_within(one: Candidate) -> bool:
    return one.rule is not None and bool(one.rule.within)


def _holds(outer: OpenSection, placed: Placed, lines: Sequence[Line]) -> bool:
    """Whether a heading's section stands in another, rather than behind it."""
    if outer.placed is None:
        return False
    one, heading = placed.candidate, outer.placed.candidate
    category = placed.heading.category
    if _is_division(outer) and not (one.rule is not None and one.rule.within):
        division = one.rule is not None and one.rule.use == DIVISION
        return not division and category in _DIVIDED.get(outer.category, ())
    deeper = _is_deeper(one, heading)
    if deeper is not None:
        return deeper
    marked_alike = bool(one.mark.kind) and one.mark.kind == heading.mark.kind
    if marked_alike or not heading.form.alone:
        return False
    if one.rule is not None and one.rule.within:
        may = one.rule.within == outer.category and not _is_within(heading)
    else:
        may = not one.form.alone and may_hold(outer.category, category)
    return may and (one.form.alone or _is_near(one, outer, heading, lines))


def _is_near(one: Candidate, outer: OpenSection, heading: Candidate, lines: Sequence[Line]) -> bool:
    """Whether a heading follows in the paragraph of an outer one, or on others that do."""
    last = outer.last_inside
    return _follows(one, heading, lines) or (
        last is not None and last.form == one.form and last.case == one.case
    )


def _is_deeper(one: Candidate, outer: Candidate) -> bool | None:
    """Whether a heading is of a deeper level than another; None if they do not say."""
    if outer.mark.hashes and one.mark.hashes:
        return one.mark.hashes > outer.mark.hashes
    if outer.mark.number and one.mark.number and outer.mark.depth != one.mark.depth:
        return one.mark.depth > outer.mark.depth
    return None


def _follows(one: Candidate, outer: Candidate, lines: Sequence[Line]) -> bool:
    """Whether there is no empty line before a heading, but for one below the outer heading."""
    if one.form.end == MIDDLE:
        return True
    before = one.line - 1
    return one.line > outer.line and (before == outer.line or not lines[before].blank)
