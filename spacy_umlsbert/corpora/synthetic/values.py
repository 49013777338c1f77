"""Slots that are computed: pronouns, ages, dates, numbers, doses, vital signs, results.

`PHI_SLOTS` names those that stand for protected health information. They are plain text here; a
de-identification corpus can put its own fillers and labels in their place.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from .case import Case

Value = Callable[[random.Random, Case, tuple[str, ...]], str]

_SURNAMES = (
    "Alvarez Baker Chen Cooper Diaz Dunn Evans Fischer Garcia Grant Hill Hughes Iyer Jones Kim "
    "Klein Lopez Marsh Moore Nguyen Novak Olson Patel Park Price Quinn Reyes Russo Shah Silva "
    "Stone Tran Walsh Ward Weber Young A B C K X Y Z ABC XYZ"
).split()
_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_WORDS_UNDER_20 = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def spelled(n: int) -> str:
    """0 to 99 in words."""
    if n < 20:
        return _WORDS_UNDER_20[n]
    tens, ones = _TENS[n // 10 - 2], n % 10
    return f"{tens}-{_WORDS_UNDER_20[ones]}" if ones else tens


def number(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """`{num:2-10}` a whole number; `{num:0.5-2.0}` with as many decimals as the bounds have."""
    low, high = args[0].split("-")
    decimals = len(low.partition(".")[2])
    return f"{rng.uniform(float(low), float(high)):.{decimals}f}"


def count(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """`{count:2-6}`: a small number, in words or figures."""
    low, high = args[0].split("-")
    n = rng.randint(int(low), int(high))
    return spelled(n) if rng.random() < 0.5 else str(n)


def age(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """The age as an attribute: 67-year-old, 67 y/o, 67yo …"""
    n = case.age
    forms = [f"{n}-year-old"] * 6 + [f"{n} year old", f"{n} y/o", f"{n}yo", f"{n} yo", f"{n} y.o."]
    if n > 12:
        forms.append(f"{spelled(n)}-year-old")
    return rng.choice(forms)


def date(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """A date in one of many forms."""
    month, day, year = rng.randint(1, 12), rng.randint(1, 28), rng.randint(1996, 2024)
    return rng.choice(
        [
            f"{month}/{day}/{year}",
            f"{month:02}/{day:02}/{year}",
            f"{month}/{day}/{year % 100:02}",
            f"{_MONTHS[month - 1]} {day}, {year}",
            f"{_MONTHS[month - 1]} {year}",
            f"{month:02}/{year}",
            f"{month}/{day}",
            f"{year}-{month:02}-{day:02}",
        ]
    )


def doctor(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """Dr. and a surname or a letter."""
    return f"Dr. {rng.choice(_SURNAMES)}"


def patient_name(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """Mr. or Ms. and a surname."""
    title = "Mr." if case.sex == "M" else rng.choice(["Ms.", "Mrs."])
    return f"{title} {rng.choice(_SURNAMES)}"


def hospital(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """A made-up hospital."""
    first = rng.choice("Mercy Riverside Lakeview Northgate Valley County Highland ABCD".split())
    return f"{first} {rng.choice(['Hospital', 'Medical Center', 'Clinic', 'General'])}"


def year(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """A year."""
    return str(rng.randint(1978, 2023))


def clock(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """A time of day."""
    hour, minute = rng.randint(0, 23), rng.choice([0, 5, 15, 20, 30, 45, 50])
    half = "a.m." if hour < 12 else "p.m."
    twelve = hour % 12 or 12
    return rng.choice(
        [f"{hour:02}:{minute:02}", f"{hour:02}{minute:02}", f"{twelve}:{minute:02} {half}"]
    )


def blood_pressure(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """Systolic/diastolic, mmHg."""
    return f"{rng.randint(92, 188)}/{rng.randint(50, 104)}"


def temperature(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """°F, seldom °C."""
    fahrenheit = rng.uniform(96.8, 102.9)
    if rng.random() < 0.12:
        return f"{(fahrenheit - 32) / 1.8:.1f} C"
    return f"{fahrenheit:.1f}{rng.choice(['', '', ' F', ' degrees', ' degrees Fahrenheit'])}"


def dose(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """A drug's strength."""
    amount = rng.choice(
        [1, 2, 2.5, 5, 5, 10, 10, 12.5, 15, 20, 20, 25, 30, 40, 50, 75, 80, 81, 100]
    )
    if rng.random() < 0.3:
        amount = rng.choice([125, 150, 200, 250, 300, 325, 400, 500, 600, 750, 800, 875, 1000])
    unit = rng.choice([" mg"] * 9 + ["mg", "mg", " milligrams", " mcg", " units", " mL"])
    return f"{amount:g}{unit}"


def lab_value(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """A laboratory value of unspecified quantity."""
    n = rng.choice(
        [
            f"{rng.uniform(0.3, 9.9):.1f}",
            f"{rng.uniform(3, 19):.1f}",
            str(rng.randint(2, 48)),
            str(rng.randint(60, 420)),
            f"{rng.uniform(0.1, 2.4):.2f}",
            f"{rng.randint(10, 390)},000",
        ]
    )
    flag = rng.choice(
        ["", "", "", "", "", "", " (H)", " (L)", " H", "%", " mg/dL", " mmol/L", " U/L"]
    )
    return n + flag


_BY_SEX = {
    "he": ("he", "she"),
    "him": ("him", "her"),
    "his": ("his", "her"),
    "himself": ("himself", "herself"),
    "mr": ("Mr.", "Ms."),
    "sexletter": ("M", "F"),
}
_PERSON = {
    ("M", True): ("boy", "male", "child", "male infant"),
    ("F", True): ("girl", "female", "child", "female infant"),
    ("M", False): ("man", "male", "gentleman", "male", "man"),
    ("F", False): ("woman", "female", "lady", "female", "woman"),
}


def _by_sex(word: str) -> Value:
    male, female = _BY_SEX[word]

    def choose(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
        return male if case.sex == "M" else female

    return choose


def person(rng: random.Random, case: Case, args: tuple[str, ...]) -> str:
    """man, woman, girl …"""
    words = _PERSON[case.sex, case.is_child]
    return rng.choice(words[: 4 if case.age < 2 else 3] if case.is_child else words)


VALUES: Mapping[str, Value] = {
    **{word: _by_sex(word) for word in _BY_SEX},
    "num": number,
    "count": count,
    "age": age,
    "person": person,
    "date": date,
    "year": year,
    "clock": clock,
    "doctor": doctor,
    "name": patient_name,
    "hospital": hospital,
    "bp": blood_pressure,
    "temp": temperature,
    "dose": dose,
    "labvalue": lab_value,
}
"""Computed slots by name."""

PHI_SLOTS = frozenset({"age", "date", "doctor", "name", "hospital"})
"""Computed slots whose text is protected health information in a real note."""


def value_of(name: str, rng: random.Random, case: Case, args: tuple[Any, ...]) -> str:
    """The text of a computed slot."""
    return VALUES[name](rng, case, tuple(args))
