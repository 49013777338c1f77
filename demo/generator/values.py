"""Slots that are computed: pronouns, ages, numbers, doses, vital signs, results.

Those that stand for protected health information are in `phi`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from demo.generator.case import Case
from demo.generator.numbers import spelled

Value = Callable[[random.Random, Case, tuple[str, ...]], str]


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
    "clock": clock,
    "bp": blood_pressure,
    "temp": temperature,
    "dose": dose,
    "labvalue": lab_value,
}
"""Computed slots by name."""


def value_of(name: str, rng: random.Random, case: Case, args: tuple[Any, ...]) -> str:
    """The text of a computed slot."""
    return VALUES[name](rng, case, tuple(args))
