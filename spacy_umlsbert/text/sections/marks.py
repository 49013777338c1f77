"""How a line is marked as a heading: rules, hashes, brackets, bullets, numbers, tags."""

import re
from typing import NamedTuple

_RULE = re.compile(r"(?:([-=*~_+#.–—─═])\s*)(?:\1\s*){2,}")
_BOX = re.compile(r"[+|\-=:*#_~─━═┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬│║\s]{3,}")
_CHECKBOX = re.compile(r"[-*•\s]*(?:\[[ xX✓✔_]?\]|[☐☑☒□])")
TAG = (
    r"</?(?:h[1-6]|b|strong|p|u|i|em|div|span|section|td|tr|th|li|title|head|heading|center|font"
    r"|br)\b[^<>\n]{0,60}>"
)
_MARK = re.compile(rf"(?:(?-i:o)\s+(?=(?-i:[A-Z])))?(?:{TAG}|[^\w\s]|_|\s)*", re.IGNORECASE)
_NUMBER = re.compile(
    r"""
    (?:(?:section|part|item|step)\s+)?
    (?: (?P<digits>\d{1,2}(?:\.\d{1,2})*)(?:[.)\]:]+\s*|\s*[-–—]\s+|\s+(?=[A-Z]))
      | (?P<roman>[IVX]{1,4}|[ivx]{1,4})(?:[.)\]]+\s*|\s*[-–—]\s+)
      | (?P<letter>[A-Za-z])(?:[.)\]]+\s+|\s+[-–—]\s+)
    )(?=[^\s\d])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_STAMP = re.compile(
    r"(?:\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{2,4})?,?\s*)?(?:(?:at\s+)?\d{1,2}:?\d{2}(?::\d{2})?\s*"
    r"(?:am|pm|hrs?|h)?\b)?[\])]?\s*[-–—:.|]*\s+",
    re.IGNORECASE,
)
BULLETS = frozenset("o-*•·▪●◦►▶‣∙+–—○■□➢➤✓✔")


class Mark(NamedTuple):
    """What a line begins with before its first word.

    Attributes:
        end: Where the word begins.
        kind: The marks in a form that is the same for headings that are marked alike.
        hashes: How many ``#`` there are, if there is nothing else.
        number: Whether it is numbered.
        bullet: Whether it is an item of a list, if nothing closes what is marked.
        depth: Of a number with points ("2.1"), how many it has.
    """

    end: int
    kind: str
    hashes: int = 0
    number: bool = False
    bullet: bool = False
    depth: int = 0


def is_rule(line: str) -> bool:
    """Whether a line is drawn: ``______``, ``----``, ``====``, ``* * *``, the lines of a box."""
    line = line.strip()
    if _RULE.fullmatch(line) is not None:
        return True
    return line[:1] in "+┌└├╔╚╠|" and line[:1] != "" and _BOX.fullmatch(line) is not None


def is_checkbox(line: str) -> bool:
    """Whether a line begins with a box to tick."""
    return _CHECKBOX.match(line) is not None


def marks_of(line: str) -> list[Mark]:
    """The ways to read what a line begins with, those that leave less of it first.

    Args:
        line: A line without the blanks around it.
    """
    first = _MARK.match(line)
    assert first is not None
    signs = first[0]
    kind = "".join(dict.fromkeys(re.sub(r"\s", "", re.sub(TAG, "<>", signs))))
    bare = signs.strip()
    plain = Mark(
        first.end(),
        kind,
        hashes=len(bare) if set(bare) == {"#"} else 0,
        bullet=len(bare) == 1 and bare in BULLETS,
    )
    found = [plain]
    number = _NUMBER.match(line, plain.end)
    if number is not None:
        which = str(number.lastgroup)
        depth = number["digits"].removesuffix(".0").count(".") if number["digits"] else 0
        found.insert(0, _behind(line, number.end(), f"{kind}{which}", number=True, depth=depth))
    elif line[plain.end : plain.end + 1].isdigit():
        stamp = _STAMP.match(line, plain.end)
        if stamp is not None and stamp.end() > plain.end:
            found.insert(0, _behind(line, stamp.end(), f"{kind}stamp"))
    return found


def _behind(line: str, start: int, kind: str, *, number: bool = False, depth: int = 0) -> Mark:
    """What follows a number: it may be marked again, as in ``1. **Plan**``."""
    second = _MARK.match(line, start)
    assert second is not None
    signs = "".join(dict.fromkeys(re.sub(r"\s", "", second[0])))
    return Mark(second.end(), kind + signs, number=number, depth=depth)
