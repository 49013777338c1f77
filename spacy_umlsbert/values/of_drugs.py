"""What is said of drugs: which strength, dose, route, frequency … belongs to which drug."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from spacy_umlsbert.values import purposes
from spacy_umlsbert.values.amounts import WORD, Amount, HowOften
from spacy_umlsbert.values.anchors import Anchor, is_another_name
from spacy_umlsbert.values.gaps import FAR, gap_between
from spacy_umlsbert.values.instructions import (
    LABEL,
    SIG,
    Instructions,
    doses_of_pieces,
    unit_of,
)
from spacy_umlsbert.values.kinds import (
    AS_NEEDED,
    DOSE,
    FORM,
    FREQUENCY,
    INDICATION,
    PROBLEM,
    ROUTE,
    TEST,
    Found,
    Value,
)
from spacy_umlsbert.values.phrases import Phrase
from spacy_umlsbert.values.times import ENDING_BEHIND, STANDING_BEFORE, Lasting
from spacy_umlsbert.values.vitals import plain_value

DrugPart = Amount | Phrase | HowOften | Lasting

_LINK = re.compile(
    r"[ \t]*(?:\)[ \t]*)?(?:(?:of|a|per|by|via|the|(?:as a )?bolus|-|\()[ \t]*)?",
    re.IGNORECASE,
)
_TO_NEXT = re.compile(
    r"[ \t-]*(?:(?:(?:total |single |loading |daily |maintenance |first )?(?:doses?|course|courses|"
    r"cycles?|infusion|injection|bolus|drip|tablets?|capsules?|trial|treatment|therapy)[ ])?"
    r"(?:of|with)[ ](?:the |his |her |a |an |each )?)?",
    re.IGNORECASE,
)
_TO_PREVIOUS = re.compile(r"[ \t(:=–—-]*|[ \t]*\|[ \t]*|\n?[ \t]*")
_JOINED = re.compile(
    r"\s*(?:,|/|and|&|\+|plus|, and|,? along with|with)\s*(?:IV |oral |PO )?", re.I
)
_AND = re.compile(r"\s*(?:,\s*)?(?:and|&|\+|plus)\s*", re.IGNORECASE)
_EACH = re.compile(r"[ ]?,?[ ]?(?:each|both|apiece|of each)\b", re.IGNORECASE)
_BOTH = re.compile(r"\bboth\s\Z", re.IGNORECASE)
_KINDS = (("route", ROUTE), ("form", FORM), ("as_needed", AS_NEEDED), ("amount", DOSE))
_LONGEST_WAIT = 90
_MOST_TOGETHER = 12
_NEAR_THE_BEGINNING = 30


class DrugReader:
    """Ties what is said of drugs to them, from the beginning of a stretch to its end.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._group: list[Anchor] = []
        self._carried: list[Anchor] = []
        self._end = 0
        self._all = False
        self._problems: list[Anchor] = []
        self._wants_purpose = False
        self._is_linked = False
        self._begin = 0
        self._instructions = Instructions(text)
        self.found: list[Found] = []

    # What comes, in the order of the text

    def read(
        self,
        events: Sequence[Anchor | DrugPart],
        start: int,
        *,
        carries: bool,
        below: Anchor | None = None,
    ) -> Iterator[Found]:
        """What a stretch says of drugs.

        Args:
            events: Its anchors and parts, in order.
            start: Where it begins.
            carries: Whether drugs of the stretch before are still spoken of.
            below: The drug of the line below, if this stretch is what is said of it.
        """
        if not carries:
            self._carried, self._instructions = [], Instructions(self._text)
        elif self._group:
            self._carried = self._group
        self._group = [] if below is None else [below]
        self._problems, self._wants_purpose = [], False
        self._end, self._begin = start, start
        i = 0
        while i < len(events):
            one = events[i]
            if isinstance(one, Anchor):
                self._anchor(one)
                i += 1
                continue
            last = i + 1
            while last < len(events) and self._goes_on(events, last):
                last += 1
            run = [part for part in events[i:last] if not isinstance(part, Anchor)]
            following = self._following(events, last)
            self._run(run, following)
            following_part = events[last] if last < len(events) else None
            if self._wants_purpose:
                self._purpose_in_words(run[-1].end, following_part, purposes.FREE_PURPOSE)
            elif len(run) > 1 or isinstance(run[-1], HowOften):
                self._purpose_in_words(run[-1].end, following_part, purposes.FOR_WORDS)
            i = last
        found, self.found = doses_of_pieces(self.found, self._text), []
        yield from found

    @property
    def has_drugs(self) -> bool:
        """Whether drugs are spoken of at the end of the last stretch."""
        return bool(self._group or self._carried)

    def _goes_on(self, events: Sequence[Anchor | DrugPart], i: int) -> bool:
        one, before = events[i], events[i - 1]
        if isinstance(one, Anchor):
            return False
        return _LINK.fullmatch(self._text, before.end, one.start) is not None

    def _following(self, events: Sequence[Anchor | DrugPart], i: int) -> list[Anchor]:
        """The next drug, if an anchor comes next, and what is joined to it."""
        found: list[Anchor] = []
        for one in events[i : i + _MOST_TOGETHER]:
            if not isinstance(one, Anchor):
                if not found and isinstance(one, Amount | Phrase | HowOften):
                    continue
                break
            if not one.may_be_drug:
                break
            if found and not _JOINED.fullmatch(self._text, found[-1].end, one.start):
                break
            found.append(one)
        return found

    def _anchor(self, anchor: Anchor) -> None:
        if anchor.role == PROBLEM:
            self._problem(anchor)
            return
        self._wants_purpose = False
        if anchor.role == TEST or not anchor.may_be_drug or self._is_alias(anchor):
            return
        joined = self._group and self._end == self._group[-1].end
        if joined and _JOINED.fullmatch(self._text, self._end, anchor.start):
            self._group = [*self._group, anchor][-_MOST_TOGETHER:]
        else:
            self._group = [anchor]
            self._all = _BOTH.search(self._text, max(0, anchor.start - 6), anchor.start) is not None
        self._end = anchor.end

    def _is_alias(self, anchor: Anchor) -> bool:
        """Whether a drug is another name of the one before, in brackets: "aspirin (Ecotrin)"."""
        if not self._group or anchor.start - self._end > _LONGEST_WAIT:
            return False
        return is_another_name(self._text, anchor)

    def _problem(self, anchor: Anchor) -> None:
        drugs = self._group or self._carried
        start = anchor.start
        if drugs and self._end <= start:
            begin = max(self._begin, drugs[-1].start - _NEAR_THE_BEGINNING)
            goes_on = self._wants_purpose and purposes.goes_on(self._text[self._end : start])
            is_near = self._end > 0 and start - self._end < _LONGEST_WAIT
            if goes_on or (is_near and purposes.is_for(self._text, begin, self._end, start)):
                self._purpose(anchor, drugs)
                return
        self._problems.append(anchor)

    def _purpose(self, anchor: Anchor, drugs: Sequence[Anchor]) -> None:
        more = purposes.PURPOSE.match(self._text, anchor.end)
        end = anchor.end if more is None else more.end()
        value = Value(INDICATION, self._text[anchor.start : end])
        for drug in self._owners(drugs, has_amount=False):
            self._write(anchor.start, end, value, drug)
        self._end = end
        self._wants_purpose = True

    def _run(self, run: Sequence[DrugPart], following: Sequence[Anchor]) -> None:
        """Parts that stand side by side."""
        self._wants_purpose = False
        start, end = run[0].start, run[-1].end
        after = following[0].start if following else -1
        to_next = after >= 0 and _TO_NEXT.fullmatch(self._text, end, after) is not None
        to_previous = bool(self._group) and self._is_next_to(start)
        self._is_linked = to_next or to_previous or len(run) > 1
        if to_next and not to_previous:
            self._give(run, self._joined_by_and(following), forward=True)
        elif self._group:
            self._give(run, self._group if self._may_reach(run, start) else ())
        elif all(isinstance(part, Lasting) for part in run) and self._problem_before(start):
            self._give(run, ())
        elif after >= 0 and gap_between(self._text, end, after) != FAR:
            self._give(run, following[:1], forward=True)
        else:
            self._give(run, self._carried if self._goes_on_below(run, start) else ())
        if isinstance(run[-1], Phrase) and run[-1].of("as_needed"):
            self._wants_purpose = True
            self._end = end

    def _may_reach(self, run: Sequence[DrugPart], start: int) -> bool:
        """Whether a run is of the drug before it: how often alone is not, from afar."""
        if self._is_linked or not all(isinstance(part, HowOften | Lasting) for part in run):
            return True
        if LABEL.search(self._text[max(0, start - 16) : start]):
            return True
        return gap_between(self._text, min(self._end, start), start) != FAR

    def _goes_on_below(self, run: Sequence[DrugPart], start: int) -> bool:
        """Whether a run says more of a drug in the lines above: at their beginning, or further."""
        if self._end > self._begin:
            return gap_between(self._text, self._end, start) != FAR
        if all(isinstance(part, HowOften | Lasting) for part in run):
            return SIG.fullmatch(self._text, self._begin, start) is not None
        many = len(run) > 1 and any(isinstance(part, Amount) for part in run)
        return many or start - self._begin <= _NEAR_THE_BEGINNING

    def _is_next_to(self, start: int) -> bool:
        if self._end > start:
            return False
        return _TO_PREVIOUS.fullmatch(self._text, self._end, start) is not None

    def _joined_by_and(self, anchors: Sequence[Anchor]) -> Sequence[Anchor]:
        """The anchors up to the last that "and" joins, or the first alone."""
        last = 1
        for i in range(1, len(anchors)):
            if _AND.fullmatch(self._text, anchors[i - 1].end, anchors[i].start):
                last = i + 1
        return anchors[:last]

    def _give(
        self, run: Sequence[DrugPart], drugs: Sequence[Anchor], *, forward: bool = False
    ) -> None:
        has_amount = any(isinstance(part, Amount) for part in run)
        if drugs and not forward and _EACH.match(self._text, run[-1].end):
            self._all = True
        if not drugs and not self._is_kept(run):
            self._lasting_alone(run)
            return
        for part in run:
            self._part(part, drugs, has_amount=has_amount, forward=forward)
        if not forward:
            self._end = run[-1].end

    def _lasting_alone(self, run: Sequence[DrugPart]) -> None:
        for part in run:
            is_often = isinstance(part, HowOften) and self._problem_before(part.start)
            if isinstance(part, Lasting) or is_often:
                self._part(part, (), has_amount=False, forward=False)

    def _is_kept(self, run: Sequence[DrugPart]) -> bool:
        """Whether parts are values although there is no drug: words alone are not."""
        return any(
            isinstance(part, Amount)
            or (isinstance(part, HowOften) and bool(part.frequency.numbers) and not part.per)
            for part in run
        )

    def _owners(self, drugs: Sequence[Anchor], *, has_amount: bool) -> Sequence[Anchor | None]:
        if not drugs:
            return (None,)
        if len(drugs) == 1 or self._all:
            return drugs
        joined = all(
            _JOINED.fullmatch(self._text, one.end, other.start) for one, other in pairwise(drugs)
        )
        last_and = _AND.search(self._text, drugs[-2].end, drugs[-1].start) is not None
        return drugs if joined and last_and and not has_amount else drugs[-1:]

    def _part(
        self, part: DrugPart, drugs: Sequence[Anchor], *, has_amount: bool, forward: bool
    ) -> None:
        if isinstance(part, Lasting):
            self._lasting(part, drugs, forward=forward)
            return
        if isinstance(part, HowOften):
            self._how_often(part, drugs, has_amount=has_amount)
            return
        pieces = isinstance(part, Amount) and part.code == "{cycle}"
        owners = self._owners(drugs, has_amount=has_amount and not pieces)
        for drug in owners:
            if isinstance(part, Amount):
                self._amount(part, drug)
            else:
                self._word(part, drug)

    def _amount(self, amount: Amount, drug: Anchor | None) -> None:
        value = plain_value(self._text, amount)
        value = value._replace(kind=self._instructions.kind_of(amount, drug))
        unit, doubts = unit_of(value.unit, "" if drug is None else drug.name)
        end = amount.end
        if amount.shape == WORD and not unit:
            unit = "{tbl}"
        value = value._replace(unit=unit, doubts=(*value.doubts, *doubts))
        self._write(amount.start, end, value, drug)

    def _word(self, phrase: Phrase, drug: Anchor | None) -> None:
        for category, kind in _KINDS:
            row = phrase.of(category)
            if row is not None:
                code = row.code if kind in (ROUTE, FORM) else ""
                value = Value(kind, self._text[phrase.start : phrase.end], code=code)
                self._write(phrase.start, phrase.end, value, drug)
                return

    def _how_often(self, part: HowOften, drugs: Sequence[Anchor], *, has_amount: bool) -> None:
        frequency = part.frequency
        if (part.per or not (frequency.unit or frequency.days)) and not self._is_linked:
            return  # "now", "a day" …: nothing by themselves
        per_day = None if self._text.startswith(" lockout", part.end) else frequency.per_day
        value = Value(
            FREQUENCY, self._text[part.start : part.end], frequency.numbers,
            frequency.number_unit, per_day=per_day, timing=frequency.timing,
        )  # fmt: skip
        owners = self._owners(drugs, has_amount=has_amount)
        if not drugs:
            owners = (self._problem_before(part.start),)
        for owner in owners:
            self._write(part.start, part.end, value, owner)

    def _lasting(self, part: Lasting, drugs: Sequence[Anchor], *, forward: bool) -> None:
        problem = self._problem_before(part.start)
        is_said = part.cued or (drugs and not forward and self._is_next_to(part.start))
        if not is_said and (problem is None or not self._is_how_long(problem, part)):
            return
        if drugs and (problem is None or forward or problem.end < drugs[-1].start):
            for drug in self._owners(drugs, has_amount=False):
                self._write(part.start, part.end, part.value, drug)
        else:
            self._write(part.start, part.end, part.value, problem)

    def _is_how_long(self, problem: Anchor, part: Lasting) -> bool:
        """Whether a time directly behind a problem is all that follows: "cough - 3 days"."""
        is_next = STANDING_BEFORE.fullmatch(self._text, problem.end, part.start) is not None
        is_last = ENDING_BEHIND.match(self._text, part.end) is not None
        return problem.mention is not None and is_next and is_last

    def _problem_before(self, start: int) -> Anchor | None:
        if not self._problems:
            return None
        last = self._problems[-1]
        return last if start - last.end < _LONGEST_WAIT else None

    def of_problems(self, part: Lasting, problems: Sequence[Anchor]) -> None:
        """A duration of the problems that follow: "3-day history of cough and fever"."""
        for problem in problems:
            self.found.append(Found(part.start, part.end, part.value, problem.mention))

    def _purpose_in_words(
        self, start: int, following: Anchor | DrugPart | None, pattern: re.Pattern[str]
    ) -> None:
        """What stands behind "as needed for", or "for" alone, where there is no mention."""
        end = start + _LONGEST_WAIT
        if following is not None and following.start < end:
            if isinstance(following, Anchor) and following.role == PROBLEM:
                return
            named = isinstance(following, Anchor) and following.mention is None
            if not named or self._text[following.end : following.end + 3].strip()[:1].isdigit():
                end = following.start
        match = pattern.match(self._text, start, end)
        drugs = self._group or self._carried
        if match is None or not drugs:
            return
        words = purposes.FREE_END.sub("", purposes.FREE_END.sub("", match[1]))
        first = match.start(1)
        value = Value(INDICATION, words)
        for drug in self._owners(drugs, has_amount=False):
            self._write(first, first + len(words), value, drug)

    # Writing

    def _write(self, start: int, end: int, value: Value, owner: Anchor | None) -> None:
        mention = None if owner is None else owner.mention
        number = 0
        if owner is None or owner.role != PROBLEM:
            number = self._instructions.number_of(start, end, value.kind, mention)
        self.found.append(Found(start, end, value._replace(instruction=number), mention))
