"""What numbers of a text may be: an amount with a unit, an age, how often, a figure."""

from __future__ import annotations

from typing import NamedTuple

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.values.frequencies import Frequency
from spacy_umlsbert.values.units import Unit

PLAIN, RANGE, SLASHES, SIZES, PLUS, PRESSURE, HEIGHT, WORD, RATIO = (
    "plain", "range", "slashes", "sizes", "plus", "pressure", "height", "word", "ratio",
)  # fmt: skip
"""How the numbers of an amount are written: "5", "4-6", "5/325", "2 x 3 cm", "2+", "120/80" …"""


@hide_in_repr("written")
class Amount(NamedTuple):
    """Numbers in a text, with their unit.

    Attributes:
        start: The first character.
        end: The character after the last, that of the unit.
        shape: How the numbers are written.
        numbers: What they are.
        written: How each is written.
        unit: The unit; None if there is none.
        comparator: As in `kinds.Value`.
        number_end: Where the numbers end.
        doubts: As in `kinds.Value`.
        no_result: Whether what stands before says that it is no result of a test.
        is_glued: Whether letters stand before it without a blank.
        trend: Whether it is one of two that are joined by "from … to".
        unknown_unit: A unit that nobody knows, as written.
        said_from: Where words begin that compare, as in "more than 5"; 0 if there are none.
        reach: Where the unit ends that is in a column of its own; else the end.
    """

    start: int
    end: int
    shape: str
    numbers: tuple[float, ...]
    written: tuple[str, ...]
    unit: Unit | None = None
    comparator: str = ""
    number_end: int = 0
    doubts: tuple[str, ...] = ()
    no_result: bool = False
    is_glued: bool = False
    trend: bool = False
    unknown_unit: str = ""
    reach: int = 0
    said_from: int = 0

    @property
    def code(self) -> str:
        """The code of the unit, or how it is written."""
        return self.unknown_unit if self.unit is None else self.unit.code


class Age(NamedTuple):
    """An age in a text."""

    start: int
    end: int
    number: float
    written: str
    unit: str


class HowOften(NamedTuple):
    """A frequency in a text."""

    start: int
    end: int
    frequency: Frequency
    per: bool = False


class Figure(NamedTuple):
    """Numbers whose place says what they are: a fishbone, a line of vital signs."""

    start: int
    end: int
    parts: tuple[tuple[str, int, int], ...]  # name, characters


Scanned = Amount | Age | HowOften | Figure
