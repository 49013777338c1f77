"""The lines of a note as its author meant them: without the line ends of a text editor."""

import re

from spacy_umlsbert.text.sections.headings import heading_of
from spacy_umlsbert.text.sections.marks import is_rule

_NARROWEST = 60  # characters; shorter lines were not wrapped, they are short
_WIDEST = 120  # beyond that a note has one line per paragraph
_SHORTEST_RUNNING_ON = 40
# Lists, rules and "Name: value" start a line of their own.
_NEW_ITEM = re.compile(r"\s*(?:[-*#•>+=_]|\(?\d{1,2}[.)]\s|[A-Za-z][\w /()-]{0,40}:(?:\s|$))")
_ENDED = (".", ":", ";", "!", "?")
_PLACEHOLDER = "[**"


def unwrap(text: str) -> str:
    """Join lines that were broken only because they were full.

    A line was full if the first word of the next would not have fitted into the widest line of the
    text. Lines with a placeholder of MIMIC-III are not as wide as they were written; they, and
    all others of some length, also go on with a line that begins in lower case if they do not end
    with a stop. A line before an empty one, an item of a list, a heading or a rule (``_____``) ends
    where it ends, and so does a rule.

    Args:
        text: A note, with ``\\n`` as line end and its placeholders as they are.

    Returns:
        The note with fewer line ends; nothing else is changed but spaces around lines.
    """
    lines = [line.strip() for line in text.split("\n")]
    widest = max((len(line) for line in lines if _PLACEHOLDER not in line), default=0)
    if widest > _WIDEST:
        return "\n".join(lines)
    width = max(_NARROWEST, widest)
    result: list[list[str]] = []
    last = ""
    for line in lines:
        if last and line and _goes_on(last, line, width):
            result[-1].append(line)
        else:
            result.append([line])
        last = line
    return "\n".join(" ".join(parts) for parts in result)


def _goes_on(line: str, following: str, width: int) -> bool:
    if _NEW_ITEM.match(following) or is_rule(line) or is_rule(following):
        return False
    heading = heading_of(following, begins_paragraph=True)
    if heading is not None and heading.alone:
        return False
    if len(line) + 1 + len(following.split(maxsplit=1)[0]) > width:
        return True
    running_on = len(line) >= _SHORTEST_RUNNING_ON and not line.endswith(_ENDED)
    return running_on and following[0].islower()
