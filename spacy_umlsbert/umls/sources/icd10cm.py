"""The tabular list of ICD-10-CM, as the National Center for Health Statistics publishes it in XML.

Each code is a concept: its title, the inclusion terms below it and the notes of what it includes
are its names, its category or subcategory is its parent. Codes of the form of a seventh character
(initial encounter, sequela …) are not written out in the list and are left out here.

Source: https://www.cdc.gov/nchs/icd/icd-10-cm/files.html (in the public domain).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.streams import require_file
from spacy_umlsbert.files.xml import read_xml
from spacy_umlsbert.umls.matching.normalization import PREPOSITIONS
from spacy_umlsbert.umls.sources.base import CODES, DEFINITIONS, NAMES, PARENTS, TYPES
from spacy_umlsbert.umls.sources.concepts import to_table

LICENSE = "public domain (US government work)"
VOCABULARY = "ICD10CM"

# The semantic type of the codes from here on, until the next: as the UMLS types most of each range.
_TYPES = (
    ("A00", "T047"),  # infections
    ("C00", "T191"),  # neoplasms
    ("D50", "T047"),  # blood, endocrine
    ("F01", "T048"),  # mental disorders
    ("G00", "T047"),  # nervous system to genitourinary
    ("O00", "T046"),  # pregnancy and childbirth
    ("P00", "T047"),  # perinatal
    ("Q00", "T019"),  # malformations
    ("R00", "T184"),  # symptoms and signs
    ("R70", "T033"),  # abnormal findings
    ("S00", "T037"),  # injuries, poisoning
    ("U00", "T047"),  # new diseases
    ("V00", "T037"),  # external causes
    ("Z00", "T033"),  # health status
)
_STARTS = [start for start, _ in _TYPES]
_CAUSES, _AFTER_CAUSES = "V", "Z"

_TITLE, _WRITTEN_SHORTER, _INCLUDED, _INCLUDED_SHORTER = range(4)  # ranks of names

_SUPERFLUOUS = re.compile(r",? (?:unspecified|NOS)(?: \(.*?\))?$|, not elsewhere classified$")
_OTHERS = ", not elsewhere classified"
_NONESSENTIAL = re.compile(r" ?\([^()]*\)")
_SYNONYM = re.compile(r"(.*\S) \[([^\[\]]+)\]$")


@dataclass
class _Code:
    """A code of the list."""

    code: str
    title: str
    parent: str | None
    included: list[str] = field(default_factory=list)


class Icd10Cm:
    """The tabular list of ICD-10-CM, one concept for each code (``ICD10CM:I10``).

    Beside a title as it stands its shorter forms are names: without "unspecified", "NOS" and
    "not elsewhere classified" at the end and without what stands in round brackets, which ICD calls
    nonessential modifiers. A synonym in square brackets is a name of its own. External causes (V
    to Y) have no shorter forms.

    Args:
        path: The XML file (``icd10cm-tabular-….xml``), which may be compressed.

    Raises:
        TerminologyError: If the file is missing; and later, while reading, if it is damaged.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = require_file(path, TERMINOLOGY)
        self._codes: list[_Code] | None = None
        self._version = ""

    def describe(self) -> dict[str, Any]:
        """The file and its version."""
        self._read()
        return {
            "kind": "icd10cm",
            "title": "ICD-10-CM, tabular list",
            "files": [self.path.name],
            "version": self._version,
            "license": LICENSE,
        }

    def names(self) -> Iterator[pa.Table]:
        """Titles, inclusion terms, and shorter forms of both."""
        rows = []
        for code in self._read():
            identifier = _id(code.code)
            # "Accident NOS" is the code of a cause that is not known; an accident is no finding.
            shorter = shorter_forms if code.code < _CAUSES or code.code > _AFTER_CAUSES else _none
            rows.append((identifier, code.title, _TITLE))
            # "X, not elsewhere classified" is what is left of X, and not X itself.
            rank = _INCLUDED_SHORTER if _OTHERS in code.title else _WRITTEN_SHORTER
            rows += [(identifier, name, rank) for name in shorter(code.title)]
            for term in code.included:
                rows.append((identifier, term, _INCLUDED))
                rows += [(identifier, name, _INCLUDED_SHORTER) for name in shorter(term)]
        yield to_table(rows, NAMES)

    def types(self) -> Iterator[pa.Table]:
        """The type of each code's range, as assumed."""
        yield to_table([(_id(one.code), _type_of(one.code), 1) for one in self._read()], TYPES)

    def definitions(self) -> Iterator[pa.Table]:
        """None."""
        yield DEFINITIONS.empty_table()

    def parents(self) -> Iterator[pa.Table]:
        """The category or subcategory of each code."""
        rows = [(_id(one.code), _id(one.parent)) for one in self._read() if one.parent]
        yield to_table(rows, PARENTS)

    def codes(self) -> Iterator[pa.Table]:
        """The codes; term types are those of the UMLS (PT for titles, ET for inclusion terms)."""
        rows = []
        for one in self._read():
            row = (_id(one.code), VOCABULARY, one.code, "exact")
            rows.append((*row, "PT", one.title))
            rows += [(*row, "ET", term) for term in one.included]
        yield to_table(rows, CODES)

    def _read(self) -> list[_Code]:
        if self._codes is None:
            root = read_xml(self.path, TERMINOLOGY)
            if root is None or root.tag != "ICD10CM.tabular":
                raise TerminologyError(
                    "is not the tabular list of ICD-10-CM.",
                    path=self.path,
                    remedy="Give the XML file of the tabular list, not that of the index.",
                )
            self._version = (root.findtext("version") or "").strip()
            self._codes = [self._code(element) for element in root.iter("diag")]
            if not self._codes:
                raise TerminologyError("has no codes.", path=self.path)
        return self._codes

    def _code(self, element: Any) -> _Code:
        code, title = (_text(element.findtext(tag)) for tag in ("name", "desc"))
        if not code or not title:
            message = "a <diag> without <name> or <desc>"
            raise TERMINOLOGY.error_of(self.path, element.sourceline, message)
        above = element.getparent()
        parent = _text(above.findtext("name")) if above.tag == "diag" else None
        notes = element.xpath("inclusionTerm/note | includes/note")
        included = [_text("".join(note.itertext())) for note in notes]
        return _Code(code, title, parent, [term for term in included if term])


