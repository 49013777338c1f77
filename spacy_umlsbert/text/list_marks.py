"""What items of lists begin with: bullets, numbers, letters, check boxes, names of values."""

from __future__ import annotations

import re

BULLETS = "•▪●◦‣⁃∙■□▢◻▫☐☑☒✓✔✗✘➢➤►▶❖◆◇○·"
"""Signs that do nothing but begin an item."""

INLINE_BULLETS = re.compile(r"[•▪●◦‣⁃■➢➤►▶❖◆](?<=\s.)(?=\s*[^\W_])")
"""Those that begin an item inside of a line too; check boxes are answers there."""

_BULLET = re.compile(
    rf"""
    [{BULLETS}]
    | [-–—*][-–—*\s]*\S                 # "- fever", "-no emesis", "** fever"
    | [+>=~]\s*[^\W\d_]                 # "+ edema", but "> 5"
    | \#\s*\w                           # "#CHF", "#2"
    | o\s+\S                            # what is left of a bullet of a word processor
    | \[[ xX✓]?\]                       # a check box
    """,
    re.VERBOSE,
)
_NUMBERED = re.compile(
    r"""
    \d{1,2}(?:\.\d{1,2}){1,3}\.?\s+[A-Z]          # "1.2 Pain"
    | \(?\d{1,2}[.)]\)?(?:\s|$|(?=[^\W\d_]))      # "1. ", "1) ", "(1) ", "2.No"
    | \(?[A-Za-z]\)\s                           # "a) "
    | [A-Za-z]\.\s+[A-Z0-9(]                    # "A. Fever", but "E. coli"
    | \(?(?:[ivx]{2,5}|[IVX]{2,5})[.)]\s        # "iv. "
    """,
    re.VERBOSE,
)
_NAMED = re.compile(r"[A-Z][^\n:.;!?]{0,48}(?:(?<!\d):|:(?!\d))(?!//)")
_NAMED_SMALL = re.compile(r"[a-z][\w/&-]{0,20}(?: [\w/&-]{1,20})?:(?=\s|$)")

NO_ITEM, NUMBERED, NAMED, SMALL, BULLET = range(5)
"""What a line may begin with: `SMALL` is "Name:" in small letters, which may be a sentence too."""

MARK = re.compile(r"(?:[-–—•*+#(_]\s?){0,4}(?:\d{1,2}|[A-Za-z]|[ivx]{2,5}|[IVX]{2,5})")
"""What stands before the full stop of an item's number."""

GLUED = re.compile(r"([-–—*+>#•])(?=[^\W_])|\(?(?:\d{1,2}[.)]|[A-Za-z]\))(?=[^\W\d_]{2})")
"""A mark that a word follows without a blank: "-no emesis", "2.No effusion"; not "P.mirabilis"."""


def item_of(line: str) -> int:
    """What kind of an item a line begins, without the blanks around it."""
    if _BULLET.match(line):
        return BULLET
    if _NUMBERED.match(line):
        return NUMBERED
    if _NAMED.match(line):
        return NAMED
    return SMALL if _NAMED_SMALL.match(line) else NO_ITEM
