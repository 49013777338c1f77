"""How a note looks: case, shorthand, misspellings, bullets, line breaks.

One `Style` is drawn per note, because a note is written by one hand. All changes go through
`TrackedText`, so gold mentions stay exact.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import srsly

from demo.generator.template import TemplateError
from demo.generator.tracked import Edit, TrackedText, join

_WORD = re.compile(r"[A-Za-z]{5,}")
_NEIGHBOURS = {
    **dict(zip("qwertyuiop", "wertyuiopo", strict=True)),
    **dict(zip("asdfghjkl", "sdfghjklk", strict=True)),
    **dict(zip("zxcvbnm", "xcvbnmn", strict=True)),
}
_LIST_MARKS = ("- ", "- ", "• ", "* ", "", "", "number. ", "number.  ", "number) ", "\t", "+ ")


@dataclass(frozen=True, slots=True)
class Style:
    """The habits of whoever wrote the note."""

    case: str
    sentence_gap: str
    shorthand: float
    typos: float
    wrap: int | None
    header: str
    list_mark: str
    list_inline: bool
    list_case: str

    @classmethod
    def draw(cls, rng: random.Random) -> Style:
        """Draw a style; the plain one is the likeliest in each respect."""
        return cls(
            case=rng.choices(["normal", "lower", "upper"], [84, 9, 7])[0],
            sentence_gap=rng.choices([" ", "  ", "\n"], [62, 30, 8])[0],
            shorthand=rng.choice([0.0, 0.0, 0.0, 0.0, 0.15, 0.6]),
            typos=rng.choice([0.0, 0.0, 0.0, 0.002, 0.006, 0.012]),
            wrap=rng.choices([None, rng.randint(60, 90)], [82, 18])[0],
            header=rng.choice(
                ["UPPER: ", "UPPER:\n", "UPPER\n\n", "Title: ", "Title:\n", "Title\n"]
            ),
            list_mark=rng.choice(_LIST_MARKS),
            list_inline=rng.random() < 0.35,
            list_case=rng.choice(["keep", "keep", "capital", "capital", "capital", "title"]),
        )


@dataclass(frozen=True, slots=True)
class Shorthand:
    """Short forms for plain words, such as "pt" for "patient"; never used inside a mention."""

    forms: Mapping[str, tuple[str, ...]]

    @classmethod
    def from_file(cls, path: Path) -> Shorthand:
        """Read `surface.yml`. Raises TemplateError where a word has no short form."""
        forms = {
            word: tuple(f.strip() for f in line.split(";") if f.strip())
            for word, line in srsly.read_yaml(path)["shorthand"].items()
        }
        for word, short in forms.items():
            if not short:
                raise TemplateError(f"{path}: shorthand: {word!r} has no short form")
        return cls(forms)

    def apply(self, rng: random.Random, tracked: TrackedText, chance: float) -> TrackedText:
        """Shorten each word with this chance."""
        if not chance or not self.forms:
            return tracked
        longest_first = sorted(self.forms, key=len, reverse=True)
        words = re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b(?![-'])", re.I)
        edits = [
            Edit(found.start(), found.end(), _like(found.group(), self._short(rng, found.group())))
            for found in words.finditer(tracked.text)
            if _is_plain(tracked, found.start(), found.end()) and rng.random() < chance
        ]
        return tracked.edited(edits)

    def _short(self, rng: random.Random, word: str) -> str:
        return rng.choice(self.forms[word.lower()])


def misspell(rng: random.Random, tracked: TrackedText, chance: float) -> TrackedText:
    """Misspell each word of five or more letters with this chance, in mentions too."""
    if not chance:
        return tracked
    edits = [
        Edit(found.start(), found.end(), _misspelled(rng, found.group()))
        for found in _WORD.finditer(tracked.text)
        if rng.random() < chance
        and not found.group().isupper()
        and _is_whole(tracked, found.start(), found.end())
    ]
    return tracked.edited(edits)


def set_case(tracked: TrackedText, style: Style) -> TrackedText:
    """All lower- or upper-case where that is the style."""
    if style.case == "lower":
        return tracked.lower()
    return tracked.upper() if style.case == "upper" else tracked


def header(title: str, style: Style) -> str:
    """A section's title and what stands between it and the body."""
    words, gap = style.header[:5], style.header[5:]
    text = title.upper() if words == "UPPER" else title
    return text.lower() + gap if style.case == "lower" else text + gap


def listed(items: Sequence[TrackedText], style: Style) -> TrackedText:
    """A list in the note's way: one a line, or numbered or separated in a running line."""
    if style.list_case == "capital":
        items = [i.capitalized() for i in items]
    elif style.list_case == "title":
        items = [_titled(i) for i in items]
    numbered = style.list_mark.startswith("number")
    marks = [
        style.list_mark.replace("number", str(n)) if numbered else style.list_mark
        for n in range(1, len(items) + 1)
    ]
    if not style.list_inline:
        return join("\n", [TrackedText(m) + i for m, i in zip(marks, items, strict=True)])
    if numbered:
        ended = [i if i.text.endswith(".") else i + "." for i in items]
        return join(" ", [TrackedText(m) + i for m, i in zip(marks, ended, strict=True)])
    bare = [_without_full_stop(i) for i in items]
    if any(mark in i.text for i in bare for mark in ".,;"):
        return join(". ", [i.capitalized() for i in bare]) + "."
    return join("; " if len(style.list_mark) % 2 else ", ", bare) + "."


def wrapped(tracked: TrackedText, width: int | None) -> TrackedText:
    """Break lines at spaces, so that none is longer than `width` unless one word is.

    Each broken space becomes one line feed: no offset moves.
    """
    if width is None:
        return tracked
    characters = list(tracked.text)
    line_start, last_space = 0, -1
    for at, character in enumerate(tracked.text):
        if character == "\n":
            line_start, last_space = at + 1, -1
        elif character == " ":
            last_space = at
        if at - line_start >= width and last_space > line_start:
            characters[last_space] = "\n"
            line_start, last_space = last_space + 1, -1
    return tracked.with_case("".join(characters))


def _without_full_stop(tracked: TrackedText) -> TrackedText:
    if not tracked.text.endswith("."):
        return tracked
    return tracked.edited([Edit(len(tracked.text) - 1, len(tracked.text), "")])


def _is_plain(tracked: TrackedText, start: int, end: int) -> bool:
    return all(end <= m.start or start >= m.end for m in tracked.mentions)


def _is_whole(tracked: TrackedText, start: int, end: int) -> bool:
    """Whether a word is inside a mention or outside, and not partly both ("MRN[A123](…)")."""
    return all(
        end <= m.start or start >= m.end or (m.start <= start and end <= m.end)
        for m in tracked.mentions
    )


def _like(old: str, new: str) -> str:
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


def _titled(tracked: TrackedText) -> TrackedText:
    small = re.compile(
        r"\b(?!(?:of|the|and|with|in|for|to|on|mg|mcg|daily|p|q|b|t)\b)([a-z])(?=[a-z])"
    )
    return tracked.with_case(small.sub(lambda found: found.group().upper(), tracked.text))


def _misspelled(rng: random.Random, word: str) -> str:
    """One slip of the fingers: two letters swapped, one left out, doubled or mistaken."""
    at = rng.randrange(1, len(word) - 1)
    slip = rng.choice(["swap", "drop", "double", "neighbour"])
    if slip == "swap":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if slip == "drop":
        return word[:at] + word[at + 1 :]
    if slip == "double":
        return word[:at] + word[at] + word[at:]
    return word[:at] + _NEIGHBOURS.get(word[at].lower(), word[at]) + word[at + 1 :]
