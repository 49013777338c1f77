"""The sections of a note: what its headings head, and which stand in which."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.text.sections.candidates import NOTHING, Candidate
from spacy_umlsbert.text.sections.choice import chosen
from spacy_umlsbert.text.sections.grids import lines_of_tables
from spacy_umlsbert.text.sections.headings import candidate_of, default_rules
from spacy_umlsbert.text.sections.inline import candidates_inside
from spacy_umlsbert.text.sections.kinds import in_kind_of_note
from spacy_umlsbert.text.sections.marks import is_rule, marks_of
from spacy_umlsbert.text.sections.nesting import (
    Line,
    OpenSection,
    Placed,
    SectionHeading,
    may_hold,
    nested,
)
from spacy_umlsbert.text.sections.rules import SectionRules
from spacy_umlsbert.text.sections.tables import LABEL, OTHER

_LINE = re.compile(r"([^\n\r\v\f\x85\u2028\u2029]*)(?:\r\n|[\n\r\v\f\x85\u2028\u2029]|\Z)")
_LABEL = re.compile(r"[^\w\n]{0,4}(?:\w{1,2}[.)]\s+)?([^\W\d][^:：\n]{0,40}?)\s?[:：]")
_NOTES = frozenset(
    "note notes summary report record letter form consult consultation evaluation h&p physical "
    "information handout sheet visit".split()
)
"""What the name of a whole note ends with."""

_NAMED, _INDENTED = "named", "indented"
_LONGEST_RULE = 2  # times the heading above it
_UNEVEN = 3  # characters that a rule may be longer or shorter
_LONGEST_UNDERLINE = 200


class FoundSection(NamedTuple):
    """A section, by its characters.

    Attributes:
        start: Where it begins.
        end: Where it ends; the next begins there, but for the sections that stand in it.
        title_start: Where its title begins, without marks.
        title_end: Where its title ends; where it begins if it has none.
        body_start: Where its text begins.
        body_end: Where its text ends; where it begins if it has none.
        category: Its category.
        code: Its LOINC code; empty if there is none.
        depth: In how many other sections it stands.
    """

    start: int
    end: int
    title_start: int
    title_end: int
    body_start: int
    body_end: int
    category: str
    code: str
    depth: int


@hide_in_repr("title", "text")
class Section(NamedTuple):
    """A part of a note.

    Attributes:
        title: Its heading without the colon; none for what comes before the first heading.
        text: Its text, the heading included.
    """

    title: str | None
    text: str


def split_sections(text: str, rules: SectionRules | None = None) -> list[Section]:
    """Cut a note at its headings.

    Args:
        text: The note.
        rules: What is known of titles; by default what comes with the package.

    Returns:
        The parts in order; joined, their texts are ``text``. See `find_sections` for what a
        heading is.
    """
    rules = rules or default_rules()
    found = [one.heading for one in _headings(text, _lines(text, rules), rules)]
    starts = [0, *(one.start for one in found)]
    titles = [None, *(one.title for one in found)]
    ends = [*starts[1:], len(text)]
    parts = [Section(t, text[a:b]) for t, a, b in zip(titles, starts, ends, strict=True)]
    return [part for part in parts if part.text]


def find_sections(text: str, rules: SectionRules | None = None) -> list[FoundSection]:
    """The sections of a note, those that stand in another behind it.

    A heading is at the start of a line and is

    - known ("Past medical history"; see `SectionRules.find`), in whatever case, with a colon or
      dash behind it, in a line of its own that begins a paragraph, or marked: numbered, underlined,
      in brackets, ``**Plan**``, ``## Plan``, ``== Plan ==``;
    - or known, and looks like other headings of the note: in small letters, as an item of a list,
      with no sign behind it, in the middle of a line;
    - or of at most eight words in upper or title case with a colon, a line of its own that begins a
      paragraph, or marked; with text behind the colon it has to look like known headings of the
      note, or lists such as ``Father: gout`` would be full of sections. Its category is "other".

    A paragraph begins after an empty line or a rule (``-----``).

    A heading with its text on the same line stands in the section that it follows without an empty
    line, if that has a line of its own for its heading and may hold the like (review of systems in
    the history of present illness); with the next empty line the outer section goes on.

    Args:
        text: The note.
        rules: What is known of titles; by default what comes with the package.

    Returns:
        The sections in order. They cover the text, if it has anything but blanks, and overlap only
        where one stands in another. What comes before the first heading is a section without title.
    """
    rules = rules or default_rules()
    lines = _lines(text, rules)
    found = _headings(text, lines, rules)
    if not any(not line.blank for line in lines):
        return []
    return [_section(text, one) for one in nested(lines, found, len(text))]


def _lines(text: str, rules: SectionRules) -> list[Line]:
    """The lines of a text."""
    lines = []
    for match in _LINE.finditer(text):
        content = match[1]
        stripped = content.strip()
        start = match.start() + len(content) - len(content.lstrip())
        blank = not stripped
        if match.end() > match.start():
            place = match.start() if blank else start
            end = start + len(stripped)
            drawn = not blank and is_rule(stripped)
            lines.append(Line(place, end, blank, drawn, _label_of(stripped, rules)))
    return lines


def _label_of(line: str, rules: SectionRules) -> str:
    """The category of the sections in which what a line begins with is a label."""
    match = _LABEL.match(line)
    rule = rules.find(match[1], loosely=False) if match is not None else None
    return rule.category if rule is not None and rule.use == LABEL else ""


def _headings(text: str, lines: Sequence[Line], rules: SectionRules) -> list[Placed]:
    """The headings of a note, in order."""
    candidates: list[Candidate] = []
    in_tables = lines_of_tables(text, lines, rules)
    for i in range(len(lines)):
        if i not in in_tables:
            candidates += _candidates_in(text, lines, i, rules)
    found = []
    headings = _without_title(chosen(candidates, sum(not line.blank for line in lines)), lines)
    meant = in_kind_of_note(one.rule for one in headings)
    for one in headings:
        category, code = OTHER, ""
        if one.rule is not None:
            usual = (one.rule.category, one.rule.code)
            category, code = meant.get(one.rule.heading, usual)
        end = one.title_start + len(one.title)
        found.append(
            Placed(
                SectionHeading(
                    one.title, one.start, one.title_start, end, one.body_start, category, code
                ),
                one,
            )
        )
    return found


def _without_title(headings: list[Candidate], lines: Sequence[Line]) -> list[Candidate]:
    """The headings without the name of the whole note, which may be its first line."""
    if not headings:
        return headings
    first = headings[0]
    words = [word for word in first.title.casefold().split() if not word[0].isdigit()]
    next_line = headings[1].line if len(headings) > 1 else len(lines)
    empty = all(line.blank for line in lines[first.line + 1 : next_line])
    is_named = bool(words) and words[-1] in _NOTES
    unknown = first.rule is None and first.form.end == NOTHING and not first.mark.kind
    known = first.rule is not None and (empty or first.rule.category == OTHER)
    other = first.rule is not None and first.rule.category == OTHER
    is_title = (
        (first.form.alone or other)
        and (unknown or (is_named and (known or first.rule is None)))
        and all(line.blank or line.drawn for line in lines[: first.line])
    )
    return headings[is_title:]


def _candidates_in(
    text: str, lines: Sequence[Line], i: int, rules: SectionRules
) -> Iterator[Candidate]:
    """What may be headings in a line, by their places in the text."""
    start, end, blank = lines[i][:3]
    if blank:
        return
    line = text[start:end]
    before = lines[i - 1] if i else None
    begins = before is None or before.blank or before.drawn
    following = lines[i + 1] if i + 1 < len(lines) else None
    runs_on = following is not None and text[following.start : following.start + 1].islower()
    rule = following.end - following.start if following is not None and following.drawn else 0
    if rule and following is not None:
        begins = begins or _is_underlined(line, text[following.start], rule)
    evenly = bool(rule) and begins and abs(rule - len(line)) <= max(_UNEVEN, len(line) // 3)
    first = candidate_of(line, begins, runs_on, rules, underlined=evenly)
    if first is not None and not first.sure:
        heads = _heads_lines(first, lines[i], following, text, rules)
        if heads or (not begins and _ends_list(first, before, text)):
            runs_on = runs_on and heads != _NAMED
            first = candidate_of(line, True, runs_on, rules, underlined=evenly)
    done = 0
    if first is not None:
        done = first.body_start
        yield _moved(first, start, i)._replace(start=start - _indentation(text, start))
    for inner in candidates_inside(line, done, rules):
        yield _moved(inner, start, i)


def _ends_list(heading: Candidate, before: Line | None, text: str) -> bool:
    """Whether a known title in a line of its own comes right after an item of a list."""
    if before is None or heading.rule is None or heading.listed or not heading.form.alone:
        return False
    item = marks_of(text[before.start : before.end])[0]
    return item.bullet or item.number


def _heads_lines(
    heading: Candidate, line: Line, following: Line | None, text: str, rules: SectionRules
) -> str:
    """What makes a known title in a line of its own the heading of the lines below it, if anything.

    They are indented more than it, or have names with colons that are no headings of
    other sections: "Exam", and below it "  Abd: soft".
    """
    if heading.rule is None or heading.listed or following is None:
        return ""
    if not heading.form.alone or heading.form.end != NOTHING or following.blank or following.drawn:
        return ""
    alone = text[line.start : line.end].casefold() == heading.rule.heading
    if not alone or _indentation(text, line.start):
        return ""
    name = _LABEL.match(text[following.start : following.end])
    if name is not None:
        rule = rules.find(name[1], loosely=False)
        known = rule is not None and rule.use != LABEL
        if rule is None or not known or may_hold(heading.rule.category, rule.category):
            return _NAMED
    return _INDENTED if _indentation(text, following.start) else ""


def _indentation(text: str, start: int) -> int:
    """How many blanks of its line are before a place."""
    i = start
    while i > 0 and text[i - 1] in " \t\u00a0":
        i -= 1
    return start - i


def _moved(one: Candidate, by: int, line: int) -> Candidate:
    return one._replace(
        start=one.start + by,
        title_start=one.title_start + by,
        body_start=one.body_start + by,
        line=line,
    )


def _is_underlined(line: str, sign: str, length: int) -> bool:
    return sign in "-=~^─═" and length <= _LONGEST_RULE * len(line)


def _behind_rules(text: str, start: int, end: int) -> int:
    """Where text begins behind blanks, and behind what underlines a heading."""
    while True:
        while start < end and text[start].isspace():
            start += 1
        line_end = text.find("\n", start, start + _LONGEST_UNDERLINE)
        if not start < line_end <= end or not is_rule(text[start:line_end]):
            return start
        start = line_end


def _section(text: str, section: OpenSection) -> FoundSection:
    """A section by its places."""
    start, end = section.start, section.end
    if section.placed is None:
        title_start = title_end = body = start
        category, code = OTHER, ""
    else:
        heading = section.placed.heading
        title_start, title_end = heading.title_start, heading.title_end
        body = heading.body_start
        category, code = heading.category, heading.code
    body = _behind_rules(text, body, end)
    body_end = end
    while body_end > body and text[body_end - 1].isspace():
        body_end -= 1
    return FoundSection(
        start, end, title_start, title_end, body, body_end, category, code, section.depth
    )
