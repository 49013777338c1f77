"""Numbers that stand for somebody: records, accounts, licences, vehicles, devices."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from stdnum import luhn, mac

from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.files.resources import package_rows

_I = re.IGNORECASE
_NUMBER = r"(?:\s*(?:no|num|number|nbr|id|code)\b\.?|\s*\#)"
_LINK = r"[\s:\#=.\-]*(?:\bis\b|\bof\b)?[\s:\#=]*"
# Letters with a blank after them are a word, unless they are few and capitals.
_VALUE = r"(?P<phi>(?:(?-i:[A-Z]{1,3} )|[A-Z]{1,5}-?)?\d[\dA-Z]*(?:[\-/][\dA-Z]+)*)(?![\w%]|\.\d)"

# Words that say too little by themselves, marked with "*": a "#" or "number" must follow.
_MUST_FOLLOW = r"(?=\s*(?:no\b|num\b|number\b|id\b|\#))"


def _after_words() -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Label, rule and pattern for each kind of number in identifier_words.tsv."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for label, rule, written in package_rows(__package__, "identifier_words.tsv")[1:]:
        words = written[:-1] + _MUST_FOLLOW if written.endswith(")*") else written
        kinds.setdefault((label, rule), []).append(words)
    for (label, rule), words_of_kind in kinds.items():
        words = "|".join(words_of_kind)
        yield label, rule, re.compile(rf"\b(?:{words})(?![^\W\d_]){_NUMBER}*{_LINK}{_VALUE}", _I)


_AFTER_WORDS = list(_after_words())
_SSN = re.compile(r"(?<![\w\-])\d{3}-\d{2}-\d{4}(?![\w\-])")
# Digits and letters of ASCII alone, of which check digits can be computed.
_DEA = re.compile(r"\b[ABFGMPRX][A-Z9]\d{7}\b", _I | re.ASCII)
_VIN = re.compile(r"\b[A-HJ-NPR-Z\d]{17}\b", _I | re.ASCII)
_MAC = re.compile(r"\b[\dA-F]{2}(?:[:\-][\dA-F]{2}){5}\b", _I)
_CARD = re.compile(r"(?<![\w\-])\d{4}(?:[ \-]?\d{4}){2}[ \-]?\d{1,7}(?![\w\-])")
_BRACKET_NUMBER = re.compile(r"(?<![\w#])#\s?(?P<phi>\d{6,12})(?!\w)")
_USERNAME = re.compile(
    r"\b(?:user(?:\s?name|\s?id)?|login|logged\s+in\s+as|edited\s+by\s+user)[\s:=]+"
    r"(?P<phi>[a-z][a-z.]*\d[\w.]*|[a-z]{2,}\d+|[a-z]+[._][a-z]+)\b",
    _I,
)
_DIGITS_AT_LEAST = 3


def find_identifiers(text: str) -> Iterator[Phi]:
    """The identifying numbers and user names of a text."""
    for label, rule, pattern in _AFTER_WORDS:
        for match in pattern.finditer(text):
            if sum(map(str.isdigit, match["phi"])) >= _DIGITS_AT_LEAST:
                yield Phi(match.start("phi"), match.end("phi"), label, rule)
    for match in _SSN.finditer(text):
        yield Phi(match.start(), match.end(), "SSN", "social security number")
    for match in _BRACKET_NUMBER.finditer(text):
        yield Phi(match.start("phi"), match.end("phi"), "IDNUM", "number")
    for match in _USERNAME.finditer(text):
        yield Phi(match.start("phi"), match.end("phi"), "USERNAME", "user name")
    for label, proof, pattern in _PROVEN:
        for match in pattern.finditer(text):
            if proof.holds(match[0]):
                yield Phi(match.start(), match.end(), label, proof.rule)


class Proof(NamedTuple):
    """How a number shows what it is.

    Attributes:
        rule: What it is then.
        holds: Whether a number is right, given that it has the form.
        letters: The letters it may have; all if empty.
    """

    rule: str
    holds: Callable[[str], bool]
    letters: str = ""


def proof_of(number: str) -> Proof | None:
    """How a number shows what it is, if it does by itself."""
    for _, proof, pattern in _PROVEN:
        if pattern.fullmatch(number) and proof.holds(number):
            return proof
    return None


def is_dea(number: str) -> bool:
    """Whether the check digit is right of a registration number of the DEA (21 CFR 1301)."""
    digits = [int(digit) for digit in number[2:]]
    total = sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])
    return total % 10 == digits[6]


_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)),
                       strict=True)) | {str(digit): digit for digit in range(10)}  # fmt: skip
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def is_vin(number: str) -> bool:
    """Whether the check digit is right of a vehicle identification number (49 CFR 565.15)."""
    number = number.upper()
    total = sum(_VIN_VALUES[c] * weight for c, weight in zip(number, _VIN_WEIGHTS, strict=True))
    return number[8] == "0123456789X"[total % 11]


def is_card(number: str) -> bool:
    """Whether the check digit is right of a number of the length of a card's (ISO/IEC 7812)."""
    digits = "".join(filter(str.isdigit, number))
    return 13 <= len(digits) <= 19 and luhn.is_valid(digits)


_PROVEN = (
    ("LICENSE", Proof("DEA number", is_dea), _DEA),
    ("VEHICLE", Proof("vehicle identification number", is_vin), _VIN),
    ("DEVICE", Proof("MAC address", mac.is_valid, "ABCDEF"), _MAC),
    ("ACCOUNT", Proof("card number", is_card), _CARD),
)
