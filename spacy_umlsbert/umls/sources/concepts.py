"""Concepts given as Python objects: scispaCy's ``Entity``, our ``Concept``, or anything like it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

import pyarrow as pa

from spacy_umlsbert.batching import chunks
from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.umls.semantic_types import is_semantic_type
from spacy_umlsbert.umls.sources.base import CODES, DEFINITIONS, MAPPINGS, NAMES, TYPES
from spacy_umlsbert.umls.vocabularies import vocabulary_name

_BATCH = 1 << 14


class ConceptLike(Protocol):
    """What is read of a concept, and ``codes`` by vocabulary, if it has such an attribute."""

    @property
    def concept_id(self) -> str:
        """The id."""
        ...

    @property
    def canonical_name(self) -> str:
        """The preferred name."""
        ...

    @property
    def aliases(self) -> Sequence[str]:
        """The other names."""
        ...

    @property
    def types(self) -> Sequence[str]:
        """TUIs."""
        ...

    @property
    def definition(self) -> str | None:
        """The definition, if any."""
        ...


class ConceptSource:
    """Concepts as Python objects, for terminologies of one's own and for tests.

    Args:
        read: The concepts, or a function that reads them anew each time it is called, which keeps
            a large source out of memory.
        default_types: TUIs for concepts that neither this nor another source states types of.
        description: What to record of the source.

    Raises:
        TerminologyError: If a default type is not a semantic type.
    """

    def __init__(
        self,
        read: Iterable[ConceptLike] | Callable[[], Iterable[ConceptLike]],
        default_types: Sequence[str] = (),
        description: dict[str, Any] | None = None,
    ) -> None:
        check_types(default_types)
        self._read = read if callable(read) else list(read)
        self.default_types = list(default_types)
        self._description = description or {"kind": "concepts"}

    def describe(self) -> dict[str, Any]:
        """The description given, and the default types."""
        return {**self._description, "default_types": self.default_types}

    def _concepts(self) -> Iterator[list[ConceptLike]]:
        return chunks(self._read() if callable(self._read) else self._read, _BATCH)

    def names(self) -> Iterator[pa.Table]:
        """The canonical name of each concept with rank 0, its aliases with rank 1."""
        for batch in self._concepts():
            rows = [(concept.concept_id, concept.canonical_name, 0) for concept in batch]
            rows += [(item.concept_id, alias, 1) for item in batch for alias in item.aliases]
            yield to_table(rows, NAMES)

    def types(self) -> Iterator[pa.Table]:
        """The types of each concept, or the default types."""
        for batch in self._concepts():
            rows = [(item.concept_id, tui, 0) for item in batch for tui in item.types]
            rows += [
                (item.concept_id, tui, 1)
                for item in batch
                if not item.types
                for tui in self.default_types
            ]
            yield to_table(rows, TYPES)

    def definitions(self) -> Iterator[pa.Table]:
        """The definitions."""
        for batch in self._concepts():
            rows = [(item.concept_id, item.definition, 0) for item in batch if item.definition]
            yield to_table(rows, DEFINITIONS)

    def parents(self) -> Iterator[pa.Table]:
        """None."""
        return iter(())

    def codes(self) -> Iterator[pa.Table]:
        """The codes of the concepts that have an attribute ``codes``, as exact ones."""
        for batch in self._concepts():
            rows = [
                (item.concept_id, vocabulary_name(vocabulary), code, MAPPINGS[0], "", None)
                for item in batch
                for vocabulary, codes in (getattr(item, "codes", None) or {}).items()
                for code in codes
            ]
            yield to_table(rows, CODES)


def check_types(tuis: Sequence[str]) -> None:
    """Raise a ``TerminologyError`` if something is not a TUI of the Semantic Network."""
    for tui in tuis:
        if not is_semantic_type(tui):
            raise TerminologyError(
                f"{tui!r} (given as a type of concepts that have none) is not a semantic type.",
                remedy="Give TUIs such as T047.",
            )


def to_table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """A table from rows."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema.names)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)
