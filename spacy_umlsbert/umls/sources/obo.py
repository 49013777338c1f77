"""OBO ontologies with cross-references to the UMLS: HPO, the Disease Ontology and others.

The format is OBO 1.4 (https://owlcollab.github.io/oboformat/doc/obo-syntax.html), of which the
[Term] frames are read: id, name, def, synonym, xref, is_a and is_obsolete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.streams import require_file
from spacy_umlsbert.umls.sources.base import DEFINITIONS, NAMES, PARENTS, TYPES
from spacy_umlsbert.umls.sources.concepts import check_types, to_table

SynonymScope = Literal["EXACT", "NARROW", "RELATED", "BROAD"]

_SCOPES: tuple[SynonymScope, ...] = ("EXACT", "NARROW", "RELATED", "BROAD")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(.*)')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "W": " "}
_OBSOLETE_TYPES = {"obsolete_synonym", "OMO:0003005"}


@dataclass
class Term:
    """A term of an ontology.

    Attributes:
        term_id: Its id in the ontology ("HP:0001945").
        line: Where it begins in the file.
        name: Its name, empty if it has none.
        definition: Its definition, if any.
        synonyms: Scope and text of each synonym.
        xrefs: Its cross-references ("UMLS:C0015967").
        parents: Ids of the terms it is a kind of.
        obsolete: Whether it is obsolete.
    """

    term_id: str
    line: int
    name: str = ""
    definition: str | None = None
    synonyms: list[tuple[str, str]] = field(default_factory=list)
    xrefs: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    obsolete: bool = False


class OboOntology:
    """One OBO file; its terms become concepts by their cross-references to the UMLS.

    A term's name and synonyms become names of every CUI it refers to. Terms without a CUI are left
    out, or kept under their own id. OBO files do not say semantic types: a concept has the types of
    its nearest ancestor in ``types_by_ancestor`` (itself included), else ``default_types``; both
    count only for concepts that no source of the knowledge base states types of.

    Args:
        path: The file, which may be compressed (``.obo.gz``).
        scopes: Scopes of synonyms to take. Canonical names come from names, then from synonyms in
            the order EXACT, NARROW, RELATED, BROAD.
        default_types: TUIs for the concepts.
        types_by_ancestor: TUIs for terms below certain terms, by the ids of these; for example
            ``{"DOID:162": ["T191"]}`` for the neoplasms of the Disease Ontology.
        xref_prefixes: How cross-references to the UMLS begin.
        keep_unmapped: Whether to keep terms without a CUI under their own ids.

    Raises:
        TerminologyError: If the file is missing, a scope or type is unknown; and later, while
            reading, if it is damaged.
    """

    def __init__(
        self,
        path: str | Path,
        scopes: Sequence[SynonymScope] = ("EXACT",),
        default_types: Sequence[str] = (),
        types_by_ancestor: Mapping[str, Sequence[str]] | None = None,
        xref_prefixes: Sequence[str] = ("UMLS", "UMLS_CUI"),
        keep_unmapped: bool = False,
    ) -> None:
        self.path = require_file(path, TERMINOLOGY)
        unknown = sorted(set(scopes) - set(_SCOPES))
        if unknown:
            raise TerminologyError(
                f"{unknown} are not scopes of OBO synonyms.", remedy=f"Scopes: {list(_SCOPES)}."
            )
        self.scopes = list(scopes)
        self.default_types = list(default_types)
        self.types_by_ancestor = {
            term: list(types) for term, types in (types_by_ancestor or {}).items()
        }
        check_types(default_types)
        for types in self.types_by_ancestor.values():
            check_types(types)
        self.xref_prefixes = list(xref_prefixes)
        self.keep_unmapped = keep_unmapped
        self._terms: dict[str, Term] | None = None

    def describe(self) -> dict[str, Any]:
        """The file, its version and the choices made."""
        return {
            "kind": "obo",
            "files": [self.path.name],
            "version": _data_version(self.path),
            "scopes": self.scopes,
            "default_types": self.default_types,
            "types_by_ancestor": self.types_by_ancestor,
            "keep_unmapped": self.keep_unmapped,
        }

    def names(self) -> Iterator[pa.Table]:
        """Names and synonyms."""
        rows = []
        for term in self._read().values():
            ranked = [(term.name, 0)] if term.name else []
            ranked += [
                (text, 1 + _SCOPES.index(scope))
                for scope, text in term.synonyms
                if scope in self.scopes
            ]
            rows += [(cui, name, rank) for cui in self._ids(term) for name, rank in ranked]
        yield to_table(rows, NAMES)

    def types(self) -> Iterator[pa.Table]:
        """Assumed types, as the class says."""
        rows = [
            (cui, tui, 1)
            for term in self._read().values()
            for cui in self._ids(term)
            for tui in self._types_of(term)
        ]
        yield to_table(rows, TYPES)

    def definitions(self) -> Iterator[pa.Table]:
        """Definitions."""
        rows = [
            (cui, term.definition, 0)
            for term in self._read().values()
            if term.definition
            for cui in self._ids(term)
        ]
        yield to_table(rows, DEFINITIONS)

    def parents(self) -> Iterator[pa.Table]:
        """Parents: where a term's parent has no concept, the nearest ancestors that have one."""
        terms = self._read()
        rows = [
            (cui, above)
            for term in terms.values()
            for cui in self._ids(term)
            for above in self._concepts_above(term)
        ]
        yield to_table(rows, PARENTS)
        self._terms = None

    def _read(self) -> dict[str, Term]:
        if self._terms is None:
            self._terms = {
                term.term_id: term for term in read_terms(self.path) if not term.obsolete
            }
        return self._terms

    def _ids(self, term: Term) -> list[str]:
        """The concepts of a term."""
        cuis = []
        for xref in term.xrefs:
            prefix, _, identifier = xref.partition(":")
            if prefix in self.xref_prefixes and identifier:
                cuis.append(identifier)
        return list(dict.fromkeys(cuis)) or ([term.term_id] if self.keep_unmapped else [])

    def _types_of(self, term: Term) -> list[str]:
        """The types of the nearest ancestor that has some, level by level."""
        level, seen = [term.term_id], {term.term_id}
        while level:
            types = [tui for one in level for tui in self.types_by_ancestor.get(one, ())]
            if types:
                return types
            level = self._next_level(level, seen)
        return self.default_types

    def _concepts_above(self, term: Term) -> list[str]:
        found: list[str] = []
        level, seen = self._next_level([term.term_id], set()), {term.term_id}
        while level:
            open_ends = []
            for one in level:
                ids = self._ids(self._read()[one]) if one in self._read() else []
                found += ids
                if not ids:
                    open_ends.append(one)
            level = self._next_level(open_ends, seen)
        return found

    def _next_level(self, level: list[str], seen: set[str]) -> list[str]:
        terms = self._read()
        above = [parent for one in level if one in terms for parent in terms[one].parents]
        fresh = [parent for parent in dict.fromkeys(above) if parent not in seen]
        seen.update(fresh)
        return fresh


