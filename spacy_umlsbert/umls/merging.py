"""Sources in which one thing is one concept, where they have no ids in common.

Sources that know CUIs need nothing of this: concepts of one id are one concept. A classification
or a list of drugs has ids of its own, and what it names has to be found among the concepts of the
others. Three steps, each only where it leaves no choice:

1. by id: two sources use the same;
2. by cross-reference: a source says that its concept is exactly the code that another concept is,
   or that a code that the concept has is exactly that;
3. by name: the preferred name of a concept is a name of one concept of another source, after
   normalisation, and the two have a semantic group in common; or a synonym of it is the preferred
   name of one of which its source has no other.

Concepts of two CUIs are never merged, and a name never merges what one source keeps apart. A merged
concept has its CUI, else the id of the first source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.umls.gathering import require_schema
from spacy_umlsbert.umls.matching.name_variants import VariantRules
from spacy_umlsbert.umls.matching.settings import MatcherSettings
from spacy_umlsbert.umls.same_concepts import Merging, Rows, find_same
from spacy_umlsbert.umls.sources.base import (
    CODE_MAPPINGS,
    CODES,
    DEFINITIONS,
    NAMES,
    PARENTS,
    TYPES,
    Source,
)
from spacy_umlsbert.umls.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from tqdm import tqdm

# The methods of a source, in the order in which they are called.
_TABLES = {
    "names": NAMES,
    "types": TYPES,
    "definitions": DEFINITIONS,
    "parents": PARENTS,
    "codes": CODES,
    "code_mappings": CODE_MAPPINGS,
}


class _Read:
    """What a source yields, read once.

    Args:
        source: The source.
        bar: Counts the rows.
    """

    def __init__(self, source: Source, bar: tqdm) -> None:
        self._tables: dict[str, pa.Table] = {}
        for method, schema in _TABLES.items():
            tables = [schema.empty_table()]
            for table in getattr(source, method, tuple)():
                require_schema(source, method, table, schema)
                bar.update(len(table))
                tables.append(table)
            self._tables[method] = pa.concat_tables(tables)

    def rows(self, method: str) -> Rows:
        """The rows of a method's tables."""
        columns = (column.to_pylist() for column in self._tables[method].columns)
        return list(zip(*columns, strict=True))

    def table(self, method: str, merging: Merging) -> pa.Table:
        """A method's table with the ids of what the concepts were merged into."""
        table = self._tables[method]
        columns = [
            merging.rename(column) if name in ("concept_id", "parent_id") else column
            for name, column in zip(table.schema.names, table.columns, strict=True)
        ]
        return pa.table(columns, schema=table.schema)


class _Together:
    """Sources that are read and merged when the first of them is first read.

    Args:
        sources: The sources.
        rules: The rules by which names are compared.
        progress: Whether to show progress.
    """

    def __init__(self, sources: Sequence[Source], rules: VariantRules, progress: bool) -> None:
        self.sources = sources
        self._rules = rules
        self._progress = progress

    @cached_property
    def read(self) -> list[_Read]:
        """What the sources yield."""
        with progress_bar(doing="read", show=self._progress, keep=True) as bar:
            return [_Read(source, bar) for source in self.sources]

    @cached_property
    def merging(self) -> Merging:
        """What is one thing."""
        names, types, codes, mappings = (
            [source.rows(method) for source in self.read]
            for method in ("names", "types", "codes", "code_mappings")
        )
        return find_same(names, types, codes, mappings, self._rules, self._progress)


class _Renamed(WrappedSource):
    """A source whose concepts have the ids of what they were merged into.

    Args:
        together: The sources.
        number: Which of them this is.
    """

    def __init__(self, together: _Together, number: int) -> None:
        super().__init__(together.sources[number])
        self._together = together
        self._number = number

    def _tables(self, method: str) -> Iterator[pa.Table]:
        yield self._together.read[self._number].table(method, self._together.merging)


class _Further:
    """The codes that follow from merging, as a source."""

    def __init__(self, together: _Together) -> None:
        self._together = together

    def describe(self) -> dict[str, Any]:
        """How many concepts were merged."""
        return {"kind": "merging", **self._together.merging.counts}

    def _nothing(self) -> Iterator[pa.Table]:
        return iter(())

    names = types = definitions = parents = _nothing

    def codes(self) -> Iterator[pa.Table]:
        """The codes."""
        yield self._together.merging.codes


def merged(
    *sources: Source, matcher: MatcherSettings | None = None, progress: bool = True
) -> list[Source]:
    """Sources in which one thing is one concept, for ``KnowledgeBase.build(path, *merged(...))``.

    They are read, once, when the knowledge base is built, and held in memory: this is meant for
    sources of some hundred thousand names. A release of the UMLS is merged already.

    Args:
        sources: The sources, the first having precedence.
        matcher: The settings by which names are compared; the defaults if not given.
        progress: Whether to show progress.

    Returns:
        The sources with the ids of what their concepts were merged into, and one more, which has
        the codes that follow from that.
    """
    together = _Together(sources, VariantRules(matcher or MatcherSettings()), progress)
    return [*(_Renamed(together, i) for i in range(len(sources))), _Further(together)]


def merge(sources: Sequence[Source], rules: VariantRules) -> Merging:
    """Find the concepts of several sources that are one thing.

    Args:
        sources: The sources, the first having precedence.
        rules: The rules by which names are compared.

    Returns:
        What is one thing, and the codes that follow.
    """
    return _Together(sources, rules, progress=False).merging
