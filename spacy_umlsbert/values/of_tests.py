"""Results of tests: which number, flag or range belongs to which test."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spacy_umlsbert.values.anchors import Anchor
from spacy_umlsbert.values.gaps import DIRECT, FAR, LINKED, NEAR, gap_between
from spacy_umlsbert.values.kinds import (
    BLOOD_PRESSURE,
    FLAG,
    HEIGHT,
    OXYGEN_SATURATION,
    PAIN_SCORE,
    PROBLEM,
    REFERENCE_RANGE,
    VALUE,
    WEIGHT,
    Found,
    Value,
)
from spacy_umlsbert.values.phrases import Phrase
from spacy_umlsbert.values.scanning import (
    HEIGHT as FEET_AND_INCHES,
)
from spacy_umlsbert.values.scanning import PLAIN, PRESSURE, RANGE, SLASHES, Amount, Figure
from spacy_umlsbert.values.units import Unit
from spacy_umlsbert.values.vitals import (
    by_unit_alone,
    looks_like_pressure,
    plain_value,
    vital_value,
)

LabPart = Amount | Phrase | Figure

_JOINED = re.compile(r"\s*(?:,|/|and|&|or|,\s?and|as well as|\+)\s*(?:the |serum |his |her |a )?", re.I)
_LISTED = re.compile(r"\s*(?:,|and|/|&|,\s?and|to)\s*", re.IGNORECASE)
_FLAG = re.compile(
    r"[ \t]*[|(\[]?[ \t]*(HH|LL|H|L|A|AA|C|\*{1,3}|↑+|↓+|(?-i:high|low|crit|critical|abn|abnormal))"
    r"(?![\w/'’-])(?=[ \t]*[)\]|]|[ \t]*[,;.\n]|[ \t]*\Z|[ \t]+[\d(\[<>]|\t|[ \t]{2,}|[ \t]+/)"
)
_FLAG_CODES = {"↑": "H", "↓": "L", "*": "A", "c": "AA", "crit": "AA", "critical": "AA", "high": "H",
               "low": "L", "abn": "A", "abnormal": "A"}  # fmt: skip
_TREND = re.compile(
    r"(?:->|-->|→|=>|⇒|>|\bto|\bthen|\bnow|\bfrom|\brepeat(?:ed)?|\brecheck(?:ed)?|\bthen to|\|"
    r"|\bbaseline(?: of)?|\band|\bto a (?:peak|nadir) of|\bpeak(?: of)?|\bnadir(?: of)?|\btoday"
    r"|\byesterday|\bor|\bwas|\bprior|\bprevious(?:ly)?|\blast|\bat)\s*[:=(]?\s*\Z",
    re.IGNORECASE,
)
_WORD_FOLLOWS = re.compile(r"[ ]?[a-z]{3,}")
_SMALL = re.compile(
    r"[\s:=,|(\-–—]*(?:(?:was|were|is|are|be|been|being|to|remained|remains|remain|came|back|"
    r"returned|all|both|results?|levels?|has|have|had|still|also|grossly|essentially|otherwise|the|"
    r"of|a|as|tests?|titers?|show(?:s|ed|ing)?|reveal(?:s|ed|ing)?|found|completely|entirely|"
    r"that|which|within|yielded|demonstrated|at|again|in|again|now|repeatedly|only|but|an?|count|values?|"
    r"x\d|sets?|findings?|studies|study|examination|exam|screen(?:ing)?|culture|cultures|for|s)\b[\s:,(]*)*",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"\s*(?:for |levels? of |an? |titers? |values? of |serum |plasma |blood |in |of |the |for |results? (?:of|for) "
    r"|findings? (?:on|in) |his |her |amounts? of |titers? of |concentrations? of )*",
    re.IGNORECASE,
)
_NUMBER_FOLLOWS = re.compile(r"[\s:,=(\[]*[<>≤≥]?\s?\d")
_ON_OXYGEN = re.compile(
    r"[ ]?\(?(?:on |in |at |while on |breathing |via )?((?:RA|room air|ambient air|air)\b"
    r"|\d+(?:\.\d+)?\s?(?:L|l|liters?|litres?)(?:/min|pm)?(?:\s?(?:via |by |of |on )?"
    r"(?:NC|nasal cannula|O2|oxygen|NRB|FM|face ?mask|HFNC))?|\d{2,3}\s?%\s?(?:FiO2|O2|oxygen|"
    r"venturi(?: mask)?|face ?mask|NRB)?|NRB|BiPAP|CPAP|HFNC|NC|FM)(?![\w/])",
    re.IGNORECASE,
)
_INCHES = re.compile(r"\s?(?:in\b\.?(?!\s(?:the|a|her|his))|\"|”|″)")
_SERIES = 3
_MOST_TOGETHER = 30
_SCORES = frozenset(
    "gcs mmse moca apgar apgars vas nrs phq-9 kps nihss meld cam-icu braden mrs sofa".split()
)


class Reached(NamedTuple):
    """The last value of the tests at hand, and how far it reaches, with unit and flag."""

    found: Found
    end: int
    unit: str


class TestReader:
    """Ties results to tests, from the beginning of a stretch to its end.

    Args:
        text: The text.
        barred: Whether a number at a character cannot be a result, as in "if lactate exceeds 4".
        references: The places of words behind which a range stands that is no result.
        units: The units that weights and heights of the text had so far.
    """

    def __init__(
        self,
        text: str,
        barred: Sequence[tuple[int, int]],
        references: Sequence[Phrase],
        units: dict[str, str],
    ) -> None:
        self._text = text
        self._barred = barred
        self._references = references
        self._reference_starts = [one.start for one in references]
        self._group: list[Anchor] = []
        self._end = 0
        self._shared: list[Phrase] = []
        self._last: Reached | None = None
        self._pressure: Anchor | None = None
        self._problem: Anchor | None = None
        self._waiting: list[Phrase | Amount] = []
        self._units = units
        self._done: set[int] = set()
        self.found: list[Found] = []

    # What comes, in the order of the text

    def anchor(self, anchor: Anchor) -> None:
        """A test, or what else results may belong to."""
        if anchor.role == PROBLEM and not anchor.vital:
            self._problem = anchor
            return
        between = self._text[self._end : anchor.start]
        if self._group and self._is_alias(anchor, between):
            self._end = anchor.end + 1
            return
        if self._group and self._last is None and _JOINED.fullmatch(between):
            self._group = [*self._group, anchor][-_MOST_TOGETHER:]
            for one in self._shared:
                if anchor.mention is not None:
                    self._add_word(one, anchor)
        else:
            self._group, self._last, self._shared = [anchor], None, []
        self._end = anchor.end
        if anchor.vital == BLOOD_PRESSURE:
            self._pressure = anchor
        self._take_waiting(anchor)

    def _is_alias(self, anchor: Anchor, between: str) -> bool:
        """Whether a test is the short name of the one before, in brackets."""
        opens = between.strip() == "(" and self._text.startswith(")", anchor.end)
        return opens and anchor.end - anchor.start < 16

    def word(self, phrase: Phrase, following: Anchor | None = None) -> None:
        """A result or a flag in words.

        Args:
            phrase: The words.
            following: The next test.
        """
        row = phrase.of("result", "flag")
        if row is None or _NUMBER_FOLLOWS.match(self._text, phrase.end) and row.code == "N":
            return
        last = self._last
        if last is not None and last.found.value.numbers and row.category == "result":
            return  # "pulse 91 irregular"
        after = self._end if last is None else last.end
        forward = following is not None and _FORWARD.fullmatch(
            self._text, phrase.end, following.start
        )
        if not forward and self._group and _SMALL.fullmatch(self._text, after, phrase.start):
            for anchor in self._group:
                self._add_word(phrase, anchor)
            if row.category == "result":
                self._last = Reached(self.found[-1], phrase.end, "")
            else:
                self._end = phrase.end
        else:
            self._waiting = [*self._adjacent(phrase.start), phrase]

    def figure(self, figure: Figure) -> None:
        """A fishbone, or a line of vital signs."""
        owner = self._group[-1] if self._group else None
        if owner is not None and gap_between(self._text, self._end, figure.start) > LINKED:
            owner = None
        for name, start, end in figure.parts:
            self._part_of_figure(name, start, end, owner)

    def amount(self, amount: Amount) -> None:
        """A number that may be a result."""
        if amount.start in self._done:
            return
        if self._is_barred(amount.start):
            return
        if amount.shape == PRESSURE and self._is_pressure(amount):
            return
        if not self._group or not self._in_group(amount):
            self._alone(amount)

    def _in_group(self, amount: Amount) -> bool:
        """Tie an amount to the tests at hand; False if it is none of theirs."""
        last = self._last
        if last is None:
            return self._first_value(amount)
        between = self._text[last.end : amount.start]
        gap = gap_between(self._text, last.end, amount.start)
        if self._is_reference(amount, between, gap):
            self._add_reference(amount, last)
            return True
        unit = amount.code
        fits = not unit or not last.unit or unit == last.unit or amount.shape != SLASHES
        if amount.no_result or not fits or "\n" in between or len(between) > 60:
            return False
        follows = _TREND.search(between) is not None
        listed = gap == DIRECT and ("," in between or "/" in between or "|" in between)
        if last.found.value.kind == PAIN_SCORE:
            return False
        bracketed = between.lstrip()[:1] in ("(", "[") and bool(unit) and unit != last.unit
        if not unit and listed and not follows and _WORD_FOLLOWS.match(self._text, amount.end):
            return False
        if not (follows or listed or bracketed or gap == DIRECT):
            return False
        if follows and gap == FAR and _TREND.search(between[-12:]) is None:
            return False
        if ";" in between and not follows:
            return False
        return self._add(amount, last.found.of, self._anchor_of(last.found.of))

    def _first_value(self, amount: Amount) -> bool:
        anchor = self._group[-1]
        gap = gap_between(self._text, self._end, amount.start)
        if amount.is_glued and amount.start != anchor.end:
            return False
        has_unit = bool(amount.code) or amount.shape in (PRESSURE,)
        if gap > (NEAR if has_unit else LINKED):
            return False
        if amount.no_result and gap != DIRECT:
            return False
        if anchor.vital == PAIN_SCORE and "(" in self._text[self._end : amount.start]:
            return False
        if amount.shape == FEET_AND_INCHES and anchor.vital != HEIGHT:
            return False
        if self._references_before(self._end, amount.start) and amount.shape == RANGE:
            self._add_reference(amount, None)
            return True
        if len(self._group) > 1 and self._distribute(amount):
            return True
        if amount.shape in (SLASHES, PRESSURE) and len(self._group) == 1:
            parts = amount.numbers
            if anchor.name.split()[-1] in _SCORES or anchor.vital == PAIN_SCORE:
                amount = amount._replace(numbers=parts[:1], written=amount.written[:1])
            elif len(parts) >= _SERIES and amount.shape == SLASHES:
                return self._series(amount, anchor)
        return self._add(amount, anchor.mention, anchor)

    def _series(self, amount: Amount, anchor: Anchor) -> bool:
        """Each of several numbers with strokes between: "7.31/55/68/27"."""
        start = amount.start
        for written, number in zip(amount.written, amount.numbers, strict=True):
            start = self._text.index(written, start)
            one = amount._replace(
                start=start, end=start + len(written), shape=PLAIN, numbers=(number,),
                written=(written,), number_end=start + len(written),
            )  # fmt: skip
            self._put(one, plain_value(self._text, one), anchor.mention)
            start += len(written)
        return True

    def _distribute(self, amount: Amount) -> bool:
        """Give each of the tests at hand its number: "AST/ALT 212/187"."""
        if amount.shape not in (SLASHES, PRESSURE) or len(amount.numbers) != len(self._group):
            return False
        group, start = list(self._group), amount.start
        for anchor, written, number in zip(group, amount.written, amount.numbers, strict=True):
            start = self._text.index(written, start)
            end = start + len(written)
            value = plain_value(
                self._text,
                amount._replace(start=start, end=end, numbers=(number,), written=(written,)),
            )
            self._put(amount._replace(start=start, end=end), value, anchor.mention)
            start = end
        self._last = self._last and self._last._replace(end=amount.end)
        return True

    def distribute(self, amounts: Sequence[Amount]) -> bool:
        """Give the tests at hand the amounts of a list as long as theirs: "AST and ALT 212 and 187".

        Returns:
            Whether they were as many, and were given.
        """
        count = len(self._group)
        if count < 2 or self._last is not None or len(amounts) < count:
            return False
        chosen = amounts[:count]
        if gap_between(self._text, self._end, chosen[0].start) > LINKED:
            return False
        for one, other in zip(chosen, chosen[1:], strict=False):
            if not _LISTED.fullmatch(self._text, one.end, other.start):
                return False
        if count < len(amounts) and _LISTED.fullmatch(
            self._text, chosen[-1].end, amounts[count].start
        ):
            return False
        unit = chosen[-1].unit
        for anchor, amount in zip(list(self._group), chosen, strict=True):
            self._add(_with_unit(amount, unit), anchor.mention, anchor)
            self._done.add(amount.start)
        return True

    def cell(self, amount: Amount, anchor: Anchor, unit: Unit | None) -> None:
        """An amount in the column of a test, perhaps with the unit in the heading."""
        if amount.unit is None and unit is not None:
            amount = amount._replace(unit=unit)
        if not self._add(amount, anchor.mention, anchor):
            self._put(amount, plain_value(self._text, amount), anchor.mention)

    # What is no result of a test that has a name before it

    def _is_pressure(self, amount: Amount) -> bool:
        """Tie a pair that can only be a blood pressure to the last name of one."""
        group_is = bool(self._group) and self._group[-1].vital == BLOOD_PRESSURE
        if not looks_like_pressure(amount):
            return False
        if self._group and not group_is and gap_between(
            self._text, self._end if self._last is None else self._last.end, amount.start
        ) in (DIRECT,):  # fmt: skip
            return False
        owner = self._group[-1] if group_is else self._pressure
        has_unit = amount.unit is not None and amount.unit.what == "pressure"
        if owner is None and not has_unit:
            return False
        value = vital_value(BLOOD_PRESSURE, self._text, amount)
        if value is None:
            return False
        last = self._last
        self._put(amount, value, None if owner is None else owner.mention)
        if not group_is:
            self._last = last
        return True

    def _alone(self, amount: Amount) -> None:
        """An amount that no test stands before."""
        value = by_unit_alone(self._text, amount)
        if value is not None:
            self._put(amount, value, self._problem_before(amount))
            return
        if amount.unit is not None and amount.unit.code == "%":
            oxygen = _ON_OXYGEN.match(self._text, amount.end)
            value = vital_value(OXYGEN_SATURATION, self._text, amount) if oxygen else None
            if value is not None:
                self._put(amount, value, None)
                return
        if amount.code and not amount.no_result and not amount.is_glued:
            self._waiting = [*self._adjacent(amount.start), amount]

    def _problem_before(self, amount: Amount) -> int | None:
        problem = self._problem
        if problem is None or gap_between(self._text, problem.end, amount.start) > LINKED:
            return None
        return problem.mention

    def _take_waiting(self, anchor: Anchor) -> None:
        """What stands directly before a test belongs to it: "elevated CRP", "a 40% FiO2"."""
        for one in self._waiting:
            if not _FORWARD.fullmatch(self._text, one.end, anchor.start):
                if isinstance(one, Amount):
                    self._keep(one)
                continue
            if isinstance(one, Phrase):
                if anchor.mention is not None:
                    self._add_word(one, anchor)
                    self._shared.append(one)
            else:
                last = self._last
                self._put(one, plain_value(self._text, one), anchor.mention)
                self._last = last
        self._waiting = []

    def finish(self) -> None:
        """The end of the stretch: what waits for a test belongs to none."""
        for one in self._waiting:
            if isinstance(one, Amount):
                self._keep(one)
        self._waiting, self._problem = [], None
        self._group, self._last, self._pressure = [], None, None

    def _keep(self, amount: Amount) -> None:
        """Keep an amount with a unit that belongs to nothing."""
        problem = self._problem
        of = None
        if problem is not None and gap_between(self._text, problem.end, amount.start) <= LINKED:
            of = problem.mention
        self.found.append(Found(amount.start, amount.end, plain_value(self._text, amount), of))

    # Writing

    def _add(self, amount: Amount, of: int | None, anchor: Anchor | None) -> bool:
        """Add a value of a test; False if the test cannot have it."""
        vital = "" if anchor is None else anchor.vital
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
            value = plain_value(self._text, amount)
        self._put(amount, value, of)
        return True

    def _put(self, amount: Amount, value: Value, of: int | None) -> None:
        start, end = amount.start, amount.end
        self.found.append(Found(start, end, value, of))
        self._end = end
        self._last = Reached(self.found[-1], max(end, amount.reach), value.unit)
        self._flag_behind()

    def _flag_behind(self) -> None:
        """A flag directly behind the last value or range: "9.1 (L)", "8.9*"."""
        last = self._last
        match = None if last is None else _FLAG.match(self._text, last.end)
        if last is None or match is None or last.found.value.flag:
            return
        code = _FLAG_CODES.get(match[1][0] if match[1][0] in "*↑↓" else match[1], match[1])
        self._replace_last(last, last.found.value._replace(flag=code))
        kept = self._last or last
        start, end = match.span(1)
        flag = Value(FLAG, self._text[start:end], flag=code)
        self.found.append(Found(start, end, flag, kept.found.of))
        self._last = kept._replace(end=end)

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
        value = Value(kind, text, flag=code)
        self.found.append(Found(phrase.start, phrase.end, value, anchor.mention))

    def _add_reference(self, amount: Amount, last: Reached | None) -> None:
        of = self._group[-1].mention if last is None else last.found.of
        value = plain_value(self._text, amount, REFERENCE_RANGE)
        if not value.unit and last is not None and last.unit:
            value = value._replace(unit=last.unit, worked_out=("unit",))
        self.found.append(Found(amount.start, amount.end, value, of))
        if last is None:
            return
        end = max(amount.end, amount.reach)
        self._last = last._replace(end=end + (self._text[end : end + 1] in (")", "]")))
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

    # Questions

    def _is_barred(self, character: int) -> bool:
        i = bisect_right(self._barred, (character, 1 << 60))
        return i > 0 and self._barred[i - 1][1] > character

    def _references_before(self, start: int, end: int) -> bool:
        i = bisect_left(self._reference_starts, start)
        return i < len(self._references) and self._references[i].end <= end

    def _is_reference(self, amount: Amount, between: str, gap: int) -> bool:
        """Whether an amount behind a value is the range that the value is compared with."""
        if self._last is None or self._last.found.value.kind not in (VALUE,):
            return False
        said = self._references_before(self._last.end, amount.start)
        ranged = amount.shape == RANGE or bool(amount.comparator in ("<", ">", "<=", ">="))
        if not ranged:
            return said and gap != FAR
        unit = amount.code
        if unit and self._last.unit and unit != self._last.unit:
            return False
        opened = between.strip() in ("(", "[", "") or said
        return opened or (gap == DIRECT and "," not in between and ">" not in between)

    def _adjacent(self, start: int) -> list[Phrase | Amount]:
        """What waits and stands directly before a place."""
        kept = []
        for one in self._waiting:
            if self._text[one.end : start].strip(" ") in ("", "and", "or", "of"):
                kept.append(one)
            elif isinstance(one, Amount):
                self._keep(one)
        return kept

    def _anchor_of(self, of: int | None) -> Anchor | None:
        return next((one for one in self._group if one.mention == of), None)

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


def _with_unit(amount: Amount, unit: Unit | None) -> Amount:
    return amount if amount.unit is not None or unit is None else amount._replace(unit=unit)


def _is_volume(name: str) -> bool:
    return any(word in name for word in ("volume", "vital capacity", "fvc", "fev", "uop", "output",
                                         "urine", "drain", "intake", "uf", "blood loss", "ebl"))  # fmt: skip


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


def results_in(reader: TestReader, parts: Sequence[Anchor | LabPart]) -> Iterator[Found]:
    """Read what belongs to tests in a stretch, in its order."""
    for i, part in enumerate(parts):
        if isinstance(part, Anchor):
            reader.anchor(part)
        elif isinstance(part, Phrase):
            following = parts[i + 1] if i + 1 < len(parts) else None
            reader.word(part, following if isinstance(following, Anchor) else None)
        elif isinstance(part, Figure):
            reader.figure(part)
        else:
            amounts = []
            for other in parts[i : i + 8]:
                if not isinstance(other, Amount):
                    break
                amounts.append(other)
            if not reader.distribute(amounts):
                reader.amount(part)
    reader.finish()
    found, reader.found = reader.found, []
    yield from found