def read_terms(path: Path) -> Iterator[Term]:
    """The terms of an OBO file.

    Raises:
        TerminologyError: At a line that is not OBO.
    """
    term: Term | None = None
    frame, frame_line = "", 0
    for number, line, *_ in read_lines(path, TERMINOLOGY):
        if line.startswith("["):
            if term is not None:
                yield term
            term, frame, frame_line = None, line.strip(), number
        elif frame == "[Term]" and line.strip() and not line.startswith("!"):
            tag, separator, value = line.partition(":")
            if not separator:
                raise TERMINOLOGY.error_of(path, number, "not an OBO line: no 'tag: value'")
            value = value.strip()
            if tag == "id":
                term = Term(_clean(value), frame_line)
            elif term is None:
                raise TERMINOLOGY.error_of(path, number, "a [Term] that does not begin with its id")
            else:
                _add(term, tag, value, path, number)
    if term is not None:
        yield term
    if not frame:
        raise TerminologyError("has no [Term]: not an OBO file?", path=path)


def _add(term: Term, tag: str, value: str, path: Path, number: int) -> None:
    if tag == "name":
        term.name = _unescape(value)
    elif tag == "def":
        term.definition = _quoted(value, path, number)[0] or None
    elif tag == "synonym":
        text, rest = _quoted(value, path, number)
        words = rest.partition("[")[0].split()
        if not _OBSOLETE_TYPES.intersection(words):
            term.synonyms.append((words[0] if words else "RELATED", text))
    elif tag == "xref":
        term.xrefs.append(_clean(value))
    elif tag == "is_a":
        term.parents.append(_clean(value))
    elif tag == "is_obsolete":
        term.obsolete = value.startswith("true")


def _quoted(value: str, path: Path, number: int) -> tuple[str, str]:
    """A quoted text and what follows it."""
    match = _QUOTED.match(value)
    if match is None:
        raise TERMINOLOGY.error_of(path, number, "a quoted text is expected here")
    return _unescape(match[1]), match[2]


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text)


def _clean(identifier: str) -> str:
    """An id without comment and trailing modifiers."""
    return identifier.partition(" ")[0]


def _data_version(path: Path) -> str:
    for _, line, *_ in read_lines(path, TERMINOLOGY):
        if line.startswith("data-version:"):
            return line.partition(":")[2].strip()
        if line.startswith("["):
            break
    return ""
