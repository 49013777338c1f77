"""Which concepts of several sources are one thing: found by cross-references and by names.

See `merging` for the rules.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.umls.matching.name_variants import LOOKED_FOR, VariantRules
from spacy_umlsbert.umls.semantic_types import group_of
from spacy_umlsbert.umls.sources.base import CODES, MAPPINGS
from spacy_umlsbert.umls.sources.concepts import to_table
from spacy_umlsbert.umls.vocabularies import VocabularyCode, code_of

_CUI = re.compile(r"C\d{7}")
_PREFERRED, _SYNONYM = 0, 1
"""Ranks of names that stand for a concept; names of other ranks are brands, inclusion terms …"""

_INCLUSION_TERM = "ET"
_EXACT = MAPPINGS[0]

Key = tuple[str, ...]
Rows = list[tuple]
"""Of one source: the rows of its tables of a kind."""


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


class _Names:
    """The concepts that names stand for.

    Args:
        names: Of each source concept, name and rank.
        keys: The normal forms of names.
        groups: The semantic groups of concepts.
    """

    def __init__(
        self, names: Sequence[Rows], keys: dict[str, Key], groups: dict[str, set[str]]
    ) -> None:
        self._groups = groups
        self._having: dict[Key, set[tuple[str, int, int]]] = defaultdict(set)
        for source, rows in enumerate(names):
            for concept, name, rank in rows:
                if rank <= _SYNONYM and keys[name]:
                    self._having[keys[name]].add((concept, source, rank))

    def meant(
        self,
        concept: str,
        source: int,
        key: Key,
        clusters: _Clusters,
        *,
        preferred: bool = False,
    ) -> set[str]:
        """What a concept's name means in other sources.

        Of several concepts those with a CUI count, of these those that prefer the name, of these
        those of the first source.

        Args:
            concept: The concept.
            source: The number of its source.
            key: The normal form of the name.
            clusters: What is known to be one thing.
            preferred: Whether only those count that prefer the name.
        """
        found: set[tuple[str, bool, bool, int]] = set()
        for other, of_source, rank in self._having[key]:
            counts = rank == _PREFERRED or not preferred
            if counts and of_source != source and _compatible(self._groups, concept, other):
                one = clusters.of(other)
                found.add((one, _CUI.fullmatch(one) is None, rank != _PREFERRED, of_source))
        found = {row for row in found if row[0] != clusters.of(concept)}
        best = min((row[1:] for row in found), default=())
        return {one for one, *rest in found if tuple(rest) == best}


def find_same(
    names: Sequence[Rows],
    types: Sequence[Rows],
    codes: Sequence[Rows],
    code_mappings: Sequence[Rows],
    rules: VariantRules,
    progress: bool,
) -> Merging:
    """Find the concepts that are one thing.

    Args:
        names: The names of each source.
        types: Their types.
        codes: Their codes.
        code_mappings: Their mappings between codes.
        rules: The rules by which names are compared.
        progress: Whether to show progress.
    """
    order = {one: i for i, one in enumerate(dict.fromkeys(id for rows in names for id, *_ in rows))}
    groups = _groups(types)
    clusters = _Clusters(order)
    counts = Counter[str](by_cross_reference=0, by_name=0, ambiguous=0)
    with_code = {found: one for one in order if (found := code_of(one)) is not None}
    references = _references(codes, code_mappings, with_code)
    _by_cross_reference(references, groups, clusters, counts)
    classifications = {
        i for i, rows in enumerate(codes) if any(row[4] == _INCLUSION_TERM for row in rows)
    }
    keys = _keys(names, classifications, rules, progress)
    _by_name(names, keys, groups, clusters, counts)
    further = _codes_by_name(names, keys, codes, classifications, groups, clusters, with_code)
    return Merging(clusters.renamed(), to_table(further, CODES), dict(counts))


def _groups(types: Sequence[Rows]) -> dict[str, set[str]]:
    """The semantic groups of each concept: of the types stated, else of those assumed."""
    stated: dict[str, set[str]] = defaultdict(set)
    assumed: dict[str, set[str]] = defaultdict(set)
    for rows in types:
        for concept, tui, rank in rows:
            (assumed if rank else stated)[concept].add(group_of(tui) or "")
    return {**assumed, **stated}


def _references(
    codes: Sequence[Rows], code_mappings: Sequence[Rows], with_code: dict[VocabularyCode, str]
) -> dict[str, list[str]]:
    """The concepts that a source says are exactly another: by code, or by a mapping between codes.

    Args:
        codes: The codes.
        code_mappings: The mappings.
        with_code: The concept whose id is a code.
    """
    exact = defaultdict[tuple[str, str], list[str]](list)
    for rows in codes:
        for concept, vocabulary, code, mapping, *_ in rows:
            if mapping == _EXACT:
                exact[vocabulary, code].append(concept)
    for one, other in _exact_mappings(code_mappings):
        if other in with_code:
            exact[other] += exact.get(one, ())
    return {
        meant: [one for one in dict.fromkeys(exact[code]) if one != meant]
        for code, meant in with_code.items()
        if code in exact
    }


def _exact_mappings(code_mappings: Sequence[Rows]) -> Iterator[tuple[VocabularyCode, ...]]:
    """Pairs of codes of which the one is exactly the other, both ways round."""
    for rows in code_mappings:
        for vocabulary, code, mapping, to_vocabulary, to_code, *_ in rows:
            if mapping == _EXACT:
                pair = VocabularyCode(vocabulary, code), VocabularyCode(to_vocabulary, to_code)
                yield pair
                yield pair[::-1]


def _by_cross_reference(
    references: dict[str, list[str]],
    groups: dict[str, set[str]],
    clusters: _Clusters,
    counts: Counter[str],
) -> None:
    for meant, concepts in references.items():
        fitting = [one for one in concepts if _compatible(groups, one, meant)]
        if len({clusters.of(one) for one in fitting}) > 1:
            counts["ambiguous"] += 1
        elif fitting:
            counts["by_cross_reference"] += clusters.join(fitting[0], meant)


def _keys(
    names: Sequence[Rows], classifications: set[int], rules: VariantRules, progress: bool
) -> dict[str, Key]:
    """The normal form of each name that is compared and long enough to mean the same everywhere."""
    compared = {
        name: None
        for source, rows in enumerate(names)
        for _, name, rank in rows
        if rank <= _SYNONYM or source in classifications
    }
    return {
        name: _key(name, rules)
        for name in progress_bar(compared, doing="merge", unit="names", show=progress, keep=True)
    }


def _key(name: str, rules: VariantRules) -> Key:
    form = next(iter(rules.forms(name)), [])
    # What counts in the right case only is an acronym, or short: it may mean anything.
    looked_for = bool(form) and rules.rule(name, form) == LOOKED_FOR
    return tuple(rules.normal_form(form)) if looked_for else ()


def _by_name(
    names: Sequence[Rows],
    keys: dict[str, Key],
    groups: dict[str, set[str]],
    clusters: _Clusters,
    counts: Counter[str],
) -> None:
    having = _Names(names, keys, groups)
    for source, rows in enumerate(names):
        for concept, name, rank in rows:
            own = clusters.of(concept)
            if rank == _PREFERRED and keys[name] and not _CUI.fullmatch(own):
                others = having.meant(concept, source, keys[name], clusters)
                if len(others) == 1:
                    counts["by_name"] += clusters.join(own, others.pop())
                elif others:
                    counts["ambiguous"] += 1
    for source, rows in enumerate(names):
        # What a source keeps apart stays apart: "X" and "X, unspecified", say, of which the first
        # has been found to be X.
        here = Counter(clusters.of(one) for one in {concept for concept, *_ in rows})
        for concept, name, rank in rows:
            own = clusters.of(concept)
            if rank == _SYNONYM and keys[name] and own == concept and not _CUI.fullmatch(own):
                others = having.meant(concept, source, keys[name], clusters, preferred=True)
                if len(others) == 1 and not here[other := others.pop()]:
                    counts["by_name"] += clusters.join(own, other)
                    here[clusters.of(own)] += 1


def _codes_by_name(
    names: Sequence[Rows],
    keys: dict[str, Key],
    codes: Sequence[Rows],
    classifications: set[int],
    groups: dict[str, set[str]],
    clusters: _Clusters,
    with_code: dict[VocabularyCode, str],
) -> list[tuple]:
    """Codes of concepts that are named by other names of a classification's codes."""
    having = _Names(names, keys, groups)
    found: dict[tuple[str, str, str], tuple] = {}
    for source in sorted(classifications):
        rows = names[source]
        own_code = {
            concept: (vocabulary, code)
            for concept, vocabulary, code, *_ in codes[source]
            if with_code.get(VocabularyCode(vocabulary, code)) == concept
        }
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
