"""Titles of sections, which are no PHI: "Brief Hospital Course" names no hospital."""

import re
from collections.abc import Iterable, Iterator

from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.text.sections import find_sections
from spacy_umlsbert.text.sections.headings import default_rules

_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_ASIDE = re.compile(r"[(\[{<]")


def find_titles(text: str, found: Iterable[Phi]) -> list[tuple[int, int]]:
    """The titles of sections that the table of headings has, word for word.

    What stands in brackets behind a title is none of it, and a title that only has a word of the
    table ("John Smith history") is none.

    Args:
        text: The text.
        found: What was found in it. If none of it has a word of a heading, no titles are looked
            for.

    Returns:
        First character, and the character after the last.
    """
    words = (word for phi in found for word in _WORD.findall(text[phi.start : phi.end]))
    return list(_titles(text)) if any(map(default_rules().may_have, words)) else []


def is_of_title(phi: Phi, text: str, titles: Iterable[tuple[int, int]]) -> bool:
    """Whether something found is a part of a title; a number never is, it may be a date."""
    if _DIGIT.search(text, phi.start, phi.end) is not None:
        return False
    return any(start <= phi.start and phi.end <= end for start, end in titles)


def _titles(text: str) -> Iterator[tuple[int, int]]:
    for section in find_sections(text):
        title = _ASIDE.split(text[section.title_start : section.title_end], maxsplit=1)[0].rstrip()
        if title and default_rules().find(title, loosely=False) is not None:
            yield section.title_start, section.title_start + len(title)
