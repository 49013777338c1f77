"""Lines that are headings by their looks alone: titles that no table has."""

import re
from typing import NamedTuple

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.text.sections.rules import SectionRules
from spacy_umlsbert.text.sections.tables import LABEL

_TITLE = r"[^\W\d_][^\n:：]{0,59}?"
_WITH_COLON = re.compile(rf"({_TITLE})\s*[:：]")
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[IVX]{1,4}|[A-Z])[.)]\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
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
LONGEST_LINE = 200
"""Characters that are looked at."""


@hide_in_repr("title")
class Unlisted(NamedTuple):
    """A title that is in no table.

    Attributes:
        title: It, without marks and colon.
        alone: Whether nothing follows on the line.
        stands_out: Whether it is in long capitals.
    """

    title: str
    alone: bool
    stands_out: bool = False


def unlisted_heading(line: str, begins_paragraph: bool, rules: SectionRules) -> Unlisted | None:
    """The heading that a line looks like, if no rule calls it a label.

    Args:
        line: The line, without the blanks around it.
        begins_paragraph: Whether it is the first one, or comes after an empty line or a rule.
        rules: What is known of titles.
    """
    line = line[:LONGEST_LINE]
    if (marked := _MARKED.fullmatch(line)) is not None:
        found = _marked(marked, begins_paragraph)
    elif (bold := _BOLD_BEGINNING.match(line)) is not None:
        found = _plain(f"{bold[2]}:{line[bold.end() :]}", begins_paragraph)
    elif _NUMBER.match(line) is not None:
        return None  # items of a list, but for headings that are known
    else:
        found = _plain(line, begins_paragraph)
    if found is None:
        return None
    rule = rules.find(found.title, loosely=False)
    return None if rule is not None and rule.use == LABEL else found


def may_be_title(title: str, *, any_case: bool = False) -> bool:
    """Whether some words may be a title: few, in capitals or title case.

    Args:
        title: The words.
        any_case: Whether they may be in small letters, which are fewer then.
    """
    words = _WORD.findall(title)
    if any_case and 0 < len(words) <= _MOST_WORDS_OF_A_PHRASE:
        return True
    return 0 < len(words) <= _MOST_WORDS and (title.isupper() or _is_in_title_case(words))


def _marked(marked: re.Match[str], begins_paragraph: bool) -> Unlisted | None:
    """The heading in a line with marks around it."""
    inside = next(filter(None, marked.group("hashed", "in_bold", "ruled", "bracketed")))
    inside += marked["after_bold"] or marked["after_bracket"] or ""
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
    return Unlisted(title, alone=True) if sure else None


def _plain(line: str, begins_paragraph: bool) -> Unlisted | None:
    title, rest = _at_colon(line)
    words = _WORD.findall(title)
    if not words or len(words) > _MOST_WORDS:
        return None
    stands_out = title.isupper() and _letters(title) >= _LONG_CAPITALS
    if title == line:  # no colon
        capitals = title.isupper() and title.endswith(words[-1])
        sure = capitals and begins_paragraph and _letters(title) >= _LONG_CAPITALS - 1
    elif rest.startswith("//") or (title[-1].isdigit() and rest[:1].isdigit()):
        sure = False  # an address, or a time of day
    elif not title.isupper() and not _is_in_title_case(words):
        sure = begins_paragraph and not rest and _is_phrase(title, _MOST_WORDS_OF_A_PHRASE)
    else:
        sure = not rest or begins_paragraph or stands_out
    return Unlisted(title, alone=not rest, stands_out=stands_out) if sure else None


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
        and folded[-1] not in _SMALL
        and (title.isupper() or not _OF_SENTENCES.intersection(folded))
        and not re.search(r"[.,;?!]", title)
    )


def _letters(title: str) -> int:
    return sum(map(len, _WORD.findall(title)))
