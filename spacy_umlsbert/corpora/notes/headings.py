"""Which lines of a clinical note are headings, or begin with one."""

import re
from functools import lru_cache
from typing import NamedTuple

from spacy_umlsbert.files.resources import package_lines
from spacy_umlsbert.guard import hide_in_repr

_TITLE = r"[^\W\d_][^\n:：]{0,59}?"
_WITH_COLON = re.compile(rf"({_TITLE})\s*[:：]")
_WITH_DASH = re.compile(r"([^\W\d_][\w /&'’-]{0,59}?)(?:\s+[-–—]|[-–—])(?:\s|$)")
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[IVX]{1,4}|[A-Z])[.)]\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ASIDE = re.compile(r"\s*\([^()]*\)$")
_RULE = re.compile(r"(?:([-=*~_+#.–—─═])\s*)(?:\1\s*){2,}")
# What a heading is marked with: on both sides, or with a rule or hashes before it.
_MARKED = re.compile(
    r"""
    (?P<hashes>\#{1,6})\s*(?P<hashed>[^\s#].*?)\s*\#*
    | (?P<bold>\*{1,3}|_{1,3})(?P<in_bold>[^\s*_][^*_]*?)(?P=bold)(?P<after_bold>\s*[:：].*)?
    | (?P<rule>[-=*~_+]{2,})\s*(?P<ruled>[^\W\d_].*?)\s*(?:[-=*~_+]{2,}|(?<=[:：]))
    | [\[<{](?P<bracketed>[^\W\d_][^\[\]<>{}]*)[\]>}](?P<after_bracket>\s*[:：].*)?
    """,
    re.VERBOSE,
)
_BOLD_BEGINNING = re.compile(r"(\*\*|__)([^\s*_][^*_:：]*?)\s*[:：]\s*\1(?=\s*\S)")
_SMALL = frozenset("a and at by for from in of on or the to with".split())
# Lines that look like headings and are not.
_NO_HEADINGS = frozenset("disp sig refills note addendum am pm".split())
_PERSONS = frozenset("he she it they we i you dr mr mrs ms".split())
# Words of sentences that end with a colon.
_OF_SENTENCES = _PERSONS | frozenset(
    """
    his her their who which that this these there patient pt mother father wife husband son
    daughter family says said states stated reports reported notes noted notable denies denied
    tells told asks asked adds added feels felt is was are were be been has had have will would
    should could can may does did do see seen includes include including included following
    follows please call take given started continue as if when but not no because then
    """.split()
)
_MOST_WORDS = 8
_MOST_WORDS_OF_A_PHRASE = 5
_LONG_CAPITALS = 6


@hide_in_repr("title")
class Heading(NamedTuple):
    """A heading at the start of a line.

    Attributes:
        title: It, without number, marks and colon.
        alone: Whether nothing follows on the line.
    """

    title: str
    alone: bool


def is_rule(line: str) -> bool:
    """Whether a line is drawn: ``______``, ``----``, ``====``, ``* * *``."""
    return _RULE.fullmatch(line.strip()) is not None


def heading_of(line: str, begins_paragraph: bool) -> Heading | None:
    """The heading that a line is, or begins with; None if there is none.

    Args:
        line: The line, with or without its end.
        begins_paragraph: Whether it is the first one, or comes after an empty line or a rule.
    """
    line = line.strip()
    if not line or is_rule(line) or line.startswith("[**"):  # MIMIC-III's placeholders
        return None
    if (marked := _MARKED.fullmatch(line)) is not None:
        return _marked(marked, begins_paragraph)
    if (bold := _BOLD_BEGINNING.match(line)) is not None:
        return _plain(f"{bold[2]}:{line[bold.end() :]}", begins_paragraph)
    if (number := _NUMBER.match(line)) is not None:
        # Lines with numbers are items of a list, but for headings that are known.
        return _known(line[number.end() :], begins_paragraph)
    return _plain(line, begins_paragraph)


