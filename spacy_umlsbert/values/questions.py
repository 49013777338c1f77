"""What a head is asked: which of the entities near a value it belongs to, or whether to none."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.values import spans_of_values
from spacy_umlsbert.values.gaps import FAR, gap_between
from spacy_umlsbert.values.kinds import DRUG, KINDS, OTHER, PROBLEM, TEST, Found
from spacy_umlsbert.values.mentions import IGNORED

ROLES = (DRUG, TEST, PROBLEM, OTHER)
MOST_BEFORE, MOST_AFTER = 4, 3
"""So many entities before a value, and after it, may be what it belongs to."""

FARTHEST = 40
"""Entities so many tokens away are not asked about."""

MOST_OPTIONS = MOST_BEFORE + MOST_AFTER + 2
"""With that which the rules chose, and none."""

_LONGEST_BETWEEN = 12


class Question(NamedTuple):
    """A value, and what it may belong to.

    Attributes:
        start: Its first token.
        end: The token after its last.
        kind: Its kind.
        found: What the rules found; None of a candidate that they did not find.
        owners: The numbers of the entities that it may belong to, in the order of the text; that it
            belongs to none is a further answer, before these.
    """

    start: int
    end: int
    kind: str
    found: Found | None
    owners: tuple[int, ...]

    @property
    def said(self) -> int:
        """The number of the answer that the rules give."""
        of = None if self.found is None else self.found.of
        return 0 if of is None else 1 + self.owners.index(of)


def questions_of(
    doc: Doc,
    spans: Sequence[Span],
    roles: Sequence[str],
    found: Sequence[Found],
    candidates: Sequence[Span] = (),
) -> tuple[list[Question], list[Found]]:
    """What is asked of a Doc, and the values about which nothing is.

    Args:
        doc: The Doc.
        spans: What values may belong to.
        roles: What each of these is.
        found: What the rules found.
        candidates: Spans, with a kind as label, that may be values besides; those that touch what
            the rules found, or another one, are none.

    Returns:
        The questions, and the values that stay as they are: those of several entities, and those
        with none near.
    """
    order = sorted((i for i in range(len(spans)) if roles[i] != IGNORED), key=lambda i: spans[i])
    starts = [spans[i].start for i in order]
    questions, sure = [], []
    by_place: dict[tuple[int, int, str], list[Found]] = {}
    for one in found:
        by_place.setdefault((one.start, one.end, one.value.kind), []).append(one)
    taken: set[int] = set()
    places = spans_of_values(doc, list(by_place))
    for same, span in zip(by_place.values(), places, strict=True):
        if span is None or len(same) > 1:
            sure += same
            taken.update(range(span.start, span.end) if span is not None else ())
            continue
        taken.update(range(span.start, span.end))
        near = _near(spans, order, starts, span, same[0].of)
        if near:
            questions.append(Question(span.start, span.end, same[0].value.kind, same[0], near))
        else:
            sure += same
    for span in candidates:
        if taken.isdisjoint(range(span.start, span.end)):
            taken.update(range(span.start, span.end))
            near = _near(spans, order, starts, span, None)
            if near:
                questions.append(Question(span.start, span.end, span.label_, None, near))
    return sorted(questions, key=lambda one: one[:3]), sure


def _near(
    spans: Sequence[Span], order: Sequence[int], starts: Sequence[int], value: Span, of: int | None
) -> tuple[int, ...]:
    """The numbers of the entities near a value, and that of what the rules tied it to."""
    middle = bisect_left(starts, value.start)
    before = order[max(0, middle - MOST_BEFORE) : middle]
    after = order[middle : middle + MOST_AFTER]
    near = {i for i in before if 0 <= value.start - spans[i].end <= FARTHEST}
    near |= {i for i in after if 0 <= spans[i].start - value.end <= FARTHEST}
    if of is not None:
        near.add(of)
    return tuple(sorted(near, key=lambda i: spans[i]))


@cache
def feature_names() -> tuple[str, ...]:
    """What each column of `feature_rows` is."""
    return (
        *(f"kind {kind}" for kind in KINDS),
        *(f"role {role}" for role in ROLES),
        *(f"gap {i}" for i in range(FAR + 1)),
        "none", "said", "said none", "by rules", "digits", "before", "after", "nearest before",
        "nearest after", "near", "entities between", "drugs before", "tests before",
    )  # fmt: skip


@cache
def _columns() -> dict[str, int]:
    return {name: i for i, name in enumerate(feature_names())}


def feature_rows(
    doc: Doc, spans: Sequence[Span], roles: Sequence[str], questions: Sequence[Question]
) -> NDArray[np.float32]:
    """A row for each answer of each question, none first: (answers, len(`feature_names()`))."""
    columns, text = _columns(), doc.text
    rows = np.zeros((sum(1 + len(one.owners) for one in questions), len(columns)), dtype="f")
    i = 0
    for one in questions:
        span = doc[one.start : one.end]
        first, last = span.start_char, span.end_char
        ahead = [owner for owner in one.owners if spans[owner].start < one.start]
        behind = one.owners[len(ahead) :]
        kind = columns.get(f"kind {one.kind}")
        shared = {
            "by rules": one.found is not None,
            "said none": one.found is not None and one.found.of is None,
            "digits": any(map(str.isdigit, text[first:last])),
            "drugs before": any(roles[owner] == DRUG for owner in ahead),
            "tests before": any(roles[owner] == TEST for owner in ahead),
        }
        for answer in range(1 + len(one.owners)):
            row = rows[i]
            i += 1
            for name, value in shared.items():
                row[columns[name]] = value
            if kind is not None:
                row[kind] = 1
            if answer == 0:
                row[columns["none"]] = 1
                continue
            owner = one.owners[answer - 1]
            entity, role = spans[owner], roles[owner]
            is_before = answer <= len(ahead)
            if is_before:
                away, between = one.start - entity.end, len(ahead) - answer
                gap = gap_between(text, entity.end_char, first)
            else:
                away, between = entity.start - one.end, answer - len(ahead) - 1
                gap = gap_between(text, last, entity.start_char)
            row[columns["before" if is_before else "after"]] = 1
            row[columns["nearest before"]] = bool(ahead) and owner == ahead[-1]
            row[columns["nearest after"]] = bool(behind) and owner == behind[0]
            row[columns["near"]] = 4 / (4 + max(away, 0))
            row[columns["entities between"]] = between / 4
            row[columns[f"gap {gap}"]] = 1
            row[columns["said"]] = one.found is not None and one.found.of == owner
            if role in ROLES:
                row[columns[f"role {role}"]] = 1
    return rows


def windows_of(
    around: NDArray[np.int32], spans: Sequence[Span], questions: Sequence[Question]
) -> NDArray[np.int32]:
    """The windows of each answer: the value, before and after it, the entity, what is between.

    Args:
        around: The first three of each question (questions, 3, 2).
        spans: What values may belong to.
        questions: The questions of a Doc.

    Returns:
        First token and token after the last: (5 × answers, 2). None is empty.
    """
    rows: list[NDArray[np.int32]] = []
    for one, own in zip(questions, around, strict=True):
        rows.append(np.concatenate([own, [(one.start, one.end)] * 2]))
        for owner in one.owners:
            entity = spans[owner]
            if entity.start < one.start:
                between = (max(entity.end, one.start - _LONGEST_BETWEEN), one.start + 1)
            else:
                between = (one.end - 1, min(entity.start, one.end + _LONGEST_BETWEEN))
            between = (min(between[0], one.end - 1), max(between[1], one.start + 1))
            rows.append(np.concatenate([own, [(entity.start, entity.end), between]]))
    return np.concatenate(rows).astype(np.int32) if rows else np.zeros((0, 2), dtype=np.int32)
