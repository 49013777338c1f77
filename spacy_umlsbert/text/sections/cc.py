"""The three meanings of "cc": chief complaint, cubic centimetres, carbon copy."""

import re

_CC = "cc"
_AMOUNT = re.compile(r"(?<![\d/:])\d{1,4}(?:\.\d+)?\s*\Z")
_NO_DATE = re.compile(r"(?<![\d/:-])\d{1,4}(?:\.\d+)?\s*\Z")
_AMOUNT_AND_CC = re.compile(r"(?:\d{1,2}\s?-\s?)?\d+(?:\.\d+)?\s*cc", re.IGNORECASE)
_LONGEST_AMOUNT = 12
_NAME = r"(?:\s+[A-Z][\w.'’-]*){1,3}"
_COLLEAGUE = re.compile(
    rf"\s*(?:Dr\.?{_NAME}|[A-Z][\w.'’-]*{_NAME}?,?\s+(?:M\.?D|D\.?O|NP|PA)\b\.?|PCP|file)"
    r"\s*(?:[,;&(]|and\b|\Z)"
)


def is_volume(before: str, title: str) -> bool:
    """Whether a title is the unit of a volume: "5 cc: given".

    Args:
        before: What stands before it in the line.
        title: It.
    """
    if title.casefold() == _CC:
        amount = _AMOUNT if title.islower() else _NO_DATE
        return amount.search(before[-_LONGEST_AMOUNT:]) is not None
    return _AMOUNT_AND_CC.fullmatch(title) is not None


def is_copy(title: str, behind: str) -> bool:
    """Whether a title says who gets a copy: "cc: Dr. Smith".

    Args:
        title: It.
        behind: What stands behind its colon.
    """
    return title.casefold() == _CC and _COLLEAGUE.match(behind) is not None


def is_cc(title: str, behind: str) -> bool:
    """Whether a title in small letters is that of a chief complaint: words stand behind it.

    Args:
        title: It.
        behind: What stands behind its colon.
    """
    return title.casefold() == _CC and behind.lstrip()[:1].isalpha()
