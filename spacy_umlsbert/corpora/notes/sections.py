"""Cut a clinical note into its sections, by their headings."""

import re
from itertools import pairwise
from typing import NamedTuple

from spacy_umlsbert.corpora.notes.headings import heading_of, is_rule
from spacy_umlsbert.guard import hide_in_repr

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_LONGEST_RULE = 2  # times the heading above it


@hide_in_repr("title", "text")
class Section(NamedTuple):
    """A part of a note.

    Attributes:
        title: Its heading without the colon; none for what comes before the first heading.
        text: Its text, the heading included.
    """

    title: str | None
    text: str


def split_sections(text: str) -> list[Section]:
    """Cut a note at its headings.

    A heading is at the start of a line, and is

    - one of a list of usual ones (``Past medical history``), in whatever case, with a colon or dash
      behind it or in a line of its own; a number may come before it;
    - or of at most eight words in upper or title case with a colon. With text behind the colon it
      counts if it begins a paragraph or is in long capitals (``IMPRESSION:``); otherwise lists such
      as ``HR: 80`` would be full of sections;
    - or a line of its own that begins a paragraph: in capitals, or a short phrase with a colon that
      is no beginning of a sentence;
    - or marked as one: ``**Wound care**``, ``## Wound care``, ``[WOUND CARE]``, ``== Plan ==``

    A paragraph begins after an empty line or a rule (``-----``).

    Args:
        text: The note, with ``\\n`` as line end.

    Returns:
        The sections in order; joined, their texts are ``text``.
    """
    starts: list[tuple[int, str | None]] = [(0, None)]
    position = 0
    begins_paragraph = True
    lines = _LINE.findall(text)
    for line, following in pairwise([*lines, ""]):
        heading = heading_of(line, begins_paragraph or _is_underlined(line, following))
        if heading is not None:
            starts.append((position, heading.title))
        begins_paragraph = not line.strip() or is_rule(line)
        position += len(line)
    ends = [start for start, _ in starts[1:]] + [len(text)]
    parts = [
        Section(title, text[start:end]) for (start, title), end in zip(starts, ends, strict=True)
    ]
    return [part for part in parts if part.text]


def _is_underlined(line: str, following: str) -> bool:
    rule = following.strip()
    return (
        rule[:1] in ("-", "=") and is_rule(rule) and len(rule) <= _LONGEST_RULE * len(line.strip())
    )
