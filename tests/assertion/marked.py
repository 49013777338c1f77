"""Texts with what is true of their mentions: ``denies [[fever|absent]]``.

After the bar stands the class, and with plus or minus what else must hold or not:
``[[MI|present +historical]]``.
"""

import re

from spacy_umlsbert.assertion.by_rules import RuleReader, Section
from spacy_umlsbert.assertion.rules import RuleSet

MARK = re.compile(r"\[\[((?:(?!\[\[).)+?)\|([^\]]+)\]\]", re.DOTALL)
SHORT = {"else": "associated_with_someone_else"}


def parse(marked):
    """The text, the places of its mentions, and what is true of each."""
    text, places, truths, done = "", [], [], 0
    for match in MARK.finditer(marked):
        text += marked[done : match.start()]
        places.append((len(text), len(text) + len(match[1])))
        truths.append(match[2].split())
        text += match[1]
        done = match.end()
    return text + marked[done:], places, truths


READER = RuleReader(RuleSet())


def read(marked, reader=READER, sections=(), sentences=None):
    """What is said of each mention that should be otherwise: mention, truth, verdict."""
    text, places, truths = parse(marked)
    said = [
        Section(text.index(body), text.index(body) + len(body), name) for body, name in sections
    ]
    findings = reader.read(text, places, sections=said, sentences=sentences)
    return wrong_of(text, places, truths, findings.verdicts)


def wrong_of(text, places, truths, verdicts):
    """Of what should be said of mentions, what is not: mention, truth, class, flags."""
    wrong = []
    for (start, end), truth, verdict in zip(places, truths, verdicts, strict=True):
        for one in truth:
            if one[0] == "+":
                right = one[1:] in verdict.flags
            elif one[0] == "-":
                right = one[1:] not in verdict.flags
            else:
                right = verdict.assertion in one.split("/") or verdict.assertion == SHORT.get(one)
            if not right:
                wrong.append((text[start:end], one, verdict.assertion, sorted(verdict.flags)))
    return wrong


def cues(text, places=()):
    """The cues of a text: category, words, words in scope."""
    found = READER.read(text, list(places)).cues
    return [
        (cue.category, text[cue.start : cue.end], text[cue.scope_start : cue.scope_end].strip())
        for cue in found
    ]
