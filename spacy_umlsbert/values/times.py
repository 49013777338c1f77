"""Durations: which amounts of time say how long something lasts, and not when it was."""

from __future__ import annotations

import re
from typing import NamedTuple

from spacy_umlsbert.values.amounts import SLASHES, Amount
from spacy_umlsbert.values.kinds import DURATION, Value

_BEFORE = re.compile(
    r"(?:(?:\b(?:for|over|past|last|lasts|lasting|lasted|previous|prior|during|throughout|x|×|"
    r"duration(?: of)?|course of|history of|total of|further|another|additional|within the last|"
    r"completed|complete|finish|finished|continue|continued)\b|[x×])"
    r"[\s:~]*(?:(?:the|an?|past|last|previous|next|first|about|approximately|around|roughly|up to|"
    r"at least|over|total of|total|another|additional|further|following|almost|nearly|more than|"
    r"less than|only|just|of|entire|subsequent)\b[\s~]*)*)\Z",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:['’]s?|s['’])?[\s-]*(?:long )?(?P<cue>total|in total|history|hx\b|h/o|course|duration|"
    r"period|trial|interval of|regimen|treatment|therapy)(?P<of>[ ]of)?"
    r"|[\s-]+(?P<alone>of)\b(?! age)|[\s-]+(?P<h>h/o)",
    re.IGNORECASE,
)
_NO_DURATION = re.compile(
    r"\b(?:recheck|repeat|follow[- ]?up|f/u|next visit|return|rtc|appointment|appt|visit|in|after|"
    r"every|at|within|until|by|before|than)\s*(?:in|at|after)?\s*(?:about\s|approximately\s|the\s)?\Z",
    re.IGNORECASE,
)
_BRITISH = {7.0: "d", 52.0: "wk", 12.0: "mo"}
_BRITISH_BEFORE = re.compile(r"(?:\b(?:for|over|past|last|x|a|an|of|with|and)|[x×])\s?\Z", re.I)
_BRITISH_HOW_OFTEN = re.compile(
    r"\b(?:od|bd|b\.?d\.?|bid|tds|tid|qds|qid|daily|nocte|mane|on|om|day|hourly|weekly)[ ,]{1,2}\Z",
    re.I,
)
_BRITISH_AFTER = re.compile(r"\s?(?:history|hx|h/o|of\b|course|duration|ago|now|days?\b)", re.I)
_SINCE = re.compile(r"\bsince\s(?:the\s)?(?:last\s|past\s)?\Z", re.IGNORECASE)
STANDING_BEFORE = re.compile(r"[ ]?[:=–—-][ ]?|,?[ ]")
ENDING_BEHIND = re.compile(r"[ ]?(?:[,;.)\n]|and\b|\Z)")
"""Between a problem and how long it lasts, and behind that, where no word says so."""
OWN_TIME = re.compile(
    r"[ ]?(?:x|×|for|over)[ ]?(?:the[ ])?(?:last[ ]|past[ ])?\d+[ -]?"
    r"(?:hours?|hrs?|h|days?|d|weeks?|wks?|months?|mo|years?|yrs?)\b",
    re.IGNORECASE,
)
"""Behind a problem: how long it lasts itself, as in "3-day history of cough and fever x 2 days"."""

_WEEKS = re.compile(r"(?<!\d)\d{1,2}/52\b")
_BRITISH_NEAR = 200
_LOOK_BACK, _LOOK_AHEAD = 48, 30


class Lasting(NamedTuple):
    """A duration in a text.

    Attributes:
        start: Its first character.
        end: The character after its last.
        value: What is known of it.
        behind: Where it is said of what follows ("3-day history of"), the place behind those
            words; else 0.
        cued: Whether words say that it is a duration.
    """

    start: int
    end: int
    value: Value
    behind: int
    cued: bool


def duration_of(text: str, amount: Amount, problem: int | None = None) -> Lasting | None:
    """What an amount says of how long something lasts; None if it says something else.

    Args:
        text: The text.
        amount: The amount.
        problem: Where the problem before it ends; None if something else stands before it.
    """
    before = text[max(0, amount.start - _LOOK_BACK) : amount.start]
    if amount.shape == SLASHES:
        return _british(text, amount, before, problem)
    unit = amount.unit
    if unit is None or unit.whose != "time" or unit.code == "s":
        return None
    after = _AFTER.match(text, amount.end, amount.end + _LOOK_AHEAD)
    behind = 0
    is_of = after is not None and (
        after["of"] or after["alone"] or after["h"] or after["cue"] == "h/o"
    )
    if after is not None and is_of:
        behind = after.end()
    cued = _BEFORE.search(before) is not None or after is not None
    cued = cued or (unit.code in ("d", "wk") and _SINCE.search(before) is not None)
    cued = cued or (before.endswith("(") and text.startswith(")", amount.end))
    if not cued and _NO_DURATION.search(before):
        return None
    value = Value(
        DURATION, text[amount.start : amount.end], amount.numbers, unit.code,
        "" if amount.said_from and amount.comparator in "<>" else amount.comparator,
        written=amount.written, doubts=amount.doubts,
    )  # fmt: skip
    return Lasting(amount.start, amount.end, value, behind, cued)


def _is_of_problem(text: str, amount: Amount, problem: int | None) -> bool:
    """Whether "3/7" directly behind a problem lasts: it may be a date, unless weeks are near."""
    if problem is None or not STANDING_BEFORE.fullmatch(text, problem, amount.start):
        return False
    near = (max(0, amount.start - _BRITISH_NEAR), amount.end + _BRITISH_NEAR)
    is_last = ENDING_BEHIND.match(text, amount.end) is not None
    return is_last and _WEEKS.search(text, *near) is not None


def _british(text: str, amount: Amount, before: str, problem: int | None) -> Lasting | None:
    """ "10/7" is ten days, "3/52" three weeks, "6/12" six months, where it is said to last."""
    if len(amount.numbers) != 2 or amount.code or amount.numbers[1] not in _BRITISH:
        return None
    number, parts = amount.numbers
    if number != int(number) or number > 60:
        return None
    after = _BRITISH_AFTER.match(text, amount.end)
    cue = _BRITISH_BEFORE.search(before)
    strong = cue is not None and re.search(r"(?:for|over|past|last|x|×)\s?\Z", before, re.I)
    said = after is not None or strong or _BRITISH_HOW_OFTEN.search(before)
    if not said and not _is_of_problem(text, amount, problem):
        return None
    of = re.match(r"\s?(?:(?:history|hx) of|h/o|of)\b", text[amount.end : amount.end + 14], re.I)
    behind = amount.end + of.end() if of else 0
    value = Value(
        DURATION, text[amount.start : amount.end], (number,), _BRITISH[parts],
        written=amount.written[:1],
    )  # fmt: skip
    return Lasting(amount.start, amount.end, value, behind, True)
