"""What decided: for each mention of a text the cues and what they say, for each cue its scope."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spacy_umlsbert.assertion.detector import Findings
from spacy_umlsbert.assertion.verdicts import Cue
from spacy_umlsbert.guard import hide_in_repr

_MARKED = re.compile(r"\[\[((?:(?!\[\[).)+?)(?:\|[\w.\-]+)?\]\]", re.DOTALL)


@hide_in_repr("text")
class MarkedText(NamedTuple):
    """A text, and the mentions that were marked in it: first character, and that after the last."""

    text: str
    mentions: list[tuple[int, int]]


def marked_text(text: str) -> MarkedText:
    """Take the marks out of a text: ``denies [[chest pain]] but has [[fever|problem]]``."""
    parts: list[str] = []
    mentions = []
    done = length = 0
    for match in _MARKED.finditer(text):
        parts += [text[done : match.start()], match[1]]
        length += match.start() - done
        mentions.append((length, length + len(match[1])))
        length += len(match[1])
        done = match.end()
    return MarkedText("".join([*parts, text[done:]]), mentions)


def mention_rows(
    text: str,
    mentions: Sequence[tuple[int, int]],
    findings: Findings,
    by_rules: Findings | None = None,
) -> Iterator[tuple[str, ...]]:
    """For each mention: its text, the class, what else holds, and what decided.

    Where a model judged too, its probability of the class stands behind it, and if it decided
    against the rules, that and what they say.

    Args:
        text: The text.
        mentions: First character, and that after the last, of each.
        findings: The verdicts.
        by_rules: Those of the rules alone, if a model judged too.
    """
    alone = (by_rules or findings).verdicts
    for (start, end), verdict, of_rules in zip(mentions, findings.verdicts, alone, strict=True):
        cues = []
        if of_rules.assertion != verdict.assertion:
            cues.append(f"the head, against the rules ({of_rules.assertion})")
        cues += [f"{_words(text, cue.start, cue.end)} ({cue.category})" for cue in verdict.cues]
        cues += [f"section ({category})" for category in verdict.sections]
        also = ", ".join(sorted(verdict.flags))
        label = verdict.assertion
        if label in verdict.probabilities:
            label += f" ({verdict.probabilities[label]:.2f})"
        yield _words(text, start, end), label, also, "; ".join(cues)


def cue_rows(text: str, cues: Sequence[Cue]) -> Iterator[tuple[str, ...]]:
    """For each cue: its words, what it says, and the text that it reaches."""
    for cue in cues:
        scope = _words(text, cue.scope_start, cue.scope_end)
        strength = f"{cue.category}, {cue.strength}" if cue.strength else cue.category
        yield _words(text, cue.start, cue.end), strength, scope


def _words(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())
