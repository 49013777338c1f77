"""Finds what numbers a text has: amounts, ages, frequencies, figures; and what is no value at all.

One expression goes over the text once. What it finds first is longest by the order of its parts:
dates and phone numbers before amounts, so that no part of them is taken for a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.values.frequencies import PATTERN as FREQUENCY
from spacy_umlsbert.values.frequencies import Frequency, read_match
from spacy_umlsbert.values.not_values import NotValue, package_not_values
from spacy_umlsbert.values.numbers import DIGITS, FRACTION, HALVES, NUMBER_WORD, read_number
from spacy_umlsbert.values.units import Unit, Units, default_units

PLAIN, RANGE, SLASHES, SIZES, PLUS, PRESSURE, HEIGHT, WORD, RATIO = (
    "plain", "range", "slashes", "sizes", "plus", "pressure", "height", "word", "ratio",
)  # fmt: skip
"""How the numbers of an amount are written: "5", "4-6", "5/325", "2 x 3 cm", "2+", "120/80" …"""

_N = rf"(?:{FRACTION}|{DIGITS})"
_PRESSURE = r"""
    (?P<sys>\d{2,3})(?:\s?[-–]\s?(?P<sys2>\d{2,3}))?'?s?(?:\s?/\s?|\s+over\s+)
    (?P<dia>\d{2,3})(?:\s?[-–]\s?(?P<dia2>\d{2,3}))?'?s?(?![\d/A-Za-z]|\s?/\s?\d|\.\d)
