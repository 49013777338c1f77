"""Numbers whose place or form says what they are: fishbones, lines of vital signs, ages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spacy_umlsbert.values.amounts import PLAIN, Age, Amount, Figure
from spacy_umlsbert.values.numbers import DIGITS, read_number

_CBC_NAMES = ("WBC", "Hgb", "Hct", "Plt")
_BMP_NAMES = ("Na", "Cl", "BUN", "glucose", "K", "CO2", "Cr")
_BMP_GLUCOSE_LAST = ("Na", "Cl", "BUN", "K", "CO2", "Cr", "glucose")
_GAS = re.compile(r"\b(?:[av]bg|gas(?:es)?)\b", re.IGNORECASE)
_GAS_NAMES = ("pH", "pCO2", "pO2", "HCO3")
_LOWEST_PH, _HIGHEST_PH = 6.5, 7.9
_GLUCOSE_LAST = re.compile(r"[\\>]\s?\d[\d.]*\Z")
_DIGITS = re.compile(DIGITS)


def fishbone(match: re.Match[str]) -> Figure:
    """The numbers of a fishbone, with the names of their places."""
    names = _CBC_NAMES if match["cbc"] else _BMP_NAMES
    places = [one.span() for one in _DIGITS.finditer(match[0])]
    if names is _BMP_NAMES and _GLUCOSE_LAST.search(match[0]):
        names = _BMP_GLUCOSE_LAST
    start = match.start()
    parts = tuple((name, start + a, start + b) for name, (a, b) in zip(names, places, strict=False))
    return Figure(*match.span(), parts)


def series_names(name: str, numbers: Sequence[float]) -> tuple[str, ...]:
    """What each number behind a name is, if its place says so; empty ones if not.

    Args:
        name: What is in front of the numbers ("ABG").
        numbers: The numbers, in order.
    """
    known = _GAS_NAMES if _GAS.search(name) and _LOWEST_PH < numbers[0] < _HIGHEST_PH else ()
    return (*known, *[""] * len(numbers))[: len(numbers)]


def line_of_vitals(match: re.Match[str]) -> Figure:
    """Vital signs without names, in their usual order."""
    names = {
        "vt": "temperature", "vp": "heart_rate", "vb": "blood_pressure",
        "vr": "respiratory_rate", "vs": "oxygen_saturation",
    }  # fmt: skip
    groups = ((one, names[one[:2]]) for one in match.groupdict() if one[:2] in names)
    parts = ((name, *match.span(group)) for group, name in groups if match[group])
    return Figure(*match.span(), tuple(sorted(parts, key=lambda part: part[1])))


_AGE_UNITS = (("y", "a"), ("mo", "mo"), ("m", "mo"), ("w", "wk"), ("d", "d"))


def age_of(match: re.Match[str]) -> Age | None:
    """An age; None of a number that can be none."""
    start, end = match.span()
    written = match["age"] or match["aged"] or match["age_sex"]
    parts = [read_number(part) for part in written.split("-")]
    word = (match["age_unit"] or match["aged_unit"] or "y").lower()
    unit = next(code for begin, code in _AGE_UNITS if word.startswith(begin))
    number = sum(part.value for part in parts if part is not None)
    if match["age_sex"]:
        end = match.end("age_sex")
    return Age(start, end, number, written, unit) if 0 <= number <= 130 else None


_PERSON = re.compile(
    r"(?:\b(?:Mrs?|Ms|Miss|Mx|Master|Dr)\b\.?(?:[ ][A-Z][\w'’-]*\.?){1,3}"
    r"|\b(?i:patient|pt|male|female|man|woman|lady|gentleman)|(?<![\w-])[MF]),?[ ]\(?\Z"
)
_PERSON_ENDS = re.compile(r"[ ]?(?:[,;)\n]|\.(?!\d)|\Z)")


def age_of_person(text: str, amount: Amount, before: str) -> Age | None:
    """The age behind a person, who may have a name: "Mrs K, 79 yrs, fall"; None if it is none."""
    years = amount.shape == PLAIN and amount.code == "a" and not amount.comparator
    if not years or not _PERSON.search(before) or not _PERSON_ENDS.match(text, amount.end):
        return None
    return Age(amount.start, amount.end, amount.numbers[0], amount.written[0], "a")
