"""A drug with its strength and form, written as in RxNorm: "metformin 500 MG Oral Tablet"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spacy.tokens import Span

from spacy_umlsbert.annotations.values import Value, value_of, values_of
from spacy_umlsbert.values.kinds import DOSE, FORM, ROUTE, STRENGTH

_UNITS = {
    "mg": ("MG", 1.0), "g": ("MG", 1000.0), "ug": ("MG", 0.001), "ng": ("MG", 0.000001),
    "meq": ("MEQ", 1.0), "mmol": ("MMOL", 1.0), "U": ("UNT", 1.0), "[IU]": ("UNT", 1.0),
    "10*6.U": ("UNT", 1e6), "mL": ("ML", 1.0), "%": ("%", 1.0),
}  # fmt: skip
_BELOW = {
    "mL": ("ML", 1.0), "L": ("ML", 0.001), "h": ("HR", 1.0), "{puff}": ("ACTUAT", 1.0),
    "{spray}": ("ACTUAT", 1.0), "{tbl}": ("", 1.0), "{cap}": ("", 1.0), "d": ("DAY", 1.0),
}  # fmt: skip
_NUMBERED = re.compile(r"\((\d+(?:\.\d+)?)\.(.+)\)")
_ORAL, _VEIN = "26643006", "47625008"
_BY_DOSE = {
    "{tbl}": "Oral Tablet", "{cap}": "Oral Capsule", "{puff}": "Metered Dose Inhaler",
    "{patch}": "Transdermal System", "{supp}": "Rectal Suppository", "{spray}": "Nasal Spray",
}  # fmt: skip
_FULL_FORMS = {
    "Tablet": "Oral Tablet", "Capsule": "Oral Capsule", "Cream": "Topical Cream",
    "Extended Release Tablet": "Extended Release Oral Tablet", "Ointment": "Topical Ointment",
    "Gel": "Topical Gel", "Lotion": "Topical Lotion", "Foam": "Topical Foam",
    "Powder": "Oral Powder", "Granules": "Granules", "Inhaler": "Metered Dose Inhaler",
    "Suppository": "Rectal Suppository", "Lozenge": "Oral Lozenge", "Injection": "Injection",
    "Spray": "Spray", "Mouthwash": "Mouthwash", "Chewable Tablet": "Chewable Tablet",
}  # fmt: skip
_DELAYED = frozenset(("ec", "dr", "delayed release", "enteric coated", "enteric-coated"))
_AND = re.compile(r"\s*(?:-(?!\d)|/|\band\b|\+|\bwith\b)\s*")


def clinical_drug(span: Span) -> str:
    """The first strength and form of a drug with its name; empty if it has no strength.

    Units are those of RxNorm: micrograms are written in MG, a strength in several milliliters per
    ML. Of several ingredients each has its strength: "hydrocodone 5 / acetaminophen 325 Oral
    Tablet", with the unit if one is written.
    """
    values = [value for one in values_of(span) if (value := value_of(one)) is not None]
    return drug_in_words(span.text, values)


def drug_in_words(name: str, values: Sequence[Value]) -> str:
    """The same of a name and its values."""
    strength = next((one for one in values if one.kind == STRENGTH), None)
    if strength is None:
        return ""
    parts = _AND.split(name)
    name_and_strength = f"{name} {_strength(strength.numbers[0], strength.unit)}".strip()
    if len(strength.numbers) > 1:
        if len(parts) == len(strength.numbers):
            named = zip(parts, strength.numbers, strict=True)
            name_and_strength = " / ".join(f"{p} {_strength(n, strength.unit)}" for p, n in named)
        else:
            both = " / ".join(_strength(number, strength.unit) for number in strength.numbers)
            name_and_strength = f"{name} {both}"
    return f"{name_and_strength} {_form(values)}".strip()


def _strength(number: float, unit: str) -> str:
    top, _, below = unit.partition("/")
    written, factor = _UNITS.get(top, (top.upper(), 1.0))
    if below:
        match = _NUMBERED.fullmatch(below)
        count, base = (float(match[1]), match[2]) if match else (1.0, below)
        divisor, times = _BELOW.get(base, (base.upper(), 1.0))
        factor *= times / count
        written = f"{written}/{divisor}" if divisor else written
    return f"{number * factor:.10g} {written}".strip()


def _form(values: Sequence[Value]) -> str:
    forms = [one for one in values if one.kind == FORM]
    routes = [one.code for one in values if one.kind == ROUTE]
    release = next((one for one in forms if one.code == "Release"), None)
    form = next((one.code for one in forms if one.code != "Release"), "")
    if form in ("Solution", "Suspension"):
        kind = "Injectable" if _VEIN in routes else "Oral" if _is_oral(routes) else ""
        full = f"{kind} {form}".strip()
    else:
        full = _FULL_FORMS.get(form, form)
    if not full:
        units = [one.unit for one in values if one.kind == DOSE]
        full = next((_BY_DOSE[unit] for unit in units if unit in _BY_DOSE), "")
    if release is not None and full in ("Oral Tablet", "Oral Capsule"):
        how = "Delayed" if release.text.lower() in _DELAYED else "Extended"
        if release.text.lower() not in ("ir", "immediate release", "immediate-release"):
            full = f"{how} Release {full}"
    return full


def _is_oral(routes: Sequence[str]) -> bool:
    return not routes or _ORAL in routes
