"""Numbers as clinical text writes them: "1,000", ".5", "1 1/2", "½", "one and a half", "4-6"."""

from __future__ import annotations

import re
from typing import NamedTuple

DECIMAL_COMMA = "decimal comma"
"""The doubt about "1,5", which is one and a half here, and may be two numbers."""

_WORDS = {
    "i": 1, "ii": 2, "iii": 3, "half": 0.5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90,
}  # fmt: skip
_SIGNS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}

DIGITS = (
    r"(?:\d{1,3}(?:[ ]\d{3}){1,4}(?![\d,.])(?=[ ]?(?:per[ ]|cells?\b|platelets?\b|/[ ]?[a-zµμ]))"
    r"|[1-9]\d{0,2}(?:[ ]\d{3}){0,3}[ ]000(?![\d,.])"
    r"|\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+,\d{1,2}(?![\d,]|\.\d)|\d+(?:\.\d+)?|(?<!\.)\.\d+)"
)
"""A number in digits, without a sign."""

FRACTION = (
    r"(?:\d{1,2}(?:[ -]|[ ]?(?:&|and)[ ]))?(?:1/[2348]|2/3|3/[48])(?![\d/.]"
    r"|-(?!(?:\d{1,2}[ ]?)?(?:1/[24][ ]?|3/4[ ]?)?"
    r"(?:tab|cap|pill|tsp|teaspoon|amp|patch|sachet|puff|lozenge)))"
    r"|\d{0,2}[ ]?[½¼¾⅓⅔⅛]"
)
"""A fraction, perhaps behind a whole number."""

NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|twenty"
    r"|thirty|forty|fifty|sixty|ninety)"
)
HALVES = (
    rf"(?:(?:\d{{1,2}}|{NUMBER_WORD})[ ]and[ ](?:a[ ])?(?:half|one-half)"
    r"|(?:one-|a[ ])?half(?:[ ]an?)?)(?![\w-])"
)
"""One and a half, in words."""

_HALVES = re.compile(
    rf"(?:(\d{{1,2}}|{NUMBER_WORD})\s+and\s+)?(?:an?\s+|one-)?(?:one-)?half(?:\s+an?)?", re.I
)
_FRACTION = re.compile(r"(?:(\d{1,2})(?:[ -]|\s*(?:&|and)\s*))?(\d)/(\d)")
_SIGN = re.compile(r"(\d{0,2})\s*([½¼¾⅓⅔⅛])")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_BLANKS = re.compile(r"\d{1,3}(?: \d{3})+")
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}")


class Number(NamedTuple):
    """A number.

    Attributes:
        value: What it is.
        doubt: What may be otherwise; empty if nothing.
    """

    value: float
    doubt: str = ""


def read_number(written: str) -> Number | None:
    """What a number is, in digits or words; None if it is none.

    >>> read_number("1,000").value, read_number(".5").value, read_number("1 1/2").value
    (1000.0, 0.5, 1.5)
    >>> read_number("1,5")
    Number(value=1.5, doubt='decimal comma')
    """
    text = " ".join(written.split()).lower()
    sign = -1 if text.startswith(("-", "−", "–")) else 1
    text = text.lstrip("-−–+ ")
    if _DECIMAL_COMMA.fullmatch(text):
        return Number(sign * float(text.replace(",", ".")), DECIMAL_COMMA)
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if _BLANKS.fullmatch(text):
        text = text.replace(" ", "")
    found = _fraction(text)
    if found is None and text.replace(".", "", 1).isdecimal():
        found = float(text)
    return None if found is None else Number(sign * found)


def _fraction(text: str) -> float | None:
    """A fraction, or a number in words; None if it is none."""
    if (fraction := _FRACTION.fullmatch(text)) and fraction[3] != "0":
        return int(fraction[1] or 0) + int(fraction[2]) / int(fraction[3])
    if signed := _SIGN.fullmatch(text):
        return int(signed[1] or 0) + _SIGNS[signed[2]]
    if halves := _HALVES.fullmatch(text):
        whole = halves[1]
        return 0.5 + (0 if not whole else _WORDS.get(whole) or float(whole))
    return _WORDS.get(text)
