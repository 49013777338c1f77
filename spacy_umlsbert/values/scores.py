"""Classes that are scores of a patient: "ASA class III", "NYHA class II"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from spacy_umlsbert.values.anchors import Anchor
from spacy_umlsbert.values.kinds import PROBLEM, VALUE, Found, Value

_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}
_CLASS = re.compile(
    r"\b(?P<name>ASA|NYHA)[\s:]{1,2}(?:(?:functional|physical|FC|PS)\s)?"
    r"(?P<text>(?P<word>(?:class|score|status|PS|FC)[\s:]{1,2})?"
    r"(?P<number>IV|I{1,3}|VI?|[1-6])(?![\w/.%-]))",
)


def classes_in(text: str, anchors: Sequence[Anchor]) -> Iterator[Found]:
    """The classes of a text; those that are part of a problem's name are none."""
    matches = list(_CLASS.finditer(text))
    if not matches:
        return
    problems = {one.start for one in anchors if one.role == PROBLEM}
    inside = [(one.start, one.end, one.mention) for one in anchors]
    for match in matches:
        start, end = match.span("text")
        if not match["word"] and match["number"].isdigit():
            continue  # "ASA 81" is a drug
        follows = end + len(text[end : end + 2]) - len(text[end : end + 2].lstrip())
        if follows in problems or any(a <= start < b for a, b, _ in inside):
            continue
        name_start = match.start("name")
        of = next((mention for a, b, mention in inside if a <= name_start < b), None)
        number = _ROMAN.get(match["number"]) or int(match["number"])
        value = Value(
            VALUE, match["text"], (float(number),), name=match["name"], written=(match["number"],)
        )
        yield Found(start, end, value, of)
