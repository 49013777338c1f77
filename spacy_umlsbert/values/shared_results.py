"""Results that are given to several tests at once, or several to one: "AST/ALT 212/187"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from spacy_umlsbert.values.amounts import PLAIN, PRESSURE, SLASHES, Amount
from spacy_umlsbert.values.anchors import Anchor
from spacy_umlsbert.values.gaps import LINKED, gap_between
from spacy_umlsbert.values.result_patterns import LISTED
from spacy_umlsbert.values.results import Results
from spacy_umlsbert.values.units import Unit
from spacy_umlsbert.values.vitals import plain_value


class SharedResults(Results):
    """Results of the tests at hand, all of which may have their part of a list."""

    def __init__(self, text: str, units: dict[str, str]) -> None:
        super().__init__(text, units)
        self._done: set[int] = set()

    def _series(self, amount: Amount, anchor: Anchor) -> bool:
        """Each of several numbers with strokes between: "7.31/55/68/27"."""
        start, unit = amount.start, amount.unit
        for written, number in zip(amount.written, amount.numbers, strict=True):
            start = self._text.index(written, start)
            is_share = self._text.startswith("%", start + len(written))
            one = amount._replace(
                unit=unit if is_share or unit is None or unit.code != "%" else None,
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


def _with_unit(amount: Amount, unit: Unit | None) -> Amount:
    return amount if amount.unit is not None or unit is None else amount._replace(unit=unit)
