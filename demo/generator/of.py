"""Values of a note, and what they belong to: doses of drugs, results of tests, vital signs.

Slots that are values by themselves, such as `{dose}`, and brackets of templates such as
`[{num:52-118}](heart_rate)` say which stretches are values, and of which kind. What a value belongs
to is what its sentence names before it: to a drug what is said of drugs, to a test what is said of
tests; a vital sign to a test directly before it. What is said of drugs may stand before the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from demo.generator.tracked import Mention, TrackedText
from spacy_umlsbert.values.kinds import (
    BLOOD_PRESSURE,
    DOSE,
    FLAG,
    FORM,
    FREQUENCY,
    OF_DRUGS,
    OF_TESTS,
    ROUTE,
    STRENGTH,
    TEMPERATURE,
    VALUE,
    VITALS,
)

KIND_OF_SLOT: Mapping[str, str] = {
    "dose": STRENGTH,
    "freq": FREQUENCY,
    "route": ROUTE,
    "form": FORM,
    "labvalue": VALUE,
    "bp": BLOOD_PRESSURE,
    "temp": TEMPERATURE,
}
_AS_NEEDED = frozenset(("p.r.n.", "as needed", "prn"))
_GIVEN = re.compile(r"(?:units|mL)\Z")
_FLAG = re.compile(r"\s\(?([HL])\)?\Z")
_DIRECTLY = 12
"""A vital sign is so many characters from its name at most."""

_LABELS = {**dict.fromkeys(OF_DRUGS, "treatment"), **dict.fromkeys((*OF_TESTS, *VITALS), "test")}


class Tied(NamedTuple):
    """A value of a note, and the number of the mention that it belongs to, if any."""

    value: Mention
    of: int | None


def with_values(slot: str, tracked: TrackedText) -> TrackedText:
    """What a slot was filled with, marked as a value if the slot stands for one."""
    kind = KIND_OF_SLOT.get(slot)
    if kind is None or tracked.mentions:
        return tracked
    if kind == FREQUENCY and tracked.text in _AS_NEEDED:
        kind = "as_needed"
    if kind == STRENGTH and _GIVEN.search(tracked.text):
        kind = DOSE
    whole = tracked.as_value(kind)
    flag = _FLAG.search(tracked.text) if kind == VALUE else None
    if flag is None:
        return whole
    value = replace(whole.values[0], end=flag.start())
    return replace(whole, values=(value, Mention(flag.start(1), flag.end(1), FLAG)))


def tied(
    values: Sequence[Mention], mentions: Sequence[Mention], sentences: Sequence[tuple[int, int]]
) -> Iterator[Tied]:
    """The values of a note with what they belong to, in the order of the text.

    Args:
        values: The values, in order.
        mentions: The mentions, in order.
        sentences: First character of each sentence, and that after its last, in order.
    """
    at = 0
    for value in values:
        while at < len(sentences) and sentences[at][1] <= value.start:
            at += 1
        start, end = sentences[at] if at < len(sentences) else (value.start, value.start)
        label = _LABELS.get(value.label)
        fits = [
            (i, one)
            for i, one in enumerate(mentions)
            if start <= one.start and one.end <= end and one.label == label
        ]
        before = [(i, one) for i, one in fits if one.end <= value.start]
        after = [i for i, one in fits if one.start >= value.end]
        of = None
        if before and (value.label not in VITALS or value.start - before[-1][1].end <= _DIRECTLY):
            of = before[-1][0]
        elif not before and after and value.label in OF_DRUGS:
            of = after[0]
        yield Tied(value, of)
