"""Kinds of values, and what is known of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from spacy_umlsbert.guard import hide_in_repr

STRENGTH, DOSE, FORM, ROUTE = "strength", "dose", "form", "route"
FREQUENCY, DURATION, AS_NEEDED, INDICATION = "frequency", "duration", "as_needed", "indication"
VALUE, FLAG, REFERENCE_RANGE = "value", "flag", "reference_range"
BLOOD_PRESSURE, TEMPERATURE, HEART_RATE = "blood_pressure", "temperature", "heart_rate"
RESPIRATORY_RATE, OXYGEN_SATURATION = "respiratory_rate", "oxygen_saturation"
WEIGHT, HEIGHT, BMI, PAIN_SCORE, AGE = "weight", "height", "bmi", "pain_score", "age"

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

PerDay = float | tuple[float, float] | None


@hide_in_repr("text", "written")
class Value(NamedTuple):
    """What is known of a value.

    Attributes:
        kind: One of `KINDS`.
        text: As it is written.
        numbers: The numbers: one, two of a range or a blood pressure, none of words.
        unit: The UCUM code of the unit; as written if nobody knows it; empty if there is none.
        comparator: ``<``, ``<=``, ``>``, ``>=``, ``~`` or empty.
        per_day: Of a frequency how many times a day, a pair if it is a range.
        code: Of a route the code of SNOMED CT.
        timing: Of a frequency the ``Timing`` of FHIR.
        flag: Of a result: ``L``, ``H``, ``LL``, ``HH``, ``A`` (abnormal), ``N`` or empty.
        name: What is measured, where only the place in a figure or table says it.
        instruction: Of a drug with several instructions, such as a taper, which one, from 0.
        written: The numbers as they are written ("4.10").
        worked_out: Names of attributes that are not written but follow from the rest: the unit of
            a pulse, the flag of a result out of its range.
        doubts: What may be otherwise, such as ``decimal comma``.
    """

    kind: str
    text: str
    numbers: tuple[float, ...] = ()
    unit: str = ""
    comparator: str = ""
    per_day: PerDay = None
    code: str = ""
    timing: Mapping[str, Any] = {}
    flag: str = ""
    name: str = ""
    instruction: int = 0
    written: tuple[str, ...] = ()
    worked_out: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


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
