"""What may be a heading at the start of a line, and what speaks for it there."""

import re
from functools import lru_cache
from typing import NamedTuple

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.text.sections.candidates import (
    BAR,
    CLOSE,
    COLON,
    DASH,
    NOTHING,
    STOP,
    Candidate,
    Form,
    case_of,
    is_letter,
)
from spacy_umlsbert.text.sections.cc import is_cc, is_copy, is_volume
from spacy_umlsbert.text.sections.marks import TAG, Mark, is_checkbox, is_rule, marks_of
from spacy_umlsbert.text.sections.rules import SectionRules
from spacy_umlsbert.text.sections.running_on import measured, running_on
from spacy_umlsbert.text.sections.tables import DIVISION, LABEL, LETTER, MINOR, SectionRule
from spacy_umlsbert.text.sections.titles import LONGEST_TITLE
from spacy_umlsbert.text.sections.unlisted import Unlisted, may_be_title, unlisted_heading

_SEPARATOR = re.compile(
    r"""
      (?P<tag>\s*TAG\s*)
    | (?P<colon>["'*_`~=\])}>]*\s*[:：﹕∶]+\s*["'*_`~\])}>-]*)
    | (?P<bar>\s*(?:\|+|\t|=+>?|[-–—]+>|→|»|>+)\s*)
    | (?P<dash>\s+[-–—~]+\s*|[-–—]+\s+)
    | (?P<close>\s*[\])}>*_=~\#"/›⟩】』」■◆●▪►★♦]+\s*)
    | (?P<gap>\s*(?:\.{2,}|…)\s*|\s{2,})
    | (?P<stop>[.;]\s+)
    | (?P<tight>[-–—](?=\w))
    """.replace("TAG", TAG),
    re.VERBOSE | re.IGNORECASE,
)
_LAST_TAGS = re.compile(rf"(?:\s*{TAG})+\s*\Z", re.IGNORECASE)
_SIGN_OF_LETTER = re.compile(r"[)\]]|/\s")
_SENTENCE = re.compile(r"[.,;?!]|\d")
_SIGN = re.compile(
    r"(?P<colon>[^\w)]*[:：]\W*)|(?P<dash>\s+[-–—~]+\s+)|(?P<bar>\s*(?:\|+|\t|→|[-–—=]+>|\s=+\s)\s*)"
)
_TAG = re.compile(TAG, re.IGNORECASE)
_DIVIDED = re.compile(r"\s[-–—]+\s|[\t|→»=>]|\s{2,}(?!\w(?:\s|\Z))")
_CLOSING = ("[/", "</", "{/")
"""What ends a section: ``[/PLAN]``."""

_UNDERLINED = "_"
_MOST_SEPARATORS = 6
_LONGEST_ALONE = 200  # characters of a line that is a heading with what marks it
_AROUND = " \t;…›⟩】』」\"'*_`~=#|<>-–—.:：│║»«▪•·/\\ "
_BEHIND = re.compile(rf"[\s{re.escape(_AROUND)}]+\Z")
_BRACKETS = {")": "(", "]": "[", "}": "{"}


@hide_in_repr("title")
class Heading(NamedTuple):
    """A heading at the start of a line.

    Attributes:
        title: It, without number, marks and colon.
        alone: Whether nothing follows on the line.
    """

    title: str
    alone: bool


@lru_cache(maxsize=1)
def default_rules() -> SectionRules:
    """The rules of the package, which nobody changes."""
    return SectionRules()


def heading_of(line: str, begins_paragraph: bool) -> Heading | None:
    """The heading that a line is, or begins with, by itself; None if there is none.

    Args:
        line: The line, with or without its end.
        begins_paragraph: Whether it is the first one, or comes after an empty line or a rule.
    """
    line = line.strip()
    found = candidate_of(line, begins_paragraph, False, default_rules())
    if found is None or not (found.sure or (found.mark.number and found.rule is not None)):
        return None
    return Heading(found.title, found.form.alone)


