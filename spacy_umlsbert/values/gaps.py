"""What stands between two places of a text: nothing, words that only link, or something else."""

from __future__ import annotations

import re
from functools import cache

from spacy_umlsbert.files.resources import package_words

DIRECT, LINKED, NEAR, FAR = range(4)
"""Between a name and a number: signs alone; words that link; a few others; another clause."""

_DIRECT = re.compile(r"[\s:=|,(\[\]*→>–—_.'’-]*|[\s:]*\([^()\n]{1,20}\)[\s:=|-]*")
_BREAKS = re.compile(r"[;\n]|[.!?]\s|[.]\Z")
_WORDS = re.compile(r"[^\W\d_]+")
_OTHER_DIGITS = re.compile(r"\d")
_PASSED_OVER = re.compile(
    r"\.{2,}|…|(?:@|\bat)?\s?(?<!\d)(?:[01]?\d|2[0-3]):[0-5]\d(?!\d)|(?:@\s?|\bat\s)[012]\d[0-5]\d(?!\d)"
    r"|(?<=\()[012]\d[0-5]\d(?=\))|(?<!\d)0\d[0-5]\d(?=[ :])"
    r"|(?:\bon\s)?\(?(?<![\d/.])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/.])\)?[ ]?:?"
)
"""Dots that lead to a number, times of day, and dates."""
_LONGEST = 80
_MOST_OTHERS = 4


@cache
def _linking() -> frozenset[str]:
    return package_words(__package__, "linking_words.txt")


def gap_between(text: str, start: int, end: int) -> int:
    """What kind of gap is between two places: `DIRECT`, `LINKED`, `NEAR` or `FAR`."""
    if end - start > _LONGEST:
        return FAR
    between = text[start:end]
    if between == ";":  # in a row of cells; else it ends a clause
        return DIRECT
    if ".." in between or _OTHER_DIGITS.search(between):
        between = _PASSED_OVER.sub(" ", between)
    if _BREAKS.search(between):
        stripped = between.strip()
        return DIRECT if not stripped or stripped in "|:=-" else FAR
    if _DIRECT.fullmatch(between):
        return DIRECT
    others = sum(word.lower() not in _linking() for word in _WORDS.findall(between))
    if others == 0 and not _OTHER_DIGITS.search(between):
        return LINKED
    return NEAR if others <= _MOST_OTHERS else FAR
