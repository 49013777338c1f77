"""Instructions of a drug: strength or dose, which step of a taper, what "units" are of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from spacy_umlsbert.values.amounts import WORD, Amount
from spacy_umlsbert.values.anchors import Anchor
from spacy_umlsbert.values.kinds import DOSE, DURATION, FREQUENCY, STRENGTH, Found

SIG = re.compile(
    r"\W*(?:(?:sig|take|use|apply|give|inject|instill|inhale|continue|taken|given|to be taken|"
    r"frequency|freq|how often|schedule|duration|for|then|increase|decrease|administer)\b"
    r"[\w ]{0,12}?)?\W*",
    re.IGNORECASE,
)
"""What may stand at the beginning of a line before how often a drug above is taken."""

LABEL = re.compile(
    r"\b(?:freq(?:uency)?|how often|schedule|interval|duration|length|sig|directions?)\s*[:=]\s*\Z",
    re.I,
)
_SIG_FIRST = re.compile(r"\s*(?:sig|directions?|instructions?|dose|take)[ ]?[:.]", re.IGNORECASE)
_DRUG_BELOW = re.compile(
    r"[ \t.]*\n[ \t]*(?:drug|medication|medicine|med|rx|product|generic|name)(?:[ ]name)?[ ]?[:#]"
    r"[ \t]*",
    re.IGNORECASE,
)
_NEW_INSTRUCTION = re.compile(
    r"\bthen\b|\bfollowed by\b|\bto\b|\bincreas|\bdecreas|\bthereafter\b|\breduc|\bafter that\b|"
    r"\bwas\b|\bchanged\b|\btaper|\band\b|;|->|→|,\s*\Z|\.",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"[ ]?(?:\(|=|,?[ ]?equals?|i\.e\.)[ ]?(?:=|equals|total|i\.e\.)?[ ]?\Z")
_TOTAL = re.compile(r"[ ]?total\b", re.IGNORECASE)
_BLOOD = re.compile(
    r"\b(?:prbcs?|blood|ffp|platelets?|plasma|cryo\w*|rbcs?|red (?:blood )?cells?)\b"
)
_VITAMINS = re.compile(r"\b(?:vit(?:amin)?\.? ?[ade]\d?|\w*calciferol|tocopherol|retinol)\b")
_GIVEN = ("pieces", "drops", "volume", "by size", "radiation", "units of activity")
_OF = re.compile(r"\sof\b")
_PATCH = re.compile(r"[ ](?:\w+[ ])?patch")
_A_MASS = re.compile(r"\s\d[\d.,]*\s?(?:mg|mcg|g|ug|units?)\b", re.IGNORECASE)
_MASS = ("mass", "equivalents", "amount")


def place_of_drug_below(text: str, start: int, end: int) -> int:
    """Where a drug stands in the line below its instructions; 0 if the stretch is not of them."""
    if not _SIG_FIRST.match(text, start, end):
        return 0
    match = _DRUG_BELOW.match(text, start + len(text[start:end].rstrip(" \t\n.")))
    return 0 if match is None else match.end()


class _Instruction(NamedTuple):
    """How far one has come with what is said of a drug."""

    number: int
    kinds: frozenset[str]
    end: int


class Instructions:
    """What was said of the drugs of a text so far.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._told: dict[int | None, _Instruction] = {}

    def kind_of(self, amount: Amount, drug: Anchor | None) -> str:
        """Strength or dose."""
        what = "" if amount.unit is None else amount.unit.what
        counted = amount.shape == WORD or _OF.match(self._text, amount.end) is not None
        is_dose = (
            what in _GIVEN
            or (what == "rate" and not _PATCH.match(self._text, amount.end))
            or (not amount.code and counted)
            or (what in _MASS and drug is not None and self._is_said_again(amount, drug))
        )
        return DOSE if is_dose else STRENGTH

    def _is_said_again(self, amount: Amount, drug: Anchor) -> bool:
        """Whether a mass says in brackets what a dose is: "6 mL (120 mg)"."""
        told = self._told.get(drug.mention)
        if told is None or DOSE not in told.kinds:
            return False
        before = self._text[max(0, amount.start - 12) : amount.start]
        brackets = _IN_BRACKETS.search(before) or _TOTAL.match(self._text, amount.end)
        return brackets is not None

    def number_of(self, start: int, end: int, kind: str, mention: int | None) -> int:
        """Which of the instructions of a drug a value is of."""
        told = self._told.get(mention)
        if told is None:
            told = _Instruction(0, frozenset(), start)
        amounts = (STRENGTH, DOSE)
        begins = kind in amounts and (
            bool({FREQUENCY, DURATION} & told.kinds)
            or (
                kind in told.kinds
                and _NEW_INSTRUCTION.search(self._text, told.end, start) is not None
            )
        )
        opened = self._text[max(told.end, start - 2) : start].strip().endswith("(")
        if begins and not opened:
            told = _Instruction(told.number + 1, frozenset(), start)
        self._told[mention] = _Instruction(told.number, told.kinds | {kind}, end)
        return told.number


def unit_of(unit: str, drug: str) -> tuple[str, tuple[str, ...]]:
    """What "units" are of a drug, and the doubt about it."""
    if unit == "U" and _BLOOD.search(drug):
        return "{unit}", ()
    if unit == "U" and _VITAMINS.search(drug):
        return "[IU]", ("international units",)
    return unit, ()


_PIECES_BEHIND = re.compile(r"[ -]?(?:\w+[ -])?(?:tablets?|tabs?|capsules?|caps?|pills?)\b", re.I)


def doses_of_pieces(found: Sequence[Found], text: str) -> list[Found]:
    """Of two masses the one that is not that of a tablet is the dose: "15 mg (six 2.5 mg tabs)"."""
    counted = {
        one.of
        for one in found
        if one.value.kind == DOSE and one.value.unit == "{tbl}" and _A_MASS.match(text, one.end)
    }
    return [
        one._replace(value=one.value._replace(kind=DOSE))
        if one.value.kind == STRENGTH
        and one.of in counted
        and not _PIECES_BEHIND.match(text, one.end)
        else one
        for one in found
    ]