def candidate_of(
    line: str,
    begins_paragraph: bool,
    runs_on: bool,
    rules: SectionRules,
    *,
    underlined: bool = False,
) -> Candidate | None:
    """What may be a heading at the start of a line; its places are those in the line.

    Args:
        line: The line, without the blanks around it.
        begins_paragraph: Whether it is the first one, or comes after an empty line or a rule.
        runs_on: Whether the next line begins with a small letter.
        rules: What is known of titles.
        underlined: Whether the next line underlines it.
    """
    if not line or is_rule(line) or is_checkbox(line) or line.startswith("[**"):  # of MIMIC-III
        return None
    if line[:2] in _CLOSING and _TAG.match(line) is None:
        return None
    marks = marks_of(line)
    if underlined:
        begins_paragraph = True
        marks = [mark._replace(kind=mark.kind + _UNDERLINED, bullet=False) for mark in marks]
    known = [_known(line, mark, begins_paragraph, runs_on, rules) for mark in marks]
    told = [one for one in known if one is not None]
    if told:  # "(P) fluids": a letter comes before what may be a label
        letter = is_letter(told[-1]) and told[0].rule is not None and told[0].rule.use == MINOR
        return told[-1] if letter else told[0]
    before_numbers = [measured(line, mark, begins_paragraph, rules) for mark in marks]
    unlisted = None if any(before_numbers) else unlisted_heading(line, begins_paragraph, rules)
    if unlisted is not None:
        return _unlisted(line, marks[0], begins_paragraph, unlisted)
    for mark, measuring in zip(marks, before_numbers, strict=True):
        found = measuring or running_on(line, mark, rules)
        if found is not None:
            return found
    return _titled(line, marks[0], begins_paragraph, runs_on, rules)


def _known(
    line: str, mark: Mark, begins: bool, runs_on: bool, rules: SectionRules
) -> Candidate | None:
    """The candidate whose title is known: the longest title that the line begins with."""
    content = line[mark.end :]
    if not content:
        return None
    whole = _bare(_LAST_TAGS.sub("", content)) if len(content) <= _LONGEST_ALONE else ""
    if 0 < len(whole) <= LONGEST_TITLE and _DIVIDED.search(whole) is None:
        behind = content[len(whole) :]
        clear = begins or bool(mark.kind) or whole.isupper() or _has_colon(behind)
        rule = rules.find(whole, loosely=clear)
        if rule is not None:
            closed = bool(behind.strip(" .:：")) or "<>" in mark.kind
            end = COLON if _has_colon(behind) else CLOSE if closed else NOTHING
            if end == NOTHING and behind.startswith("."):
                end = STOP
            return _made(line, mark, whole, len(line), end, rule, begins, runs_on)
    best: tuple[str, re.Match[str], SectionRule] | None = None
    separators = _SEPARATOR.finditer(content, 0, LONGEST_TITLE + 20)
    for _, separator in zip(range(_MOST_SEPARATORS), separators, strict=False):
        kind = _kind(separator)
        title = _closed(_bare(content[: separator.start()]), separator[0])
        rule = rules.find(title, loosely=kind in (COLON, CLOSE)) if title else None
        if title and _is_time(title, content[separator.end() :]):
            continue
        if rule is not None:
            best = (title, separator, rule)
        if kind == COLON or (rule is not None and kind in (BAR, DASH)):
            break
    if best is None:
        return None
    title, separator, rule = best
    kind = _kind(separator)
    if (
        kind == CLOSE
        and not mark.kind
        and not (rule.use == LETTER and _SIGN_OF_LETTER.match(separator[0]))
    ):
        return None
    body = mark.end + separator.end()
    if (tag := _TAG.match(line, body)) is not None:
        body = tag.end()
    return _made(line, mark, title, body, kind, rule, begins, runs_on)


def _kind(separator: re.Match[str]) -> str:
    """What a separator is; a tag closes."""
    return CLOSE if separator.lastgroup == "tag" else str(separator.lastgroup)


