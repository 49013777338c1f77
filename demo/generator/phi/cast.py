"""The people of a note: the patient, doctors, staff, and kin."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.generator.phi.drawing import PhiDrawing
from demo.generator.phi.forms import GENDERS, Forms
from demo.generator.tracked import TrackedText

ROLES = {"patient": "PATIENT", "kin": "PATIENT", "doctor": "DOCTOR", "staff": "DOCTOR"}
"""The roles, and the label of each."""

_LARGEST = {"doctor": 5, "staff": 5, "kin": 6}
_NEW = 0.4
_INVENTED = 0.08


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up person: the fields of its forms in `phi.yml`."""

    fields: Mapping[str, str]


@dataclass
class Cast:
    """Who is who in a note. People are made up when they are first needed.

    Args:
        rng: the note's.
        sex: the patient's.
        today: the day of the note.
        birthday: the patient's.
        forms: how PHI is written.
        drawing: what the split may show.
    """

    rng: random.Random
    sex: str
    today: dt.date
    birthday: dt.date
    forms: Forms
    drawing: PhiDrawing
    people: dict[str, list[Person]] = field(default_factory=dict)
    numbers: dict[str, TrackedText] = field(default_factory=dict)

    def person(self, role: str) -> Person:
        """One of a role: the patient, or now one and now another."""
        known = self.people.setdefault(role, [])
        if not known or (len(known) < _LARGEST.get(role, 1) and self.rng.random() < _NEW):
            known.append(self._make_up(role))
            return known[-1]
        # Not the one of before, who would be "Ann and Ann" in a list.
        person = known.pop(self.rng.randrange(max(1, len(known) - 1)))
        known.append(person)
        return person

    def _make_up(self, role: str) -> Person:
        gender = self.rng.choice(GENDERS)
        if role == "patient":
            gender = "male" if self.sex == "M" else "female"
        same_family = role == "kin" and self.people.get("patient") and self.rng.random() < 0.4
        locale = self.drawing.pick(self.rng, self.forms.locales)
        first = self.name(gender, locale)
        middle = self.name(gender, locale)
        last = self.people["patient"][0].fields["last"] if same_family else self.surname(locale)
        bare = "Mr" if gender == "male" else self.rng.choice(["Mrs", "Ms", "Ms", "Miss"])
        nick = self.drawing.pick(self.rng, self.forms.words["nicknames"])
        return Person(
            {
                "first": first,
                "middle": middle,
                "last": last,
                "last2": self.surname(locale),
                "f": first[0],
                "m": middle[0],
                "l": last[0].upper(),
                "title": bare if bare == "Miss" else f"{bare}.",
                "titlebare": bare,
                "nick": nick,
            }
        )

    def surname(self, locale: str | None = None) -> str:
        """A family name, sometimes of two."""
        name = self.name("surname", locale or self.drawing.pick(self.rng, self.forms.locales))
        if self.rng.random() < 0.05:
            other = self.name("surname", locale or "en_US")
            return f"{name}{self.rng.choice('- ')}{other}"
        return name

    def name(self, kind: str, locale: str) -> str:
        """A name of a locale, or one that nobody has."""
        options = self.forms.names[locale, kind]
        if self.rng.random() >= _INVENTED and options.seen:
            return self.drawing.pick(self.rng, options)
        words = self.forms.words
        syllables = [
            self.drawing.pick(self.rng, words["syllables"]) for _ in range(self.rng.choice([1, 2]))
        ]
        return "".join([*syllables, self.drawing.pick(self.rng, words["endings"])]).capitalize()
