"""Whether a number is a result of a test or part of what is said of a drug."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from spacy_umlsbert.values.amounts import HEIGHT, PRESSURE, SIZES, WORD, Amount
from spacy_umlsbert.values.anchors import Anchor
from spacy_umlsbert.values.gaps import DIRECT, LINKED, NEAR, gap_between
from spacy_umlsbert.values.kinds import DRUG, OTHER, PROBLEM

LAB, GIVEN, NEITHER = "lab", "given", ""

_BLANK = re.compile(r"[ \t]*(?:at[ ]|[|:][ \t]*)?")
_OF_THE = re.compile(r"[ ]of(?:[ ](?:the|his|her))?[ ]")
_ARROW = re.compile(r"(?:->|→|=>)\s?\Z")
_BAND = re.compile(r"\d[ ]?(?:mmol/L|mg/dL)?[ ]?(?:[:=]|->|→)[ ]?(?:give[ ])?\Z", re.IGNORECASE)
_WHITE = re.compile(r"[ \t]*")
_MEASURED = ("mass in volume", "pressure", "temperature")
_BODY = ("kg", "[lb_av]")


class Around(NamedTuple):
    """What stands around a number in its stretch.

    Attributes:
        last: The anchor before it.
        test: The last that may be a test.
        drug: The last that may be a drug.
        following: The next anchor.
        end: Where the anchor before it ends, or the last value behind that anchor.
        in_drug: Whether that value was said of a drug.
        goes_on: Whether a route, a frequency or the like follows directly.
        only_words: Whether there are only routes and forms between that anchor and the end.
    """

    last: Anchor | None
    test: Anchor | None
    drug: Anchor | None
    following: Anchor | None
    end: int
    in_drug: bool
    goes_on: bool
    only_words: bool = True


def lane_of(text: str, amount: Amount, around: Around) -> str:
    """`LAB` of a result, `GIVEN` of what is said of a drug, `NEITHER` of what is no value."""
    if amount.shape == WORD:
        return GIVEN
    if amount.unit is None:
        return _without_unit(text, amount, around)
    whose, what = amount.unit.whose, amount.unit.what
    if whose in ("form", "drug") or is_of_scale(text, amount):
        return LAB if _is_output(text, amount, around) else GIVEN
    if whose == "lab":
        given = what == "in volume" and around.last is not None and around.last.role == DRUG
        direct = given and gap_between(text, around.end, amount.start) == DIRECT
        return GIVEN if direct and around.test is None else LAB
    body = amount.unit.code in _BODY or what in ("length", "area")
    if body or amount.shape in (HEIGHT, SIZES):
        return LAB
    follows = _by_what_follows if around.last is None else _by_what_precedes
    return follows(text, amount, around, what)


def is_of_scale(text: str, amount: object) -> bool:
    """Whether units of insulin stand behind a band of a sliding scale: "BG 8-10 = 2 units"."""
    if not isinstance(amount, Amount) or amount.code != "U":
        return False
    before = text[max(0, amount.start - 20) : amount.start]
    return _BAND.search(before) is not None


def _by_what_follows(text: str, amount: Amount, around: Around, what: str) -> str:
    following = around.following
    near = following is not None and gap_between(text, amount.end, following.start) <= LINKED
    if following is not None and near:
        return GIVEN if following.may_be_drug else LAB
    measured = what == "share" or _is_flow(amount)
    return LAB if measured and following is None else GIVEN


def _by_what_precedes(text: str, amount: Amount, around: Around, what: str) -> str:
    last = around.last
    assert last is not None
    any_thing = last.role == OTHER and not last.vital and what not in ("in volume", "share")
    if last.role == DRUG or around.in_drug or any_thing:
        return GIVEN
    if last.may_be_test and last.role != PROBLEM:
        return _by_the_test_before(text, amount, around, what)
    near = around.test is not None and gap_between(text, around.test.end, amount.start) <= NEAR
    return LAB if around.drug is None and (what == "share" or near) else GIVEN


def _by_the_test_before(text: str, amount: Amount, around: Around, what: str) -> str:
    gap = gap_between(text, around.end, amount.start)
    drug = around.following
    is_drug = drug is not None and drug.role == DRUG and gap > DIRECT
    if drug is not None and is_drug and gap_between(text, amount.end, drug.start) == DIRECT:
        return GIVEN  # "40 mg furosemide"
    if gap <= LINKED or what in ("in volume", "share"):
        return LAB
    measured = _is_flow(amount) or (around.drug is None and what != "rate")
    return LAB if measured and gap <= NEAR else GIVEN


def _without_unit(text: str, amount: Amount, around: Around) -> str:
    last, following = around.last, around.following
    at_name = last is None or around.end == last.end
    is_trend = around.test is not None and not around.goes_on and at_name
    if is_trend and _ARROW.search(text[max(0, amount.start - 4) : amount.start]):
        return LAB  # "Hgb 6.8, 2 units PRBC -> 8.1"
    after_drug = last is not None and last.role == DRUG
    if amount.unknown_unit:
        return GIVEN if after_drug else LAB
    if last is not None and after_drug:
        directly_behind = _BLANK.fullmatch(text, around.end, amount.start) and around.only_words
        if directly_behind or (around.goes_on and around.in_drug):
            return GIVEN
    of_the = following is not None and _OF_THE.fullmatch(text, amount.end, following.start)
    if of_the and following is not None and following.role == DRUG:
        return GIVEN
    if last is None or last.role != DRUG:
        return LAB
    return LAB if amount.shape == PRESSURE else NEITHER


def _is_output(text: str, amount: Amount, around: Around) -> bool:
    """Whether a flow by weight is measured: "UOP 0.5 mL/kg/h"."""
    last = around.last
    if last is None or last.role == DRUG or not last.may_be_test or not _is_flow(amount):
        return False
    return gap_between(text, around.end, amount.start) <= LINKED


def _is_flow(amount: Amount) -> bool:
    """Whether a unit is a volume in a time."""
    return amount.code.startswith(("mL/", "L/"))


def directly(text: str, start: int, end: int) -> bool:
    """Whether only blanks are between two places of a line."""
    return _WHITE.fullmatch(text, start, end) is not None


def following_anchor(anchors: Sequence[Anchor], i: int) -> Anchor | None:
    """The anchor at a place in their order, if there is one."""
    return anchors[i] if i < len(anchors) else None