def shorter_forms(name: str) -> list[str]:
    """A title or inclusion term without what only the classification needs.

    >>> shorter_forms("Essential (primary) hypertension")
    ['Essential hypertension']
    >>> shorter_forms("Cholera, unspecified")
    ['Cholera']
    >>> shorter_forms("Group A shigellosis [Shiga-Kruse dysentery]")
    ['Group A shigellosis', 'Shiga-Kruse dysentery']
    >>> shorter_forms("Elevated prostate specific antigen [PSA]")
    ['Elevated prostate specific antigen']
    """
    forms = [name]
    synonym = _SYNONYM.match(name)
    if synonym:
        forms.append(synonym[1])
        if _is_synonym(synonym[1], synonym[2]):
            forms.append(synonym[2])
    forms += [_SUPERFLUOUS.sub("", form) for form in forms]
    forms += [_NONESSENTIAL.sub("", form).strip() for form in forms]
    return [form for form in dict.fromkeys(forms) if form and form != name]


def _is_synonym(name: str, in_brackets: str) -> bool:
    """Whether what stands in square brackets is another name of the whole, and not of a part of it.

    An abbreviation has the first letter of the first word, and all its letters in order with the
    last of them in the last word; a single word else ("[Wells]", "[stable]") may be anything.
    """
    words = in_brackets.split()
    if len(words) > 1:
        return words[-1].lower() not in PREPOSITIONS
    letters = [re.escape(letter) for letter in in_brackets.lower()]
    within = ".*".join(letters[:-1]) + r".*\b\w*" + letters[-1] + r"\w*$"
    return in_brackets.isupper() and re.match(within, name.lower()) is not None


def _none(name: str) -> list[str]:
    return []


def _type_of(code: str) -> str:
    return _TYPES[max(0, bisect_right(_STARTS, code[:3]) - 1)][1]


def _id(code: str) -> str:
    return f"{VOCABULARY}:{code}"


def _text(value: str | None) -> str:
    return " ".join((value or "").split())
