"""What every distinct stretch of text means, judged once and remembered.

That a stretch and a name have the same normal form is known from the index. How close they are is
told by hashes, for all new stretches of a batch at once; only names whose case matters (acronyms,
very short names) are read and compared one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from threading import Lock
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from spacy_umlsbert.umls.matching.candidate_spans import CandidateSpans
from spacy_umlsbert.umls.matching.hashing import (
    Int64Array,
    UInt64Array,
    extend_sequence,
    hash_sequences,
    short_hash,
)
from spacy_umlsbert.umls.matching.name_index import NameIndex
from spacy_umlsbert.umls.matching.name_variants import (
    BY_CASE,
    IDENTICAL,
    NORMALIZED,
    NOT_LOOKED_FOR,
    SAME_LETTERS,
    Stretch,
    VariantRules,
)
from spacy_umlsbert.umls.matching.normalization import split_subtokens, without_articles
from spacy_umlsbert.umls.matching.subtokens import Subtokens

MatchKind = Literal["exact", "normalized", "acronym", "approximate"]
MATCH_KINDS: tuple[MatchKind, ...] = get_args(MatchKind)
_NORMALIZED_KIND, _ACRONYM_KIND, _APPROXIMATE_KIND = 1, 2, 3

_REMEMBERED = 1 << 19
_DROPPED = NORMALIZED + 1


class NameLookup(NamedTuple):
    """What must be known of names and concepts.

    Attributes:
        name: Gives a name row's text.
        concept_ids: Gives the ids of concept rows.
    """

    name: Callable[[int], str]
    concept_ids: Callable[[Int64Array], list[str]]


class Meanings(NamedTuple):
    """What the spans of a batch mean.

    Attributes:
        number: The meaning of each span, a position in the others; shape (spans,).
        in_capitals: What each span means if a neighbour is an ordinary word in capitals, where
            that differs, else -1; shape (spans,).
        usable: Whether a meaning has concepts.
        concept_ids: The concepts of a meaning, best first; none if it is no name after all.
        kinds: How well each meaning fits; as in ``Match``.
    """

    number: Int64Array
    in_capitals: Int64Array
    usable: NDArray[np.bool_]
    concept_ids: list[tuple[str, ...]]
    kinds: list[MatchKind]


class _Candidates(NamedTuple):
    """Names that new stretches of text may be; all arrays have the shape (candidates,).

    Attributes:
        owner: The number of the stretch.
        concept: The row of the concept.
        level: How close they are, as in ``Occurrence``; ``_DROPPED`` if the name does not count.
        acronym: As in ``Occurrence``.
        stop_word: As in ``Occurrence``.
    """

    owner: Int64Array
    concept: Int64Array
    level: NDArray[np.uint8]
    acronym: NDArray[np.bool_]
    stop_word: NDArray[np.bool_]

    def only(self, kept: NDArray[Any]) -> _Candidates:
        """Some of them."""
        return _Candidates(*(values[kept] for values in self))


class MatchCache:
    """Compares stretches of text with the names of a knowledge base. Safe to use from threads.

    Args:
        index: The index of the names.
        rules: The rules the index was built with.
        names: Gives the names themselves.
    """

    def __init__(self, index: NameIndex, rules: VariantRules, names: NameLookup) -> None:
        self._index = index
        self._rules = rules
        self._names = names
        self._lock = Lock()
        self._reset()

    def _reset(self) -> None:
        # New objects, not emptied ones: a batch of another thread may still use the old ones.
        self._numbers: dict[int, int] = {}
        self._concept_ids: list[tuple[str, ...]] = []
        self._kinds: list[MatchKind] = []
        self._in_capitals: Int64Array = np.zeros(0, np.int64)
        self._usable: NDArray[np.bool_] = np.zeros(0, np.bool_)

    def find(self, name: str) -> list[str]:
        """Ids of the concepts that have a name, normalised, best first; see ``Matcher.find``."""
        subtokens = without_articles(split_subtokens(name))
        if not subtokens:
            return []
        stretch = self._rules.stretch(subtokens)
        entries = [
            self._index.find([stretch.normal[i] for i in order])
            for order in self._rules.orders(subtokens)
        ]
        names, _ = self._index.names(np.array([entry for entry in entries if entry >= 0], np.int64))
        found = []
        for row, concept in zip(names["row"].tolist(), names["concept"].tolist(), strict=True):
            occurrence = self._rules.occurrence(self._names.name(row), stretch, guard=False)
            if occurrence is not None:
                found.append((occurrence.level, concept))
        # The names of an entry come best first, and sorting keeps the order of equals.
        found.sort(key=lambda item: item[0])
        concepts = np.array([concept for _, concept in found], np.int64)
        return list(dict.fromkeys(self._names.concept_ids(concepts)))

    def look_up(self, subtokens: Subtokens, spans: CandidateSpans) -> Meanings:
        """What each found stretch of text means."""
        keys = hash_sequences(subtokens.exact, spans.position, spans.length)
        distinct, kind = np.unique(keys, return_inverse=True)
        listed: list[int] = distinct.tolist()
        with self._lock:
            if len(self._numbers) > _REMEMBERED:
                self._reset()
            new = np.array([key not in self._numbers for key in listed], np.bool_)
            if new.any():
                self._learn(subtokens, spans, keys, np.flatnonzero(new[kind]))
            number = np.array([self._numbers[key] for key in listed], np.int64)[kind]
            alternatives = self._in_capitals[number]
            return Meanings(number, alternatives, self._usable, self._concept_ids, self._kinds)

    def _learn(
        self, subtokens: Subtokens, spans: CandidateSpans, keys: UInt64Array, new: Int64Array
    ) -> None:
        """Judge stretches of text that have no number yet.

        Args:
            subtokens: The subtokens of the batch.
            spans: All spans.
            keys: A hash of the subtokens of each span, case included.
            new: The spans to judge.
        """
        # The same text can be found for two entries, as it is and turned round.
        pairs = extend_sequence(keys[new], spans.entry[new].astype(np.uint64))
        new = new[np.unique(pairs, return_index=True)[1]]
        distinct, first, owner = np.unique(keys[new], return_index=True, return_inverse=True)
        candidates = self._candidates(subtokens, spans, new, owner)
        # The names of an entry come best first, and sorting keeps the order of equals.
        order = np.lexsort((candidates.level, candidates.owner))
        candidates = candidates.only(order[candidates.level[order] != _DROPPED])
        begin = len(self._kinds)
        corrected = _any_corrected(subtokens, spans, new[first])
        self._add(candidates, len(distinct), corrected)
        self._numbers.update(zip(distinct.tolist(), range(begin, len(self._kinds)), strict=True))
        # Without the stop words among acronyms, for those that have any.
        doubtful = np.unique(candidates.owner[candidates.stop_word])
        if len(doubtful):
            kept = ~candidates.stop_word & np.isin(candidates.owner, doubtful)
            others = candidates.only(kept)
            others = others._replace(owner=np.searchsorted(doubtful, others.owner))
            alternative = len(self._kinds)
            self._add(others, len(doubtful), corrected[doubtful])
            self._in_capitals[begin + doubtful] = alternative + np.arange(len(doubtful))

    def _candidates(
        self, subtokens: Subtokens, spans: CandidateSpans, new: Int64Array, owner: Int64Array
    ) -> _Candidates:
        """The names of spans, and how close they are."""
        position, length = spans.position[new], spans.length[new]
        names, span = self._index.names(spans.entry[new])
        exact = short_hash(hash_sequences(subtokens.exact, position, length))
        letters = short_hash(hash_sequences(subtokens.letters, position, length))
        level = np.full(len(names), NORMALIZED, np.uint8)
        level[names["letters"] == letters[span]] = SAME_LETTERS
        level[names["exact"] == exact[span]] = IDENTICAL
        level[spans.turned[new][span]] = NORMALIZED
        level[names["rule"] == NOT_LOOKED_FOR] = _DROPPED
        acronym = np.zeros(len(names), np.bool_)
        stop_word = np.zeros(len(names), np.bool_)
        by_case = np.flatnonzero(names["rule"] == BY_CASE)
        stretches = {
            i: Stretch(*subtokens.text(position[i], position[i] + length[i]))
            for i in np.unique(span[by_case]).tolist()
        }
        of, rows = span[by_case].tolist(), names["row"][by_case].tolist()
        for i, row, stretch in zip(by_case.tolist(), rows, of, strict=True):
            found = self._rules.occurrence(self._names.name(row), stretches[stretch])
            level[i] = _DROPPED if found is None else found.level
            acronym[i] = found is not None and found.acronym
            stop_word[i] = found is not None and found.stop_word
        concept = names["concept"].astype(np.int64)
        return _Candidates(owner[span], concept, level, acronym, stop_word)

    def _add(self, candidates: _Candidates, size: int, corrected: NDArray[np.bool_]) -> None:
        """Add what ``size`` stretches mean.

        Args:
            candidates: Their names, in the order of stretches, best first.
            size: The number of stretches.
            corrected: Whether the spelling of a stretch was corrected; shape (size,).
        """
        bounds = np.searchsorted(candidates.owner, np.arange(size + 1))
        ids = self._names.concept_ids(candidates.concept)
        ends = bounds.tolist()
        best = bounds[:-1][bounds[:-1] < bounds[1:]]
        kind = np.zeros(size, np.int64)
        kind[candidates.owner[best]] = np.where(
            candidates.acronym[best],
            _ACRONYM_KIND,
            np.where(candidates.level[best] == NORMALIZED, _NORMALIZED_KIND, 0),
        )
        kind[corrected] = _APPROXIMATE_KIND
        self._kinds.extend(map(MATCH_KINDS.__getitem__, kind.tolist()))
        self._in_capitals = np.concatenate([self._in_capitals, np.full(size, -1)])
        self._usable = np.concatenate([self._usable, bounds[:-1] < bounds[1:]])
        self._concept_ids.extend(
            tuple(ids[a:b]) if b - a < 2 else tuple(dict.fromkeys(ids[a:b]))
            for a, b in pairwise(ends)
        )


def _any_corrected(
    subtokens: Subtokens, spans: CandidateSpans, at: Int64Array
) -> NDArray[np.bool_]:
    """Whether the spelling of any subtoken of some spans was corrected."""
    before = np.concatenate([[0], np.cumsum(subtokens.corrected)])
    start = spans.position[at]
    return before[start + spans.length[at]] > before[start]
