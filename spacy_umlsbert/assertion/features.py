"""What the rules found of mentions, as numbers for a model."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from spacy_umlsbert.annotations.assertions import FLAGS
from spacy_umlsbert.assertion.detector import Findings
from spacy_umlsbert.assertion.verdicts import CATEGORIES, CLASSES, STRENGTHS
from spacy_umlsbert.text.sections import CATEGORIES as SECTIONS

_NEAR = 16.0
"""A cue so many characters away counts half."""


@cache
def feature_names() -> tuple[str, ...]:
    """What each column of `feature_rows` is."""
    return (
        *(f"{name} {strength}".strip() for name in CATEGORIES for strength in STRENGTHS),
        *(f"{name} before" for name in CATEGORIES),
        *(f"{name} after" for name in CATEGORIES),
        *(f"class {name}" for name in CLASSES),
        *(f"is_{flag}" for flag in FLAGS),
        *(f"evidence {name}" for name in CATEGORIES),
        *(f"section {name}" for name in SECTIONS),
    )


@cache
def _columns() -> dict[str, int]:
    return {name: i for i, name in enumerate(feature_names())}


def feature_rows(findings: Findings, mentions: list[tuple[int, int]]) -> NDArray[np.float32]:
    """A row for each mention: (mentions, len(`feature_names()`)).

    The cues that govern it and how near they are, what the rules make of them, and the section.

    Args:
        findings: What the rules found.
        mentions: First character, and that after the last, of each mention.
    """
    columns = _columns()
    rows = np.zeros((len(mentions), len(columns)), dtype="f")
    for i, (start, end) in enumerate(mentions):
        row, verdict = rows[i], findings.verdicts[i]
        for cue in findings.governing[i]:
            row[columns[f"{cue.category} {cue.strength}".strip()]] = 1
            before = cue.start < start
            away = max(start - cue.end if before else cue.start - end, 0)
            side = columns[f"{cue.category} {'before' if before else 'after'}"]
            row[side] = max(row[side], _NEAR / (_NEAR + away))
        row[columns[f"class {verdict.assertion}"]] = 1
        row[[columns[f"is_{flag}"] for flag in verdict.flags]] = 1
        row[[columns[f"evidence {category}"] for category in verdict.sections]] = 1
        section = columns.get(f"section {findings.sections[i]}")
        if section is not None:
            row[section] = 1
    return rows
