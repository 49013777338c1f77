"""What may be values or parts of them, in the order of a text: numbers, and certain words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from spacy_umlsbert.values.amounts import Age, Amount, Figure, HowOften, Scanned
from spacy_umlsbert.values.anchors import Anchor
from spacy_umlsbert.values.frequencies import joined, read_code
from spacy_umlsbert.values.kinds import DRUG, OTHER, TEST, Mention
from spacy_umlsbert.values.phrases import Phrase, PhraseRow
from spacy_umlsbert.values.times import Lasting

Part = Amount | Figure | HowOften | Phrase | Lasting

_CLASS_BEFORE = re.compile(
    r"\b(?:class|stage|type|grade|nerves?|cn|factor|zone|part|phase|level|group)\s\Z", re.IGNORECASE
)
_ITS_VALUE = re.compile(
    r"[\s:=]{1,3}(?:(?:was|of|is)\s)?\d[\d./ \-]*(?:[a-zA-Z%°/]{0,12}[ ]?){0,2}"
)
_TOGETHER = re.compile(r"[ \t]*(?:,|\+|/)?[ \t]*(?:and|&)?[ \t]*", re.IGNORECASE)
_STRICTLY = re.compile(r"[ \t]+")
_HAS_AMOUNT = re.compile(
    r"\d[ ]?(?:mg|mcg|g|gm|ml|units?|meq|iu|µg|ug|%)(?![A-Za-z])", re.IGNORECASE
)
_BEHIND_AMOUNTS = frozenset("am pm on a.m p.m midday noon lunch breakfast dinner supper".split())
_EARS = frozenset(("AS", "AD", "AU"))
_TITLE = re.compile(r"\.?[ ][A-Z]")
_AN_AMOUNT = re.compile(
    r"\d[ ]?(?:mg|mcg|g|ml|mls|units?|u|iu|tabs?|tablets?|caps?|capsules?|puffs?|drops?|sprays?"
    r"|sachets?|micrograms?|po|sc)[ ](?:po[ ]|sc[ ]|in[ ](?:the[ ])?)?\Z",
    re.IGNORECASE,
)
_EYE_BEFORE = re.compile(
    r"(?:\bgtts?|\bdrops?|\boint(?:ment)?|\bophth\w*|%|\bsol(?:utio)?n|\bto)[ ]\Z", re.I
)
_OFTEN_BEHIND = re.compile(r"[ ](?:q|bid|tid|qid|b\.i\.d|t\.i\.d|daily|nightly|at bedtime)", re.I)
RIGHT_EYE = PhraseRow("od", "route", "54485002", "eye")
GIVEN_WORDS = ("route", "form", "as_needed", "amount")
LAB_WORDS = ("result", "flag")


def is_meant(text: str, phrase: Phrase) -> bool:
    """Whether a phrase stands by itself, and is no part of another word or name."""
    start, end, _ = phrase
    if start and (text[start - 1].isalpha() or text[start - 1] == "_"):
        return False
    if end < len(text) and text[end].isalpha():
        return False
    if not _is_short_meant(text, phrase):
        return False
    if phrase.of("form") and start > 1 and text[start - 1] == " " and text[start - 2].isdigit():
        return False  # of a number that is no value, as in "Disp: 28 caps"
    glued = start > 0 and text[start - 1].isdigit()
    return not (glued and phrase.of("vital", "test", "route"))


def _is_short_meant(text: str, phrase: Phrase) -> bool:
    """Whether words that mean many things mean what they mean behind an amount: "2 tabs ON"."""
    start, end, _ = phrase
    word = text[start:end]
    if word.lower() in _BEHIND_AMOUNTS and phrase.of("frequency"):
        return word != "on" and _AN_AMOUNT.search(text, max(0, start - 24), start) is not None
    if word.upper() in _EARS:
        return word in _EARS and _EYE_BEFORE.search(text, max(0, start - 16), start) is not None
    if phrase.of("route") and _CLASS_BEFORE.search(text, max(0, start - 12), start):
        return False
    return word != "Dr" or not _TITLE.match(text, end)  # a person


def passed_over(
    text: str,
    mentions: Sequence[Mention],
    phrases: Sequence[Phrase],
    cells: Iterable[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Where no numbers are looked for: in names, and in tables that are read by column."""
    places = [*cells]
    for one in mentions:
        if one.role != DRUG or not _HAS_AMOUNT.search(one.text):
            places.append((one.start, one.end))
    for phrase in phrases:
        if phrase.of("test", "vital") and any(map(str.isdigit, text[phrase.start : phrase.end])):
            places.append((phrase.start, phrase.end))
    return sorted(places)


