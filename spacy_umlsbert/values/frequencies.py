"""How often: "BID", "q4-6h", "every other day", "1-0-1", "Mon/Wed/Fri", as FHIR's Timing says it.

A code of the table ``phrases.tsv`` is ``times/period unit@events``: ``2/1d`` is twice a day,
``1/1d@HS`` once a day at bedtime, ``1`` once, ``@C`` with meals without saying how often. Events
are those of HL7's TimingEvent (MORN, HS, AC …), besides AWAKE, which leaves the count open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from spacy_umlsbert.values.kinds import PerDay
from spacy_umlsbert.values.numbers import NUMBER_WORD, read_number

_DAYS_OF_UNIT = {"min": 1 / 1440, "h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.0, "a": 365.0}
_ABBREVIATIONS: dict[tuple[float, float, str, tuple[str, ...]], str] = {
    (2, 1, "d", ()): "BID", (3, 1, "d", ()): "TID", (4, 1, "d", ()): "QID", (1, 1, "d", ()): "QD",
    (1, 2, "d", ()): "QOD", (1, 1, "d", ("MORN",)): "AM", (1, 1, "d", ("EVE",)): "PM",
    (1, 1, "d", ("HS",)): "BED", (1, 1, "wk", ()): "WK", (1, 1, "mo", ()): "MO",
    (1, 4, "h", ()): "Q4H", (1, 6, "h", ()): "Q6H", (1, 8, "h", ()): "Q8H", (1, 1, "h", ()): "Q1H",
    (1, 2, "h", ()): "Q2H", (1, 3, "h", ()): "Q3H",
}  # fmt: skip
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AWAKE = "AWAKE"


class Frequency(NamedTuple):
    """How often.

    Attributes:
        times: How many times, a pair if it is a range; none if it is not said.
        period: In how many units of time, a pair if it is a range.
        unit: The unit of time in UCUM: min, h, d, wk, mo, a; empty for a fixed count.
        events: When in the day.
        days: On which days of the week.
        numbers: The numbers that are written: "q4-6h" has 4 and 6, "BID" has none.
        number_unit: Their unit: h of "q4h", /d of "3 times a day".
        most: Whether it is said to be the most: "up to 4 times a day", "x3".
    """

    times: tuple[float, ...] = ()
    period: tuple[float, ...] = ()
    unit: str = ""
    events: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()
    number_unit: str = ""
    most: int | None = None

    @property
    def per_day(self) -> PerDay:
        """How many times a day; None if it is not said, or the times are limited."""
        if self.days:
            return round(len(self.days) / 7, 3)
        if not self.times or not self.unit or AWAKE in self.events or self.most is not None:
            return None
        length = _DAYS_OF_UNIT[self.unit]
        rates = {n / (p * length) for n in self.times for p in self.period if p}
        if not rates:
            return None
        low, high = (_round(rate) for rate in (min(rates), max(rates)))
        return low if low == high else (low, high)

    @property
    def timing(self) -> dict[str, Any]:
        """As FHIR's Timing; empty if nothing can be said in it."""
        repeat: dict[str, Any] = {}
        if self.times and self.unit:
            repeat["frequency"] = _plain(self.times[0])
            if len(self.times) > 1:
                repeat["frequencyMax"] = _plain(self.times[1])
            repeat["period"] = _plain(self.period[0])
            if len(self.period) > 1:
                repeat["periodMax"] = _plain(self.period[1])
            repeat["periodUnit"] = self.unit
        elif self.times:
            repeat["count"] = _plain(self.times[0])
        if self.most is not None:
            repeat["count"] = self.most
        when = [event for event in self.events if event != AWAKE]
        if when:
            repeat["when"] = when
        if self.days:
            repeat["dayOfWeek"] = list(self.days)
        timing: dict[str, Any] = {"repeat": repeat} if repeat else {}
        code = self._abbreviation()
        if code:
            system = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
            timing["code"] = {"coding": [{"system": system, "code": code}]}
        return timing

    def _abbreviation(self) -> str:
        if len(self.times) != 1 or len(self.period) != 1 or self.most or self.days:
            return ""
        key = (self.times[0], self.period[0], self.unit, self.events)
        return _ABBREVIATIONS.get(key, "")


def _round(rate: float) -> float:
    return round(rate, 3)


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


_CODE = re.compile(r"(?:(\d+)(?:/(\d+)(min|h|d|wk|mo|a))?)?(?:@([A-Z,]+))?")


