"""What the builder of a knowledge base asks of a source, and the tables a source yields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

NAMES = pa.schema([("concept_id", pa.string()), ("name", pa.large_string()), ("rank", pa.int16())])
"""Names: ``rank`` orders the names of a concept, the smallest first; the first is canonical."""

TYPES = pa.schema([("concept_id", pa.string()), ("tui", pa.string()), ("rank", pa.int16())])
"""Semantic types: ``rank`` is 0 for types that the source states. Types that are only assumed have
rank 1; they count for concepts that no source states types of, and of several sources the first
that assumes some."""

DEFINITIONS = pa.schema(
    [("concept_id", pa.string()), ("definition", pa.large_string()), ("rank", pa.int16())]
)
"""Definitions: the one with the smallest ``rank`` is kept."""

PARENTS = pa.schema([("concept_id", pa.string()), ("parent_id", pa.string())])
"""Parents in a hierarchy."""

MAPPINGS = ("exact", "close", "broad", "narrow", "related")
"""What a code is to a concept, or to another code, the best first: the predicates of SKOS
(https://www.w3.org/TR/skos-reference/#mapping). A "broad" code is broader than the concept."""

INVERSE = {"broad": "narrow", "narrow": "broad"}
"""What a mapping is the other way round, where that is something else."""

CODES = pa.schema(
    [
        ("concept_id", pa.string()),
        ("vocabulary", pa.string()),
        ("code", pa.string()),
        ("mapping", pa.string()),
        ("term_type", pa.string()),
        ("name", pa.large_string()),
    ]
)
"""Codes: ``vocabulary`` as the UMLS calls it (`vocabularies`), ``mapping`` one of ``MAPPINGS``,
``term_type`` and ``name`` those of the vocabulary, "" and null where they are not known. A row for
each name that a vocabulary gives a concept says where the names come from."""

CODE_MAPPINGS = pa.schema(
    [
        ("vocabulary", pa.string()),
        ("code", pa.string()),
        ("mapping", pa.string()),
        ("to_vocabulary", pa.string()),
        ("to_code", pa.string()),
        ("name", pa.large_string()),
        ("to_name", pa.large_string()),
    ]
)
"""Mappings between the codes of two vocabularies: ``mapping`` says what the second is to the first.
Each counts for the concepts of which one of its codes is an exact code: the other becomes a code of
theirs too."""


@runtime_checkable
class Source(Protocol):
    """A source of concepts. Several are merged by concept id, the first given having precedence.

    Each method is called once, in the order below, and may yield any number of tables with the
    schema that this module defines. A method may raise ``TerminologyError``.
    """

    def describe(self) -> dict[str, Any]:
        """What to record of the source in ``meta.json``: kind, file names, filters, version."""
        ...

    def names(self) -> Iterator[pa.Table]:
        """Tables of ``NAMES``."""
        ...

    def types(self) -> Iterator[pa.Table]:
        """Tables of ``TYPES``; rows of concepts without names are ignored."""
        ...

    def definitions(self) -> Iterator[pa.Table]:
        """Tables of ``DEFINITIONS``; rows of concepts without names are ignored."""
        ...

    def parents(self) -> Iterator[pa.Table]:
        """Tables of ``PARENTS``; rows with concepts without names are ignored."""
        ...


@runtime_checkable
class SourceWithCodes(Source, Protocol):
    """A source that also says codes. Sources without these methods, or with one, do too."""

    def codes(self) -> Iterator[pa.Table]:
        """Tables of ``CODES``; rows of concepts without names are ignored."""
        ...

    def code_mappings(self) -> Iterator[pa.Table]:
        """Tables of ``CODE_MAPPINGS``."""
        ...
