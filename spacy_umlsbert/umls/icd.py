"""Categories and chapters of ICD-10-CM, ICD-10 and ICD-9-CM, by the shape of their codes.

The chapters are those of the tabular lists: ICD-10-CM (National Center for Health Statistics),
ICD-10 (World Health Organization) and ICD-9-CM (https://www.cdc.gov/nchs/icd). Those of ICD-10-CM
and ICD-10 are the same at the level of categories, apart from a few categories that one of them
lacks.
"""

from __future__ import annotations

import re
from functools import lru_cache

from spacy_umlsbert.errors import UsageError, safe
from spacy_umlsbert.files.resources import package_table
from spacy_umlsbert.umls.vocabularies import fold_code, vocabulary_name

LEVELS = ("category", "chapter")

# The category is the part before the dot: three characters, of E codes of ICD-9-CM four.
_CATEGORY = {
    "ICD10CM": re.compile(r"[A-Z]\d[0-9A-Z]"),
    "ICD10": re.compile(r"[A-Z]\d\d"),
    "ICD9CM": re.compile(r"E\d{3}|V\d\d|\d{3}"),
}


# "I10-I16", which holds categories.
_BLOCK = re.compile(r"\w{3,4}-\w{3,4}")


def is_icd(vocabulary: str) -> bool:
    """Whether a vocabulary is one of those whose levels are known."""
    return vocabulary_name(vocabulary) in _CATEGORY


def icd_level(vocabulary: str, code: str, level: str) -> list[str]:
    """The category or chapter of a code, however it is written; none if it is no such code.

    A block of categories ("E08-E13") has a chapter and no category.

    Args:
        vocabulary: ICD10CM, ICD10 or ICD9CM.
        code: The code.
        level: One of ``LEVELS``.

    Raises:
        UsageError: If there is no such level.
    """
    if level not in LEVELS:
        raise UsageError(f"there is no level {safe(level)!r}, but {' and '.join(LEVELS)}")
    vocabulary = vocabulary_name(vocabulary)
    folded = fold_code(vocabulary, code)
    match = _CATEGORY[vocabulary].match(folded)
    if match is None or (level == "category" and _BLOCK.fullmatch(folded)):
        return []
    if level == "category":
        return [match[0]]
    return [
        number
        for number, first, last, _ in _chapters(vocabulary)
        if len(first) == len(match[0]) and first <= match[0] <= last
    ]


def icd_chapters(vocabulary: str) -> dict[str, str]:
    """The chapters of ICD10CM, ICD10 or ICD9CM: number and name.

    Raises:
        UsageError: If the vocabulary is none of these.
    """
    if not is_icd(vocabulary):
        raise UsageError(f"chapters are known of {', '.join(_CATEGORY)}")
    return {number: name for number, _, _, name in _chapters(vocabulary_name(vocabulary))}


@lru_cache(maxsize=len(_CATEGORY))
def _chapters(vocabulary: str) -> list[tuple[str, str, str, str]]:
    """Number, first and last category, and name of each chapter of a vocabulary."""
    return [
        (row["chapter"], row["first"], row["last"], row["name"])
        for row in package_table(__package__, "icd_chapters.tsv")
        if vocabulary in row["vocabularies"].split()
    ]
