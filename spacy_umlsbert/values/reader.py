"""Reads the values of a text, and what they belong to, by rules."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from spacy_umlsbert.text.lexing import Tokens
from spacy_umlsbert.values.amounts import SLASHES, Age, Amount, Figure, HowOften
from spacy_umlsbert.values.anchors import Anchor, anchors_of, with_units
from spacy_umlsbert.values.barring import Barring
from spacy_umlsbert.values.borders import borders_of
from spacy_umlsbert.values.gaps import LINKED, gap_between
from spacy_umlsbert.values.instructions import place_of_drug_below
from spacy_umlsbert.values.kinds import (
    AGE,
    BLOOD_PRESSURE,
    DRUG,
    FLAG,
    PROBLEM,
    VALUE,
    Found,
    Mention,
    Value,
)
from spacy_umlsbert.values.of_drugs import DrugReader
from spacy_umlsbert.values.of_tests import TestReader, results_in
from spacy_umlsbert.values.parts import (
    GIVEN_WORDS,
    LAB_WORDS,
    Part,
    is_meant,
    is_usable,
    parts_of,
    passed_over,
    touches,
    without_values,
)
from spacy_umlsbert.values.phrases import Phrase, PhraseFinder
from spacy_umlsbert.values.results import is_reference
from spacy_umlsbert.values.routing import (
    GIVEN,
    LAB,
    NEITHER,
    Around,
    directly,
    following_anchor,
    is_of_scale,
    lane_of,
)
from spacy_umlsbert.values.row_tables import FLAG_OF_ROW, RESULT, RowCell, rows_of_tables
from spacy_umlsbert.values.row_tables import RANGE as RANGE_OF_ROW
from spacy_umlsbert.values.rules import ValueRules
from spacy_umlsbert.values.scanning import Scanner
from spacy_umlsbert.values.scores import classes_in
from spacy_umlsbert.values.tables import Cell, cells_of_tables
from spacy_umlsbert.values.times import OWN_TIME, Lasting, duration_of
from spacy_umlsbert.values.vitals import plain_value

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_BLANKS = dict.fromkeys((0xA0, *range(0x2000, 0x200C), 0x202F, 0x205F, 0x3000, 0xFEFF), " ")
"""Blanks of print: thin, hard, of no width."""

_LAB_TIMES = ("s", "ms", "min")
_NEAREST_PROBLEM = 45
_LONGEST_FLAG = 16
_SENTENCE_ENDS = re.compile(r"[.;]\s|\n")


class ValueReader:
    """Reads texts by rules.

    Args:
        rules: The rules; those of the package if not given.
    """

    def __init__(self, rules: ValueRules | None = None) -> None:
        rules = ValueRules() if rules is None else rules
        self._units = rules.units_in_use()
        self._scanner = Scanner(self._units, rules.not_values)
        self._phrases = PhraseFinder(rules.phrases)

    def read(
        self, text: str, mentions: Sequence[Mention] = (), sentences: Sequence[int] | None = None
    ) -> list[Found]:
        """The values of a text, in its order.

        Args:
            text: The text.
            mentions: What they may belong to, in any order.
            sentences: Where sentences begin, if it is known; else `text.sentences` tells.
        """
        typed, text = text, text.translate(_BLANKS)
        phrases = [one for one in self._phrases.find(Tokens(text)) if is_meant(text, one)]
        mentions = without_values(text, mentions, phrases)
        named = sorted(
            with_units(text, anchors_of(text, mentions, phrases), self._units),
            key=lambda one: (one.start, one.end),
        )
        cells = list(cells_of_tables(text, named, self._units))
        anchors = [one for one in named if not one.is_weak]
        rows = list(rows_of_tables(text, anchors, self._units))
        read = [one[:2] for one in cells] + [(one.start, one.end) for row in rows for one in row]
        read += [(one.end, one.reach) for one in anchors if one.reach]
        scanned = list(self._scanner.scan(text, passed_over(text, mentions, phrases, read)))
        ends = {one.end for one in anchors}
        found = list(classes_in(text, anchors))
        taken = sorted((one.start, one.end) for one in found)
        parts = [
            part
            for part in parts_of(text, scanned, phrases, anchors)
            if is_usable(text, part, ends) and not touches(taken, part.start, part.end)
        ]
        found += [_age(text, one) for one in scanned if isinstance(one, Age)]
        found += self._of_cells(text, cells)
        found += self._of_rows(text, rows)
        found += _Reading(text, anchors, phrases, parts).read(borders_of(text, sentences))
        if text != typed:
            found = [_as_typed(one, typed) for one in found]
        return sorted(_distinct(found), key=lambda one: (one.start, one.end, one.of or 0))

    def _of_cells(self, text: str, cells: Iterable[Cell]) -> Iterator[Found]:
        """The values in the columns of tables."""
        reader = TestReader(text, [], [], {})
        for start, end, column in cells:
            for moved in self._amounts(text, start, end):
                reader.cell(moved, column.anchor, column.unit)
        yield from reader.found

    def _of_rows(self, text: str, rows: Iterable[Sequence[RowCell]]) -> Iterator[Found]:
        """The values in the rows of tables."""
        for row in rows:
            reader = TestReader(text, [], [], {})
            for cell in sorted(row, key=lambda one: one.role != RESULT):
                amounts = list(self._amounts(text, cell.start, cell.end))
                if cell.role == RESULT:
                    for amount in amounts:
                        reader.cell(amount, cell.anchor, cell.unit)
                    if not amounts:
                        reader.word_of_row(VALUE, cell.start, cell.end, cell.anchor)
                elif cell.role == RANGE_OF_ROW and amounts:
                    reader.range_of_row(amounts[0])
                elif cell.role == FLAG_OF_ROW and cell.end - cell.start < _LONGEST_FLAG:
                    reader.word_of_row(FLAG, cell.start, cell.end, cell.anchor)
            yield from reader.found

    def _amounts(self, text: str, start: int, end: int) -> Iterator[Amount]:
        """The amounts of a cell."""
        for one in self._scanner.scan(text[start:end]):
            if isinstance(one, Amount):
                yield one._replace(
                    start=one.start + start,
                    end=one.end + start,
                    number_end=one.number_end + start,
                    reach=0,
                )


class _Reading:
    """One text on its way from parts to values."""

    def __init__(
        self,
        text: str,
        anchors: Sequence[Anchor],
        phrases: Sequence[Phrase],
        parts: Sequence[Part],
    ) -> None:
        self._text = text
        self._anchors = anchors
        self._anchor_starts = [one.start for one in anchors]
        self._parts = parts
        self._part_starts = [one.start for one in parts]
        self._barring = Barring(text, phrases)
        self._references = [one for one in phrases if is_reference(text, one)]
        self._reference_starts = [one.start for one in self._references]
        self._drugs = DrugReader(text)
        self._usual_units: dict[str, str] = {}
        self._pressure_above: Anchor | None = None
        self._found: list[Found] = []

    def read(self, borders: Sequence[int]) -> list[Found]:
        """Read all stretches, which begin at some places."""
        last_end = 0
        for start, end in zip(borders, [*borders[1:], len(self._text)], strict=False):
            anchors = self._slice(self._anchors, self._anchor_starts, start, end)
            parts = self._slice(self._parts, self._part_starts, start, end)
            if not parts and not anchors:
                continue
            carries = self._carries(last_end, start, anchors, parts)
            self._stretch(start, end, anchors, parts, carries)
            last_end = max((one.end for one in (*anchors[-1:], *parts[-1:])), default=start)
        return self._found

    def _slice(self, items: Sequence, starts: Sequence[int], start: int, end: int) -> list:
        return list(items[bisect_left(starts, start) : bisect_left(starts, end)])

    def _carries(
        self, last_end: int, start: int, anchors: Sequence[Anchor], parts: Sequence[Part]
    ) -> bool:
        """Whether the drugs of the stretch before are still spoken of."""
        if not self._drugs.has_drugs or start - last_end > 200:
            return False
        if _BLANK_LINE.search(self._text, max(0, last_end - 1), start):
            return False
        tests = [one for one in anchors if not one.may_be_drug and one.role != PROBLEM]
        if not tests or (parts and is_of_scale(self._text, parts[0])):
            return True
        return bool(parts) and tests[0].start > parts[0].start

    def _stretch(
        self,
        start: int,
        end: int,
        anchors: Sequence[Anchor],
        parts: Sequence[Part],
        carries: bool,
    ) -> None:
        tests = TestReader(
            self._text,
            self._barring.within(start, end),
            self._slice(self._references, self._reference_starts, start, end),
            self._usual_units,
        )
        tests.pressure_above = self._pressure_above
        for anchor in anchors:
            if anchor.vital == BLOOD_PRESSURE:
                self._pressure_above = anchor
        lab: list[Anchor | Amount | Phrase | Figure] = []
        given: list[Anchor | Amount | Phrase | HowOften | Lasting] = []
        last = test = drug = None
        reached, in_drug, only_words = start, carries, True
        i = 0
        events = sorted([*anchors, *parts], key=lambda one: (one.start, isinstance(one, Anchor)))
        for number, one in enumerate(events):
            if isinstance(one, Anchor):
                i += 1
                last, reached, in_drug = one, one.end, one.role == DRUG
                only_words = True
                test = one if one.may_be_test else test
                drug = one if one.may_be_drug else drug
                given.append(one)
                if one.may_be_test or one.role == PROBLEM:
                    lab.append(one)
                continue
            if isinstance(one, Amount):
                around = Around(
                    last, test, drug, following_anchor(anchors, i), reached, in_drug,
                    self._goes_on(events, number), only_words,
                )  # fmt: skip
                lane = self._amount(one, around, anchors[i:], given)
            else:
                lane = self._lane_of_other(one, lab)
            if lane == LAB and isinstance(one, Amount | Phrase | Figure):
                lab.append(one)
            elif lane == GIVEN and not isinstance(one, Figure):
                given.append(one)
            if lane and not isinstance(one, Phrase):
                reached, in_drug, only_words = one.end, lane == GIVEN, False
            elif lane == GIVEN and in_drug:
                reached = one.end
        self._found += results_in(tests, lab)
        below = None if carries else self._drug_below(start, end)
        self._found += self._drugs.read(given, start, carries=carries, below=below)

    def _drug_below(self, start: int, end: int) -> Anchor | None:
        """The drug of the line below, if its instructions stand first: "Sig: …", "Drug: …"."""
        at = place_of_drug_below(self._text, start, end)
        i = bisect_left(self._anchor_starts, at) if at else len(self._anchors)
        found = self._anchors[i] if i < len(self._anchors) else None
        return found if found is not None and found.start == at and found.may_be_drug else None

    def _lane_of_other(self, part: Part, lab: Sequence[Anchor | Amount | Phrase | Figure]) -> str:
        """Where words, frequencies and figures go."""
        if isinstance(part, Figure):
            return LAB
        if not isinstance(part, Phrase):
            return GIVEN
        if part.of(*LAB_WORDS):
            return LAB
        return NEITHER if lab and self._is_site(part, lab[-1]) else GIVEN

    def _amount(
        self,
        amount: Amount,
        around: Around,
        following: Sequence[Anchor],
        given: list,
    ) -> str:
        """Where an amount goes; one of time may go to the drugs or problems as a duration."""
        last = around.last
        is_problem = last is not None and last.role == PROBLEM and not last.vital
        lasting = duration_of(self._text, amount, last.end if last and is_problem else None)
        if lasting is None:
            is_time = amount.unit is not None and amount.unit.whose == "time"
            if is_time and not self._is_measured(amount, around):
                return NEITHER
            if amount.shape == SLASHES and around.last is None:
                return NEITHER
            lane = LAB if is_time else lane_of(self._text, amount, around)
            is_size = lane == LAB and self._is_size_of(amount, around.following)
            return NEITHER if is_size else lane
        if not lasting.cued and self._is_measured(amount, around):
            return LAB
        if lasting.behind and self._of_what_follows(lasting, following):
            return NEITHER
        given.append(lasting)
        return NEITHER

    def _is_size_of(self, amount: Amount, following: Anchor | None) -> bool:
        """Tie the size of what is named behind it: "8 mm nodule"."""
        what = "" if amount.unit is None else amount.unit.what
        if what != "length" or following is None or following.role != PROBLEM:
            return False
        if not directly(self._text, amount.end, following.start):
            return False
        value = plain_value(self._text, amount)
        self._found.append(Found(amount.start, amount.end, value, following.mention))
        return True

    def _is_measured(self, amount: Amount, around: Around) -> bool:
        """Whether a time is the result of a test: "PT 39.1 sec"."""
        last = around.last
        if last is None or not last.may_be_test or amount.code not in _LAB_TIMES:
            return False
        gap = gap_between(self._text, last.end, amount.start)
        return gap <= LINKED and not self._text.startswith("at ", amount.start - 3)

    def _of_what_follows(self, lasting: Lasting, following: Sequence[Anchor]) -> bool:
        """Tie "3-day history of" to the problems behind it."""
        chosen: list[Anchor] = []
        at = lasting.behind
        for one in following[:8]:
            between = self._text[at : one.start]
            if len(between) > _NEAREST_PROBLEM or _SENTENCE_ENDS.search(between):
                break
            if one.role == DRUG:
                break
            if one.role != PROBLEM:
                continue
            if chosen and not re.fullmatch(
                r"\s*(?:,|and|or|&|/|,\s?and|with)\s*(?:\w+\s){0,2}", between
            ):
                break
            chosen.append(one)
            at = one.end
        if len(chosen) > 1 and OWN_TIME.match(self._text, at):
            chosen.pop()
        self._drugs.of_problems(lasting, chosen)
        return bool(chosen)

    def _goes_on(self, events: Sequence[Anchor | Part], number: int) -> bool:
        """Whether what is said of a drug follows directly."""
        if number + 1 >= len(events):
            return False
        one, other = events[number], events[number + 1]
        if not directly(self._text, one.end, other.start):
            gap = self._text[one.end : other.start]
            if gap.strip().lower() not in ("x", "×", "for"):
                return False
        if isinstance(other, Phrase):
            return other.of(*GIVEN_WORDS) is not None
        if isinstance(other, Amount):
            return other.unit is not None and other.unit.whose == "time"
        return isinstance(other, HowOften | Lasting)

    def _is_site(self, phrase: Phrase, before: Anchor | Amount | Phrase | Figure) -> bool:
        """Whether a route is where something was measured: "97.9 oral"."""
        if not isinstance(before, Amount) or not phrase.of("route"):
            return False
        what = "" if before.unit is None else before.unit.what
        temperature = what == "temperature" or (not before.code and 90 < before.numbers[0] < 110)
        return temperature and directly(self._text, before.end, phrase.start)


def _as_typed(one: Found, text: str) -> Found:
    return one._replace(value=one.value._replace(text=text[one.start : one.end]))


def _age(text: str, age: Age) -> Found:
    value = Value(AGE, text[age.start : age.end], (age.number,), age.unit, written=(age.written,))
    return Found(age.start, age.end, value)


def _distinct(found: Iterable[Found]) -> list[Found]:
    """Each value of each mention once."""
    known: dict[tuple[int, int, str, int | None], Found] = {}
    for one in found:
        known.setdefault((one.start, one.end, one.value.kind, one.of), one)
    return list(known.values())
