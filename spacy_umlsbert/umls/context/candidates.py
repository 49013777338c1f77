"""What is known of a name and its concepts whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from spacy_umlsbert.umls.semantic_types import group_of

if TYPE_CHECKING:
    from spacy_umlsbert.umls.concept import Concept

_CLASSIFIED = re.compile(r",? (?:unspecified|not elsewhere classified|NOS)$", re.IGNORECASE)
"""What a classification adds to a name, and does not change what it means."""
_MENTAL = frozenset({"T048"})
_MEASURED = frozenset({"T034", "T059", "T201"})
_EXAMINATIONS = frozenset({"T058", "T060"})


class Kind(Enum):
    """What a concept is, as far as it shows in what stands around its names."""

    MENTAL = "mental disorder"
    DISORDER = "disorder"
    DRUG = "drug"
    ANATOMY = "anatomy"
    MEASURED = "measured"
    EXAMINATION = "examination"
    TREATMENT = "treatment"
    OTHER = "other"

    # Kinds are looked for in sets all the time, and Enum's own hash is a call of Python.
    __hash__ = object.__hash__


_BY_GROUP = {
    "DISO": Kind.DISORDER,
    "CHEM": Kind.DRUG,
    "ANAT": Kind.ANATOMY,
    "PHYS": Kind.MEASURED,
    "PROC": Kind.TREATMENT,
}

ILLNESSES = frozenset({Kind.DISORDER, Kind.MENTAL})


def kind_of(tuis: Sequence[str]) -> Kind:
    """The kind of a concept with some semantic types, of which the first counts."""
    first = tuis[0] if tuis else ""
    if first in _MENTAL:
        return Kind.MENTAL
    if first in _MEASURED:
        return Kind.MEASURED
    if first in _EXAMINATIONS:
        return Kind.EXAMINATION
    return _BY_GROUP.get(group_of(first) or "", Kind.OTHER)


class Writing(Enum):
    """How a name is written."""

    CAPITALS = "in capitals"
    TITLE = "with a capital"
    SMALL = "in small letters"


class Candidate(NamedTuple):
    """A concept that a name may mean.

    Attributes:
        concept_id: Its id; "" for a sense that is no concept.
        kind: Its kind.
        spelt_out: Whether the name is made of the first letters of the concept's preferred name.
        preferred: Whether the name is the preferred one.
        said: What it is in words: the preferred name, or the sense.
    """

    concept_id: str
    kind: Kind
    spelt_out: bool
    preferred: bool
    said: str


class Name(NamedTuple):
    """A name whose meaning is weighed.

    Attributes:
        candidates: The concepts it may mean, the commonest first.
        writing: How it is written.
        everyday: Whether it is a word of everyday language.
        acronym: Whether the name in the knowledge base is an acronym.
    """

    candidates: tuple[Candidate, ...]
    writing: Writing
    everyday: bool
    acronym: bool


def writing_of(text: str) -> Writing:
    """How a word is written; a plural s after capitals does not count."""
    if len(text) > 1 and text.removesuffix("s").isupper():
        return Writing.CAPITALS
    return Writing.TITLE if text[:1].isupper() else Writing.SMALL


def candidate(text: str, concept: Concept, tuis: Sequence[str]) -> Candidate:
    """A concept as a meaning of a word."""
    said = concept.canonical_name
    preferred = said.casefold() == text.casefold()
    said = _CLASSIFIED.sub("", said)
    return Candidate(concept.concept_id, kind_of(tuis), _spells(text, said), preferred, said)


def other_sense(text: str, sense: str) -> Candidate:
    """A sense that is no concept as a meaning of a word."""
    return Candidate("", Kind.OTHER, _spells(text, sense), False, sense)


def _spells(text: str, words: str) -> bool:
    """Whether a word is made of the first letters of some."""
    return "".join(word[0] for word in words.casefold().split()) == text.casefold()