def without_values(
    text: str, mentions: Sequence[Mention], phrases: Sequence[Phrase]
) -> list[Mention]:
    """The mentions, of vital signs the names alone: "BP" of one that is "BP 168/94"."""
    names = {one.start: one.end for one in phrases if one.of("vital")}
    shorter = []
    for one in mentions:
        end = names.get(one.start, one.end)
        is_longer = one.role in (TEST, OTHER) and _ITS_VALUE.fullmatch(text, end, one.end)
        shorter.append(one._replace(end=end, text=text[one.start : end]) if is_longer else one)
    return shorter


def parts_of(
    text: str,
    scanned: Sequence[Scanned],
    phrases: Sequence[Phrase],
    anchors: Sequence[Anchor],
) -> list[Part]:
    """What may be values or parts of them, in order; none overlaps another."""
    places = [(one.start, one.end) for one in scanned]
    inside = [(one.start, one.end) for one in anchors if one.role != DRUG]
    drugs = [(one.start, one.end) for one in anchors if one.role == DRUG]
    parts: list[Part] = [one for one in scanned if not isinstance(one, Age)]
    often: list[HowOften] = []
    for phrase in phrases:
        if touches(places, phrase.start, phrase.end) or touches(inside, phrase.start, phrase.end):
            continue
        row = phrase.of("frequency")
        if row is not None and _is_right_eye(text, phrase):
            parts.append(phrase._replace(rows=(RIGHT_EYE,)))
            continue
        form = phrase.of("form")
        if form is not None and form.code == "Release" and touches(drugs, *phrase[:2]):
            continue  # part of the name: "Toprol XL"
        if row is not None:
            often.append(HowOften(phrase.start, phrase.end, read_code(row.code)))
        elif phrase.of(*GIVEN_WORDS, *LAB_WORDS):
            parts.append(phrase)
    often += [one for one in scanned if isinstance(one, HowOften)]
    kept = [one for one in parts if not isinstance(one, HowOften)]
    return sorted([*kept, *_together(text, sorted(often))], key=lambda one: one.start)


def _is_right_eye(text: str, phrase: Phrase) -> bool:
    """Whether "OD" is the right eye, and not once a day: "1 gtt OD", "OD bid"."""
    start, end, _ = phrase
    if text[start:end].lower().strip(".") not in ("od", "o.d"):
        return False
    before = _EYE_BEFORE.search(text, max(0, start - 16), start)
    return before is not None or _OFTEN_BEHIND.match(text, end) is not None


def _together(text: str, often: Sequence[HowOften]) -> Iterator[HowOften]:
    """Frequencies that stand side by side, as one: "TID with meals"."""
    run: list[HowOften] = []
    for one in often:
        if run and not _belong(text, run[-1], one):
            yield _one_of(run)
            run = []
        run.append(one)
    if run:
        yield _one_of(run)


def _belong(text: str, one: HowOften, other: HowOften) -> bool:
    if _STRICTLY.fullmatch(text, one.end, other.start):
        return True
    if not _TOGETHER.fullmatch(text, one.end, other.start):
        return False
    said = (one.frequency, other.frequency)
    return all(frequency.events for frequency in said) or not said[1].times


def _one_of(run: Sequence[HowOften]) -> HowOften:
    if len(run) == 1:
        return run[0]
    return HowOften(run[0].start, run[-1].end, joined([one.frequency for one in run]))


def touches(places: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a place touches one of some that are in order and do not overlap."""
    i = bisect_right(places, (start, 1 << 60))
    if i and places[i - 1][1] > start:
        return True
    return i < len(places) and places[i][0] < end


def is_usable(text: str, part: Part, ends: set[int]) -> bool:
    """Whether an amount is no part of a name: letters may stand before it only if they name a test
    or a drug, or say "times"."""
    if not isinstance(part, Amount) or not part.is_glued:
        return True
    start = part.start
    if not text[start].isdigit():
        return False  # "criteria.12"
    if start in ends or (text[start - 1] == "-" and start - 1 in ends):
        return True
    times = text[start - 1] in "xX" and (start < 2 or not text[start - 2].isalpha())
    return times and part.unit is not None and part.unit.whose == "time"
