"""Writes results of tests: values with their flags, and the ranges that they are compared with."""

from __future__ import annotations

import re
from typing import NamedTuple

from spacy_umlsbert.values.amounts import PLAIN, PRESSURE, Amount
from spacy_umlsbert.values.anchors import Anchor
from spacy_umlsbert.values.kinds import (
    FLAG,
    HEIGHT,
    OXYGEN_SATURATION,
    REFERENCE_RANGE,
    VALUE,
    VITALS,
    WEIGHT,
    Found,
    Value,
)
from spacy_umlsbert.values.phrases import Phrase
from spacy_umlsbert.values.result_patterns import NUMBER_FOLLOWS
from spacy_umlsbert.values.units import Unit, default_units
from spacy_umlsbert.values.vitals import by_unit_alone, plain_value, vital_value

_FLAG = re.compile(
    r"(?:[ \t]*[|(\[]?[ \t]*|[,;]|[ \t]+:[ \t]+)"
    r"(?:(↑+|↓+)(?![ ]?\d|[A-Za-z])|(?:[*!]{1,2}(?=[A-Z]))?"
    r"((?:HH|LL|H|L|AA|A|C)(?=[*!]|\b)|\*{1,3}|!{1,2}(?!\d)|(?i:high|low|hi|lo|crit|critical"
    r"|critically high|critically low|critical high|critical low|panic|abn|abnormal|out of range"
    r"|normal(?![ ,:(\[<>≤≥]*\d)|within range|in range))(?:[*!]{1,3}(?!\w))?)"
    r"(?![\w/'’-])(?:(?<=[↑↓*!])"
    r"|(?=[ \t]*[)\]|]|[ \t]*[,;.\n]|[ \t]*\Z|[ \t]+[\d(\[<>]|[ ][a-zµμ]{1,5}/"
    r"|\t|[ \t]{2,}|[ \t]+[/:]))"
)
_FLAG_CODES = {"↑": "H", "↓": "L", "*": "A", "c": "AA", "crit": "AA", "critical": "AA", "high": "H",
               "low": "L", "hi": "H", "lo": "L", "abn": "A", "abnormal": "A", "panic": "AA",
               "!": "A",
               "out of range": "A", "normal": "N", "within range": "N", "in range": "N",
               "critically high": "AA", "critically low": "AA", "critical high": "AA",
               "critical low": "AA"}  # fmt: skip
_FLAG_BEFORE = re.compile(r"(?:\A|(?<=[\s(:=|]))(HH|LL|H|L|\*|↑+|↓+)[ ]?[|\t]?[ ]*\Z")
"""A flag in a column before the number, or an arrow: "L 8.9", "↓8.9"."""

_INCHES = re.compile(r"\s?(?:in\b\.?(?!\s(?:the|a|her|his))|\"|”|″)")


ON_OXYGEN = re.compile(
    r"[ ]?\(?(?:on |in |at |while on |breathing |via )?((?:RA|room air|ambient air|air)\b"
    r"|\d+(?:\.\d+)?\s?(?:L|l|liters?|litres?)(?:/min|pm)?(?:\s?(?:via |by |of |on )?"
    r"(?:NC|nasal cannula|O2|oxygen|NRB|FM|face ?mask|HFNC))?|\d{2,3}\s?%\s?(?:FiO2|O2|oxygen|"
    r"venturi(?: mask)?|face ?mask|NRB)?|NRB|BiPAP|CPAP|HFNC|NC|FM)(?![\w/])",
    re.IGNORECASE,
)
_VOLUMES = (
    "volume", "vital capacity", "fvc", "fev", "uop", "output", "urine", "drain", "intake", "uf",
    "blood loss", "ebl",
)  # fmt: skip
"""Words of tests whose results may be in liters; of others "L" says that a result is low."""


class Reached(NamedTuple):
    """The last value of the tests at hand, and how far it reaches, with unit and flag."""

    found: Found
    end: int
    unit: str


