"""Texts whose mentions are marked: ``[drug:metformin] 500 mg``."""

import re
from functools import cache

from spacy_umlsbert.values.kinds import Mention
from spacy_umlsbert.values.reader import ValueReader

_MARK = re.compile(r"\[(drug|test|problem|other):([^\]]+)\]")


@cache
def reader():
    return ValueReader()


def unmarked(marked):
    """The text, and its mentions."""
    text, mentions, at = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        mentions.append(Mention(len(text), len(text) + len(match[2]), match[1], match[2]))
        text += match[2]
        at = match.end()
    return text + marked[at:], mentions


def read(marked):
    """The values: kind, text as typed, numbers, unit, and the words of what it belongs to."""
    text, mentions = unmarked(marked)
    found = reader().read(text, mentions)
    for one in found:
        assert text[one.start : one.end] == one.value.text
    return [(one.value, None if one.of is None else mentions[one.of].text) for one in found]


def short(marked):
    return [(value.kind, value.text, value.numbers, value.unit, of) for value, of in read(marked)]


def numbers(marked, *kinds):
    """Numbers, unit and owner of the values of some kinds, all if none is named."""
    return [
        (value.numbers, value.unit, of)
        for value, of in read(marked)
        if not kinds or value.kind in kinds
    ]
