"""Vocabularies and their codes: one way of writing them, and the other ways that are understood.

A vocabulary is called as in the UMLS (SAB: "ICD10CM", "SNOMEDCT_US", "MSH"). The table
``vocabularies.tsv`` says what ontologies and mappings call it; names that are not there stay as
they are. Codes are written as in the UMLS too: without the prefix of the vocabulary, except where
the UMLS keeps it ("HP:0001945").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from spacy_umlsbert.files.resources import package_table

# A release at the end of a name: SNOMEDCT_US_2025_09_01, ICD9CM_2005.
_RELEASE = re.compile(r"[_-](?:19|20)\d\d(?:[_-]?\d\d){0,2}(?:AA|AB)?$")
_NOT_WORD = re.compile(r"[\W_]+")
# Dots and blanks; dagger and asterisk of ICD-10, and the "-" of its "E11.-".
_IN_CODES = re.compile(r"[\s.*†]+|\.?-$")
# A prefix: "ICD10CM:I10", "HP_0001945", "SNOMEDCT_US_2025_09_01:38341003".
_PREFIXED = re.compile(r"\s*([A-Za-z][\w. -]*?)\s*([:_])\s*(?=\w)(.*\S)\s*", re.DOTALL)
_OBO_NUMBER = re.compile(r"\d{7}")
_MESH = re.compile(r"[CD](?:\d{6}|\d{9})")
_OMIM = re.compile(r"\d{6}")


class VocabularyCode(NamedTuple):
    """A code and the vocabulary that it is of."""

    vocabulary: str
    code: str


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Vocabularies by every way of writing them, and the prefixes that codes keep."""
    known: dict[str, str] = {}
    kept: dict[str, str] = {}
    for row in package_table(__package__, "vocabularies.tsv"):
        vocabulary = row["vocabulary"]
        for name in (vocabulary, *row["also"].split()):
            known[_folded(name)] = vocabulary
        if row["keeps"]:
            kept[vocabulary] = row["keeps"]
    return known, kept


def _folded(name: str) -> str:
    return _NOT_WORD.sub("", name).upper()


@lru_cache(maxsize=4096)
def vocabulary_name(name: str) -> str:
    """What the UMLS calls a vocabulary; a name that is not in the table stays as it is.

    "ICD-10-CM" is ICD10CM, "SNOMEDCT_US_2025_09_01" and "SCTID" are SNOMEDCT_US, "HP" is HPO.
    """
    name = name.strip()
    known, _ = _tables()
    folded = known.get(_folded(name))
    if folded is None:
        folded = known.get(_folded(_RELEASE.sub("", name)))
    return name if folded is None else folded


def is_known(vocabulary: str) -> bool:
    """Whether the table has a vocabulary."""
    return _folded(vocabulary) in _tables()[0]


def find_vocabulary(name: str, among: Iterable[str]) -> str | None:
    """The one of some vocabularies that a name means, however it is written; None if none is."""
    among = list(among)
    if name in among:
        return name
    wanted = {_folded(name), _folded(vocabulary_name(name))}
    return next((one for one in among if _folded(one) in wanted), None)


def code_of(identifier: str) -> VocabularyCode | None:
    """Vocabulary and code of an id with a prefix; None if it has none, or is an address.

    "MESH:D009369" is D009369 of MSH, "HP:0001945" is HP:0001945 of HPO. Of a prefix that is not in
    the table the code keeps it if the ontology numbers its terms as OBO does (seven digits).
    """
    prefix, colon, local = identifier.strip().partition(":")
    prefix, local = prefix.strip(), local.strip()
    if not (colon and prefix and local) or local.startswith("//") or " " in prefix:
        return None
    vocabulary = vocabulary_name(prefix)
    known, kept = _tables()
    if vocabulary in kept:
        return VocabularyCode(vocabulary, f"{kept[vocabulary]}:{local}")
    if known.get(_folded(vocabulary)) is None and _OBO_NUMBER.fullmatch(local):
        return VocabularyCode(vocabulary, f"{prefix}:{local}")
    return VocabularyCode(vocabulary, local)


def code_of_id(identifier: str, vocabulary: str | None = None) -> VocabularyCode | None:
    """Vocabulary and code of a concept's id; None if the id does not say of which it is.

    Args:
        identifier: The id: with a prefix, or a plain one of MeSH ("D012345", "C012345") or OMIM
            (six digits).
        vocabulary: What plain ids are, in place of MeSH or OMIM.
    """
    found = code_of(identifier)
    if found is not None:
        return found
    if vocabulary is not None:
        return VocabularyCode(vocabulary_name(vocabulary), identifier.strip())
    if _MESH.fullmatch(identifier):
        return VocabularyCode("MSH", identifier)
    return VocabularyCode("OMIM", identifier) if _OMIM.fullmatch(identifier) else None


def codes_of_ids(ids: Iterable[str], vocabulary: str | None = None) -> dict[str, list[str]]:
    """The codes that ids of one concept are, by vocabulary; see `code_of_id`."""
    codes: dict[str, list[str]] = {}
    for identifier in ids:
        found = code_of_id(identifier, vocabulary)
        if found is not None:
            codes.setdefault(found.vocabulary, []).append(found.code)
    return codes


def fold_code(vocabulary: str, code: str) -> str:
    """What is the same in all usual ways of writing a code.

    Case, blanks, dots and the prefix of the vocabulary do not matter: "i10", "E119" for "E11.9",
    "ICD10CM:I10", "0001945" for "HP:0001945".
    """
    if not code.isalnum():
        match = _PREFIXED.fullmatch(code)
        if match is not None and _means(match[1], vocabulary):
            code = match[3]
        code = _IN_CODES.sub("", code)
    return code.upper()


@lru_cache(maxsize=4096)
def _means(prefix: str, vocabulary: str) -> bool:
    return find_vocabulary(prefix, [vocabulary, vocabulary_name(vocabulary)]) is not None
