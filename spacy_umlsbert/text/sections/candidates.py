"""What may be a heading, how it looks, and what speaks for it."""

from typing import NamedTuple

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.text.sections.marks import Mark
from spacy_umlsbert.text.sections.tables import LETTER, SectionRule

COLON, BAR, DASH, CLOSE, GAP, STOP, TIGHT, RUN, AMONG, MIDDLE, MEASURED, NOTHING = (
    "colon", "bar", "dash", "close", "gap", "stop", "tight", "run", "among", "middle",
    "measured", "",
)  # fmt: skip
"""What comes behind a title: a sign (see `headings`), text or numbers without one, or nothing."""

_SHORTEST_CAPITALS = 5  # letters; shorter words in capitals are abbreviations


class Form(NamedTuple):
    """How a heading looks.

    Attributes:
        mark: What it is marked with.
        end: What comes behind its title.
        alone: Whether nothing follows on the line.
    """

    mark: str
    end: str
    alone: bool


@hide_in_repr("title")
class Candidate(NamedTuple):
    """What may be a heading.

    Attributes:
        title: It, without number, marks and colon.
        start: Where it begins with its marks.
        title_start: Where its title begins.
        body_start: Where what follows begins, or its blanks.
        form: How it looks.
        case: "capitals", "title", "lower", or "short" of abbreviations.
        rule: What it heads, if that is known.
        sure: Whether it is a heading whatever else is in the note.
        mark: What the line begins with.
        line: The number of its line.
        begins: Whether it begins a paragraph.
        stands_out: Of an unknown one: whether it is in long capitals. Of one with the text behind
            it: whether that does not begin in small letters.
    """

    title: str
    start: int
    title_start: int
    body_start: int
    form: Form
    case: str
    rule: SectionRule | None
    sure: bool
    mark: Mark = Mark(0, "")
    line: int = 0
    begins: bool = False
    stands_out: bool = False

    @property
    def listed(self) -> bool:
        """Whether it looks like an item of a list."""
        return self.mark.number or self.mark.bullet or self.mark.hashes == 1


def case_of(title: str) -> str:
    """How a title is written: see `Candidate`."""
    letters = [char for char in title if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    if not letters or not capitals or (letters[0].islower() and capitals < 2):
        return "lower"
    if len(letters) < _SHORTEST_CAPITALS and (capitals == len(letters) or capitals > 1):
        return "short"
    if capitals > 1 and " " not in title and capitals < len(letters) <= 6:
        return "short"  # PMHx
    return "capitals" if capitals == len(letters) else "title"


def is_letter(candidate: Candidate) -> bool:
    """Whether a candidate is one of the letters of a SOAP note."""
    return candidate.rule is not None and candidate.rule.use == LETTER
