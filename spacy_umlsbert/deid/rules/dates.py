"""Dates, as i2b2 2014 marks them: with or without a year, years, weekdays, holidays; no times.

A form that is added here has to be understood by `deid.surrogates.dates` too, or its surrogate is
a row of other digits and letters.
"""

import re
from calendar import monthrange
from collections.abc import Iterator

from spacy_umlsbert.deid.phi import Phi

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
"""Names of months, in small letters, and their numbers."""

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()

_MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?"
_YEAR = r"(?:19|20)\d\d"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_SHORT_YEAR = r"['’]\d\d"

# Numbers that could be a score, a dose or a fraction are dates only after such words.
_BEFORE = (
    r"(?:\b(?:on|since|from|until|till|thru|through|dated?|of|seen|admitted|discharged|d/?c(?:ed)?|"
    r"dob|born|due|by|before|after|between|and|to|effective|starting|begun|began|as of|"
    r"last|ending|week of|visit|appt|appointment|f/u|follow[\s\-]*up)|[(;])\s*:?\s*"
)
_I = re.IGNORECASE

_FULL = re.compile(
    rf"(?<![\d/.\-])(?:(?P<a>\d{{1,2}})(?P<s>[/.\-])(?P<b>\d{{1,2}})(?P=s)(?P<y>\d{{4}}|\d{{2}})"
    rf"|(?P<y2>{_YEAR})(?P<s2>[/.\-])(?P<a2>\d{{1,2}})(?P=s2)(?P<b2>\d{{1,2}}))"
    r"(?![\d/]|[.\-]\d)"
)
_COMPACT = re.compile(r"(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH_YEAR = re.compile(rf"(?<![\d/.\-])(?:0?[1-9]|1[0-2])[/\-]{_YEAR}(?![\d/])")
_MONTH_DAY = re.compile(
    rf"{_BEFORE}(?P<phi>(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}}))(?![\d/%]|[.\-]\d|\s*(?:mg|ml|cm|mm|x))",
    _I,
)
_WRITTEN = re.compile(
    rf"(?<!\w)(?:{_MONTH}\s*{_DAY}(?:\s*(?:-|–|to|and|&)\s*{_DAY})?(?:,?\s+{_YEAR}|,?\s*{_SHORT_YEAR})?"
    rf"|{_DAY}(?:\s+of)?[\s\-]+{_MONTH}(?:[,\s\-]+(?:{_YEAR}|{_SHORT_YEAR}|\d\d(?!\d)))?"
    rf"|{_MONTH}(?:\s+of)?[,\s\-]*(?:{_YEAR}|{_SHORT_YEAR}))(?!\w)",
    _I,
)
_MONTH_ALONE = re.compile(
    rf"\b(?:in|of|since|last|this|next|early|late|mid|until|by|during|every|each)[\s\-]+"
    rf"(?P<phi>{_MONTH})",
    _I,
)
_YEAR_ALONE = re.compile(
    rf"\b(?:in|since|year|circa|from|until|till|before|after|of|early|late|mid|fall|spring|summer|"
    rf"winter|and|to|dated?|through|during|born|age\s+\d+\s+in)[\s\-,:]+(?:the\s+)?"
    rf"(?P<phi>{_YEAR}(?:['’]?s)?)(?!\w|[.,]?\d|\s*(?:m[lgc]|cc|units?|calories|kcal|cells|steps))",
    _I,
)
_DECADE = re.compile(rf"(?<!\w)(?:{_YEAR[:-2]}\d0['’]?s|['’]\d0s)(?!\w)")
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})s?\b", _I)
_SHORT_WEEKDAY = re.compile(
    r"(?<!\w)(?:Mon|Tues?|Wed|Thurs?|Thu|Fri|Sat|Sun)\.?(?=,?\s+(?:\d|[A-Z][a-z]{2,8}\.?\s+\d))"
)
_HOLIDAY = re.compile(
    r"\b(?:christmas(?:\s+(?:eve|day))?|thanksgiving(?:\s+day)?|easter(?:\s+sunday)?|new\s+year['’]?s"
    r"(?:\s+(?:eve|day))?|labor\s+day|memorial\s+day|halloween|valentine['’]?s\s+day|independence\s+day"
    r"|(?:fourth|4th)\s+of\s+july|mother['’]?s\s+day|father['’]?s\s+day|hanukkah|ramadan|diwali|passover"
    r"|veterans\s+day|columbus\s+day)\b",
    _I,
)


_WORDS_TOO = ("may", "march", "mar")
# "strength of 5/5", "(7/10)"
_OUT_OF = ("5", "10")
_BEFORE_SCORES = ("of", "and", "to", "(", ";", "between", "by")


def find_dates(text: str) -> Iterator[Phi]:
    """The dates of a text."""
    for match in _FULL.finditer(text):
        first, second = match["a"] or match["a2"], match["b"] or match["b2"]
        if is_day(int(first), int(second)):
            yield _phi(match, "date")
    for match in _MONTH_DAY.finditer(text):
        is_score = match["b"] in _OUT_OF and match[0].lower().startswith(_BEFORE_SCORES)
        if is_day(int(match["a"]), int(match["b"])) and not is_score:
            yield _phi(match, "month and day")
    for match in _MONTH_ALONE.finditer(text):
        name = match["phi"].rstrip(".")
        if name.lower() not in _WORDS_TOO or not name.islower():
            yield Phi(match.start("phi"), match.start("phi") + len(name), "DATE", "month")
    for pattern, rule in (
        (_COMPACT, "date"),
        (_MONTH_YEAR, "month and year"),
        (_WRITTEN, "written date"),
        (_YEAR_ALONE, "year"),
        (_DECADE, "decade"),
        (_WEEKDAY, "weekday"),
        (_SHORT_WEEKDAY, "weekday"),
        (_HOLIDAY, "holiday"),
    ):
        for match in pattern.finditer(text):
            yield _phi(match, rule)


def is_day(first: int, second: int) -> bool:
    """Whether two numbers can be a month and a day, or a day and a month."""
    return any(
        1 <= month <= 12 and 1 <= day <= monthrange(2000, month)[1]
        for month, day in ((first, second), (second, first))
    )


def _phi(match: re.Match[str], rule: str) -> Phi:
    group = "phi" if "phi" in match.re.groupindex else 0
    return Phi(match.start(group), match.end(group), "DATE", rule)
