"""Which line ends are nothing but blanks: those of lines that were broken because they were full.

A note has lines of both kinds. An item of a list, a row of a table, a heading and a finding a line
end with their line; in running text the end of a line means nothing. What tells them apart is how
wide lines are that surely go on, whether the next line begins in small letters, and what the line
ends with. Nothing looks further than the neighbouring line, but for the width, which is that of the
whole text: so it takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.text.list_marks import BULLET, NO_ITEM, SMALL, item_of
from spacy_umlsbert.text.sentence_words import SentenceWords

_WORD = re.compile(r"[^\W_]")
_DOSE = re.compile(r"\d+(?:[.,]\d+)?\s?(?:mg|mcg|ug|g|ml|mL|units?|IU|tabs?|puffs?|%)\b")
_ROW = re.compile(r"\t|\||[^\s.?!:;] {3,}\S")
_ENDS = frozenset(".?!")
_ENDS_OF_SENTENCES = _ENDS | {":"}
_CLOSING = "\"'”’)]}*_"
_OPEN_SIGNS = frozenset(",(&/+")
_DOTTED = re.compile(r"(?:[A-Za-z]{1,2}\.)*[A-Za-z]{1,2}|\d{1,2}")
_MARK_ALONE = re.compile(r"\(?(?:\d{1,2}|[A-Za-z])[.)]")
_INNER_END = re.compile(r"[A-Za-z]\.\s+[A-Z]")
_INCHES = re.compile(r"\d\s*in\Z")
_SHORTEST_WRAPPED = 25
_WIDEST = 140
"""Beyond that a text has a line per paragraph."""

_SHORTEST_RUNNING_ON = 40
_NEARLY_FULL = 0.7
_SLACK = 6
_NARROWEST = 15
_APART = 2
_FEWEST_LINES = 6
_FEWEST_ITEMS = 3
_ALMOST_ALL = 0.9


@hide_in_repr("text")
class Line(NamedTuple):
    """A line with a word in it.

    Attributes:
        text: It, without the blanks around it.
        start: Where this begins in the whole text.
        indent: How many blanks come before.
        item: What kind of an item it begins; see `list_marks`.
        apart: Whether an empty line or a rule comes before it.
    """

    text: str
    start: int
    indent: int
    item: int
    apart: bool

    @property
    def end(self) -> int:
        """Where it ends in the whole text."""
        return self.start + len(self.text)

    @property
    def length(self) -> int:
        """How far it reaches to the right."""
        return self.indent + len(self.text)


class Stretch(NamedTuple):
    """A part of a text in which line ends are blanks."""

    start: int
    end: int


class Layout(NamedTuple):
    """How a text is written.

    Attributes:
        small: Whether its lines begin in small letters where others have a capital.
        width: How wide lines are that were broken because they were full; 0 if none were.
    """

    small: bool = False
    width: int = 0


def lines_of(text: str) -> list[Line]:
    """The lines of a text that have a letter or a digit."""
    found = []
    gaps = []
    position, gap = 0, _APART
    for whole in text.splitlines(keepends=True):
        line = whole.strip()
        if line and _WORD.search(line) is not None:
            indent = len(whole) - len(whole.lstrip())
            found.append(Line(line, position + indent, indent, item_of(line), gap > 0))
            gaps.append(gap)
            gap = 0
        else:
            gap += _APART if line else 1
        position += len(whole)
    if _has_double_spacing(gaps):
        return [line._replace(apart=gap > 1) for line, gap in zip(found, gaps, strict=True)]
    return found


def _has_double_spacing(gaps: Sequence[int]) -> bool:
    """Whether there is an empty line between almost all lines, and between paragraphs more."""
    most = _ALMOST_ALL * (len(gaps) - 1)
    between = len(gaps) - gaps.count(0) - 1
    return len(gaps) >= _FEWEST_LINES and between >= most and gaps.count(1) >= most / 3


def layout_of(lines: Sequence[Line], words: SentenceWords) -> Layout:
    """How a text is written, by its lines."""
    small = capital = 0
    sure: list[tuple[int, int, bool]] = []
    begins_small = False
    runs = _INNER_END.search("\n".join(line.text for line in lines)) is not None
    before: Line | None = None
    for line in lines:
        first = line.text[0]
        if before is None or line.apart or before.text[-1] in _ENDS_OF_SENTENCES:
            small += first.islower()
            capital += first.isupper()
            begins_small = first.islower()
        elif line.item == NO_ITEM:
            left_open = _is_open(before.text, words)
            runs_on = first.islower() and not begins_small
            in_capitals = before.text.isupper()
            shortest = _SHORTEST_WRAPPED if left_open else _SHORTEST_RUNNING_ON
            if not shortest <= before.length <= _WIDEST:
                begins_small = first.islower()
            elif left_open or runs_on or (in_capitals and runs):
                sure.append((before.length, before.length + 1 + _first_word(line), left_open))
        before = line
    in_small = small > capital
    if in_small:
        sure = [pair for pair in sure if pair[2]]
    if len(sure) < 2 and not runs and not any(left_open for _, _, left_open in sure):
        sure = []
    width = max((length for length, _, _ in sure), default=0)
    full = sum(beyond > width for _, beyond, _ in sure)
    if not width or 2 * full < len(sure):
        width = 0 if in_small else _narrow_width(lines)
    return Layout(in_small, width)


def _narrow_width(lines: Sequence[Line]) -> int:
    """How wide the lines of running text in narrow columns are; 0 if there is none.

    Almost all its lines have to be full, some of them have to go on in small letters, and one has
    to hold the end of a sentence.
    """
    pairs = [
        (line, following)
        for line, following in pairwise(lines)
        if not following.apart and following.item == NO_ITEM and line.text[-1] not in ".?!:"
    ]
    width = max((line.length for line, _ in pairs), default=0)
    if not _NARROWEST <= width <= _SHORTEST_RUNNING_ON:
        return 0
    full = sum(line.length + 1 + _first_word(following) > width for line, following in pairs)
    small = sum(following.text[0].islower() for _, following in pairs)
    has_end = any(_INNER_END.search(line.text) for line, _ in pairs)
    return width if has_end and small > 1 and full >= _ALMOST_ALL * len(pairs) else 0


def stretches(lines: Sequence[Line], layout: Layout, words: SentenceWords) -> Iterator[Stretch]:
    """The stretches of a text in which line ends are blanks; between them sentences end."""
    if not lines:
        return
    begin = lines[0]
    no_width = _lines_of_lists(lines) if layout.width else frozenset()
    for i, (line, following) in enumerate(pairwise(lines)):
        small = layout.small or begin.text[0].islower()
        width = 0 if i in no_width and i + 1 in no_width else layout.width
        if not _goes_on(line, following, Layout(small, width), words):
            yield Stretch(begin.start, line.end)
            begin = following
    yield Stretch(begin.start, lines[-1].end)


def _lines_of_lists(lines: Sequence[Line]) -> frozenset[int]:
    """Which lines are items without marks, however wide: several in a row with a capital each.

    None of them ends with a full stop, or holds one.
    """
    runs: list[list[int]] = [[]]
    for i, line in enumerate(lines):
        is_item = not line.text[0].islower() and line.text[-1] not in ".?!:,;"
        is_item = is_item and not line.text.isupper() and _INNER_END.search(line.text) is None
        if line.apart or not is_item:
            runs.append([])
        if is_item:
            runs[-1].append(i)
    return frozenset(i for run in runs if len(run) >= _FEWEST_ITEMS for i in run)


def _goes_on(line: Line, following: Line, layout: Layout, words: SentenceWords) -> bool:
    """Whether a sentence may go on from a line to the next that has words."""
    text, first = line.text, following.text[0]
    beyond = line.length + 1 + _first_word(following)
    full = layout.width > 0 and line.length - _SLACK <= layout.width < beyond
    # "- Education and Counseling:", "No cough. Gastrointestinal:"
    named = full and text[-1] == ":" and (line.item == BULLET or _INNER_END.search(text))
    ended = following.item == BULLET or (_has_ended(text, words) and not named)
    if ended or _is_row(text) or _is_row(following.text):
        return False
    left_open = (
        _is_open(text, words)
        or _MARK_ALONE.fullmatch(text) is not None
        or (first.isdigit() and _is_before_number(text, words))
        or _is_in_brackets(text, following.text)
        or (_DOSE.match(following.text) is not None and _ends_in_list(text))
    )
    if following.apart:  # as in a text with an empty line after each line
        long = line.length >= _SHORTEST_RUNNING_ON
        return left_open and long and first.islower() and following.item == NO_ITEM
    if following.item not in (NO_ITEM, SMALL):
        return left_open and text[-1] not in _OPEN_SIGNS
    if left_open:
        return text[-1] != "," or first.islower() or first.isdigit() or full
    if first.islower() and not layout.small:
        return full or _runs_on(line, following, beyond, layout.width)
    heading = _is_heading(text, following.text) or _is_heading(following.text, text)
    return full and not heading and following.item == NO_ITEM


def _ends_in_list(text: str) -> bool:
    """Whether a line ends with a drug of a list of them, whose dose may follow."""
    word = _last_word(text)
    return "," in text and word.isalpha() and word.islower()


def _has_ended(text: str, words: SentenceWords) -> bool:
    """Whether a line ends as a sentence does; an abbreviation is no sure end."""
    return text[-1] in _ENDS_OF_SENTENCES and not _may_be_short(text, words)


def _is_row(text: str) -> bool:
    """Whether a line is a row of a table."""
    return _ROW.search(text) is not None


def _runs_on(line: Line, following: Line, beyond: int, width: int) -> bool:
    """Whether a line may go on with small letters although it is not full."""
    if line.item != NO_ITEM and following.indent > line.indent + 1:
        return True
    return beyond > _NEARLY_FULL * width if width else line.length >= _SHORTEST_RUNNING_ON


def _first_word(line: Line) -> int:
    """How long the first word of a line is."""
    end = line.text.find(" ")
    return len(line.text) if end < 0 else end


def _last_word(text: str) -> str:
    return text[text.rfind(" ") + 1 :]


def _is_open(text: str, words: SentenceWords) -> bool:
    """Whether a line ends with what no sentence ends with."""
    last = text[-1]
    if last in _OPEN_SIGNS:
        return True
    if last == ".":
        word = _last_word(text)[:-1].lower().lstrip("([")
        return word in words.title or word in words.before
    word = _last_word(text)
    if last == "-":
        return len(word) > 2 and word[-2].isalpha()
    if word.isupper() and (word == text or not text.isupper()):  # "A", "hepatitis A", "to the OR"
        return False
    return word.lower() in words.open and not _INCHES.search(text)


def _may_be_short(text: str, words: SentenceWords) -> bool:
    """Whether a line that ends with a full stop may do so with an abbreviation."""
    word = _last_word(text).rstrip(_CLOSING)
    if not word.endswith("."):
        return False
    word = word[:-1].lower().lstrip("([")
    return (
        word in words.short
        or word in words.title
        or word in words.before
        or word in words.number
        or _DOTTED.fullmatch(word) is not None
    )


def _is_heading(text: str, other: str) -> bool:
    """Whether a line is in capitals, unlike the one beside it, and ends as a heading may."""
    return text.isupper() and text[-1] not in ".,;" and not other.isupper()


def _is_before_number(text: str, words: SentenceWords) -> bool:
    """Whether a line ends with what a number belongs to: "stent No."."""
    return text[-1] == "." and _last_word(text)[:-1].lower() in words.number


def _is_in_brackets(text: str, following: str) -> bool:
    """Whether a line ends inside of brackets that the next one closes."""
    return text.rfind("(") > text.rfind(")") and ")" in following
