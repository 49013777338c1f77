"""From a slot to a marked text: `{doctor}` to "Dr. Lund" with "Lund" a DOCTOR."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass

from demo.generator.numbers import spelled
from demo.generator.phi import dates
from demo.generator.phi.cast import ROLES, Cast
from demo.generator.phi.drawing import PhiDrawing
from demo.generator.phi.filling import Filling
from demo.generator.phi.forms import Forms
from demo.generator.template import TemplateError
from demo.generator.tracked import TrackedText
from spacy_umlsbert.deid.rules.ages import HIGHEST

LABEL_OF_SLOT: Mapping[str, str] = {
    **ROLES,
    "name": "PATIENT",
    "username": "USERNAME",
    "profession": "PROFESSION",
    "hospital": "HOSPITAL",
    "ward": "HOSPITAL",
    "street": "STREET",
    "city": "CITY",
    "usstate": "STATE",
    "zip": "ZIP",
    "country": "COUNTRY",
    "landmark": "LOCATION-OTHER",
    "organization": "ORGANIZATION",
    "phone": "PHONE",
    "pager": "PHONE",
    "ext": "PHONE",
    "fax": "FAX",
    "email": "EMAIL",
    "url": "URL",
    "ip": "IPADDR",
    "mrn": "MEDICALRECORD",
    "ssn": "SSN",
    "account": "ACCOUNT",
    "healthplan": "HEALTHPLAN",
    "license": "LICENSE",
    "plate": "VEHICLE",
    "serial": "DEVICE",
    "accession": "IDNUM",
    "idnum": "IDNUM",
    "jobnumber": "IDNUM",
    "date": "DATE",
    "dob": "DATE",
    "year": "DATE",
    "monthyear": "DATE",
    "weekday": "DATE",
    "holiday": "DATE",
    "daterange": "DATE",
    "oldage": "AGE",
}
PHI_SLOTS = frozenset(LABEL_OF_SLOT)
"""The slots of a template that stand for protected health information."""

_OF_THE_PATIENT = frozenset(["mrn", "ssn", "healthplan", "account", "street", "zip"])
_SAME_AGAIN = 0.8
_SOMEBODY_ELSES = 0.2
_LEAST_OLD, _MOST_OLD = HIGHEST + 1, 104


@dataclass(frozen=True, slots=True)
class PhiWriter:
    """Writes PHI for one split.

    Args:
        forms: how it is written.
        drawing: what this split may show.
    """

    forms: Forms
    drawing: PhiDrawing

    def cast(self, rng: random.Random, sex: str, age: int) -> Cast:
        """The people of a note, nobody made up yet."""
        today = dates.visit(rng)
        birthday = dates.birthday(rng, today, age)
        return Cast(rng, sex, today, birthday, self.forms, self.drawing)

    def write(
        self, rng: random.Random, cast: Cast, slot: str, args: tuple[str, ...]
    ) -> TrackedText:
        """The text of a slot.

        Raises TemplateError for a form that the slot does not have.
        """
        label = LABEL_OF_SLOT[slot]
        if slot == "name":
            slot, args = "patient", ("title",)
        kind = self._kind(slot, args[0] if args else "")
        filling = Filling(rng, cast, self.forms, self.drawing)
        if label == "DATE":
            return filling.marked(kind, label, _day(rng, cast, slot))
        if label == "AGE":
            old = rng.randint(_LEAST_OLD, _MOST_OLD)
            return filling.marked(kind, label, {"old": str(old), "oldwords": spelled(old)})
        if slot in _OF_THE_PATIENT and rng.random() < _SAME_AGAIN:
            if slot not in cast.numbers:
                cast.numbers[slot] = filling.marked(kind, label, {})
            return cast.numbers[slot]
        role = slot if slot in ROLES else rng.choice(list(ROLES))
        return filling.marked(kind, label, cast.person(role).fields)

    def old_age(self, text: str, age: int) -> TrackedText:
        """An age that is PHI because of what it is: over 89."""
        for number in (str(age), spelled(age)):
            before, found, after = text.partition(number)
            if found:
                return TrackedText(before) + TrackedText.mention(found, "AGE") + after
        return TrackedText(text)

    def _kind(self, slot: str, form: str) -> str:
        """The kind of form of a slot: its own, or what is said of any person."""
        if not form:
            return slot
        for kind in (f"{slot}_{form}", *([f"person_{form}"] if slot in ROLES else [])):
            if kind in self.forms.forms:
                return kind
        raise TemplateError(f"{{{slot}:{form}}}: phi.yml has no form {slot}_{form}")


def _day(rng: random.Random, cast: Cast, slot: str) -> dict[str, str]:
    """The parts of the day that a slot is about, and of one after it."""
    day = dates.around(rng, cast.today)
    if slot == "dob":
        day = cast.birthday
        if rng.random() < _SOMEBODY_ELSES:
            day = dates.birthday(rng, cast.today, rng.randint(0, 90))
    later = day + dt.timedelta(days=rng.choice([1, 2, 4, 7, 12, 30, 90, 400]))
    return dates.fields(rng, day) | dates.fields(rng, later, suffix="2")
