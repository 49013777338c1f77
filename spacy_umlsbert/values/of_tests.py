"""Results of tests: which number, flag or range belongs to which test."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from spacy_umlsbert.values.amounts import (
    HEIGHT as FEET_AND_INCHES,
)
from spacy_umlsbert.values.amounts import PRESSURE, RANGE, SLASHES, Amount, Figure
from spacy_umlsbert.values.anchors import Anchor
from spacy_umlsbert.values.gaps import DIRECT, FAR, LINKED, NEAR, gap_between
from spacy_umlsbert.values.kinds import (
    BLOOD_PRESSURE,
    HEIGHT,
    OXYGEN_SATURATION,
    PAIN_SCORE,
    PROBLEM,
    VALUE,
    Found,
)
from spacy_umlsbert.values.phrases import Phrase
from spacy_umlsbert.values.result_patterns import (
    COUNTED,
    DATED,
    FORWARD,
    HIGHEST_PAIN,
    JOINED,
    LONGEST_GAP,
    MOST_TOGETHER,
    NARROW,
    NOUN_FOLLOWS,
    NUMBER_FOLLOWS,
    PANEL,
    SCORES,
    SERIES,
    SMALL,
    STABLE_AT,
    TREND,
    WIDE,
    WORD_FOLLOWS,
)
from spacy_umlsbert.values.results import ON_OXYGEN, Reached
from spacy_umlsbert.values.shared_results import SharedResults
from spacy_umlsbert.values.vitals import (
    by_unit_alone,
    looks_like_pressure,
    plain_value,
    vital_value,
)

LabPart = Amount | Phrase | Figure


class TestReader(SharedResults):
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
        super().__init__(text, units)
        self._barred = barred
        self._references = references
        self._reference_starts = [one.start for one in references]
        self._shared: list[Phrase] = []
        self._pressure: Anchor | None = None
        self._waiting: list[Phrase | Amount] = []

    # What comes, in the order of the text

    def anchor(self, anchor: Anchor) -> None:
        """A test, or what else results may belong to."""
        if anchor.role == PROBLEM and not anchor.vital:
            self._problem = anchor
            return
        between = self._text[self._end : anchor.start]
        if self._group and self._is_alias(anchor, between):
            self._end = anchor.end + (between != " ")
            return
        flagged, self._is_flagged = self._is_flagged, False
        if self._group and self._last is None and not flagged and JOINED.fullmatch(between):
            self._group = [*self._group, anchor][-MOST_TOGETHER:]
            for one in self._shared:
                if anchor.mention is not None:
                    self._add_word(one, anchor)
        else:
            self._group, self._last, self._shared = [anchor], None, []
        self._end = max(anchor.end, anchor.reach)
        if anchor.mention is not None:
            self._panel = anchor.mention if PANEL.fullmatch(anchor.name) else None
            self._sign_behind(anchor)
        if anchor.vital == OXYGEN_SATURATION:
            self._saturation = anchor.mention
        if anchor.vital == BLOOD_PRESSURE:
            self._pressure = anchor
        self._take_waiting(anchor)

    def _is_alias(self, anchor: Anchor, between: str) -> bool:
        """Whether a test is the one before: its short name in brackets, or a part of its name."""
        known = self._group[-1].mention is not None and anchor.mention is None
        if between == " " and known and not anchor.vital and self._last is None:
            return True  # "glucose fingersticks"
        opens = between.strip() == "(" and self._text.startswith(")", anchor.end)
        return opens and anchor.end - anchor.start < 16

    def word(self, phrase: Phrase, following: Anchor | None = None) -> None:
        """A result or a flag in words.

        Args:
            phrase: The words.
            following: The next test.
        """
        row = phrase.of("result", "flag")
        if row is None or STABLE_AT.match(self._text, phrase.start):
            return
        if NUMBER_FOLLOWS.match(self._text, phrase.end) and row.code == "N":
            return
        last, start = self._last, len(self._text) if following is None else following.start
        after = self._end if last is None else last.end
        forward = following is not None and FORWARD.fullmatch(self._text, phrase.end, start)
        if forward and self._group and WIDE.fullmatch(self._text, phrase.end, start):
            directly_behind = NARROW.fullmatch(self._text, after, phrase.start)
            forward = None if directly_behind else forward  # "Color amber   Clarity cloudy"
        has_number = last is not None and bool(last.found.value.numbers)
        if has_number and row.category == "result" and not forward:
            return  # "pulse 91 irregular"
        noun = NOUN_FOLLOWS.match(self._text, phrase.end) is not None
        if (
            not forward
            and not noun
            and self._group
            and SMALL.fullmatch(self._text, after, phrase.start)
        ):
            for anchor in self._group:
                self._add_word(phrase, anchor)
            if row.category == "result":
                self._last = Reached(self.found[-1], phrase.end, "")
                self._flag_behind()
            else:
                self._end, self._is_flagged = phrase.end, True
        else:
            self._waiting = [*self._adjacent(phrase.start), phrase]

    def figure(self, figure: Figure) -> None:
        """A fishbone, or a line of vital signs."""
        owner = self._group[-1] if self._group else None
        if owner is not None and gap_between(self._text, self._end, figure.start) > LINKED:
            owner = None
        for name, start, end in figure.parts:
            self._part_of_figure(name, start, end, owner)

    def amount(self, amount: Amount, following: Anchor | None = None) -> None:
        """A number that may be a result.

        Args:
            amount: The number.
            following: The next test or problem.
        """
        if amount.start in self._done:
            return
        if amount.said_from and self._text.startswith(("up to", "Up to"), amount.said_from):
            amount = amount._replace(comparator="")  # a peak, and no limit
        if self._is_barred(amount.start) or amount.start < self._passed:
            return
        if self._is_of_problem(amount):
            return
        if amount.shape == PRESSURE and self._is_pressure(amount):
            return
        if self._is_on_oxygen(amount):
            return
        if self._is_share_of(amount, following):
            self._waiting = [*self._adjacent(amount.start), amount]
        elif not self._group or not self._in_group(amount):
            self._alone(amount)

    def _in_group(self, amount: Amount) -> bool:
        """Tie an amount to the tests at hand; False if it is none of theirs."""
        last = self._last
        if last is None:
            return self._first_value(amount)
        between = self._text[last.end : amount.start]
        if len(between) <= LONGEST_GAP:
            between = DATED.sub(", ", between)
        gap = gap_between(self._text, last.end, amount.start)
        if self._is_lower_now(amount, between, last):
            start = amount.number_end - len(amount.written[0])
            amount = amount._replace(comparator="", start=start)
        elif self._is_reference(amount, between, gap):
            self._add_reference(amount, last)
            return True
        if not self._goes_on(amount, last, between, gap):
            return False
        return self._add(amount, last.found.of, self._anchor_of(last.found.of))

    def _goes_on(self, amount: Amount, last: Reached, between: str, gap: int) -> bool:
        """Whether an amount is one more value of the same test: of a trend, in another unit."""
        unit = amount.code
        fits = not unit or not last.unit or unit == last.unit or amount.shape != SLASHES
        of_ten = amount.shape in (SLASHES, PRESSURE) and amount.numbers[-1] == HIGHEST_PAIN
        no_trend = amount.no_result or (last.found.value.kind == PAIN_SCORE and not of_ten)
        if no_trend or not fits or "\n" in between or len(between) > LONGEST_GAP:
            return False
        follows = TREND.search(between) is not None
        if of_ten and last.found.value.kind == PAIN_SCORE:
            return follows or between.rstrip(" ").endswith((",", ";"))
        if follows or ";" in between:
            return follows and (gap != FAR or TREND.search(between[-12:]) is not None)
        listed = gap == DIRECT and ("," in between or "/" in between or "|" in between)
        if not unit and listed and WORD_FOLLOWS.match(self._text, amount.end):
            return False
        opened = between.lstrip()[:1] in ("(", "[")
        bracketed = opened and bool(unit) and unit != last.unit
        if opened and not unit:
            return False
        return listed or bracketed or gap == DIRECT

    def _first_value(self, amount: Amount) -> bool:
        anchor = self._group[-1]
        if not self._reaches(anchor, amount):
            return False
        if self._references_before(self._end, amount.start) and amount.shape == RANGE:
            self._add_reference(amount, None)
            return True
        if len(self._group) > 1 and self._distribute(amount):
            return True
        if amount.shape in (SLASHES, PRESSURE) and len(self._group) == 1:
            parts = amount.numbers
            if anchor.name.split()[-1] in SCORES or anchor.vital == PAIN_SCORE:
                amount = amount._replace(numbers=parts[:1], written=amount.written[:1])
            elif len(parts) >= SERIES and amount.shape == SLASHES:
                return self._series(amount, anchor)
        return self._add(amount, anchor.mention, anchor)

    def _reaches(self, anchor: Anchor, amount: Amount) -> bool:
        """Whether what stands between a test and a number leaves it the test's."""
        gap = gap_between(self._text, self._end, amount.start)
        has_unit = bool(amount.code) or amount.shape == PRESSURE
        opened = "(" in self._text[self._end : amount.start]
        return not (
            (amount.is_glued and amount.start not in (anchor.end, anchor.end + 1))
            or (gap == LINKED and not amount.code and COUNTED.match(self._text, amount.end))
            or gap > (NEAR if has_unit else LINKED)
            or (amount.no_result and gap != DIRECT)
            or (anchor.vital == PAIN_SCORE and opened)
            or (amount.shape == FEET_AND_INCHES and anchor.vital != HEIGHT)
        )

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
        owner = self._group[-1] if group_is else self._pressure or self._above(amount)
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
            oxygen = ON_OXYGEN.match(self._text, amount.end)
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
            if not FORWARD.fullmatch(self._text, one.end, anchor.start):
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
        self._group, self._last, self._pressure, self._panel = [], None, None, None

    def _keep(self, amount: Amount) -> None:
        """Keep an amount with a unit that belongs to nothing."""
        problem = self._problem
        of = None
        if problem is not None and gap_between(self._text, problem.end, amount.start) <= LINKED:
            of = problem.mention
        self.found.append(Found(amount.start, amount.end, plain_value(self._text, amount), of))

    # Questions

    def _is_barred(self, character: int) -> bool:
        i = bisect_right(self._barred, (character, 1 << 60))
        return i > 0 and self._barred[i - 1][1] > character

    def _references_before(self, start: int, end: int) -> bool:
        i = bisect_left(self._reference_starts, start)
        return i < len(self._references) and self._references[i].end <= end

    def _is_reference(self, amount: Amount, between: str, gap: int) -> bool:
        """Whether an amount behind a value is the range that the value is compared with."""
        if self._last is None or self._last.found.value.kind != VALUE:
            return False
        said, value = self._references_before(self._last.end, amount.start), self._last.found.value
        if (amount.comparator, amount.written) == (value.comparator, value.written):
            return said  # "<0.01   <0.01": of two days
        ranged = amount.shape == RANGE or bool(amount.comparator in ("<", ">", "<=", ">="))
        if not ranged:
            return said and gap != FAR
        if amount.code and self._last.unit and amount.code != self._last.unit:
            return False
        opened = between.strip() in ("(", "[", "") or said
        closed = self._text[amount.end : amount.end + 1] in (")", "]")
        opened = opened or (gap <= NEAR and closed and between.strip().endswith(("(", "[")))
        return opened or (gap == DIRECT and not {",", ">"} & set(between))

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
                following = parts[i + 1] if i + 1 < len(parts) else None
                reader.amount(part, following if isinstance(following, Anchor) else None)
    reader.finish()
    found, reader.found = reader.found, []
    yield from found
