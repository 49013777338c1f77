"""Headings in the middle of a line, as in a note that has no line ends."""

import re
from collections.abc import Iterator
from itertools import chain

from spacy_umlsbert.text.sections.candidates import (
    AMONG,
    MIDDLE,
    RUN,
    STOP,
    Candidate,
    Form,
    case_of,
)
from spacy_umlsbert.text.sections.cc import is_volume
from spacy_umlsbert.text.sections.rules import SectionRules
from spacy_umlsbert.text.sections.running_on import VERBS
from spacy_umlsbert.text.sections.tables import DIVISION, LABEL
from spacy_umlsbert.text.sections.titles import LONGEST_TITLE

_COLON = re.compile(r"(?<=[^\W_])[\])]?\s?[:：](?!//)")
_BORDER = re.compile(r"[.!?;|•▪·»\])}\"]\s*|\s{2,}|\t|\s[-–—*/]+\s|,\s")
_WORD = re.compile(r"\S+")
_GAP = re.compile(r"\s{2}")
_MOST_WORDS = 7
_MOST_BORDERS = 4
_OF = frozenset(("of", "for"))
_SMALL = frozenset("of and the on at in for to & / + or".split())
_BRACKETED = re.compile(
    r"(?P<open>[<\[{]|\*{1,3}|__)(?P<title>[^\W_](?:[\w &/-]{0,60}\w)?):?(?:[>\]}]|\*{1,3}|__):?"
)
_TAGGED = re.compile(
    r"(?P<open><(?:h[1-6]|b|strong|u|em)\b[^<>]{0,40}>)\s*(?P<title>[^<>:]{1,60}?)\s*:?\s*</\w{1,6}>",
    re.IGNORECASE,
)
_KEY = re.compile(r'(?P<open>")(?P<title>[^\W\d_][\w /&-]{1,50})"\s*:')
_MARKED = (_BRACKETED, _TAGGED, _KEY)
_SHORT = re.compile(r"(?<=\s)(?:[A-Z]{2,4}|[A-Z][&/][A-Z]|Meds)(?=[ \t])")
_CAPITALS = re.compile(
    r"(?:(?<![^\s])(?<=[.;!?|)\]:]\s)|(?<=\s\s)|(?<=\t))"
    r"[A-Z][A-Z/&'-]+(?:[ ](?:[A-Z][A-Z/&'-]*|&|/)){0,7}(?=\.?[ \t]+[\w(\"~<>])"
)


def candidates_inside(line: str, begin: int, rules: SectionRules) -> Iterator[Candidate]:
    """What may be headings behind a place in a line, in the order of the line.

    Args:
        line: The line.
        begin: Where to begin: behind the heading at its start, if it has one.
        rules: What is known of titles.
    """
    found = [
        *_with_colon(line, begin, rules),
        *_in_capitals(line, begin, rules),
        *_in_brackets(line, begin, rules),
        *_among_words(line, begin, rules),
    ]
    end = begin
    for candidate in sorted(found, key=lambda one: (one.start, -one.body_start)):
        if candidate.start >= end:
            yield candidate
            end = candidate.body_start


def _with_colon(line: str, begin: int, rules: SectionRules) -> Iterator[Candidate]:
    small = line.islower()
    for colon in _COLON.finditer(line, begin):
        end = colon.start()
        if line[end] in ")]":
            end += 1
        if line[end - 1].isdigit() and line[colon.end() : colon.end() + 1].isdigit():
            continue  # a time of day
        first = max(begin, end - LONGEST_TITLE)
        before = line[first:end]
        last = before[max(before.rfind(" "), before.rfind("/"), before.rfind("\t")) + 1 :]
        if not rules.may_end_with(last.strip("()[].,&+-")):
            continue
        place = _title_in(before, rules, small)
        if place is None:
            continue
        title = before[place:]
        if is_volume(before[:place], title):
            continue
        rule = rules.find(title, loosely=False)
        form = Form("", MIDDLE, False)
        yield Candidate(
            title, first + place, first + place, colon.end(), form, case_of(title), rule, False
        )


def _title_in(before: str, rules: SectionRules, small: bool) -> int | None:
    """Where the title begins that a colon stands behind: after a border or in capitals.

    Args:
        before: What stands before the colon.
        rules: What is known of titles.
        small: Whether the whole line is in small letters, and so are its titles.
    """
    borders = [0, *(border.end() for border in _BORDER.finditer(before))]
    for place in borders[-_MOST_BORDERS:]:  # the longest title first
        if _is_title(before[place:], rules, small, after_border=True):
            return place
    words = [(m.start(), m[0]) for m in _WORD.finditer(before)][-_MOST_WORDS:]
    starts = []
    for number in range(len(words) - 1, -1, -1):
        start, word = words[number]
        if small or word[0].isupper():
            if number == 0 or words[number - 1][1].casefold() not in _OF:
                starts.append(start)
        elif word not in _SMALL:
            break
    return next((one for one in reversed(starts) if _is_title(before[one:], rules, small)), None)


def _is_title(title: str, rules: SectionRules, small: bool, after_border: bool = False) -> bool:
    if not (small or title[:1].isupper()) or _GAP.search(title) is not None:
        return False
    rule = rules.find(title, loosely=False)
    if rule is None or rule.use == LABEL:
        return False
    return after_border or rule.use in ("", DIVISION)


def _among_words(line: str, begin: int, rules: SectionRules) -> Iterator[Candidate]:
    """Abbreviations in capitals with the text behind them: "CC cough PMH gout PE clear"."""
    if line.isupper():
        return
    for short in _SHORT.finditer(line, begin):
        rule = rules.find(short[0], loosely=False)
        following = line[short.end() : short.end() + LONGEST_TITLE].split(maxsplit=1)
        if (
            rule is not None
            and not rule.use
            and following
            and (following[0].casefold() not in VERBS and following[0][0].isalnum())
        ):
            form = Form("", AMONG, False)
            start, end = short.span()
            yield Candidate(short[0], start, start, end, form, case_of(short[0]), rule, False)


def _in_brackets(line: str, begin: int, rules: SectionRules) -> Iterator[Candidate]:
    """Titles with marks around them: "[Exam] clear [Plan] rest"."""
    for marked in chain.from_iterable(one.finditer(line, begin) for one in _MARKED):
        title, start = marked["title"], marked.start("title")
        rule = rules.find(title, loosely=False)
        if rule is not None and rule.use in ("", DIVISION):
            form = Form(marked["open"][0], MIDDLE, False)
            yield Candidate(
                title, marked.start(), start, marked.end(), form, case_of(title), rule, False
            )


def _in_capitals(line: str, begin: int, rules: SectionRules) -> Iterator[Candidate]:
    """Titles in capitals with the text behind them: "… PHYSICAL EXAM Lungs clear"."""
    if line.isupper():
        return
    for capitals in _CAPITALS.finditer(line, begin):
        words = [m.end() for m in _WORD.finditer(capitals[0])]
        for end in reversed(words):
            title = capitals[0][:end]
            rule = rules.find(title, loosely=False)
            start = capitals.start()
            body = start + end
            following = line[body : body + LONGEST_TITLE].lstrip(".").split(maxsplit=1)
            if rule is None or rule.use or not following or following[0].casefold() in VERBS:
                continue
            stop = line[body] == "."
            form = Form("", STOP if stop else RUN, False)
            body += stop
            yield Candidate(title, start, start, body, form, case_of(title), rule, False)
            break
