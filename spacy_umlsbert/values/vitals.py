"""Vital signs: which units they have, and which numbers they may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from spacy_umlsbert.values.amounts import HEIGHT as FEET_AND_INCHES
from spacy_umlsbert.values.amounts import PLAIN, PRESSURE, RANGE, SLASHES, Amount
from spacy_umlsbert.values.kinds import (
    BLOOD_PRESSURE,
    BMI,
    HEART_RATE,
    HEIGHT,
    OXYGEN_SATURATION,
    PAIN_SCORE,
    RESPIRATORY_RATE,
    TEMPERATURE,
    VALUE,
    WEIGHT,
    Value,
)


class Sign(NamedTuple):
    """What is known of a vital sign.

    Attributes:
        unit: The unit that it has where none is written; empty if that cannot be known.
        whats: What its units may count.
        low: The lowest number that it may be.
        high: The highest.
    """

    unit: str
    whats: tuple[str, ...]
    low: float
    high: float


SIGNS: Mapping[str, Sign] = {
    BLOOD_PRESSURE: Sign("mm[Hg]", ("pressure",), 20, 320),
    TEMPERATURE: Sign("", ("temperature", "angle"), 25, 115),
    HEART_RATE: Sign("/min", ("rate", "frequency"), 15, 400),
    RESPIRATORY_RATE: Sign("/min", ("rate",), 3, 120),
    OXYGEN_SATURATION: Sign("%", ("share",), 20, 100),
    WEIGHT: Sign("", ("mass",), 0.2, 1500),
    HEIGHT: Sign("", ("length",), 0.3, 300),
    BMI: Sign("kg/m2", ("mass in area",), 8, 150),
    PAIN_SCORE: Sign("", ("score",), 0, 100),
}
_CELSIUS, _FAHRENHEIT = (25.0, 45.0), (85.0, 115.0)
_COMMON_LENGTHS = ("cm", "m", "[in_i]", "[ft_i]")
_HIGHEST_GRAMS = 12_000
_LOWEST_SYSTOLE, _HIGHEST_DIASTOLE = 50, 200


def looks_like_pressure(amount: Amount) -> bool:
    """Whether two numbers with a stroke may be a blood pressure."""
    if amount.shape != PRESSURE:
        return False
    high, low = amount.numbers[0], amount.numbers[-1]
    return high > low and _LOWEST_SYSTOLE <= high <= 320 and 20 <= low <= _HIGHEST_DIASTOLE


def vital_value(kind: str, text: str, amount: Amount) -> Value | None:
    """The value of a vital sign; None if the amount can be none of it."""
    sign = SIGNS[kind]
    numbers, unit = amount.numbers, amount.code
    if kind == PAIN_SCORE and amount.shape == SLASHES:
        numbers = numbers[:1]
    if not _may_be(kind, sign, amount, numbers):
        return None
    worked_out: tuple[str, ...] = ()
    if kind == TEMPERATURE:
        guess = _scale(numbers)
        if unit not in ("Cel", "[degF]"):
            unit, worked_out = guess, ("unit",)
    elif not unit and sign.unit:
        unit, worked_out = sign.unit, ("unit",)
    return Value(
        kind,
        text[amount.start : amount.end],
        numbers,
        unit,
        amount.comparator,
        written=amount.written,
        worked_out=worked_out,
        doubts=amount.doubts,
    )


def _may_be(kind: str, sign: Sign, amount: Amount, numbers: tuple[float, ...]) -> bool:
    """Whether an amount may be a vital sign: by its unit, how it is written, and its numbers."""
    allowed = (PLAIN, RANGE, PRESSURE if kind == BLOOD_PRESSURE else PLAIN)
    feet = amount.shape == FEET_AND_INCHES
    return not (
        (amount.unit is not None and amount.unit.what not in sign.whats)
        or (kind == BLOOD_PRESSURE and amount.shape == PRESSURE and not looks_like_pressure(amount))
        or (amount.shape not in allowed and kind not in (PAIN_SCORE, HEIGHT))
        or not all(sign.low <= number <= _highest(sign, amount) for number in numbers)
        or (kind == TEMPERATURE and not _scale(numbers))
        or (kind == HEIGHT and not feet and amount.code not in ("", *_COMMON_LENGTHS))
    )


def _highest(sign: Sign, amount: Amount) -> float:
    """The highest number of a sign; a newborn's weight in grams is a larger number."""
    return _HIGHEST_GRAMS if amount.code == "g" else sign.high


def _scale(numbers: tuple[float, ...]) -> str:
    for unit, (low, high) in (("Cel", _CELSIUS), ("[degF]", _FAHRENHEIT)):
        if all(low <= number <= high for number in numbers):
            return unit
    return ""


def by_unit_alone(text: str, amount: Amount) -> Value | None:
    """The value of an amount that is a vital sign by its unit alone."""
    what = "" if amount.unit is None else amount.unit.what
    kinds = {
        TEMPERATURE: what == "temperature",
        BLOOD_PRESSURE: what == "pressure" and looks_like_pressure(amount),
        WEIGHT: amount.code in ("kg", "[lb_av]") and amount.shape in (PLAIN, RANGE),
        HEIGHT: amount.shape == FEET_AND_INCHES,
        BMI: amount.code == "kg/m2",
        HEART_RATE: text[amount.number_end : amount.end]
        .lower()
        .strip()
        .startswith(("bpm", "beat")),
        RESPIRATORY_RATE: text[amount.number_end : amount.end].lower().strip().startswith("breath"),
    }
    kind = next((kind for kind, is_so in kinds.items() if is_so), None)
    return None if kind is None else vital_value(kind, text, amount)


def plain_value(text: str, amount: Amount, kind: str = VALUE) -> Value:
    """The value of an amount as it stands."""
    return Value(
        kind,
        text[amount.start : amount.end],
        amount.numbers,
        amount.code,
        amount.comparator,
        written=amount.written,
        doubts=amount.doubts,
    )