"""
_HEIGHT = r"""
    (?P<feet>[2-8])\s?(?:'|’|′|ft\.?|feet|foot)[ ,]{0,2}
    (?P<inches>\d{1,2}(?:\.\d+)?)\s?(?:"|”|''|’’|″|in\b\.?|inches|inch)?(?![\w])
"""
_AGE = rf"""
    (?P<age>\d{{1,3}}(?:\.\d)?|{NUMBER_WORD}(?:-(?:one|two|three|four|five|six|seven|eight|nine))?)
    [ -]?(?:
        (?P<age_unit>years?|yrs?|y|months?|mos?|m|weeks?|wks?|w|days?|d)\.?[ -]?
        (?:of[ -]age|old|o\b\.?|/[ ]?o\b)
      | (?P<yo>y\.[ ]?o\.?(?!\w)|yo\b)
    )
  | (?:aged|age[ ]?[:=]?)[ ](?P<aged>\d{{1,3}})(?!\d|[./%-]|,\d)(?:[ ](?P<aged_unit>years?|months?|weeks?|days?)\b)?
  | (?P<age_sex>\d{{1,2}})[ ]?(?-i:[MF])(?=[ ](?:with|w/|who|p/w|c/o|here|admitted|present|s/p|hx|h/o|pt)\b|,)
"""  # noqa: E501
_CBC = rf"""
    (?P<cbc>{DIGITS}\s?[>\\}})]\s?-*\s?{DIGITS}\s?[/|-]\s?{DIGITS}\s?-*\s?[<{{(/]\s?{DIGITS})
"""
_BMP = rf"""
    (?P<bmp>{DIGITS}\s?\|\s?{DIGITS}\s?\|\s?{DIGITS}\s?[/<\\](?:[ ]?{DIGITS})?\s*
    (?:[-─_|+/\\]{{3,40}}\s*)?{DIGITS}\s?\|\s?{DIGITS}\s?\|\s?{DIGITS}(?:\s?[\\>](?:\s?{DIGITS})?)?)
"""
_GAP = r"[ \t]{0,3}[ ,;|][ \t]{0,3}"
_VITALS = rf"""
    (?P<vt>(?:9\d|10[0-7]|3[3-9]|4[0-2])(?:\.\d)?){_GAP}
    (?:(?P<vp>\d{{2,3}}){_GAP}(?P<vb>\d{{2,3}}/\d{{2,3}})|(?P<vb2>\d{{2,3}}/\d{{2,3}}){_GAP}(?P<vp2>\d{{2,3}}))
    {_GAP}(?P<vr>\d{{1,2}}){_GAP}(?P<vs>\d{{2,3}}\s?%?)(?![\d/.])
"""
_AMOUNT = rf"""
    (?P<cmp>(?<![-=])(?:[<>≤≥~≈]|<=|>=)\s?=?\s?)?(?P<neg>[-−–](?=[\d.]))?
    (?P<one>{FRACTION}|{HALVES}|{DIGITS})(?P<s1>'?s(?![A-Za-z]))?
    (?:
        (?P<sep>%?\s?(?:-|–|—|‑)\s?|%?\s(?:to|or)\s)(?P<two>[-−]?{_N})(?![\d:]|/\d)(?P<s2>'?s(?![A-Za-z]))?
      | (?P<rest>(?:\s?/\s?{DIGITS}%?){{1,9}})(?![\d/])
      | (?P<sizes>(?:\s?(?:mm|cm)?\s?[x×*]\s?{DIGITS}){{1,2}})(?=\s?(?:cm|mm)\b)
      | (?P<plus>\+{{1,4}}(?!\w))
      | :[ ]?(?P<ratio>\d{{2,6}})(?![\d:])
    )?
"""
_WORD = rf"(?P<word>{NUMBER_WORD}(?:\s?(?:-|to|or)\s?{NUMBER_WORD})?(?=[ -]))"
_DIGITS_BEGIN = (
    r"(?:(?<!\w)(?<!\d[.,/:])(?<![A-Za-z]-)|(?P<glued>(?<=[A-Za-z]))|(?P<hyphened>(?<=[A-Za-z]-)))"
    r"(?=[\d.<>≤≥~≈½¼¾⅓⅔⅛(−–-])"
)
_WORDS_BEGIN = (
    r"(?<![A-Za-z0-9])(?=[qQ]\.?[ ]?\d|[xX×][ ]?\d|(?:every|each|once|twice|thrice|up to|max|at most"
    rf"|on [a-z]|per |a day|a 24|for [\dot]|mwf|m/w|m-w|tts|t/th|tth|aged?[ :=]|a half|half|one-half"
    rf"|{NUMBER_WORD}|mon|tue|wed|thu|fri|sat|sun))"
)
_UNKNOWN_UNIT = re.compile(
    r"[ ]?(?!(?:and/or|w/o|w/|c/w|y/o|d/c|s/p|h/o|c/o|n/v|b/l|r/o|f/u|he/she|his/her|a/w|v/s|i/o|"
    r"p/w|a/p|u/s|u/o|o/e|h/h|l/r)\b)"
    r"([A-Za-zµμ]{1,12}(?:[/·.][A-Za-zµμ0-9²³]{1,8}){1,3})(?![\w/])"
)
_ONE_LETTER = re.compile(r"[ \t]*[:=]?[ \t]*\d")
_WIDE = re.compile(r"[ \t]*\|[ \t]*|[ ]*\t[ \t]*|[ ]{2,}")
_MANY_LETTERS = re.compile(r"[^\W\d]{2,}|%|/|10|[x×]|g\Z")
_NEXT = re.compile(r"[ -]?")


@hide_in_repr("written")
class Amount(NamedTuple):
    """Numbers in a text, with their unit.

    Attributes:
        start: The first character.
        end: The character after the last, that of the unit.
        shape: How the numbers are written.
        numbers: What they are.
        written: How each is written.
        unit: The unit; None if there is none.
        comparator: As in `kinds.Value`.
        number_end: Where the numbers end.
        doubts: As in `kinds.Value`.
        no_result: Whether what stands before says that it is no result of a test.
        is_glued: Whether letters stand before it without a blank.
        trend: Whether it is one of two that are joined by "from … to".
        unknown_unit: A unit that nobody knows, as written.
        reach: Where the unit ends that is in a column of its own; else the end.
    """

    start: int
    end: int
    shape: str
    numbers: tuple[float, ...]
    written: tuple[str, ...]
    unit: Unit | None = None
    comparator: str = ""
    number_end: int = 0
    doubts: tuple[str, ...] = ()
    no_result: bool = False
    is_glued: bool = False
    trend: bool = False
    unknown_unit: str = ""
    reach: int = 0

    @property
    def code(self) -> str:
        """The code of the unit, or how it is written."""
        return self.unknown_unit if self.unit is None else self.unit.code


class Age(NamedTuple):
    """An age in a text."""

    start: int
    end: int
    number: float
    written: str
    unit: str


class HowOften(NamedTuple):
    """A frequency in a text."""

    start: int
    end: int
    frequency: Frequency
    per: bool = False


class Figure(NamedTuple):
    """Numbers whose place says what they are: a fishbone, a line of vital signs."""

    start: int
    end: int
    parts: tuple[tuple[str, int, int], ...]  # name, characters


Scanned = Amount | Age | HowOften | Figure

_CBC_NAMES = ("WBC", "Hgb", "Hct", "Plt")
_BMP_NAMES = ("Na", "Cl", "BUN", "glucose", "K", "CO2", "Cr")
_DIGITS = re.compile(DIGITS)
_PARTS = re.compile(_N)
_FROM = re.compile(r"\bfrom\s{1,3}$", re.IGNORECASE)
_LIST_MARK = re.compile(r"(?:^|[\n;:]|[.][ \t])[ \t]*\(?$")
_AFTER_MARK = re.compile(r"[.)](?:[ \t]+(?=\D)|(?=[^\W\d_])|$)|\)")
_LOOK_BACK, _LOOK_AHEAD = 36, 20
_MARK = "\x00"
_COMPARATORS = {"≤": "<=", "≥": ">=", "≈": "~"}
_WORD_COMPARATOR = re.compile(
    r"(?:(less than or equal to|at most|no more than|up to)|(greater than or equal to|at least)"
    r"|(less than|fewer than|below|under)|(greater than|more than|above|over|in excess of)"
    r"|(about|approximately|approx\.?|around|roughly|nearly|almost|circa|estimated at))\s{1,2}$",
    re.IGNORECASE,
)
_BY_WORD = ("<=", ">=", "<", ">", "~")


class Scanner:
    """Finds the numbers of texts.

    Args:
        units: The units that are known.
        not_values: What is no value; that of the package if not given.
    """

    def __init__(
        self, units: Units | None = None, not_values: Iterable[NotValue] | None = None
    ) -> None:
        self.units = default_units() if units is None else units
        rules = list(package_not_values() if not_values is None else not_values)
        whole = "|".join(rule.pattern for rule in rules if rule.where == "whole")
        self._pattern = re.compile(
            rf"(?:{_DIGITS_BEGIN}|{_WORDS_BEGIN})(?:(?P<no>{whole})"
            rf"|(?x:{_CBC}|{_BMP}|{_VITALS}|{_AGE}|{FREQUENCY}|{_HEIGHT}|{_PRESSURE}|{_AMOUNT}"
            rf"|(?P<halves>{HALVES})|{_WORD}))",
            re.IGNORECASE,
        )
        self._before = _ending(rule.pattern for rule in rules if rule.where == "before")
        self._before_lab = _ending(rule.pattern for rule in rules if rule.where == "before lab")
        self._after = re.compile(
            "|".join(rule.pattern for rule in rules if rule.where == "after"), re.IGNORECASE
        )

    def scan(self, text: str, skip: Iterable[tuple[int, int]] = ()) -> Iterator[Scanned]:
        """The numbers of a text, in its order; none overlaps another.

        Args:
            text: The text.
            skip: Places that are passed over, in their order.
        """
        places = iter(skip)
        barred = next(places, None)
        at = 0
        search = self._pattern.search
        while (match := search(text, at)) is not None:
            start = match.start()
            while barred is not None and barred[1] <= start:
                barred = next(places, None)
            if barred is not None and barred[0] <= start:
                at = max(barred[1], start + 1)
                continue
            at = max(match.end(), start + 1)
            if match["no"] is not None:
                continue
            for one in self._read(text, match):
                yield one
                at = max(at, one.end)

    def _read(self, text: str, match: re.Match[str]) -> Iterator[Scanned]:
        start, end = match.span()
        if match["cbc"] or match["bmp"]:
            yield _fishbone(match)
        elif match["vt"]:
            yield _line_of_vitals(match)
        elif match["age_unit"] or match["yo"] or match["aged"] or match["age_sex"]:
            age = _age(match)
            if age is not None:
                yield age
        elif match["feet"]:
            inches = float(match["feet"]) * 12 + float(match["inches"])
            unit = Unit("[in_i]", "any", "length")
            written = (match["feet"], match["inches"])
            end = start + len(match[0].rstrip(" ,"))
            yield Amount(start, end, HEIGHT, (inches,), written, unit, number_end=end)
        elif match["sys"] or match["one"] or match["word"] or match["halves"]:
            yield from self._amounts(text, match)
        else:
            frequency = read_match(match)
            if frequency is not None:
                yield HowOften(start, end, frequency, match["per"] is not None)

    def _amounts(self, text: str, match: re.Match[str]) -> Iterator[Amount]:
        """The amounts of a match: one, or two of "from 9.1 to 7.4"."""
        start, end = match.span()
        before = text[max(0, start - _LOOK_BACK) : start]
        around = f"{before}{_MARK}{text[start : start + _LOOK_AHEAD]}"
        if self._before.search(around) or self._after.match(text, end):
            return
        if _LIST_MARK.search(before) and _AFTER_MARK.match(text, end) and match["one"]:
            return
        made = _numbers(match)
        if made is None:
            return
        amount = made._replace(
            no_result=self._before_lab.search(around) is not None,
            is_glued=match["glued"] is not None or match["hyphened"] is not None,
            comparator=made.comparator or _comparator_before(before),
        )
        amount = self._with_unit(text, amount)
        if amount.shape == WORD and (amount.unit is None or amount.end == amount.number_end):
            if not _BEFORE_STRENGTH.match(text, amount.end):
                return
        if amount.shape == RANGE and "to" in match["sep"] and _FROM.search(before):
            yield from _both_ends(amount, match)
        else:
            yield amount

    def _with_unit(self, text: str, amount: Amount) -> Amount:
        """The amount with the unit behind it, which in a column may be some blanks away."""
        end = amount.number_end
        if text.startswith("%", end - 1):
            return amount._replace(unit=self.units.read("%"))
        begin = end + len(_NEXT.match(text, end)[0])  # type: ignore[index] # it always matches
        for place in dict.fromkeys((begin, end)):
            unit_end = self.units.end_of(text, place)
            if unit_end > place:
                written = text[place:unit_end]
                if len(written) == 1 and written in "KkCF" and _ONE_LETTER.match(text, unit_end):
                    break  # the name of the next test
                unit = self.units.read(written)
                if unit is not None:
                    return amount._replace(unit=unit, end=unit_end)
        if wide := _WIDE.match(text, end):
            unit_end = self.units.end_of(text, wide.end())
            written = text[wide.end() : unit_end]
            unit = self.units.read(written) if _MANY_LETTERS.search(written) else None
            if unit is not None and unit.whose in ("lab", "any"):
                return amount._replace(unit=unit, reach=unit_end)
        if unknown := _UNKNOWN_UNIT.match(text, end):
            return amount._replace(unknown_unit=unknown[1], end=unknown.end())
        return amount


_BEFORE_STRENGTH = re.compile(r"[ ]\d+(?:\.\d+)?[ -]?(?:mg|mcg|g|units?)\b", re.IGNORECASE)


def _ending(patterns: Iterable[str]) -> re.Pattern[str]:
    """What ends at `_MARK`; what a pattern says of what follows is behind it."""
    heads = (pattern.partition("(?=") for pattern in patterns)
    either = "|".join(f"{head}{_MARK}{sign}{tail}" for head, sign, tail in heads)
    return re.compile(either, re.IGNORECASE)


def _numbers(match: re.Match[str]) -> Amount | None:
    """The numbers of a match, without unit."""
    start, end = match.span()
    if match["sys"]:
        parts = [match[name] for name in ("sys", "sys2", "dia", "dia2") if match[name]]
        values = tuple(float(part) for part in parts)
        return Amount(start, end, PRESSURE, values, tuple(parts), number_end=end)
    if match["word"] or match["halves"]:
        written = match["word"] or match["halves"]
        parts = re.split(r"\s?-\s?|\s(?:to|or)\s", written) if match["word"] else [written]
        shape = WORD if match["word"] else PLAIN
    else:
        first = (match["neg"] or "") + match["one"]
        parts, shape = [first], PLAIN
        if match["two"]:
            parts, shape = [first, match["two"]], RANGE
        elif match["rest"]:
            parts, shape = [first, *_PARTS.findall(match["rest"])], SLASHES
        elif match["sizes"]:
            parts, shape = [first, *_DIGITS.findall(match["sizes"])], SIZES
        elif match["plus"]:
            shape = PLUS
        elif match["ratio"]:
            parts, shape = [first, match["ratio"]], RATIO
    numbers = [read_number(part) for part in parts]
    found = [number for number in numbers if number is not None]
    if len(found) < len(numbers):
        return None
    doubts = tuple(dict.fromkeys(number.doubt for number in found if number.doubt))
    sign = "".join((match["cmp"] or "").split())
    values = tuple(number.value for number in found)
    return Amount(
        start, end, shape, values, tuple(parts), None, _COMPARATORS.get(sign, sign), end, doubts
    )


def _comparator_before(before: str) -> str:
    match = _WORD_COMPARATOR.search(before)
    return "" if match is None or match.lastindex is None else _BY_WORD[match.lastindex - 1]


def _both_ends(amount: Amount, match: re.Match[str]) -> Iterator[Amount]:
    """The two amounts of "from 9.1 to 7.4 g/dL": both have the unit."""
    end = match.start("sep")
    first, second = amount.numbers
    kept = amount._replace(shape=PLAIN, trend=True)
    yield kept._replace(end=end, number_end=end, numbers=(first,), written=amount.written[:1])
    start = match.start("two")
    yield kept._replace(start=start, numbers=(second,), written=amount.written[1:], comparator="")


def _fishbone(match: re.Match[str]) -> Figure:
    names = _CBC_NAMES if match["cbc"] else _BMP_NAMES
    places = [one.span() for one in _DIGITS.finditer(match[0])]
    if names is _BMP_NAMES and re.search(rf"[/<\\]\s*(?:[-─_|+/\\]{{3,}}\s*)?{DIGITS}\s?\|.*\|.*\d\s?[\\>]\s?\d", match[0]) and len(places) == 7:  # noqa: E501
        names = ("Na", "Cl", "BUN", "K", "CO2", "Cr", "glucose")
    start = match.start()
    parts = tuple((name, start + a, start + b) for name, (a, b) in zip(names, places, strict=False))
    return Figure(*match.span(), parts)


def _line_of_vitals(match: re.Match[str]) -> Figure:
    names = {
        "vt": "temperature", "vp": "heart_rate", "vp2": "heart_rate", "vb": "blood_pressure",
        "vb2": "blood_pressure", "vr": "respiratory_rate", "vs": "oxygen_saturation",
    }  # fmt: skip
    parts = ((name, *match.span(group)) for group, name in names.items() if match[group])
    return Figure(*match.span(), tuple(sorted(parts, key=lambda part: part[1])))


_AGE_UNITS = (("y", "a"), ("mo", "mo"), ("m", "mo"), ("w", "wk"), ("d", "d"))


def _age(match: re.Match[str]) -> Age | None:
    start, end = match.span()
    written = match["age"] or match["aged"] or match["age_sex"]
    parts = [read_number(part) for part in written.split("-")]
    word = (match["age_unit"] or match["aged_unit"] or "y").lower()
    unit = next(code for begin, code in _AGE_UNITS if word.startswith(begin))
    number = sum(part.value for part in parts if part is not None)
    if match["age_sex"]:
        end = match.end("age_sex")
    return Age(start, end, number, written, unit) if 0 <= number <= 130 else None
