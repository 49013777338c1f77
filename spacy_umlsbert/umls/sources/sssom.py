"""SSSOM mappings of labels and codes to concepts, for example Mondo's mappings to the UMLS.

The format is the tab-separated one of the Simple Standard for Sharing Ontological Mappings
(https://mapping-commons.github.io/sssom/). A cell that is in quotes may hold tabs, line breaks and
doubled quotes. A row whose ``predicate_modifier`` is "Not" says that there is no such mapping, and
is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.lines import blocks_of, read_lines
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.streams import require_file
from spacy_umlsbert.files.tables import csv_records, refuse_duplicates
from spacy_umlsbert.umls.sources.base import (
    CODE_MAPPINGS,
    CODES,
    DEFINITIONS,
    INVERSE,
    NAMES,
    PARENTS,
    TYPES,
)
from spacy_umlsbert.umls.sources.concepts import check_types, to_table
from spacy_umlsbert.umls.vocabularies import code_of, vocabulary_name

# What the object of a predicate is to its subject. A cross-reference says no more than that the
# two are analogous.
_MAPPINGS = {
    "skos:exactMatch": "exact",
    "skos:closeMatch": "close",
    "skos:broadMatch": "broad",
    "skos:narrowMatch": "narrow",
    "skos:relatedMatch": "related",
    "owl:equivalentClass": "exact",
    "owl:sameAs": "exact",
    "rdfs:subClassOf": "broad",
    "oboInOwl:hasDbXref": "close",
    "oio:hasDbXref": "close",
}
_NAMESPACES = {
    "http://www.w3.org/2004/02/skos/core#": "skos:",
    "http://www.w3.org/2002/07/owl#": "owl:",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    "http://www.geneontology.org/formats/oboInOwl#": "oboInOwl:",
}
_NOT = "not"
_NO_TERM = "sssom:NoTermFound"


class _Side(NamedTuple):
    """Subject or object of a mapping."""

    identifier: str
    label: str


class _Row(NamedTuple):
    """A mapping: what the object is to the subject is ``mapping``."""

    subject: _Side
    predicate: str
    mapping: str
    object: _Side


class SssomMapping:
    """A mapping whose labels become names, and whose ids become codes, of concepts.

    In a mapping to (or from) concepts of ``object_prefix`` the subject's label is a name of the
    concept, and so is the object's; the id of the other side is a code of the concept, with the
    kind of mapping that the predicate says. A file of mappings between other vocabularies has no
    names: each of its codes becomes a code of the concepts that have the other one as an exact
    code, from whichever source.

    Args:
        path: The file (``.sssom.tsv``, which may be compressed).
        predicates: Which kinds of mappings count for names. Codes keep their kind, whichever it is.
        object_prefix: The prefix of the wanted concepts' ids, which is taken off; mappings to
            others are codes alone. Empty to take all objects as concepts, with their prefix.
        default_types: TUIs for concepts that no source states types of.

    Raises:
        TerminologyError: If the file is missing; and later, while reading, if it is damaged, or if
            none of its mappings concerns a concept of the knowledge base.
    """

    def __init__(
        self,
        path: str | Path,
        predicates: Sequence[str] = ("skos:exactMatch",),
        object_prefix: str = "UMLS",
        default_types: Sequence[str] = (),
    ) -> None:
        check_types(default_types)
        self.path = require_file(path, TERMINOLOGY)
        self.predicates = [_shortened(predicate) for predicate in predicates]
        self.object_prefix = object_prefix
        self.default_types = list(default_types)

    def describe(self) -> dict[str, Any]:
        """The file, its version and licence, and the choices made."""
        head = self._head()
        return {
            "kind": "sssom",
            "files": [self.path.name],
            "title": head.get("mapping_set_title", ""),
            "version": head.get("mapping_set_version", ""),
            "license": head.get("license", ""),
            "predicates": self.predicates,
            "default_types": self.default_types,
        }

    def names(self) -> Iterator[pa.Table]:
        """Labels of subjects and objects."""
        rows = []
        for row in self._rows():
            concept_id = self._concept(row)
            if concept_id is not None and row.predicate in self.predicates and row.subject.label:
                rows.append((concept_id, row.subject.label, 0))
                if row.object.label:
                    rows.append((concept_id, row.object.label, 1))
        yield to_table(rows, NAMES)

    def types(self) -> Iterator[pa.Table]:
        """The default types, as assumed."""
        wanted = (row for row in self._rows() if row.predicate in self.predicates)
        ids = dict.fromkeys(filter(None, map(self._concept, wanted)))
        yield to_table([(one, tui, 1) for one in ids for tui in self.default_types], TYPES)

    def definitions(self) -> Iterator[pa.Table]:
        """None."""
        yield DEFINITIONS.empty_table()

    def parents(self) -> Iterator[pa.Table]:
        """None."""
        yield PARENTS.empty_table()

    def codes(self) -> Iterator[pa.Table]:
        """The ids that are mapped to concepts."""
        rows = []
        for row in self._rows():
            concept_id = self._concept(row)
            # Of a mapping from a concept the object is the code, of one to it the subject.
            other, mapping = row.object, row.mapping
            if concept_id is not None and concept_id == self._object_concept(row):
                other, mapping = row.subject, INVERSE.get(mapping, mapping)
            code = code_of(other.identifier)
            if concept_id is not None and code is not None and mapping:
                rows.append((concept_id, *code, mapping, "", other.label or None))
        yield to_table(rows, CODES)

    def code_mappings(self) -> Iterator[pa.Table]:
        """The mappings between codes, none of which is a concept."""
        rows = []
        for row in self._rows():
            one, two = code_of(row.subject.identifier), code_of(row.object.identifier)
            if one and two and row.mapping and self._concept(row) is None:
                labels = (row.subject.label or None, row.object.label or None)
                rows.append((*one, row.mapping, *two, *labels))
        yield to_table(rows, CODE_MAPPINGS)

    def _concept(self, row: _Row) -> str | None:
        """The concept that a mapping is to, or else from."""
        concept_id = self._object_concept(row)
        if concept_id is None and self.object_prefix:
            concept_id = self._wanted(row.subject.identifier)
        return concept_id

    def _object_concept(self, row: _Row) -> str | None:
        return self._wanted(row.object.identifier) if self.object_prefix else row.object.identifier

    def _wanted(self, identifier: str) -> str | None:
        prefix, _, local = identifier.partition(":")
        same = vocabulary_name(prefix) == vocabulary_name(self.object_prefix)
        return local if same and local else None

    def _rows(self) -> Iterator[_Row]:
        """All mappings but those that say that there is none."""
        lines = read_lines(self.path, TERMINOLOGY)
        content = (line for line in lines if not line.text.startswith("#"))
        records = csv_records(blocks_of(content), self.path, "\t", TERMINOLOGY, any_width=True)
        head = next(records, None)
        if head is None:
            raise TerminologyError("has no header line: not an SSSOM file?", path=self.path)
        header = head.fields
        refuse_duplicates(header, self.path, head.line, TERMINOLOGY)
        missing = sorted({"predicate_id", "object_id"} - set(header))
        if not {"subject_id", "subject_label"}.intersection(header):
            missing.append("subject_id")
        if missing:
            message = f"no column {', '.join(missing)}"
            raise TERMINOLOGY.error_of(self.path, head.line, message)
        for number, values in records:
            if len(values) != len(header):
                message = f"{len(values)} columns instead of {len(header)}"
                raise TERMINOLOGY.error_of(self.path, number, message)
            row = {name: value.strip() for name, value in zip(header, values, strict=True)}
            modifier = row.get("predicate_modifier", "").lower()
            if modifier not in ("", _NOT):
                message = "the predicate_modifier is neither empty nor 'Not'"
                raise TERMINOLOGY.error_of(self.path, number, message)
            if modifier != _NOT and row["object_id"] not in ("", _NO_TERM):
                predicate = _shortened(row["predicate_id"])
                yield _Row(
                    _Side(row.get("subject_id", ""), row.get("subject_label", "")),
                    predicate,
                    _MAPPINGS.get(predicate, ""),
                    _Side(row["object_id"], row.get("object_label", "")),
                )

    def _head(self) -> dict[str, str]:
        """What the file says of itself, before its header."""
        found: dict[str, str] = {}
        for line in read_lines(self.path, TERMINOLOGY):
            if not line.text.startswith("#"):
                break
            key, _, value = line.text.lstrip("# ").partition(":")
            found.setdefault(key, re.sub(r"^([\"'])(.*)\1$", r"\2", value.strip()))
        return found


def _shortened(predicate: str) -> str:
    """A predicate with its usual prefix in place of its address."""
    for namespace, prefix in _NAMESPACES.items():
        if predicate.startswith(namespace):
            return prefix + predicate.removeprefix(namespace)
    return predicate