@cache
def read_code(code: str) -> Frequency:
    """A code of the table.

    Raises:
        ValueError: If it is none.
    """
    match = _CODE.fullmatch(code)
    if match is None:
        raise ValueError("no code of a frequency")
    times, period, unit, events = match.groups()
    return Frequency(
        (float(times),) if times else (),
        (float(period),) if period else (),
        unit or "",
        tuple(events.split(",")) if events else (),
    )


_TIME = (
    r"(?:minutes?|mins?|hours?|hrs?|h|days?|d|weeks?|wks?|wk|months?|mos?|years?|yrs?)(?![A-Za-z])"
)
_N = rf"(?:\d+(?:\.\d+)?|{NUMBER_WORD}(?![A-Za-z]))"
_RANGE = rf"{_N}(?:\s?(?:-|–|to|or)\s?{_N})?"
_DAY = (
    r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)s?"
)

PATTERN = rf"""
    q\.?[ ]?(?P<q>\d+(?:[ ]?(?:-|–|to)[ ]?\d+)?)(?:[ ]?(?P<q_unit>{_TIME}|°))?(?![\w/])
  | (?:every|each|q)[ ](?P<every>{_RANGE})[ -]?(?P<every_unit>{_TIME})
  | (?P<up_to>(?:up[ ]to|maximum[ ]of|max|at[ ]most)[ ])?
    (?:(?P<n>{_RANGE})(?:[ ]?\({NUMBER_WORD}\))?[ ]?(?:times|x|×|doses|applications
      |days?(?=[ ]?/|[ ](?:a|per|each|every)[ ]))
      |(?P<twice>once|twice|thrice)
      |[x×](?P<xn>\d)(?![ ]{{0,2}}(?:days?|weeks?|wks?|months?|mos?|hours?|hrs?|years?
      |d|nights?)\b))
    (?:[ ]?/[ ]?|[ ]+(?:per|a|an|each|every|in[ ]a|in|in[ ]each|/)[ ]+|[ ]+)
    (?P<n_unit>day|daily|d|night|week|weekly|wk|month|monthly|mo|hour|hr|year
      |(?P<hours>24)[ ]?h(?:ours|rs)?)(?![A-Za-z])
  | (?P<at>[0-3]\s?-\s?[0-3]\s?-\s?[0-3](?:\s?-\s?[0-3])?)(?![\w/-])
  | (?:on[ ]|every[ ])?(?P<days>{_DAY}(?:(?:,?\s?(?:/|,|&|and|-)\s?|[ ]){_DAY})+)(?![A-Za-z])
  | (?:on|every|each)[ ](?P<one_day>{_DAY})(?![A-Za-z])
  | (?P<letters>\b(?:mwf|m/w/f|tts|t/th/s|tthsa|m-w-f)\b)
  | (?P<per>(?:per|a|/)[ ]?(?:day|24[ ]?h(?:ours|rs)?))(?![A-Za-z])
  | (?:[x×][ ]?(?P<count>\d{{1,2}})|for[ ](?P<for>\d{{1,2}}|one|two|three)(?=[ ](?:doses?|times?)))
    (?P<doses>[ ](?:doses?|times?))?(?:[ ](?:now|stat|today|only))?(?![\w/.%-]|[ ]?(?:{_TIME}|-))
  | (?P<hourly>{_RANGE})(?:[ -]?(?P<hly>hourly|hrly|hly)
    |(?:-|(?<=[a-z])[ ])(?P<wly>weekly|monthly|yearly))(?![A-Za-z])
  | (?:(?<=im[ ])|(?<=s/c[ ])|(?<=sc[ ])|(?<=iv[ ])|(?<=mg[ ]))(?P<every_few>\d{{1,2}})[ ]
    (?P<few_unit>weekly|monthly)\b
  | (?P<intervals>\d{{1,2}}-(?P<iv_unit>day|week|month|hour|year)[ ]intervals)
"""
"""Frequencies with numbers and days; it is read with the flags X and I."""

_UNITS = (
    ("min", "min"), ("h", "h"), ("d", "d"), ("w", "wk"), ("mo", "mo"), ("y", "a"), ("n", "d"),
)  # fmt: skip


def _unit_of(word: str) -> str:
    """The unit of UCUM of a word for a time."""
    word = word.lower()
    return next(code for start, code in _UNITS if word.startswith(start))


def _numbers(written: str) -> tuple[float, ...]:
    parts = re.split(r"\s?(?:-|–|\bto\b|\bor\b)\s?", written)
    found = tuple(number.value for part in parts if (number := read_number(part)))
    return found[:1] if len(found) > 1 and found[0] == found[1] else found


Parts = dict[str, str | None]


