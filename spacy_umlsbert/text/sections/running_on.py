"""Titles with the text behind them and no sign between: "PMH gout", "VS 98.6 72 130/78"."""

import re

from spacy_umlsbert.text.sections.candidates import MEASURED, RUN, Candidate, Form, case_of
from spacy_umlsbert.text.sections.marks import Mark
from spacy_umlsbert.text.sections.rules import SectionRules
from spacy_umlsbert.text.sections.tables import LABEL, MINOR
from spacy_umlsbert.text.sections.titles import LONGEST_TITLE, are_measured
from spacy_umlsbert.text.sections.unlisted import LONGEST_LINE

_WORD_END = re.compile(r"(?<=\w)\s(?=\S)")
_LONGEST_RUN = 4  # words
_VITAL_SIGNS = "vital_signs"
_MEASURED = frozenset((_VITAL_SIGNS, "labs"))
_SIGNS = ",;.%()[]/-–°"
_SAYS = frozenset("is are was were has had".split())
"""Words of sentences."""

VERBS = frozenset(
    """
    of for is was with in on to and or per shows showed show revealed reveals as at by from has had
    have are were be been will would should can may did does do not includes include including
    remains remain included showing demonstrated demonstrates suggested consisted discussed
    study test tests examination findings signs evaluation analysis results scan measurement
    reviewed made continues made given done if that which who when while
    """.split()
)


def running_on(line: str, mark: Mark, rules: SectionRules) -> Candidate | None:
    """A title with the text behind it and no sign between them: "PMH gout, asthma"."""
    content = line[mark.end :]
    first = content[:LONGEST_TITLE].split(maxsplit=1)
    if not content[:1].isupper() or not rules.may_begin_with(first[0]):
        return None
    ends = [m.start() for m in _WORD_END.finditer(content, 0, LONGEST_TITLE)][:_LONGEST_RUN]
    for end in reversed(ends):  # the longest that is known
        title = content[:end]
        following = content[end:].split(maxsplit=1)[0].casefold()
        rule = rules.find(title, loosely=False)
        last = title.rsplit(maxsplit=1)[-1].casefold()
        if rule is None:
            continue
        if VERBS.intersection((following, last)):
            return None
        case = case_of(title)
        apart = not content[end:].lstrip()[0].islower()
        if rule.use == "" or (rule.use == MINOR and case == "short" and apart):
            form = Form(mark.kind, RUN, False)
            body = mark.end + end
            return Candidate(
                title, 0, mark.end, body, form, case, rule, False, mark, stands_out=apart
            )
    return None


def measured(
    line: str, mark: Mark, begins_paragraph: bool, rules: SectionRules
) -> Candidate | None:
    """A title of vital signs or results with the numbers behind it: "VS 98.6 72 130/78 16 99%".

    Args:
        line: The line, without the blanks around it.
        mark: What it begins with.
        begins_paragraph: Whether it is the first one, or comes after an empty line or a rule.
        rules: What is known of titles.
    """
    content = line[mark.end : mark.end + LONGEST_LINE]
    if not (content[:1].isupper() or (begins_paragraph and content[:1].isalpha())):
        return None
    if not rules.may_begin_with(content.split(maxsplit=1)[0]):
        return None
    ends = [m.start() for m in _WORD_END.finditer(content, 0, LONGEST_TITLE)][:_LONGEST_RUN]
    for end in ends:  # the shortest that is known and has numbers behind it
        title = content[:end]
        rule = rules.find(title, loosely=False)
        if rule is None or rule.use or rule.category not in _MEASURED or title[-1].isdigit():
            continue
        if _are_results(content[end:].split(), rules):
            return Candidate(
                title,
                0,
                mark.end,
                mark.end + end,
                Form(mark.kind, MEASURED, False),
                case_of(title),
                rule,
                not mark.bullet,
                mark,
                begins=begins_paragraph,
                stands_out=True,
            )
    return None


def _are_results(behind: list[str], rules: SectionRules) -> bool:
    """Whether words behind a title are numbers, or names of vital signs and their numbers."""
    words = [word.strip(_SIGNS) for word in behind]
    words = [word for word in words if word]
    numbers = [word for word in words if word[0].isdigit()]
    if not numbers or not _SAYS.isdisjoint(map(str.casefold, words)):
        return False
    enough = len(numbers) > 1 or 2 * len(numbers) >= len(words)
    if 3 * len(numbers) < len(words) or not enough:
        return False
    if words[0][0].isdigit():
        return are_measured(words)
    label = rules.find(words[0], loosely=False)
    return label is not None and label.use == LABEL and label.category == _VITAL_SIGNS
