"""Dates of a patient moved by one offset: weekdays and intervals stay, and so does the format.

The forms are those that `deid.rules.dates` finds: a new one has to be added to both.
"""

import re
from calendar import isleap
from collections.abc import Iterable
from datetime import date, timedelta

from spacy_umlsbert.deid.rules.dates import MONTHS
from spacy_umlsbert.deid.surrogates.keyed_choice import Keyed

LEAST_WEEKS, MOST_WEEKS = 8, 156

_NUMBERS = re.compile(r"^(\d{1,4})([/.\-])(\d{1,2})(?:\2(\d{2,4}))?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_TOKEN = re.compile(r"[^\W\d_]+|\d+|\W+|_")
_PIVOT = 40  # two-digit years up to it are of this century


def offset(keyed: Keyed) -> timedelta:
    """Whole weeks, back or forth: 8 to 156."""
    weeks = LEAST_WEEKS + keyed.number("weeks") % (MOST_WEEKS - LEAST_WEEKS + 1)
    return timedelta(weeks=weeks if keyed.number("direction") % 2 else -weeks)


def is_day_first(dates: Iterable[str]) -> bool:
    """Whether some of the dates of a note show that the day comes first, and none the month."""
    found = [match for match in map(_NUMBERS.match, dates) if match and len(match[1]) < 3]
    shown = [int(match[1]) > 12 for match in found if max(int(match[1]), int(match[3])) > 12]
    return any(shown) and all(shown)


def shift(text: str, by: timedelta, year: int, *, day_first: bool = False) -> str | None:
    """A date in the same format, moved.

    Args:
        text: What was found as a date.
        by: By how much; whole weeks keep the weekday.
        year: The year of a date that states none.
        day_first: How to read what may be a month and a day, or a day and a month.

    Returns:
        The moved date. A date without a day is moved as its middle (the 15th, the 1st of July)
        and one without a year as if it was of ``year``; a weekday, or a holiday, which stays the
        same. None if the text is no date in a known format.
    """
    match = _NUMBERS.match(text) or _COMPACT.match(text)
    if match is not None:
        return _shift_numbers(match, by, year, day_first)
    return _shift_words(text, by, year)


def _shift_numbers(match: re.Match[str], by: timedelta, year: int, day_first: bool) -> str | None:
    if match.re is _COMPACT:
        moved = _move(int(match[1]), int(match[2]), int(match[3]), by)
        return None if moved is None else moved.strftime("%Y%m%d")
    first, separator, second, third = match.groups()
    if len(first) == 4:
        if third is None:
            return None
        moved = _move(int(first), int(second), int(third), by)
        return (
            None
            if moved is None
            else separator.join(
                [f"{moved.year:04}", *_as_padded((moved.month, moved.day), (second, third))]
            )
        )
    if third is None and len(second) == 2 and int(first) <= 12 and int(second) > 31:
        return None
    is_reversed = int(first) > 12 or (day_first and int(second) <= 12)
    month, day = (second, first) if is_reversed else (first, second)
    of_year = _with_day(year, int(month), int(day)) if third is None else _full_year(third)
    moved = _move(of_year, int(month), int(day), by)
    if moved is None:
        return None
    parts = _as_padded((moved.month, moved.day), (month, day))
    if is_reversed:
        parts.reverse()
    if third is not None:
        parts.append(f"{moved.year:04}"[-len(third) :])
    return separator.join(parts)


def _shift_words(text: str, by: timedelta, year: int) -> str | None:
    """ "March 3rd, 2009", "3 Mar '09", "March 2009", "03/2009", "2009", "the 1990s", "Monday"."""
    tokens = _TOKEN.findall(text)
    numbers = [i for i, token in enumerate(tokens) if token.isdecimal()]
    years = [i for i in numbers if _is_year(tokens, i)]
    others = [i for i in numbers if i not in years]
    named = [i for i, token in enumerate(tokens) if token.lower() in MONTHS]
    if named:
        moved = _move_named_month(tokens, named[0], others, years, by, year)
    elif len(others) == len(years) == 1 and others < years and int(tokens[others[0]]) <= 12:
        moved = _move_numbered_month(tokens, others[0], years[0], by)
    elif len(years) == 1 and not others:
        moved = _move_year(tokens, years[0], by)
    else:
        return None if numbers else text
    return "".join(tokens) if moved else None


def _move_named_month(
    tokens: list[str], month: int, days: list[int], years: list[int], by: timedelta, year: int
) -> bool:
    """Move "March 3-5, 2009", in place: all its days, and its month and year with the first."""
    number = MONTHS[tokens[month].lower()]
    last = max((int(tokens[i]) for i in days), default=1)
    of_year = _full_year(tokens[years[-1]]) if years else _with_day(year, number, last)
    moved = [_move(of_year, number, int(tokens[i]), by) for i in days]
    first = moved[0] if moved else _move(of_year, number, 15, by)
    if first is None or None in moved:
        return False
    for i, day in zip(days, moved, strict=True):
        assert day is not None
        tokens[i] = _like(day.day, tokens[i])
        if i + 1 < len(tokens) and tokens[i + 1].lower() in ("st", "nd", "rd", "th"):
            tokens[i + 1] = _ordinal_ending(day.day)
    tokens[month] = _month_like(first.month, tokens[month])
    for i in years:
        tokens[i] = f"{first.year:04}"[-len(tokens[i]) :]
    return True


def _move_numbered_month(tokens: list[str], month: int, year: int, by: timedelta) -> bool:
    """Move "03/2009", in place."""
    moved = _move(_full_year(tokens[year]), int(tokens[month]), 15, by)
    if moved is not None:
        tokens[month] = _like(moved.month, tokens[month])
        tokens[year] = f"{moved.year:04}"[-len(tokens[year]) :]
    return moved is not None


def _move_year(tokens: list[str], year: int, by: timedelta) -> bool:
    """Move "2009" or "1990s", in place."""
    moved = _move(_full_year(tokens[year]), 7, 1, by)
    if moved is not None:
        decade = "".join(tokens[year + 1 :]).strip("'’").lower() == "s"
        value = moved.year // 10 * 10 if decade else moved.year
        tokens[year] = f"{value:04}"[-len(tokens[year]) :]
    return moved is not None


def _is_year(tokens: list[str], i: int) -> bool:
    """Four digits, two after an apostrophe, or two at the end after a day and a month."""
    if len(tokens[i]) == 4:
        return True
    if len(tokens[i]) != 2 or not i:
        return False
    if tokens[i - 1].endswith(("'", "’")):
        return True
    after_month = i > 2 and tokens[i - 2].lower() in MONTHS
    return after_month and i == len(tokens) - 1 and any(map(str.isdigit, tokens[: i - 2]))


def _move(year: int, month: int, day: int, by: timedelta) -> date | None:
    try:
        return date(year, month, day) + by
    except (ValueError, OverflowError):
        return None


def _with_day(year: int, month: int, day: int) -> int:
    """The year, or for the 29th of February the next one that has it."""
    return year if (month, day) != (2, 29) or isleap(year) else (year // 4 + 1) * 4


def _full_year(text: str) -> int:
    if len(text) > 2:
        return int(text)
    return int(text) + (2000 if int(text) <= _PIVOT else 1900)


def _like(number: int, model: str) -> str:
    """With a leading zero if the model has one, or two digits that may have had one."""
    return f"{number:02}" if model.startswith("0") else str(number)


def _as_padded(numbers: tuple[int, int], models: tuple[str, str]) -> list[str]:
    """With leading zeros unless a model shows that there are none."""
    padded = not any(len(model) == 1 for model in models)
    return [f"{number:02}" if padded else str(number) for number in numbers]


def _month_like(month: int, model: str) -> str:
    names = [name for name, number in MONTHS.items() if number == month]
    full, short = names[0], names[-1][:3]
    name = short if len(model) <= 4 and model.lower() not in ("may", "june", "july") else full
    if model.isupper():
        return name.upper()
    return name if model.islower() else name.capitalize()


def _ordinal_ending(day: int) -> str:
    if 11 <= day <= 13:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
