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
