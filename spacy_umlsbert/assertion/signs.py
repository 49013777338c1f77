"""Signs after findings: "fever -", "SOB +" at the ends of lines, "N+ V- D-" in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy_umlsbert.assertion.lines import Line, Lines
from spacy_umlsbert.assertion.verdicts import AFFIRMED, NEGATED, Cue

_SIGN = re.compile(
    r"(?<=[A-Za-z)])(?P<glued>\+{1,4}|[-–−])(?=[\s,;]|\.(?:\s|$)|$)"
    r"|(?<=[A-Za-z)][ \t])(?P<apart>\+{1,4}|[-–−])(?=[ \t]*(?:$|[,;\n]|\.(?:\s|$)))"
)
_SEPARATOR = re.compile(r"[,;:|]|  ")
_FIELD = re.compile(r"[^:]{1,40}:\s*\S.{0,30}$")
_LONGEST_LINE = 60
_SEVERAL = 2


def sign_cues(lines: Lines) -> Iterator[Cue]:
    """What plus and minus say of the findings that they follow.

    One alone is a dash: there are several in the line, or lines of the kind around it.
    """
    found = [(line, _signs(line)) for line in lines.lines]
    for number, (line, signs) in enumerate(found):
        around = [*found[max(number - 1, 0) : number], *found[number + 1 : number + 2]]
        if len(signs) >= _SEVERAL or (signs and any(_is_of_list(*other) for other in around)):
            yield from _of_line(line, signs)


def _signs(line: Line) -> list[re.Match[str]]:
    return list(_SIGN.finditer(line.text)) if "+" in line.text or _MINUS.search(line.text) else []


_MINUS = re.compile(r"[-–−](?:[\s,;.]|$)")


def _is_of_list(line: Line, signs: list[re.Match[str]]) -> bool:
    """Whether a line may stand in a list of findings with their signs."""
    short = len(line.text) <= _LONGEST_LINE
    return short and (bool(signs) or _FIELD.match(line.text) is not None)


def _of_line(line: Line, signs: list[re.Match[str]]) -> Iterator[Cue]:
    dashes = all("+" not in sign.group() for sign in signs)
    if dashes and len(line.text) > _LONGEST_LINE and len(signs) <= _SEVERAL:
        return  # of running text
    done = 0
    for sign in signs:
        start = done
        for separator in _SEPARATOR.finditer(line.text, done, sign.start()):
            start = separator.end()
        category = AFFIRMED if "+" in sign.group() else NEGATED
        scope = line.start + start, line.start + sign.start()
        yield Cue(line.start + sign.start(), line.start + sign.end(), category, *scope)
        done = sign.end()
