"""Cut a clinical note into its sections, by their headings."""

import re
from typing import NamedTuple

from spacy_umlsbert.guard import hide_in_repr

_HEADING = re.compile(r"[ \t]*([A-Za-z][^\n:]{0,59}?)[ \t]*(:|$)")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SMALL = frozenset("a and at by for from in of on or the to with".split())
# Lines that look like headings and are not.
_NO_HEADINGS = frozenset("disp sig refills note addendum am pm".split())
# Short headings that are followed by text on their line, anywhere in a note.
_SHORT = frozenset(
    "a/p all allergies assessment cc dx fh fhx hpi hx imp meds pe plan pmh pmhx psh pshx ros rx sh"
    " shx vs".split()
)
_MOST_WORDS = 8
_LONG_CAPITALS = 6


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

    A heading is at the start of a line, of at most eight words, and either ends with a colon and
    has its words in upper or title case, or is a line in capitals of its own after an empty line.
    With text after the colon it counts if it begins a paragraph, is in long capitals
    (``IMPRESSION:``), or is one of the usual short ones (``HPI:``); otherwise lists such as ``HR:
    80`` would be full of sections.

    Args:
        text: The note, with ``\\n`` as line end.

    Returns:
        The sections in order; joined, their texts are ``text``.
    """
    starts: list[tuple[int, str | None]] = [(0, None)]
    position = 0
    begins_paragraph = True
    for line in _LINE.findall(text):
        title = _title(line, begins_paragraph)
        if title is not None:
            starts.append((position, title))
        begins_paragraph = not line.strip()
        position += len(line)
    ends = [start for start, _ in starts[1:]] + [len(text)]
    parts = [
        Section(title, text[start:end]) for (start, title), end in zip(starts, ends, strict=True)
    ]
    return [part for part in parts if part.text]


def _title(line: str, begins_paragraph: bool) -> str | None:
    match = _HEADING.match(line)
    if match is None:
        return None
    title, rest = match.group(1), line[match.end() :].strip()
    words = _WORD.findall(title)
    if not words or len(words) > _MOST_WORDS or title.casefold() in _NO_HEADINGS:
        return None
    letters = sum(map(len, words))
    if not match.group(2):  # no colon
        capitals = title.isupper() and title.endswith(words[-1])
        return title if capitals and begins_paragraph and letters >= _LONG_CAPITALS - 1 else None
    if not title.isupper() and not all(word[0].isupper() or word in _SMALL for word in words):
        return None
    if rest.startswith("//") or (title[-1].isdigit() and rest[:1].isdigit()):
        return None  # an address, or a time of day
    stands_out = (
        not rest
        or begins_paragraph
        or (title.isupper() and letters >= _LONG_CAPITALS)
        or title.casefold() in _SHORT
    )
    return title if stands_out else None
