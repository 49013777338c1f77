"""Finds what numbers a text has: amounts, ages, frequencies, figures; and what is no value at all.

One expression goes over the text once. What it finds first is longest by the order of its parts:
dates and phone numbers before amounts, so that no part of them is taken for a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from spacy_umlsbert.values.amounts import (
    HEIGHT,
    PLAIN,
    PLUS,
    PRESSURE,
    RANGE,
    RATIO,
    SIZES,
    SLASHES,
    WORD,
    Age,
    Amount,
    HowOften,
    Scanned,
)
from spacy_umlsbert.values.figures import age_of, age_of_person, fishbone, line_of_vitals
from spacy_umlsbert.values.frequencies import read_match
from spacy_umlsbert.values.not_values import NotValue, package_not_values
from spacy_umlsbert.values.number_patterns import DIGITS_BEGIN, EITHER, ONE_NUMBER, WORDS_BEGIN
from spacy_umlsbert.values.numbers import DIGITS, NUMBER_WORD, read_number
from spacy_umlsbert.values.units import Unit, Units, default_units

_UNKNOWN_UNIT = re.compile(
    r"[ ]?(?!(?:and/or|w/o|w/|c/w|y/o|d/c|s/p|h/o|c/o|n/v|b/l|r/o|f/u|he/she|his/her|a/w|v/s|i/o|"
    r"p/w|a/p|u/s|u/o|o/e|h/h|l/r)\b)"
    r"([A-Za-zµμ]{1,12}(?:[/·.][A-Za-zµμ0-9²³]{1,8}){1,3})(?![\w/])"
)
_NAMES_TOO = frozenset(("K", "k", "C", "F", "HR", "Mg"))
"""Units that are names of tests or vital signs too, if a number follows: "Na 138 K 4.2"."""

_NO_UNIT_FOLLOWS = re.compile(r"/[a-z](?![a-z0-9])|[ ](?:arm|leg|hand|side|wrist|thigh)\b", re.I)
"""Behind a single letter that is then no unit: "7.1 s/p", "132/84 L arm"."""

_NUMBER_FOLLOWS = re.compile(r"[ \t]*[:=]?[ \t]*\d")
_WIDE = re.compile(r"[ \t]*\|[ \t]*|[ ]*\t[ \t]*|[ ]{2,}")
_MANY_LETTERS = re.compile(r"[^\W\d]{2,}|%|/|10|[x×]|g\Z")
_IN_WORDS = re.compile(rf"[ ]?\((?:{NUMBER_WORD}|\d{{1,2}})\)(?=[ ][a-z])", re.IGNORECASE)
_NEXT = re.compile(r"[ -]?")


_SECOND = re.compile(rf"\s?(?:-|–|to\s|or\s)\s?({ONE_NUMBER})[ ]?", re.IGNORECASE | re.VERBOSE)
_NEXT_OF = re.compile(rf"[ ]?/[ ]?({ONE_NUMBER})[ ]?", re.IGNORECASE | re.VERBOSE)
_NEXT_CELL = re.compile(r"[ \t]+/[ \t]+(?P<number>\d+(?:\.\d+)?[ \t]?)?")
_MOST_EACH = 4
_DIGITS = re.compile(DIGITS)
_PARTS = re.compile(ONE_NUMBER)
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
            rf"(?:{DIGITS_BEGIN}|{WORDS_BEGIN})(?:(?P<no>{whole})|(?x:{EITHER}))",
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
            yield fishbone(match)
        elif match["vt"] or match["vt2"] or match["vt3"] or match["vb5"]:
            yield line_of_vitals(match)
        elif match["age_unit"] or match["yo"] or match["aged"] or match["age_sex"]:
            age = age_of(match)
            if age is not None:
                yield age
        elif match["feet"]:
            inches = float(match["feet"]) * 12 + float(match["inches"])
            unit = Unit("[in_i]", "any", "length")
            written = (match["feet"], match["inches"])
            end = start + len(match[0].rstrip(" ,"))
            yield Amount(start, end, HEIGHT, (inches,), written, unit, number_end=end)
        elif match["pounds"]:
            weight = float(match["pounds"]) + float(match["ounces"]) / 16
            written = (match["pounds"], match["ounces"])
            unit = Unit("[lb_av]", "any", "mass")
            yield Amount(start, end, PLAIN, (weight,), written, unit, number_end=end)
        elif match["sys"] or match["one"] or match["word"] or match["halves"]:
            yield from self._amounts(text, match)
        else:
            frequency = read_match(match)
            if frequency is not None:
                yield HowOften(start, end, frequency, match["per"] is not None)

    def _amounts(self, text: str, match: re.Match[str]) -> Iterator[Amount | Age]:
        """The amounts of a match: one, or two of "from 9.1 to 7.4"; an age behind a person."""
        start, end = match.span()
        before = text[max(0, start - _LOOK_BACK) : start]
        around = f"{before}{_MARK}{text[start : start + _LOOK_AHEAD]}"
        if self._before.search(around) or self._after.match(text, end):
            return
        if match["one"] and _is_list_mark(text, before, start, end):
            return
        made = _numbers(match)
        if made is None:
            return
        said = _WORD_COMPARATOR.search(before) if not made.comparator else None
        comparator, said_from = _comparator(said)
        amount = made._replace(
            no_result=self._before_lab.search(around) is not None,
            is_glued=match["glued"] is not None or match["hyphened"] is not None,
            comparator=made.comparator or comparator,
            said_from=said_from and start - said_from,
        )
        amount = self._to_the_second(text, self._with_unit(text, amount))
        if (age := age_of_person(text, amount, before)) is not None:
            yield age
            return
        bare = amount.unit is None or amount.unit.whose == "lab" or amount.end == amount.number_end
        if amount.shape == WORD and bare and not _is_counted(text, amount, before):
            return
        if amount.shape == RANGE and "to" in (match["sep"] or "") and _FROM.search(before):
            yield from _both_ends(amount, match)
        else:
            yield amount

    def _is_no_unit(self, text: str, written: str, end: int) -> bool:
        """Whether letters are no unit: "7.1 s/p", or the name of the next test."""
        if len(written) == 1 and _NO_UNIT_FOLLOWS.match(text, end):
            return self.units.end_of(text, end) == end
        return written in _NAMES_TOO and _NUMBER_FOLLOWS.match(text, end) is not None

    def _to_the_second(self, text: str, amount: Amount) -> Amount:
        """The range of two amounts that both have their unit: "5 mg-10 mg", "1 tab to 2 tabs"."""
        unit = amount.unit
        if amount.shape != PLAIN or unit is None or unit.whose == "lab" or amount.comparator:
            return amount
        if unit.what == "mass" and text.startswith(("/", " /"), amount.end):
            return self._of_each(text, amount, unit)
        match = _SECOND.match(text, amount.end)
        if match is None or _FROM.search(text[max(0, amount.start - 6) : amount.start]):
            return amount
        second, end = read_number(match[1]), self.units.end_of(text, match.end())
        other = self.units.read(text[match.end() : end])
        if second is None or other is None or other.code != unit.code:
            return amount
        if not amount.numbers[0] < second.value <= 10 * amount.numbers[0]:
            return amount
        return amount._replace(
            shape=RANGE, numbers=(amount.numbers[0], second.value), end=end, number_end=end,
            written=(amount.written[0], match[1]), reach=0,
        )  # fmt: skip

    def _of_each(self, text: str, amount: Amount, unit: Unit) -> Amount:
        """The masses of a drug of several, each with its unit: "250 mcg/25 mcg"."""
        while len(amount.numbers) < _MOST_EACH and (match := _NEXT_OF.match(text, amount.end)):
            number, end = read_number(match[1]), self.units.end_of(text, match.end())
            end = self._end_in_cell(text, match.end(), end)
            other = self.units.read(text[match.end() : end])
            if number is None or other is None or other.code != unit.code:
                break
            amount = amount._replace(
                shape=SLASHES, numbers=(*amount.numbers, number.value), end=end, number_end=end,
                written=(*amount.written, match[1]), reach=0,
            )  # fmt: skip
        return amount

    def _end_in_cell(self, text: str, start: int, end: int) -> int:
        """Where a unit ends if " / " stands between cells: "5 mg / 2 tabs", "36.7 °C / HR 104"."""
        match = _NEXT_CELL.search(text, start, end)
        if match is None:
            return end
        below = self.units.read(text[match.end() : end])
        is_name = text[match.end() : end] in _NAMES_TOO and _NUMBER_FOLLOWS.match(text, end)
        counted = match["number"] and (below is None or below.what not in ("volume", "time"))
        return match.start() if is_name or counted else end

    def _with_unit(self, text: str, amount: Amount) -> Amount:
        """The amount with the unit behind it, which in a column may be some blanks away."""
        end = amount.number_end
        if text.startswith("%", end - 1):
            return amount._replace(unit=self.units.read("%"))
        in_words = _IN_WORDS.match(text, end)
        end = end if in_words is None else in_words.end()
        begin = end + len(_NEXT.match(text, end)[0])  # type: ignore[index] # it always matches
        for place in dict.fromkeys((begin, end)):
            unit_end = self.units.end_of(text, place)
            if unit_end > place:
                unit_end = self._end_in_cell(text, place, unit_end)
                written = text[place:unit_end]
                if self._is_no_unit(text, written, unit_end):
                    break
                unit = self.units.read(written)
                if unit is None and "/" in written:  # "2.4L/1.8L" are two
                    unit = self.units.read(written.partition("/")[0])
                    unit_end = place + len(written.partition("/")[0])
                if unit is not None:
                    return amount._replace(unit=unit, end=unit_end)
        if wide := _WIDE.match(text, end):
            unit_end = self.units.end_of(text, wide.end())
            written = text[wide.end() : unit_end]
            unit = self.units.read(written) if _MANY_LETTERS.search(written) else None
            if unit is not None and unit.whose in ("lab", "any"):
                return amount._replace(unit=unit, reach=unit_end)
        closed = amount.shape == RANGE and text.startswith((")", "]"), end)
        if closed and (place := end + 1 + text.startswith(" ", end + 1)):
            unit_end = self.units.end_of(text, place)
            unit = self.units.read(text[place:unit_end]) if unit_end > place else None
            if unit is not None and unit.whose == "lab":
                return amount._replace(unit=unit, reach=unit_end)
        if unknown := _UNKNOWN_UNIT.match(text, end):
            return amount._replace(unknown_unit=unknown[1], end=unknown.end())
        return amount


def _is_list_mark(text: str, before: str, start: int, end: int) -> bool:
    """Whether a number begins an item: "1.", "2)"; "(ref: 135-145)" begins none."""
    if not _LIST_MARK.search(before) or not _AFTER_MARK.match(text, end):
        return False
    inside = before.rfind("(") > before.rfind(")") and not before.rstrip().endswith("(")
    return text[start:end].isdigit() and not (inside and text.startswith(")", end))


_BEFORE_STRENGTH = re.compile(
    r"[ ]\d+(?:\.\d+)?[ -]?(?:mg|mcg|g|units?)\b"
    r"|[ ]to[ ]be[ ](?:taken|given|used|applied|inhaled|sucked|chewed|swallowed|dissolved|"
    r"inserted)\b",
    re.IGNORECASE,
)
_TAKE = re.compile(r"\b(?:take|give|use|chew|swallow|insert)[ ]\Z", re.IGNORECASE)
_HOW_OFTEN = re.compile(
    r"[ ](?:(?:po|by mouth|orally)[ ])?"
    r"(?:daily|once|twice|three times|four times|each|every|in the|"
    r"at[ ](?:night|bedtime|once)|nightly|nocte|mane|od|bd|bid|tds|tid|qds|qid|q\d|qhs|prn|when)\b",
    re.IGNORECASE,
)


def _is_counted(text: str, amount: Amount, before: str) -> bool:
    """Whether a number in words counts pieces: "ONE to be taken", "take two at night"."""
    if _BEFORE_STRENGTH.match(text, amount.end):
        return True
    return bool(_TAKE.search(before) and _HOW_OFTEN.match(text, amount.end))


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
        elif match["chain"]:
            parts, shape = [first, *_PARTS.findall(match["chain"])], SLASHES
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


def _comparator(match: re.Match[str] | None) -> tuple[str, int]:
    """What words say of a number, and how many characters before it they begin."""
    if match is None or match.lastindex is None:
        return "", 0
    sign = _BY_WORD[match.lastindex - 1]
    return sign, 0 if sign == "~" else len(match[0])


def _both_ends(amount: Amount, match: re.Match[str]) -> Iterator[Amount]:
    """The two amounts of "from 9.1 to 7.4 g/dL": both have the unit."""
    end = match.start("sep")
    first, second = amount.numbers
    kept = amount._replace(shape=PLAIN, trend=True)
    yield kept._replace(end=end, number_end=end, numbers=(first,), written=amount.written[:1])
    start = match.start("two")
    yield kept._replace(start=start, numbers=(second,), written=amount.written[1:], comparator="")
