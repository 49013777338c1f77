"""Results that are given to several tests at once, or several to one: "AST/ALT 212/187"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from spacy_umlsbert.values.amounts import PLAIN, PRESSURE, SLASHES, Amount
from spacy_umlsbert.values.anchors import Anchor
from spacy_umlsbert.values.figures import series_names
from spacy_umlsbert.values.gaps import DIRECT, LINKED, gap_between
from spacy_umlsbert.values.kinds import FLAG, OXYGEN_SATURATION, PROBLEM, TEST, VALUE, Found, Value
from spacy_umlsbert.values.result_patterns import FURTHEST_ABOVE, LISTED, POSITION, SIGN
from spacy_umlsbert.values.results import ON_OXYGEN, Reached, Results, flag_code
from spacy_umlsbert.values.units import Unit
from spacy_umlsbert.values.vitals import by_unit_alone, plain_value, vital_value


class SharedResults(Results):
    """Results of the tests at hand, all of which may have their part of a list."""

    def __init__(self, text: str, units: dict[str, str]) -> None:
        super().__init__(text, units)
        self._done: set[int] = set()
        self._is_flagged = False
        self._problem: Anchor | None = None
        self._saturation: int | None = None
        self.pressure_above: Anchor | None = None

    def _series(self, amount: Amount, anchor: Anchor) -> bool:
        """Each of several numbers with strokes between: "7.31/55/68/27"."""
        start, unit = amount.start, amount.unit
        names = series_names(anchor.name, amount.numbers)
        pairs = zip(amount.written, amount.numbers, strict=True)
        for place, (written, number) in enumerate(pairs):
            start = self._text.index(written, start)
            is_share = self._text.startswith("%", start + len(written))
            one = amount._replace(
                unit=unit if is_share or unit is None or unit.code != "%" else None,
                start=start, end=start + len(written), shape=PLAIN, numbers=(number,),
                written=(written,), number_end=start + len(written),
            )  # fmt: skip
            named = plain_value(self._text, one)._replace(name=names[place])
            self._put(one, named, anchor.mention)
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
        """Give the tests at hand a list of amounts as long as theirs: "AST and ALT 212 and 187".

        Returns:
            Whether they were as many, and were given.
        """
        count = len(self._group)
        if count < 2 or self._last is not None or len(amounts) < count:
            return False
        chosen = amounts[:count]
        if gap_between(self._text, self._end, chosen[0].start) > LINKED:
            return False
        for one, other in pairwise(chosen):
            if not LISTED.fullmatch(self._text, one.end, other.start):
                return False
        if count < len(amounts) and LISTED.fullmatch(
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

    def range_of_row(self, amount: Amount) -> None:
        """The range in the row of the last value."""
        self._add_reference(amount, self._last)

    def word_of_row(self, kind: str, start: int, end: int, anchor: Anchor) -> None:
        """A result or a flag in words, in the row of a test."""
        written = self._text[start:end]
        flag = flag_code(written) if kind == FLAG else ""
        self.found.append(Found(start, end, Value(kind, written, flag=flag), anchor.mention))

    def _sign_behind(self, anchor: Anchor) -> None:
        """A sign for found or not found: "FOBT +", "flu A (-)"."""
        match = SIGN.match(self._text, anchor.end) if anchor.role == TEST else None
        if match is None:
            return
        start, end = match.span(1)
        self.found.append(Found(start, end, Value(VALUE, match[1]), anchor.mention))
        self._end, self._is_flagged = end, True

    def _is_on_oxygen(self, amount: Amount) -> bool:
        """A share behind which oxygen stands is a saturation: "RR 16, 98% RA"."""
        if amount.code != "%" or not ON_OXYGEN.match(self._text, amount.end):
            return False
        if self._group and self._last is None:
            return False
        value = vital_value(OXYGEN_SATURATION, self._text, amount)
        if value is not None:
            self._put(amount, value, self._saturation)
        return value is not None

    def _above(self, amount: Amount) -> Anchor | None:
        """The name of a blood pressure in a line above: "BP", then "L arm 139/84"."""
        anchor = self.pressure_above
        if anchor is None or not 0 <= amount.start - anchor.end < FURTHEST_ABOVE:
            return None
        return anchor if POSITION.search(self._text[anchor.end : amount.start]) else None

    def _is_lower_now(self, amount: Amount, between: str, last: Reached) -> bool:
        """Whether ">" stands for an arrow between two values: "4.2 > 2.1 > 1.3"."""
        spaced = self._text.startswith((">", "<"), amount.start) and between == " "
        spaced = spaced and self._text[amount.start + 1 : amount.start + 2] == " "
        return spaced and amount.shape == PLAIN and not amount.said_from and not last.unit

    def _is_of_problem(self, amount: Amount) -> bool:
        """Tie a result to the problem directly before it: "leukocytosis of 49,500/mm3"."""
        problem = self._problem
        if problem is None or not amount.code or amount.no_result:
            return False
        if self._group and self._group[-1].start > problem.start:
            return False
        if gap_between(self._text, problem.end, amount.start) > LINKED:
            return False
        value = by_unit_alone(self._text, amount) or plain_value(self._text, amount)
        kept = self._last, self._end
        self._put(amount, value, problem.mention)
        self._last, self._end = kept
        return True

    def _is_share_of(self, amount: Amount, following: Anchor | None) -> bool:
        """Whether a share stands before what it is a share of: "80% neutrophils"."""
        if following is None or amount.code != "%" or following.role == PROBLEM:
            return False
        if self._text[amount.end : following.start] != " ":
            return False
        direct = gap_between(self._text, self._end, amount.start) == DIRECT
        return self._last is not None or not (self._group and direct)


def _with_unit(amount: Amount, unit: Unit | None) -> Amount:
    return amount if amount.unit is not None or unit is None else amount._replace(unit=unit)
