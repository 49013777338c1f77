"""What a note is made of: its type's sections, and each section's parts.

Read from `sections.yml` and `note_types.yml`. A part is written `group`, `group x2-4` (two to four
sentences of it) or `group ?0.3` (with a chance of 0.3); a note type's sections the same way.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import srsly

from .template import TemplateError

_PART = re.compile(r"(\w+)(?: x(\d+)(?:-(\d+))?)?(?: \?(0?\.\d+))?")
LAYOUTS = ("prose", "list", "lines", "keyed")


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
    """A section: the titles it may have and the ways to fill it."""

    name: str
    titles: tuple[str, ...]
    bodies: tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class NoteType:
    """A kind of note: its sections in order."""

    name: str
    weight: float
    sections: tuple[Part, ...]
    titled: float
    pick: int | None


@dataclass(frozen=True, slots=True)
class Outline:
    """All note types and sections."""

    sections: Mapping[str, Section]
    note_types: tuple[NoteType, ...]

    @classmethod
    def from_files(cls, sections: Path, note_types: Path) -> Outline:
        """Read both files. Raises TemplateError, naming file and entry, where one is not usable."""
        known = {n: _section(sections, n, c) for n, c in srsly.read_yaml(sections).items()}
        types = tuple(_note_type(note_types, n, c) for n, c in srsly.read_yaml(note_types).items())
        for note_type in types:
            for part in note_type.sections:
                if part.name not in known:
                    raise TemplateError(f"{note_types}: {note_type.name}: no section {part.name}")
        return cls(known, types)

    def groups(self) -> set[str]:
        """The template groups that sections draw from."""
        return {p.name for s in self.sections.values() for b in s.bodies for p in b.parts}


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
    titles = tuple(t.strip() for t in content["titles"].split(";"))
    return Section(name, titles, tuple(bodies))


def _note_type(path: Path, name: str, content: Mapping[str, Any]) -> NoteType:
    return NoteType(
        name=name,
        weight=content.get("weight", 1),
        sections=tuple(_part(f"{path}: {name}", p) for p in content["sections"]),
        titled=content.get("titled", 1.0),
        pick=content.get("pick"),
    )
