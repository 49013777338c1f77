"""What values may belong to: mentions, and names of tests that nobody has marked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from spacy_umlsbert.values.kinds import DRUG, OTHER, PROBLEM, TEST, Mention
from spacy_umlsbert.values.phrases import Phrase
from spacy_umlsbert.values.units import Unit, Units
from spacy_umlsbert.values.vitals import SIGNS

_SHORT = 2
_DIRECTLY = re.compile(
    r"[ \t]{0,3}(?:[:=|-]|was|is|of)?[ \t|]{0,12}(?:[<>~≤≥]\s?)?(?:\d|\.\d|neg"
    r"|pos|trace|large|small|mod|nil|few|many|rare|[↑↓]\d)|\s*\t",
    re.IGNORECASE,
)
_SIGN_FOLLOWS = re.compile(
    r"[ ](?:up[ ])?(?:to|of|at|in|into|with|as high as|as low as|around|down to)?[ ]?"
    r"(?:an?[ ]|the[ ]|(?:low|mid|high|upper)[ -])?"
    r"(?:(?:BP|HR|RR|temp|sats?|SBP|pulse)[ ](?:of[ ]|in the[ ])?)?\(?"
    r"(?=\d{2,3}(?![\d ,]*(?:days?|weeks?|months?|years?|yrs?|hours?|x)\b))",
    re.IGNORECASE,
)
"""Behind a sign: the number that shows it, as in "febrile to 39.2", "hypotensive to 80s/40s"."""
_LEVEL = re.compile(
    r"[ ]?\(?(?:serum |random |blood |plasma )?(?:levels?|trough|peak|concentrations?|titers?)\b",
    re.IGNORECASE,
)


_ALSO_CALLED = re.compile(
    r"\((?:also (?:known|called) as|a\.?k\.?a\.?|brand(?: name)?|generic(?: for)?|formerly|i\.?e)"
    r"[:,]?\s*\Z",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"[ ]?[(\[]([^()\[\]\n]{1,20})[)\]]")
_FLAG = re.compile(r"[ ]?[(\[][A-Za-z][)\]]")


class Anchor(NamedTuple):
    """Something that values may belong to.

    Attributes:
        start: Its first character.
        end: The character after its last.
        role: `DRUG`, `TEST`, `PROBLEM` or `OTHER`, which may be any of them.
        mention: The number of the mention; None of a name that is no mention.
        vital: The kind of its values, if it is a vital sign.
        name: As it is written, in small letters.
        is_weak: Whether it is so short that it names a test only in the heading of a table.
        unit: The unit in brackets behind it, as in "Hb (g/L)"; None if there is none.
        reach: Where these brackets end; 0 if there are none.
    """

    start: int
    end: int
    role: str
    mention: int | None
    vital: str
    name: str
    is_weak: bool = False
    unit: Unit | None = None
    reach: int = 0

    @property
    def may_be_drug(self) -> bool:
        """Whether doses may belong to it."""
        return self.role in (DRUG, OTHER)

    @property
    def may_be_test(self) -> bool:
        """Whether results may belong to it."""
        return self.role in (TEST, OTHER) or bool(self.vital)


def anchors_of(
    text: str, mentions: Sequence[Mention], phrases: Sequence[Phrase]
) -> Iterator[Anchor]:
    """The anchors of a text, in no order."""
    names = [
        one
        for one in phrases
        if one.of("vital", "test") or (one.of("sign") and _SIGN_FOLLOWS.match(text, one.end))
    ]
    starts = [one.start for one in names]
    taken = set()
    for number, mention in enumerate(mentions):
        inside = _inside(names, starts, mention)
        taken.update(inside)
        yield _of_mention(text, number, mention, [names[i] for i in inside])
    for i, phrase in enumerate(names):
        if i not in taken and (anchor := _of_phrase(text, phrase)) is not None:
            yield anchor


def _inside(names: Sequence[Phrase], starts: Sequence[int], mention: Mention) -> list[int]:
    """The numbers of the names that a mention touches."""
    i = max(bisect_left(starts, mention.start) - 1, 0)
    found = []
    while i < len(names) and names[i].start < mention.end:
        if names[i].end > mention.start:
            found.append(i)
        i += 1
    return found


def _of_mention(text: str, number: int, mention: Mention, names: Sequence[Phrase]) -> Anchor:
    role = mention.role
    if role == DRUG and _LEVEL.match(text, mention.end):
        role = TEST
    vital = ""
    if role != DRUG and names and names[-1].end <= mention.end:
        row = names[-1].of("vital", "test", "sign")
        if row is not None and row.category in ("vital", "sign"):
            vital = row.code
        if role == OTHER:
            role = TEST
    is_sign = bool(names) and names[-1].of("sign") is not None
    if role == PROBLEM and vital not in ("pain_score", "") and not is_sign:
        vital = ""
    return Anchor(mention.start, mention.end, role, number, vital, mention.text.lower())


def _of_phrase(text: str, phrase: Phrase) -> Anchor | None:
    """The anchor of a name that is no mention; None if it is none, so short as it is."""
    start, end, _ = phrase
    if (start and text[start - 1].isalnum()) or (end < len(text) and text[end].isalpha()):
        return None
    if end - start == 1 and text[max(0, start - 1) : start] == "/" and text[start - 2].isalpha():
        return None  # "s/p"
    if start and text[start - 1] == "-" and start > 1 and text[start - 2].isalnum():
        return None
    row = phrase.of("vital", "test", "sign")
    name = text[start:end]
    if name.lower() == "pt" and name != "PT":  # the patient
        return None
    if name.lower() == "t" and text[max(0, start - 9) : start].lower().endswith(
        ("trop ", "ponin ")
    ):
        return None
    vital = row.code if row is not None and row.category in ("vital", "sign") else ""
    is_safe = len(name) > _SHORT or (len(name) > 1 and vital and name.isupper())
    is_weak = not is_safe and not _DIRECTLY.match(text, end)
    return Anchor(start, end, TEST, None, vital, name.lower(), is_weak)


def unit_in_brackets(text: str, start: int, end: int, units: Units) -> tuple[Unit | None, int]:
    """The unit in brackets that begin at a place, if it is one; where the brackets end."""
    match = _IN_BRACKETS.match(text, start, end)
    return (None, start) if match is None else (units.read(match[1]), match.end())


def with_units(text: str, anchors: Iterable[Anchor], units: Units) -> Iterator[Anchor]:
    """The anchors, with the units in brackets behind the names of tests.

    A single letter in brackets is a flag: "Na 129 (L)".
    """
    for one in anchors:
        if one.may_be_test and not _FLAG.match(text, one.end):
            unit, reach = unit_in_brackets(text, one.end, len(text), units)
            of_sign = not one.vital or unit is None or unit.what in SIGNS[one.vital].whats
            if unit is not None and unit.whose != "form" and of_sign:
                yield one._replace(unit=unit, reach=reach)
                continue
        yield one


def is_another_name(text: str, anchor: Anchor) -> bool:
    """Whether a drug in brackets is another name of the one before: "aspirin (Ecotrin)"."""
    before = text[max(0, anchor.start - 24) : anchor.start]
    alone = before.endswith("(") and text.startswith(")", anchor.end)
    return alone or _ALSO_CALLED.search(before) is not None
