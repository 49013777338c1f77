"""Fields and boxes of forms: "Seizures: none", "Latex allergy | Yes", "[x] cough  [ ] fever"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from spacy_umlsbert.assertion.lines import Lines
from spacy_umlsbert.assertion.verdicts import AFFIRMED, NEGATED, UNCERTAIN, Cue

_BEFORE_ANSWER = re.compile(r"(?:[:|?=…]|\.\.|\s[-–—]{1,2}|[ \t]{2}|\t)[ \t]*[\"“']?$|\($")
_LETTER_ANSWER = re.compile(r"[\s:|?=…([-]+$")
_LETTERS = ("Y", "N", "y", "n")
_AFTER_ANSWER = re.compile(r"[ \t]*(?:$|[,;/|(\t\n]|[.)](?:\s|$)|[ \t]{2}|[-–—]\s|\)[,;]?)")
_STOP = re.compile(r"[.;!?][\"”']?(?=\s)")
_LETTER = re.compile(r"[^\W\d_]")
_LONGEST_NAME = 160
_SEPARATOR = 12

_BOX = re.compile(
    r"(?P<checked>\[ ?[xX✓✔√*+] ?\]|\( ?[xX✓✔√+] ?\)|[☑☒■✓✔]|_[xX]_|(?<![\w.)%+-])\+(?= ?[A-Za-z]))"
    r"|(?P<empty>\[ {0,3}\]|\( {1,3}\)|[☐□✗✘]|[\[(] ?[-–−] ?[\])]|(?<![^ ,;\n])[-−](?=[A-Za-z])"
    r"|(?<=[,;:] )[-−](?= [A-Za-z]))"
)
_OPTION = re.compile(
    r"\s*(yes|no|y|n|positive|negative|present|absent|unknown|none|denies)\b", re.I
)
_OPTIONS = {
    **dict.fromkeys(("yes", "y", "positive", "present"), AFFIRMED),
    **dict.fromkeys(("no", "n", "negative", "absent", "none", "denies"), NEGATED),
    "unknown": UNCERTAIN,
}
_PAIR = 2
_MINUS = ("-", "−")
_SIGNS = ("+", *_MINUS)
_DASHES = frozenset((*_MINUS, "–", "—"))
_HEADED = re.compile(r"[^:]*:\s*$|\W*$|\W*\d{0,2}[.)]?\W*$")


class Field(NamedTuple):
    """The name of a field, whose answer something is. Characters of the text."""

    start: int
    end: int


class Fields:
    """Tells which words of a text are answers, and to what. They are asked for in its order."""

    def __init__(self, text: str, lines: Lines) -> None:
        self._text = text
        self._lines = lines
        self._answered = 0

    def of_answer(self, start: int, end: int) -> Field | None:
        """The name of the field whose answer begins and ends here; None if it is no answer."""
        text = self._text
        if not _AFTER_ANSWER.match(text, end):
            return None
        if text[start:end] in _DASHES and not _DASHES.isdisjoint(
            text[max(start - 1, 0) : end + 1 : 2]
        ):
            return None  # "--" is an empty cell
        line = self._lines.lines[self._lines.number(start)]
        low = max(line.start, self._answered, start - _LONGEST_NAME)
        letter = _LETTER_ANSWER if text[start:end] in _LETTERS else _BEFORE_ANSWER
        separator = letter.search(text, max(low, start - _SEPARATOR), start)
        if separator is None or (text[start:end] in _SIGNS and text[start - 1 : start] == "("):
            return None  # "(-)" is a box
        name_end = separator.start()
        for match in _STOP.finditer(text, low, name_end):
            low = match.end()
        if not _LETTER.search(text, low, name_end):
            return None
        self._answered = end
        return Field(low, name_end)


def box_cues(text: str, lines: Lines) -> Iterator[Cue]:
    """What boxes and signs say: before their items, after them, or before "Yes" and "No"."""
    by_line: dict[int, list[re.Match[str]]] = {}
    for match in _BOX.finditer(text):
        by_line.setdefault(lines.number(match.start()), []).append(match)
    for number, boxes in by_line.items():
        line = lines.lines[number]
        options = [
            None if box.group() in _SIGNS else _OPTION.match(text, box.end(), line.end)
            for box in boxes
        ]
        if any(options):
            yield from _options(boxes, options, line.start, line.end)
            continue
        sound = [box for box in boxes if _is_sign(text, box, boxes, line.start)]
        if sound:
            yield from _boxes(text, sound, line.start, line.end)


def _is_sign(text: str, box: re.Match[str], boxes: list[re.Match[str]], line_start: int) -> bool:
    """Whether a minus before a word is a sign: beside a plus or another one, and no bullet."""
    if box.group() not in _MINUS:
        return True
    others = {one.group() for one in boxes if one is not box and one.group() in _SIGNS}
    return bool(others) and ("+" in others or bool(text[line_start : box.start()].strip()))


def _options(
    boxes: list[re.Match[str]],
    options: list[re.Match[str] | None],
    line_start: int,
    line_end: int,
) -> Iterator[Cue]:
    """What is checked of "Yes" and "No": of what stands before these, or else after them."""
    name_start = line_start
    last = next(option for option in reversed(options) if option is not None).end()
    is_before = _LETTER.search(boxes[0].string, line_start, boxes[0].start()) is None
    name_end: int | None = None
    for box, option in zip(boxes, options, strict=True):
        if option is None:
            continue
        if name_end is None or _LETTER.search(box.string, name_start, box.start()):
            name_end = box.start()
            field = (last, line_end) if is_before else (name_start, name_end)
        if box.group("checked"):
            yield Cue(box.start(), option.end(), _OPTIONS[option[1].lower()], *field)
        name_start = option.end()


def _boxes(text: str, boxes: list[re.Match[str]], line_start: int, line_end: int) -> Iterator[Cue]:
    headed = _HEADED.match(text, line_start, boxes[0].start()) is not None
    if headed and len(boxes) == _PAIR and not text[boxes[0].end() : boxes[1].start()].strip():
        yield from _pair(boxes[0], boxes[1], line_end)
        return
    before = headed or _LETTER.search(text, boxes[-1].end(), line_end) is not None
    last = line_start
    for i, box in enumerate(boxes):
        category = AFFIRMED if box.group("checked") else NEGATED
        if box.group() in _SIGNS:
            end = box.end()
            while end < line_end and text[end] not in ",;.|" and text[end : end + 2] != "  ":
                end += 1
            following = boxes[i + 1].start() if i + 1 < len(boxes) else end
            yield Cue(box.start(), box.end(), category, box.end(), min(end, following))
        elif before:
            end = boxes[i + 1].start() if i + 1 < len(boxes) else line_end
            yield Cue(box.start(), box.end(), category, box.end(), end)
        else:
            comma = text.rfind(",", last, box.start()) + 1 if len(boxes) > 1 else 0
            yield Cue(box.start(), box.end(), category, max(last, comma), box.start())
        last = box.end()


def _pair(yes: re.Match[str], no: re.Match[str], line_end: int) -> Iterator[Cue]:
    """Two boxes before an item, under "Yes" and "No"."""
    checked = [box for box in (yes, no) if box.group("checked")]
    if len(checked) == 1:
        category = AFFIRMED if checked[0] is yes else NEGATED
        yield Cue(checked[0].start(), no.end(), category, no.end(), line_end)