def read_match(match: re.Match[str]) -> Frequency | None:
    """What a match of `PATTERN` says; None if it is no frequency after all."""
    parts = match.groupdict()
    reader = next((read for name, read in _READERS.items() if parts[name]), _counted)
    return reader(parts)


def _every(parts: Parts) -> Frequency:
    """ "q4-6h", "every other day"."""
    numbers = _numbers(parts["q"] or parts["every"] or "")
    word = parts["q_unit"] or parts["every_unit"] or "h"
    unit = "h" if word == "°" else _unit_of(word)
    return Frequency((1.0,), numbers, unit, numbers=numbers, number_unit=unit)


def _at_times(parts: Parts) -> Frequency | None:
    """ "1-0-1": so many in the morning, at noon, in the evening."""
    counts = re.findall(r"\d", parts["at"] or "")
    count = sum(map(int, counts))
    events = zip(("MORN", "NOON", "EVE", "HS"), counts, strict=False)
    when = tuple(event for event, number in events if number != "0")
    return Frequency((float(count),), (1.0,), "d", when) if count else None


def _on_days(parts: Parts) -> Frequency:
    letters = re.sub(r"[^a-z]", "", (parts["letters"] or "").lower())
    if letters:
        return Frequency(days=("mon", "wed", "fri") if letters == "mwf" else ("tue", "thu", "sat"))
    return Frequency(days=_days(parts["days"] or parts["one_day"] or ""))


def _a_day(parts: Parts) -> Frequency:
    return Frequency((1.0,), (1.0,), "d")


def _at_intervals(parts: Parts) -> Frequency:
    number = float(re.findall(r"\d+", parts["intervals"] or "")[0])
    unit = _unit_of(parts["iv_unit"] or "")
    return Frequency((1.0,), (number,), unit, numbers=(number,), number_unit=unit)


def _counted(parts: Parts) -> Frequency | None:
    """ "x3", "for 3 doses"."""
    if parts["for"] and not parts["doses"]:
        return None
    count = read_number(parts["count"] or parts["for"] or "")
    return None if count is None else Frequency((count.value,))


def _times_in(parts: Parts) -> Frequency:
    """ "3 times a day", "twice a week", "up to 4 times daily"."""
    word = (parts["twice"] or "").lower()
    period, unit = (24.0, "h") if parts["hours"] else (1.0, _unit_of(parts["n_unit"] or ""))
    if word:
        return Frequency(({"once": 1.0, "twice": 2.0, "thrice": 3.0}[word],), (period,), unit)
    numbers = _numbers(parts["n"] or parts["xn"] or "")
    return Frequency(numbers, (period,), unit, numbers=numbers, number_unit=f"/{unit}")


def _days(written: str) -> tuple[str, ...]:
    found = re.findall(_DAY, written.lower())
    return tuple(dict.fromkeys(day[:3] for day in found if day[:3] in _WEEK))


def _hourly(parts: Parts) -> Frequency:
    """ "4-6 hourly", "three monthly"."""
    numbers = _numbers(parts["hourly"] or parts["every_few"] or "")
    unit = _unit_of(parts["hly"] or parts["wly"] or parts["few_unit"] or "")
    return Frequency((1.0,), numbers, unit, numbers=numbers, number_unit=unit)


_READERS: dict[str, Callable[[Parts], Frequency | None]] = {
    "q": _every,
    "every": _every,
    "n_unit": _times_in,
    "at": _at_times,
    "days": _on_days,
    "one_day": _on_days,
    "letters": _on_days,
    "per": _a_day,
    "hourly": _hourly,
    "every_few": _hourly,
    "intervals": _at_intervals,
}


def joined(frequencies: Sequence[Frequency]) -> Frequency:
    """Frequencies that stand side by side, as one: "BID with meals", "q5min x3"."""
    first = frequencies[0]
    for other in frequencies[1:]:
        first = _both(first, other)
    return first


def _both(one: Frequency, other: Frequency) -> Frequency:
    events = tuple(dict.fromkeys((*one.events, *other.events)))
    if other.times and not other.unit and not other.days:  # "x3"
        return one._replace(events=events, most=int(other.times[0]))
    if one.times and not one.unit and not one.days and other.unit:
        return other._replace(events=events, most=int(one.times[0]))
    if not other.times:
        return one._replace(events=events, days=one.days or other.days)
    if not one.times:
        return other._replace(events=events, days=other.days or one.days)
    parts = (one, other)
    if all(part.events and part.unit == "d" and part.times == (1.0,) for part in parts):
        return one._replace(times=(2.0,), events=events)  # in the morning and at bedtime
    # One says how often, the other when: "twice daily with meals".
    main = one if not one.events or other.events else other
    return main._replace(events=events)
