"""What a note is made of: its type's sections, and each section's parts.

Read from the folders `sections` and `note_types`. A part is written `group`, `group x2-4` (two to
four sentences of it) or `group ?0.3` (with a chance of 0.3); a note type's sections the same way.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import srsly

from demo.generator.said import MARKS, Marks, as_marks
from demo.generator.template import TemplateError

_PART = re.compile(r"(\w+)(?: x(\d+)(?:-(\d+))?)?(?: \?(0?\.\d+))?")
LAYOUTS = ("prose", "list", "lines", "form", "table")


@dataclass(frozen=True, slots=True)
class Part:
    """So many of a group (or of a section), by chance."""

    name: str
    least: int = 1
    most: int = 1
    chance: float = 1.0

    def times(self, rng: random.Random) -> int:
        """How many this time."""
        return rng.randint(self.least, self.most) if rng.random() < self.chance else 0


@dataclass(frozen=True, slots=True)
class Body:
    """One way to fill a section."""

    layout: str
    weight: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A section: the titles it may have (some never have one) and the ways to fill it.

    `says` has, of the titles that say something of all mentions under them, what they say.
    """

    name: str
    titles: tuple[str, ...]
    bodies: tuple[Body, ...]
    says: Mapping[str, Marks] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoteType:
    """A kind of note: its sections in order."""

    name: str
    weight: float
    sections: tuple[Part, ...]
    titled: float
    pick: int | None


@dataclass(frozen=True, slots=True)
class Frame:
    """What may stand before and after the sections of any note (headers, signatures), and beside.

    What stands beside a note's own sections, behind them, is drawn apart from all else, so that the
    rest of the note is the same with and without it.
    """

    before: tuple[Part, ...] = ()
    after: tuple[Part, ...] = ()
    chance_before: float = 0.0
    chance_after: float = 0.0
    beside: tuple[Part, ...] = ()
    chance_beside: float = 0.0
    note_types_beside: frozenset[str] = frozenset()

    def sections(self, rng: random.Random) -> tuple[list[str], list[str]]:
        """Names of sections before a note's own, and after them."""
        return (
            [rng.choice(self.before).name] if rng.random() < self.chance_before else [],
            [rng.choice(self.after).name] if rng.random() < self.chance_after else [],
        )

    def sections_beside(self, rng: random.Random, note_type: str) -> list[str]:
        """Names of sections behind a note's own: one or two, by chance."""
        if note_type not in self.note_types_beside or rng.random() >= self.chance_beside:
            return []
        return [part.name for part in rng.sample(self.beside, rng.choice((1, 1, 2)))]


@dataclass(frozen=True, slots=True)
class Outline:
    """All note types and sections, and the frame of a note."""

    sections: Mapping[str, Section]
    note_types: tuple[NoteType, ...]
    frame: Frame

    @classmethod
    def from_folder(cls, folder: Path) -> Outline:
        """Read `sections/*.yml`, `note_types/*.yml` and `frame.yml`.

        Raises TemplateError, naming file and entry, where one is not usable.
        """
        known: dict[str, Section] = {}
        for path in sorted((folder / "sections").glob("*.yml")):
            for name, content in srsly.read_yaml(path).items():
                if name in known:
                    raise TemplateError(f"{path}: there are two sections {name}")
                known[name] = _section(path, name, content)
        types: list[NoteType] = []
        for path in sorted((folder / "note_types").glob("*.yml")):
            for name, content in srsly.read_yaml(path).items():
                types.append(_note_type(path, name, content))
                _check_sections(path, name, types[-1].sections, known)
        frame = _frame(folder / "frame.yml", {note_type.name for note_type in types})
        parts = (*frame.before, *frame.after, *frame.beside)
        _check_sections(folder / "frame.yml", "frame", parts, known)
        return cls(known, tuple(types), frame)

    def groups(self) -> set[str]:
        """The template groups that sections draw from."""
        return {p.name for s in self.sections.values() for b in s.bodies for p in b.parts}


def _check_sections(
    path: Path, name: str, parts: tuple[Part, ...], known: Mapping[str, Section]
) -> None:
    for part in parts:
        if part.name not in known:
            raise TemplateError(f"{path}: {name}: no section {part.name}")


def _frame(path: Path, note_types: set[str]) -> Frame:
    content = srsly.read_yaml(path)
    before, after, beside = content["before"], content["after"], content["beside"]
    if unknown := set(beside["note_types"]) - note_types:
        raise TemplateError(f"{path}: beside: no note type {', '.join(sorted(unknown))}")
    return Frame(
        tuple(_part(str(path), name) for name in before["sections"]),
        tuple(_part(str(path), name) for name in after["sections"]),
        before["chance"],
        after["chance"],
        tuple(_part(str(path), name) for name in beside["sections"]),
        beside["chance"],
        frozenset(beside["note_types"]),
    )


def _part(where: str, text: str) -> Part:
    found = _PART.fullmatch(text)
    if found is None:
        raise TemplateError(f"{where}: {text!r} is not 'name', 'name x1-3' or 'name ?0.5'")
    name, least, most, chance = found.groups()
    low = int(least or 1)
    return Part(name, low, int(most or low), float(chance or 1))


def _section(path: Path, name: str, content: Mapping[str, Any]) -> Section:
    where = f"{path}: {name}"
    bodies = []
    for body in content["bodies"]:
        layout = body.get("layout", "prose")
        if layout not in LAYOUTS:
            raise TemplateError(f"{where}: layout {layout!r} is none of {', '.join(LAYOUTS)}")
        parts = tuple(_part(where, p) for p in body["parts"])
        bodies.append(Body(layout, body.get("weight", 1), parts))
    titles: tuple[str, ...] = ()
    if not content.get("untitled"):
        titles = _titles(content["titles"])
    return Section(name, titles, tuple(bodies), _says(where, content.get("says", {}), titles))


def _titles(text: str) -> tuple[str, ...]:
    return tuple(title.strip() for title in text.split(";"))


def _says(where: str, says: Mapping[str, str], titles: tuple[str, ...]) -> dict[str, Marks]:
    found: dict[str, Marks] = {}
    for words, of in says.items():
        marks = as_marks(words)
        if not marks:
            raise TemplateError(f"{where}: says: {words!r} is none of {', '.join(MARKS)}")
        if unknown := set(_titles(of)).difference(titles):
            raise TemplateError(f"{where}: says: no title {', '.join(sorted(unknown))}")
        found.update(dict.fromkeys(_titles(of), marks))
    return found


def _note_type(path: Path, name: str, content: Mapping[str, Any]) -> NoteType:
    return NoteType(
        name=name,
        weight=content.get("weight", 1),
        sections=tuple(_part(f"{path}: {name}", p) for p in content["sections"]),
        titled=content.get("titled", 1.0),
        pick=content.get("pick"),
    )