def _marked(marked: re.Match[str], begins_paragraph: bool) -> Heading | None:
    """The heading in a line with marks around it."""
    inside = next(filter(None, marked.group("hashed", "in_bold", "ruled", "bracketed")))
    inside += marked["after_bold"] or marked["after_bracket"] or ""
    if (known := _known(inside, True)) is not None:
        return known
    title, rest = _at_colon(inside)
    if rest or not _is_phrase(title, _MOST_WORDS):
        return _plain(inside, begins_paragraph) if rest and marked["bold"] else None
    has_colon = title != inside
    if marked["bracketed"]:  # or a check box
        sure = title.isupper() and _letters(title) >= _LONG_CAPITALS - 1
    elif marked["hashes"]:  # one marks problems: "#CHF"
        sure = len(marked["hashes"]) > 1
    else:
        sure = bool(marked["rule"]) or has_colon or begins_paragraph
    return Heading(title, alone=True) if sure else None


def _known(line: str, begins_paragraph: bool) -> Heading | None:
    """The heading at the start of a line if it is one of the list."""
    title, rest = _at_colon(line)
    if title == line and (dash := _WITH_DASH.match(line)) is not None and _is_known(dash[1]):
        title, rest = dash[1], line[dash.end() :].strip()
    if not _is_known(title) or not (begins_paragraph or title[0].isupper()):
        return None
    # Without colon it may be the last word of a sentence, or an item of a list.
    bare = title == line and not (begins_paragraph and title[0].isupper())
    return None if bare else Heading(title, alone=not rest)


def _plain(line: str, begins_paragraph: bool) -> Heading | None:
    if (known := _known(line, begins_paragraph)) is not None:
        return known
    title, rest = _at_colon(line)
    words = _WORD.findall(title)
    if not words or len(words) > _MOST_WORDS or title.casefold() in _NO_HEADINGS:
        return None
    if title == line:  # no colon
        capitals = title.isupper() and title.endswith(words[-1])
        sure = capitals and begins_paragraph and _letters(title) >= _LONG_CAPITALS - 1
    elif rest.startswith("//") or (title[-1].isdigit() and rest[:1].isdigit()):
        sure = False  # an address, or a time of day
    elif not title.isupper() and not _is_in_title_case(words):
        sure = begins_paragraph and not rest and _is_phrase(title, _MOST_WORDS_OF_A_PHRASE)
    else:
        stands_out = title.isupper() and _letters(title) >= _LONG_CAPITALS
        sure = not rest or begins_paragraph or stands_out
    return Heading(title, alone=not rest) if sure else None


def _at_colon(line: str) -> tuple[str, str]:
    """What is before a colon, and after it; the whole line if there is none, or if it is long."""
    match = _WITH_COLON.match(line)
    if match is not None:
        return match[1], line[match.end() :].strip()
    short = re.fullmatch(_TITLE, line)
    return (line if short is not None else "", "")


def _is_in_title_case(words: list[str]) -> bool:
    if words[0].casefold() in _PERSONS:
        return False
    return all(word[0].isupper() or word in _SMALL for word in words)


def _is_phrase(title: str, most_words: int) -> bool:
    """Whether it may be a title in sentence case, and is no beginning of a sentence."""
    words = _WORD.findall(title)
    folded = [word.casefold() for word in words]
    return (
        0 < len(words) <= most_words
        and title[0].isupper()
        and title.casefold() not in _NO_HEADINGS
        and folded[-1] not in _SMALL
        and (title.isupper() or not _OF_SENTENCES.intersection(folded))
        and not re.search(r"[.,;?!]", title)
    )


def _letters(title: str) -> int:
    return sum(map(len, _WORD.findall(title)))


def _is_known(title: str) -> bool:
    title = " ".join(title.casefold().replace("’", "'").split())
    return title in _known_headings() or _ASIDE.sub("", title) in _known_headings()


@lru_cache(maxsize=1)
def _known_headings() -> frozenset[str]:
    return frozenset(package_lines(__package__, "headings.txt"))
