"""Kinds of values, and what is known of one."""

from __future__ import annotations

from typing import NamedTuple

from spacy_umlsbert.annotations.values import PerDay, Value
from spacy_umlsbert.guard import hide_in_repr

STRENGTH, DOSE, FORM, ROUTE = "strength", "dose", "form", "route"
FREQUENCY, DURATION, AS_NEEDED, INDICATION = "frequency", "duration", "as_needed", "indication"
VALUE, FLAG, REFERENCE_RANGE = "value", "flag", "reference_range"
BLOOD_PRESSURE, TEMPERATURE, HEART_RATE = "blood_pressure", "temperature", "heart_rate"
RESPIRATORY_RATE, OXYGEN_SATURATION = "respiratory_rate", "oxygen_saturation"
WEIGHT, HEIGHT, BMI, PAIN_SCORE, AGE = "weight", "height", "bmi", "pain_score", "age"

ADVERSE_EVENT = "adverse_event"
"""A kind of corpora alone: what a drug did. It is an entity as well."""

OF_DRUGS = (STRENGTH, DOSE, FORM, ROUTE, FREQUENCY, DURATION, AS_NEEDED, INDICATION)
"""Kinds of what is said of a drug; durations and frequencies are said of problems too."""

OF_TESTS = (VALUE, FLAG, REFERENCE_RANGE)
VITALS = (
    BLOOD_PRESSURE, TEMPERATURE, HEART_RATE, RESPIRATORY_RATE, OXYGEN_SATURATION,
    WEIGHT, HEIGHT, BMI, PAIN_SCORE,
)  # fmt: skip
KINDS = (*OF_DRUGS, *OF_TESTS, *VITALS, AGE)

DRUG, TEST, PROBLEM, OTHER = "drug", "test", "problem", "other"
"""What a mention may be, as far as values are concerned."""

__all__ = ["PerDay", "Value"]


@hide_in_repr("text")
class Mention(NamedTuple):
    """Something that values may belong to.

    Attributes:
        start: Its first character.
        end: The character after its last.
        role: `DRUG`, `TEST`, `PROBLEM` or `OTHER`.
        text: As it is written.
    """

    start: int
    end: int
    role: str
    text: str


class Found(NamedTuple):
    """A value in a text.

    Attributes:
        start: Its first character.
        end: The character after its last.
        value: What is known of it.
        of: The number of the mention that it belongs to; None if it belongs to none. A value of
            several mentions is found once for each.
    """

    start: int
    end: int
    value: Value
    of: int | None = None
