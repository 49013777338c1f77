"""Headings that mean something else in some kinds of notes: "Exam" in a report of radiology."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from spacy_umlsbert.text.sections.rules import SectionRule


class _Kind(NamedTuple):
    """A kind of note.

    Attributes:
        told_by: Headings that only such notes have.
        headings: What headings head in it: category and code.
    """

    told_by: frozenset[str]
    headings: Mapping[str, tuple[str, str]]


_IMAGING, _FOUND = ("imaging", "18748-4"), ("procedures", "59776-5")
_DONE = ("procedures", "29554-3")
_REASON = ("chief_complaint", "18785-6")
_KINDS = (
    _Kind(
        frozenset(("technique", "comparison", "comparisons", "imaging technique")),
        {"exam": _IMAGING, "examination": _IMAGING, "procedure": _IMAGING, "study": _IMAGING,
         "type of exam": _IMAGING},
    ),
    _Kind(
        frozenset(
            ("preoperative diagnosis", "postoperative diagnosis", "anesthesia", "anaesthesia",
             "ebl", "estimated blood loss", "operation performed", "description of procedure", "surgeon",
             "procedure note", "operative findings", "complications")
        ),
        {"findings": _FOUND, "technique": _DONE},
    ),
)  # fmt: skip


def in_kind_of_note(rules: Iterable[SectionRule | None]) -> dict[str, tuple[str, str]]:
    """What headings mean in a note with sections by these rules: category and code, by heading."""
    headings = {rule.heading for rule in rules if rule is not None}
    meant: dict[str, tuple[str, str]] = {}
    for kind in _KINDS:
        if not kind.told_by.isdisjoint(headings):
            meant |= kind.headings
    return meant
