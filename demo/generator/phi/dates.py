"""The parts of a made-up date, by which the forms in `phi.yml` write it."""

from __future__ import annotations

import datetime as dt
import random

_EARLIEST, _LATEST = 1994, 2026


def visit(rng: random.Random) -> dt.date:
    """The day that a note is about."""
    first = dt.date(_EARLIEST, 1, 1).toordinal()
    return dt.date.fromordinal(rng.randint(first, dt.date(_LATEST, 1, 1).toordinal()))


def birthday(rng: random.Random, today: dt.date, age: int) -> dt.date:
    """A day on which somebody of this age was born."""
    return today - dt.timedelta(days=age * 365 + age // 4 + rng.randint(1, 360))


def around(rng: random.Random, today: dt.date) -> dt.date:
    """A day that a note may mention: mostly a near one."""
    reach = rng.choice([3, 10, 40, 200, 1000, 5000])
    return today + dt.timedelta(days=rng.randint(-reach, min(reach, 100)))


def fields(rng: random.Random, day: dt.date, *, suffix: str = "") -> dict[str, str]:
    """What forms call ``{d}``, ``{mm}`` and so on; with a suffix ``{d2}``, ``{mm2}`` …"""
    parts = {
        "d": str(day.day),
        "dd": f"{day.day:02}",
        "m": str(day.month),
        "mm": f"{day.month:02}",
        "yy": f"{day.year % 100:02}",
        "yyyy": str(day.year),
        "b": day.strftime("%b") if day.month != 9 or rng.random() < 0.6 else "Sept",
        "B": day.strftime("%b").upper(),
        "month": day.strftime("%B"),
        "dayname": day.strftime("%A"),
        "wd": rng.choice([day.strftime("%a"), day.strftime("%a") + "."]),
        "th": f"{day.day}{_ordinal(day.day)}",
        "decade": str(day.year // 10 * 10),
    }
    return {name + suffix: text for name, text in parts.items()}


def _ordinal(n: int) -> str:
    if 10 < n % 100 < 14:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