class Results:
    """The results that were found so far in a stretch of text.

    Args:
        text: The text.
        units: The units that weights and heights of the text had so far.
    """

    def __init__(self, text: str, units: dict[str, str]) -> None:
        self._text = text
        self._units = units
        self._group: list[Anchor] = []
        self._end = 0
        self._last: Reached | None = None
        self._passed = 0
        self._panel: int | None = None
        self.found: list[Found] = []

    def _add(self, amount: Amount, of: int | None, anchor: Anchor | None) -> bool:
        """Add a value of a test; False if the test cannot have it."""
        vital = "" if anchor is None else anchor.vital
        if anchor is None and self._last is not None and self._last.found.value.kind in VITALS:
            vital = self._last.found.value.kind
        amount = self._with_unit_of_name(amount, anchor)
        if vital:
            if vital == HEIGHT and not amount.code:
                amount = self._with_inches(amount)
            value = vital_value(vital, self._text, amount)
            if value is None:
                if not amount.code:
                    return False
                value = by_unit_alone(self._text, amount) or plain_value(self._text, amount)
            value = self._with_usual_unit(value, vital)
        else:
            flag_l = amount.code == "L" and anchor is not None and not _is_volume(anchor.name)
            if flag_l:  # "Na 129 L" is low, not in liters
                amount = amount._replace(unit=None, end=amount.number_end)
                amount = self._with_unit_of_name(amount, anchor)
            value = plain_value(self._text, amount)
        self._put(amount, *self._in_panel(value, of, anchor))
        return True

    def _with_unit_of_name(self, amount: Amount, anchor: Anchor | None) -> Amount:
        """An amount without a unit has the one behind the test's name: "Hb (g/L): 88"."""
        bare = amount.unit is None and not amount.unknown_unit
        return amount._replace(unit=anchor.unit) if bare and anchor is not None else amount

    def _in_panel(
        self, value: Value, of: int | None, anchor: Anchor | None
    ) -> tuple[Value, int | None]:
        """The value, and what it belongs to: the panel that the name of its test is a part of."""
        if self._panel is None or anchor is None or of is not None or anchor.vital:
            return value, of
        return value._replace(name=self._text[anchor.start : anchor.end]), self._panel

    def _put(self, amount: Amount, value: Value, of: int | None) -> None:
        start, end = amount.said_from or amount.start, amount.end
        before = self._end if self._last is None else max(self._end, self._last.end)
        value = value._replace(text=self._text[start:end])
        self.found.append(Found(start, end, value, of))
        self._end = end
        self._last = Reached(self.found[-1], max(end, amount.reach), value.unit)
        if value.kind == OXYGEN_SATURATION:
            self._with_oxygen(self._last)
        self._flag_before(before, start)
        self._flag_behind()

    def _with_oxygen(self, last: Reached) -> None:
        """Keep with a saturation the oxygen that stands behind it: "94% on 2L NC"."""
        match = ON_OXYGEN.match(self._text, last.end)
        if match is not None:
            self._passed = match.end()
            self._replace_last(last, last.found.value._replace(oxygen=match[1]))

    def _flag_before(self, begin: int, start: int) -> None:
        """A flag directly before the last value, behind the name of its test: "↓8.9"."""
        last = self._last
        begin = max(begin, start - 8)
        match = _FLAG_BEFORE.search(self._text[begin:start])
        if last is None or match is None or (match[1].isalpha() and last.found.value.kind != VALUE):
            return
        code = flag_code(match[1])
        self._replace_last(last, last.found.value._replace(flag=code))
        flag = Value(FLAG, match[1], flag=code)
        at = begin + match.start(1)
        self.found.append(Found(at, at + len(match[1]), flag, last.found.of))

    def _flag_behind(self) -> None:
        """A flag directly behind the last value or range: "9.1 (L)", "8.9*"."""
        last = self._last
        match = None if last is None else _FLAG.match(self._text, last.end)
        if last is None or match is None or last.found.value.flag:
            return
        group = 1 if match[1] else 2
        code = flag_code(match[group])
        self._replace_last(last, last.found.value._replace(flag=code))
        kept = self._last or last
        start, end = match.span(group)
        if not kept.unit and (unit_end := default_units().end_of(self._text, end + 1)) > end + 1:
            kept = self._with_unit_behind(kept, end + 1, unit_end)
        behind = end + (self._text[end : end + 1] in (")", "]"))
        flag = Value(FLAG, self._text[start:end], flag=code)
        self.found.append(Found(start, end, flag, kept.found.of))
        self._last = kept._replace(end=max(behind, kept.end))

    def _with_unit_behind(self, last: Reached, start: int, end: int) -> Reached:
        """The last value with a unit that stands behind its flag: "5.8 H mmol/L"."""
        unit = default_units().read(self._text[start:end])
        if unit is None or unit.whose != "lab":
            return last
        known = last.found.value
        self._replace_last(last, known._replace(unit=unit.code))
        return (self._last or last)._replace(unit=unit.code, end=end)

    def _replace_last(self, last: Reached, value: Value) -> None:
        found = last.found._replace(value=value)
        for i in range(len(self.found) - 1, max(-1, len(self.found) - 6), -1):
            if self.found[i] is last.found:
                self.found[i] = found
                break
        self._last = last._replace(found=found)

    def _add_word(self, phrase: Phrase, anchor: Anchor) -> None:
        row = phrase.of("result", "flag")
        assert row is not None
        kind = FLAG if row.category == "flag" else VALUE
        text = self._text[phrase.start : phrase.end]
        code = row.code if row.code in ("H", "L", "A", "AA", "N") else ""
        value, of = self._in_panel(Value(kind, text, flag=code), anchor.mention, anchor)
        self.found.append(Found(phrase.start, phrase.end, value, of))

    def _add_reference(self, amount: Amount, last: Reached | None) -> None:
        of = self._group[-1].mention if last is None else last.found.of
        value = plain_value(self._text, amount, REFERENCE_RANGE)
        if not value.unit and last is not None and last.unit:
            value = value._replace(unit=last.unit, worked_out=("unit",))
        self.found.append(Found(amount.start, amount.end, value, of))
        if last is None:
            return
        end = max(amount.end, amount.reach)
        end += self._text[end : end + 1] in (")", "]")
        self._last = last._replace(end=end)
        if value.unit and not last.unit and not last.found.value.unit:
            known = last.found.value
            said = known._replace(unit=value.unit, worked_out=(*known.worked_out, "unit"))
            self._replace_last(self._last, said)
            last = self._last
        flag = worked_out_flag(last.found.value, value)
        self._flag_behind()
        kept = self._last
        if flag and kept is not None and not kept.found.value.flag:
            known = kept.found.value
            changed = known._replace(flag=flag, worked_out=(*known.worked_out, "flag"))
            self._replace_last(kept, changed)

    def _part_of_figure(self, name: str, start: int, end: int, owner: Anchor | None) -> None:
        written = self._text[start:end]
        digits = written.rstrip("% ")
        numbers = tuple(float(one.replace(",", "")) for one in digits.split("/"))
        unit = Unit("%", "any", "share") if written.endswith("%") else None
        shape = PRESSURE if len(numbers) > 1 else PLAIN
        parts = tuple(digits.split("/"))
        amount = Amount(start, end, shape, numbers, parts, unit, number_end=start + len(digits))
        if name.islower() and name != "glucose":
            value = vital_value(name, self._text, amount)
        else:
            value = plain_value(self._text, amount)._replace(name=name)
        if value is not None:
            of = None if owner is None else owner.mention
            self.found.append(Found(start, end, value, of))

    def _with_inches(self, amount: Amount) -> Amount:
        match = _INCHES.match(self._text, amount.end)
        if match is None:
            return amount
        unit = Unit("[in_i]", "any", "length")
        return amount._replace(unit=unit, end=match.end(), reach=match.end())

    def _with_usual_unit(self, value: Value, vital: str) -> Value:
        """A weight without a unit has that of the weights before it."""
        if vital not in (WEIGHT, HEIGHT):
            return value
        if value.unit:
            self._units[vital] = value.unit
            return value
        unit = self._units.get(vital, "")
        return value._replace(unit=unit, worked_out=("unit",)) if unit else value


def flag_code(written: str) -> str:
    """The code of a flag as it is written."""
    sign = written[0] if written[0] in "*!↑↓" else written.lower()
    return _FLAG_CODES.get(sign, written)


def _is_volume(name: str) -> bool:
    return any(word in name for word in _VOLUMES)


def worked_out_flag(value: Value, reference: Value) -> str:
    """Whether a result is below (L) or above (H) its range; empty if it is in it."""
    if len(value.numbers) != 1 or not reference.numbers or value.comparator:
        return ""
    number = value.numbers[0]
    if len(reference.numbers) == 2:
        low, high = reference.numbers
        return "L" if number < low else "H" if number > high else ""
    limit, sign = reference.numbers[0], reference.comparator
    if sign in ("<", "<="):
        return "H" if number > limit or (sign == "<" and number == limit) else ""
    if sign in (">", ">="):
        return "L" if number < limit or (sign == ">" and number == limit) else ""
    return ""


def is_reference(text: str, phrase: Phrase) -> bool:
    """Whether a range follows that a result is compared with: "normal: 0.5-1.2"."""
    row = phrase.of("reference", "result")
    if row is None or row.category == "reference":
        return row is not None
    return row.code == "N" and NUMBER_FOLLOWS.match(text, phrase.end) is not None
