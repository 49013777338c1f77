"""Headings that mean something else in some kinds of notes: "Exam" in a report of radiology."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from spacy_umlsbert.text.sections.rules import SectionRule


class _Kind(NamedTuple):
    """A kind of note.

    Attributes:
        told_by: The LOINC codes of sections that only such notes have.
        headings: What headings head in it: category and code.
    """

    told_by: frozenset[str]
    headings: Mapping[str, tuple[str, str]]


_IMAGING, _FOUND = ("imaging", "18748-4"), ("procedures", "59776-5")
_REASON = ("chief_complaint", "18785-6")
_KINDS = (
    # Technique, comparison.
    _Kind(
        frozenset(("55111-9", "18834-2")),
        {"exam": _IMAGING, "examination": _IMAGING, "procedure": _IMAGING, "study": _IMAGING,
         "type of exam": _IMAGING, "clinical history": _REASON, "history": _REASON,
         "clinical information": _REASON},
    ),
    # Diagnosis before and after an operation, its description.
    _Kind(frozenset(("10219-4", "10218-6", "59776-5")), {"findings": _FOUND}),
)  # fmt: skip


def in_kind_of_note(rules: Iterable[SectionRule | None]) -> dict[str, tuple[str, str]]:
    """What headings mean in a note with sections by these rules: category and code, by heading."""
    codes = {rule.code for rule in rules if rule is not None}
    meant: dict[str, tuple[str, str]] = {}
    for kind in _KINDS:
        if not kind.told_by.isdisjoint(codes):
            meant |= kind.headings
    return meant
