"""What PHI of a kind cannot do without: a number a digit, an address of mail its sign."""

from __future__ import annotations

import re

_NEEDS = {
    "EMAIL": re.compile(r"@|\bat\b", re.IGNORECASE),
    "URL": re.compile(r"\w[./:]\w|www|http", re.IGNORECASE),
    "CONTACT": re.compile(r"[\d@]|\w\.\w"),
}
_NUMBERS = (
    *("PHONE", "FAX", "IPADDR", "ZIP"),
    *("MEDICALRECORD", "SSN", "ACCOUNT", "LICENSE", "VEHICLE", "DEVICE", "HEALTHPLAN", "IDNUM"),
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w")


def can_be(label: str, text: str) -> bool:
    """Whether a text may be PHI of a kind by the way it is written.

    A tagging head that sees a text much shorter than those it was trained on may call its first
    word or its full stop an address.

    Args:
        label: A type of i2b2 2014, or another label, of which nothing is known.
        text: The text.
    """
    needs = _DIGIT if label in _NUMBERS else _NEEDS.get(label, _WORD)
    return needs.search(text) is not None
