"""Which concepts of several sources are one thing, where they have no ids in common.

Sources that know CUIs need nothing of this: concepts of one id are one concept. A classification
or a list of drugs has ids of its own, and what it names has to be found among the concepts of the
others. Three steps, each only where it leaves no choice:

1. by id: two sources use the same;
2. by cross-reference: a source says that its concept is exactly the code that another concept is;
3. by name: the preferred name of a concept is a name of one concept of another source, after
   normalisation, and the two have a semantic group in common.

Concepts of two CUIs are never merged, and a name never merges what one source keeps apart. A merged
concept has its CUI, else the id of the first source.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from spacy_umlsbert.umls.matching.name_variants import LOOKED_FOR, VariantRules
from spacy_umlsbert.umls.matching.settings import MatcherSettings
from spacy_umlsbert.umls.semantic_types import group_of
from spacy_umlsbert.umls.sources.base import CODES, Source
from spacy_umlsbert.umls.sources.concepts import to_table

_CUI = re.compile(r"C\d{7}")
_PREFERRED, _SYNONYM = 0, 1
"""Ranks of names that stand for a concept; names of other ranks are brands, inclusion terms …"""

_INCLUSION_TERM = "ET"

Key = tuple[str, ...]


@dataclass
class Merging:
    """What is one thing.

    Attributes:
        ids: The id of the merged concept by each other id it had.
        codes: Codes of concepts that follow from names: where an inclusion term of a code is the
            name of another concept, the code is a broader code of that, and a close one where its
            title is, but for "unspecified"; ``CODES``.
        counts: How many concepts were merged by cross-reference and by name, and how many were left
            alone because several concepts came into question.
    """

    ids: dict[str, str] = field(default_factory=dict)
    codes: pa.Table = field(default_factory=CODES.empty_table)
    counts: dict[str, int] = field(default_factory=dict)

    def rename(self, ids: pa.ChunkedArray) -> pa.ChunkedArray:
        """A column of ids with those of the merged concepts."""
        if not self.ids:
            return ids
        place = pc.index_in(ids, value_set=pa.array(list(self.ids), pa.string()))
        return pc.coalesce(pa.array(list(self.ids.values()), pa.string()).take(place), ids)


class _Clusters:
    """Sets of ids that are one thing, each with at most one CUI."""

    def __init__(self, order: dict[str, int]) -> None:
        self._order = order
        self._above: dict[str, str] = {}

    def of(self, one: str) -> str:
        """The id that stands for the set of an id."""
        while one in self._above:
            one = self._above[one]
        return one

    def join(self, one: str, other: str) -> bool:
        """Make two sets one, unless each has a CUI; returns whether they were two."""
        first, second = sorted(
            (self.of(one), self.of(other)),
            key=lambda id: (_CUI.fullmatch(id) is None, self._order[id]),
        )
        if first == second or _CUI.fullmatch(second):
            return False
        self._above[second] = first
        return True

    def renamed(self) -> dict[str, str]:
        """The id that stands for its set, by every other."""
        return {one: self.of(one) for one in self._above}


class _Renamed:
    """A source whose concepts have the ids of what they were merged into.

    Args:
        source: The source.
        merging: What is one thing.
    """

    def __init__(self, source: Source, merging: Merging) -> None:
        self._source = source
        self._merging = merging

    def describe(self) -> dict[str, Any]:
        """What the source says of itself."""
        return self._source.describe()

    def names(self) -> Iterator[pa.Table]:
        """Its names."""
        return self._tables("names")

    def types(self) -> Iterator[pa.Table]:
        """Its types."""
        return self._tables("types")

    def definitions(self) -> Iterator[pa.Table]:
        """Its definitions."""
        return self._tables("definitions")

    def parents(self) -> Iterator[pa.Table]:
        """Its parents."""
        return self._tables("parents")

    def codes(self) -> Iterator[pa.Table]:
        """Its codes, if it has any."""
        return self._tables("codes")

    def code_mappings(self) -> Iterator[pa.Table]:
        """Its mappings between codes, if it has any."""
        return self._tables("code_mappings")

    def _tables(self, method: str) -> Iterator[pa.Table]:
        for table in getattr(self._source, method, tuple)():
            columns = [
                self._merging.rename(column) if name in ("concept_id", "parent_id") else column
                for name, column in zip(table.schema.names, table.columns, strict=True)
            ]
            yield pa.table(columns, schema=table.schema)


class _Further:
    """The codes that follow from merging, as a source."""

    def __init__(self, merging: Merging) -> None:
        self._merging = merging

    def describe(self) -> dict[str, Any]:
        """How many concepts were merged."""
        return {"kind": "merging", **self._merging.counts}

    def _nothing(self) -> Iterator[pa.Table]:
        return iter(())

    names = types = definitions = parents = _nothing

    def codes(self) -> Iterator[pa.Table]:
        """The codes."""
        yield self._merging.codes


class _Names:
    """The concepts that names stand for.

    Args:
        names: Of each source concept, name and rank.
        keys: The normal forms of names.
        groups: The semantic groups of concepts.
    """

    def __init__(
        self, names: list[list[tuple]], keys: dict[str, Key], groups: dict[str, set[str]]
    ) -> None:
        self._groups = groups
        self._having: dict[Key, set[tuple[str, int, int]]] = defaultdict(set)
        for source, rows in enumerate(names):
            for concept, name, rank in rows:
                if keys[name] and rank <= _SYNONYM:
                    self._having[keys[name]].add((concept, source, rank))

    def meant(self, concept: str, source: int, key: Key, clusters: _Clusters) -> set[str]:
        """What a concept's name means in other sources.

        Of several concepts those with a CUI count, of these those that prefer the name, of these
        those of the first source.
        """
        found: set[tuple[str, bool, bool, int]] = set()
        for other, of_source, rank in self._having[key]:
            if of_source != source and _compatible(self._groups, concept, other):
                one = clusters.of(other)
                found.add((one, _CUI.fullmatch(one) is None, rank != _PREFERRED, of_source))
        found = {row for row in found if row[0] != clusters.of(concept)}
        best = min((row[1:] for row in found), default=())
        return {one for one, *rest in found if tuple(rest) == best}


def merged(*sources: Source, matcher: MatcherSettings | None = None) -> list[Source]:
    """Sources in which one thing is one concept, for ``KnowledgeBase.build(path, *merged(...))``.

    Args:
        sources: The sources, the first having precedence.
        matcher: The settings by which names are compared; the defaults if not given.

    Returns:
        The sources with the ids of what their concepts were merged into, and one more, which has
        the codes that follow from that.
    """
    merging = merge(sources, VariantRules(matcher or MatcherSettings()))
    return [*(_Renamed(source, merging) for source in sources), _Further(merging)]


def merge(sources: Sequence[Source], rules: VariantRules) -> Merging:
    """Find the concepts of several sources that are one thing.

    Everything is held in memory: it is meant for sources of some hundred thousand names. A release
    of the UMLS is merged already.

    Args:
        sources: The sources, the first having precedence.
        rules: The rules by which names are compared.

    Returns:
        What is one thing, and the codes that follow.
    """
    names = [list(_rows(source.names())) for source in sources]
    order = {one: i for i, one in enumerate(dict.fromkeys(id for rows in names for id, *_ in rows))}
    groups = _groups(sources)
    clusters = _Clusters(order)
    counts = Counter[str](by_cross_reference=0, by_name=0, ambiguous=0)
    codes = [list(_rows(source.codes())) if hasattr(source, "codes") else [] for source in sources]
    _by_cross_reference(codes, order, groups, clusters, counts)
    keys = _keys(names, rules)
    _by_name(names, keys, groups, clusters, counts)
    further = _codes_by_name(names, keys, codes, groups, clusters)
    return Merging(clusters.renamed(), to_table(further, CODES), dict(counts))


def _rows(tables: Iterable[pa.Table]) -> Iterator[tuple]:
    for table in tables:
        yield from zip(*(column.to_pylist() for column in table.columns), strict=True)


def _groups(sources: Sequence[Source]) -> dict[str, set[str]]:
    """The semantic groups of each concept: of the types stated, else of those assumed."""
    stated: dict[str, set[str]] = defaultdict(set)
    assumed: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        for concept, tui, rank in _rows(source.types()):
            (assumed if rank else stated)[concept].add(group_of(tui) or "")
    return {**assumed, **stated}


def _by_cross_reference(
    codes: list[list[tuple]],
    order: dict[str, int],
    groups: dict[str, set[str]],
    clusters: _Clusters,
    counts: Counter[str],
) -> None:
    referring: dict[str, set[str]] = defaultdict(set)
    for rows in codes:
        for concept, vocabulary, code, mapping, *_ in rows:
            meant = f"{vocabulary}:{code}"
            if mapping == "exact" and concept in order and meant in order and meant != concept:
                referring[meant].add(concept)
    for meant, concepts in referring.items():
        fitting = [one for one in concepts if _compatible(groups, one, meant)]
        if len({clusters.of(one) for one in fitting}) > 1:
            counts["ambiguous"] += 1
        elif fitting:
            counts["by_cross_reference"] += clusters.join(fitting[0], meant)


def _keys(names: list[list[tuple]], rules: VariantRules) -> dict[str, Key]:
    """The normal form of each name that is long enough to mean the same everywhere."""
    keys: dict[str, Key] = {}
    for rows in names:
        for _, name, _ in rows:
            if name in keys:
                continue
            form = next(iter(rules.forms(name)), [])
            # What counts in the right case only is an acronym, or short: it may mean anything.
            looked_for = bool(form) and rules.rule(name, form) == LOOKED_FOR
            keys[name] = tuple(rules.normal_form(form)) if looked_for else ()
    return keys


def _by_name(
    names: list[list[tuple]],
    keys: dict[str, Key],
    groups: dict[str, set[str]],
    clusters: _Clusters,
    counts: Counter[str],
) -> None:
    having = _Names(names, keys, groups)
    for source, rows in enumerate(names):
        for concept, name, rank in rows:
            if rank != _PREFERRED or not keys[name] or _CUI.fullmatch(clusters.of(concept)):
                continue
            own = clusters.of(concept)
            others = having.meant(concept, source, keys[name], clusters)
            if len(others) == 1:
                counts["by_name"] += clusters.join(own, others.pop())
            elif others:
                counts["ambiguous"] += 1


def _codes_by_name(
    names: list[list[tuple]],
    keys: dict[str, Key],
    codes: list[list[tuple]],
    groups: dict[str, set[str]],
    clusters: _Clusters,
) -> list[tuple]:
    """Codes of concepts that are named by other names of a classification's codes."""
    having = _Names(names, keys, groups)
    found: dict[tuple[str, str, str], tuple] = {}
    for source, rows in enumerate(names):
        own_code = {
            concept: (vocabulary, code)
            for concept, vocabulary, code, *_ in codes[source]
            if concept == f"{vocabulary}:{code}"
        }
        if not any(term_type == _INCLUSION_TERM for *_, term_type, _ in codes[source]):
            continue
        for concept, name, rank in rows:
            if rank == _PREFERRED or concept not in own_code or not keys[name]:
                continue
            named = having.meant(concept, source, keys[name], clusters)
            if len(named) == 1:
                mapping = "close" if rank == _SYNONYM else "broad"
                key = (named.pop(), *own_code[concept])
                found.setdefault(key, (*key, mapping, _INCLUSION_TERM, name))
    return list(found.values())


def _compatible(groups: dict[str, set[str]], one: str, other: str) -> bool:
    """Whether two concepts have a semantic group in common; without types none is in the way."""
    first, second = groups.get(one), groups.get(other)
    return not first or not second or bool(first & second)