def _made(
    line: str, mark: Mark, title: str, body: int, end: str, rule: SectionRule, begins: bool,
    runs_on: bool,
) -> Candidate | None:  # fmt: skip
    if rule.use == LABEL or (line[body : body + 2] == "//"):
        return None
    if is_volume(line[: mark.end], title) or is_copy(title, line[body:]):
        return None
    alone = not any(map(str.isalnum, line[body:]))
    if alone:
        body = len(line)
    case = case_of(title)
    closed = (
        end == CLOSE
        or any(map(mark.kind.__contains__, f"#[<{{=~{_UNDERLINED}"))
        or "**" in line[: mark.end]
    )
    # A heading that something closes is no item of a list: *HPI*
    bullet = mark.bullet and not closed and not (alone and end == CLOSE)
    capital = title[0].isupper() or not title[0].isalpha()
    if rule.use not in ("", DIVISION) or (mark.bullet and bullet):
        sure = False
    elif end in (COLON, BAR, DASH) or end == CLOSE or (alone and closed):
        sure = capital or begins or (end == COLON and is_cc(title, line[body:]))
    elif end == NOTHING:
        # Without colon it may be the last word of a sentence, or an item of a list.
        sure = begins and capital and not (runs_on and case == "title")
    else:
        sure = False
    return Candidate(
        title,
        0,
        mark.end,
        body,
        Form(mark.kind, end, alone),
        case,
        rule,
        sure,
        mark._replace(bullet=bullet),
        begins=begins,
    )


def _unlisted(line: str, mark: Mark, begins: bool, found: Unlisted) -> Candidate:
    """The candidate that is a heading by its looks alone."""
    title_start = line.find(found.title)
    behind = line[title_start + len(found.title) :]
    body = len(line) - len(behind.lstrip(_AROUND))
    made = _untold(line, mark, begins, title_start, found.title, body, found.alone)
    return made._replace(sure=True, stands_out=found.stands_out)


def _titled(
    line: str, mark: Mark, begins: bool, runs_on: bool, rules: SectionRules
) -> Candidate | None:
    """The candidate that is a heading if the note has others that look alike."""
    content = line[mark.end : mark.end + LONGEST_TITLE + 2]
    sign = _SIGN.search(content)
    title = _bare(content[: sign.start()] if sign else content)
    if not title or len(title) > LONGEST_TITLE or _SENTENCE.search(title) is not None:
        return None
    marked = bool(mark.kind) and not (mark.bullet or mark.number)
    if not may_be_title(title, any_case=marked):
        return None
    alone_in_line = begins and not runs_on and " " in title and title == line
    if not mark.kind and not alone_in_line and (sign is None or _has_colon(sign[0])):
        return None
    if rules.find(title, loosely=False) is not None:  # a label, or something else that is none here
        return None
    body = mark.end + sign.end() if sign else len(line)
    alone = not any(map(str.isalnum, line[body:]))
    made = _untold(line, mark, begins, mark.end, title, body, alone)
    return made._replace(sure=alone and title[0].isupper() and mark.kind.endswith(_UNDERLINED))


def _untold(
    line: str, mark: Mark, begins: bool, start: int, title: str, body: int, alone: bool
) -> Candidate:
    """A candidate whose title is in no table."""
    behind = line[start + len(title) : body]
    end = CLOSE if behind.strip(" \t.") else NOTHING
    if (sign := _SIGN.match(behind)) is not None:
        end = str(sign.lastgroup)
    form = Form(mark.kind, end, alone)
    body = len(line) if alone else body
    return Candidate(title, 0, start, body, form, case_of(title), None, False, mark, begins=begins)


def _bare(text: str) -> str:
    """Text without the marks behind it; brackets that close one inside stay."""
    text = _BEHIND.sub("", text)
    while text and text[-1] in _BRACKETS and _BRACKETS[text[-1]] not in text:
        text = _BEHIND.sub("", text[:-1])
    return text if any(map(str.isalnum, text)) else ""


def _closed(title: str, separator: str) -> str:
    """A title with the bracket that closes one in it, if that is where it ends."""
    for closing, opening in _BRACKETS.items():
        if title.count(opening) > title.count(closing) and separator.startswith(closing):
            return title + closing
    return title


def _has_colon(text: str) -> bool:
    return ":" in text or "：" in text or text.startswith(";")


def _is_time(title: str, rest: str) -> bool:
    return title[-1].isdigit() and rest[:1].isdigit()
