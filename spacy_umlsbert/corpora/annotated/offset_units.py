r"""What the offsets of a document count: characters of the file, or something else.

Annotation tools count bytes, or UTF-16 units as JavaScript and Java do, or a line end ``\r\n`` as
one, or ``\n`` as two; some count from one. Which it is, the texts tell that a corpus repeats
beside the offsets: all of them, or nearly all, must be where the offsets say.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from itertools import accumulate

from spacy_umlsbert.corpora.annotated.same_text import ENTITY, same_text
from spacy_umlsbert.guard import hide_in_repr

Span = tuple[int, int]  # first character, character after the last

_FEWEST_WITHOUT_TEXTS = 3
_LINE_END = re.compile("\r?\n")
_BYTES = "UTF-8 bytes"
_BOM_BYTES = 3


@hide_in_repr("expected")
@dataclass(frozen=True)
class Claim:
    """What a corpus says of where a mention is.

    Attributes:
        pieces: Its offsets: of its pieces, if it has several.
        expected: Its text; empty if the corpus does not repeat it.
    """

    pieces: tuple[Span, ...]
    expected: str = ""


@hide_in_repr("widths")
@dataclass(frozen=True)
class OffsetUnit:
    """A way of counting.

    Attributes:
        name: What is counted, in words.
        widths: How much each character of the text counts; None if all count one.
        first: The offset of the first character.
    """

    name: str
    widths: Sequence[int] | None = field(default=None, repr=False)
    first: int = 0

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate(self.widths or (), initial=self.first))

    def character(self, offset: int) -> int | None:
        """The character at an offset; None if the offset is within one, or beyond the text."""
        if self.widths is None:
            return offset - self.first
        found = bisect_right(self._starts, offset) - 1
        return found if found >= 0 and self._starts[found] == offset else None

    def span(self, start: int, end: int) -> Span | None:
        """The characters between two offsets; None if they are no borders of characters."""
        first, last = self.character(start), self.character(end)
        return None if first is None or last is None else (first, last)


CHARACTERS = OffsetUnit("characters")


@dataclass(frozen=True)
class Fit:
    """How well a way of counting fits a document.

    Attributes:
        unit: The way.
        fitting: Numbers of the claims that fit.
        of: How many could be checked.
        by_text: By the texts of mentions; else by the borders of words.
    """

    unit: OffsetUnit
    fitting: frozenset[int]
    of: int
    by_text: bool = True

    @property
    def is_mostly_right(self) -> bool:
        """Whether half of the claims fit, or more."""
        return 2 * len(self.fitting) >= self.of


def best_fit(text: str, claims: Sequence[Claim], *, other_units: bool = True) -> Fit:
    """What the offsets of a document count.

    Characters, unless something else fits half of the claims, more than characters do, and all
    that these fit.

    Args:
        text: The text, with its line ends as they are in the file.
        other_units: Whether they may count something else than characters.
        claims: What is said of its mentions. If the corpus repeats the text of none, it is the
            borders that tell: of all mentions that another way of counting moves, three at least,
            none may begin or end within a word, when half of them do by characters.
    """
    told = [claim for claim in claims if claim.expected.strip()]
    if not told:
        return _by_borders(text, claims if other_units else ())
    plain = best = Fit(CHARACTERS, _fitting(text, told, CHARACTERS), len(told))
    if len(plain.fitting) < plain.of and other_units:
        for unit in _units(text):
            fitting = _fitting(text, told, unit)
            fit = Fit(unit, fitting, len(told))
            better = len(fitting) > len(best.fitting) and fitting >= plain.fitting
            if better and fit.is_mostly_right:
                best = fit
            if len(best.fitting) == best.of:
                break
    return best


def piece_text(text: str, claim: Claim, unit: OffsetUnit) -> str | None:
    """The text at the offsets of a claim, its pieces with a blank between; None if none is."""
    parts = []
    for start, end in claim.pieces:
        span = unit.span(start, end)
        if span is None or not 0 <= span[0] < span[1] <= len(text):
            return None
        parts.append(text[span[0] : span[1]])
    return " ".join(parts)


def _fitting(text: str, claims: Sequence[Claim], unit: OffsetUnit) -> frozenset[int]:
    found = ((i, piece_text(text, claim, unit), claim) for i, claim in enumerate(claims))
    return frozenset(i for i, x, claim in found if x is not None and same_text(x, claim.expected))


def _by_borders(text: str, claims: Sequence[Claim]) -> Fit:
    def whole(claim: Claim, unit: OffsetUnit) -> bool:
        spans = [unit.span(*piece) for piece in claim.pieces]
        return all(span is not None and _are_words(text, *span) for span in spans)

    for unit in _units(text):
        moved = [c for c in claims if any(unit.span(*p) != p for p in c.pieces)]
        if len(moved) < _FEWEST_WITHOUT_TEXTS or not all(whole(c, unit) for c in moved):
            continue
        if 2 * sum(whole(c, CHARACTERS) for c in moved) <= len(moved):
            return Fit(unit, frozenset(range(len(moved))), len(moved), by_text=False)
    return Fit(CHARACTERS, frozenset(), 0, by_text=False)


def _are_words(text: str, start: int, end: int) -> bool:
    if not 0 <= start < end <= len(text) or text[start].isspace() or text[end - 1].isspace():
        return False
    cut_before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    cut_after = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not cut_before and not cut_after


def _units(text: str) -> Iterator[OffsetUnit]:
    """Other ways of counting this text, the simpler ones first."""
    blanks = len(text) - len(text.lstrip())
    seen = {(0, (1,) * len(text))}
    for origin in ("", "from one", "after a byte order mark", "without the blanks it begins with"):
        for ends, line_end in _LINE_ENDS.items():
            for name, width in _WIDTHS.items():
                widths = tuple(_with_line_ends(text, width(text), line_end))
                first = {
                    "": 0,
                    "from one": 1,  # or with a byte order mark, which is a character too
                    "after a byte order mark": _BOM_BYTES if name == _BYTES else 0,
                }.get(origin, -sum(widths[:blanks]))
                if (first, widths) not in seen:
                    seen.add((first, widths))
                    words = (name or "characters", ends, origin)
                    yield OffsetUnit(", ".join(filter(None, words)), widths, first)


def _with_line_ends(text: str, widths: Sequence[int], count: int | None) -> Sequence[int]:
    """How much each character counts if a line end counts so much."""
    if count is None:
        return widths
    widths = list(widths)
    for match in _LINE_END.finditer(text):
        widths[match.start()] = count
        widths[match.start() + 1 : match.end()] = [0] * (len(match[0]) - 1)
    return widths


def _ones(text: str) -> Sequence[int]:
    return [1] * len(text)


def _unescaped(text: str) -> Sequence[int]:
    widths = [1] * len(text)
    for match in ENTITY.finditer(text):
        widths[match.start() + 1 : match.end()] = [0] * (len(match[0]) - 1)
    return widths


_WIDTHS: dict[str, Callable[[str], Sequence[int]]] = {
    "": _ones,
    "UTF-16 units": lambda text: [1 + (c > "\uffff") for c in text],
    _BYTES: lambda text: [len(c.encode("utf8", "replace")) for c in text],
    "characters with their accents apart": lambda text: [
        len(unicodedata.normalize("NFD", c)) for c in text
    ],
    "characters with their accents": lambda text: [int(not unicodedata.combining(c)) for c in text],
    "characters as XML escapes them": lambda text: [len(escape(c, quote=False)) for c in text],
    "characters that XML does not escape": _unescaped,
}
_LINE_ENDS = {"": None, "a line end as one": 1, "a line end as two": 2}
