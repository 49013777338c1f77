"""What every distinct stretch of text means, judged once and remembered.

That a stretch and a name have the same normal form is known from the index. How close they are is
told by hashes; only names whose case matters (acronyms, very short names) are read and compared.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from operator import attrgetter, itemgetter
from threading import Lock
from typing import Literal, NamedTuple, cast, get_args

import numpy as np
from numpy.typing import NDArray

from spacy_umlsbert.umls.matching.candidate_spans import CandidateSpans
from spacy_umlsbert.umls.matching.hashing import (
    ALL_BITS,
    START,
    Int64Array,
    UInt64Array,
    advance,
    extend_sequence,
    hash_sequence,
    hash_sequences,
    short_hash_of,
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
from spacy_umlsbert.umls.matching.short_spans import ShortSpan
from spacy_umlsbert.umls.matching.subtoken_kinds import SubtokenKinds
from spacy_umlsbert.umls.matching.subtokens import ShortText, Subtokens

MatchKind = Literal["exact", "normalized", "acronym", "approximate"]
MATCH_KINDS: tuple[MatchKind, ...] = get_args(MatchKind)

_REMEMBERED = 1 << 19


class NameLookup(NamedTuple):
    """What must be known of names and concepts.

    Attributes:
        name: Gives a name row's text.
        concept_id: Gives the id of a concept row.
    """

    name: Callable[[int], str]
    concept_id: Callable[[int], str]


class Meanings(NamedTuple):
    """What the spans of a batch mean.

    Attributes:
        number: The meaning of each span, a position in the lists; shape (spans,).
        in_capitals: What each span means among words in capitals, where that differs, else -1;
            shape (spans,).
        usable: Whether a meaning has concepts.
        concept_ids: The concepts of a meaning, best first; none if it is no name after all.
        kinds: How well each meaning fits; as in ``Match``.
    """

    number: Int64Array
    in_capitals: Int64Array
    usable: NDArray[np.bool_]
    concept_ids: list[tuple[str, ...]]
    kinds: list[MatchKind]


class ShortMeanings(NamedTuple):
    """The same for the spans of one Doc."""

    number: list[int]
    in_capitals: list[int]
    usable: bytearray
    concept_ids: list[tuple[str, ...]]
    kinds: list[MatchKind]


class _Candidate(NamedTuple):
    """A name that a new stretch of text may be.

    Attributes:
        concept: The row of the concept.
        level: How close they are, as in ``Occurrence``.
        acronym: As in ``Occurrence``.
        is_word: As in ``Occurrence``.
    """

    concept: int
    level: int
    acronym: bool
    is_word: bool


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
        self._in_capitals = array("q")
        self._usable = bytearray()

    def find(self, name: str, *, guard: bool = False) -> list[str]:
        """Ids of the concepts that have a name, normalised, best first; see ``Matcher.find``."""
        subtokens = without_articles(split_subtokens(name))
        if not subtokens:
            return []
        rules = self._rules
        found = self._named(rules.stretch(subtokens), guard=guard)
        if not found:
            as_words = list(map(rules.normalizer.fold_as_word, subtokens))
            found = self._named(Stretch(subtokens, as_words), guard=guard)
        return list(dict.fromkeys(self._names.concept_id(concept) for _, concept in found))

    def _named(self, stretch: Stretch, *, guard: bool) -> list[tuple[int, int]]:
        """How close the names of a stretch are, and the rows of their concepts, best first."""
        found = []
        for order in self._rules.orders(stretch.subtokens):
            entry = self._index.find([stretch.normal[i] for i in order])
            for row, concept, *_ in self._index.names(entry) if entry >= 0 else ():
                occurrence = self._rules.occurrence(self._names.name(row), stretch, guard=guard)
                if occurrence is not None:
                    found.append((occurrence.level, concept))
        # The names of an entry come best first, and sorting keeps the order of equals.
        return sorted(found, key=itemgetter(0))

    def look_up(self, subtokens: Subtokens, spans: CandidateSpans) -> Meanings:
        """What each found stretch of text of a batch means."""
        keys = hash_sequences(subtokens.exact, spans.position, spans.length)
        distinct, kind = np.unique(keys, return_inverse=True)
        listed: list[int] = distinct.tolist()
        with self._lock:
            self._make_room()
            new = np.array([key not in self._numbers for key in listed], np.bool_)
            if new.any():
                self._learn_of_batch(subtokens, spans, keys, np.flatnonzero(new[kind]))
            number = np.array([self._numbers[key] for key in listed], np.int64)[kind]
            # Read under the lock: these grow in place.
            in_capitals = np.frombuffer(self._in_capitals, np.int64)[number]
            usable = np.frombuffer(self._usable, np.bool_).copy()
            return Meanings(number, in_capitals, usable, self._concept_ids, self._kinds)

    def look_up_short(self, text: ShortText, spans: list[ShortSpan]) -> ShortMeanings:
        """The same for the spans of one Doc."""
        exact, kind = text.kinds.exact, text.kind
        keys = []
        for position, length, _, _ in spans:
            key = (START + exact[kind[position]]) & ALL_BITS
            for one in kind[position + 1 : position + length]:
                key = (advance(key) + exact[one]) & ALL_BITS
            keys.append(key)
        with self._lock:
            self._make_room()
            number = list(map(self._numbers.get, keys))
            if None in number:
                entries: dict[int, list[ShortSpan]] = {}
                for key, span in zip(keys, spans, strict=True):
                    if key not in self._numbers:
                        entries.setdefault(key, []).append(span)
                for key, listed in entries.items():
                    position, length, _, _ = listed[0]
                    self._learn(
                        key,
                        text.kinds,
                        kind[position : position + length],
                        {(span.entry, span.turned) for span in listed},
                    )
                number = list(map(self._numbers.get, keys))
            known = cast("list[int]", number)
            in_capitals = list(map(self._in_capitals.__getitem__, known))
            return ShortMeanings(known, in_capitals, self._usable, self._concept_ids, self._kinds)

    def _make_room(self) -> None:
        if len(self._numbers) > _REMEMBERED:
            self._reset()

    def _learn_of_batch(
        self, subtokens: Subtokens, spans: CandidateSpans, keys: UInt64Array, new: Int64Array
    ) -> None:
        """Judge the stretches of some spans.

        Args:
            subtokens: The subtokens of the batch.
            spans: All spans.
            keys: A hash of the subtokens of each span, case included.
            new: The spans to judge.
        """
        # The same text can be found for two entries, as it is and turned round.
        pairs = extend_sequence(keys[new], spans.entry[new].astype(np.uint64))
        new = new[np.unique(pairs, return_index=True)[1]]
        entries: dict[int, set[tuple[int, bool]]] = {}
        places: dict[int, tuple[int, int]] = {}
        columns = (keys, spans.position, spans.length, spans.entry, spans.turned)
        for key, position, length, entry, turned in zip(
            *(column[new].tolist() for column in columns), strict=True
        ):
            entries.setdefault(key, set()).add((entry, turned))
            places[key] = position, position + length
        for key, (start, end) in places.items():
            self._learn(key, subtokens.kinds, subtokens.kind[start:end].tolist(), entries[key])

    def _learn(
        self, key: int, kinds: SubtokenKinds, stretch: list[int], entries: set[tuple[int, bool]]
    ) -> None:
        """Judge a stretch of text that has no number yet.

        Args:
            key: Its hash.
            kinds: What is known of subtokens.
            stretch: The numbers of its subtokens there.
            entries: Which entries it may be, and whether those are of "B A" for "A of B".
        """
        candidates = self._candidates(kinds, stretch, entries)
        corrected = any(kinds.corrected[one] for one in stretch)
        self._numbers[key] = number = self._add(candidates, corrected=corrected)
        if any(candidate.is_word for candidate in candidates):
            others = [candidate for candidate in candidates if not candidate.is_word]
            self._in_capitals[number] = self._add(others, corrected=corrected)

    def _candidates(
        self, kinds: SubtokenKinds, stretch: list[int], entries: set[tuple[int, bool]]
    ) -> list[_Candidate]:
        """The names a stretch may be that count, closest first."""
        exact = short_hash_of(hash_sequence(kinds.exact[one] for one in stretch))
        letters = short_hash_of(hash_sequence(kinds.letters[one] for one in stretch))
        text: Stretch | None = None
        found = []
        for entry, turned in sorted(entries, key=itemgetter(1)):
            for row, concept, as_it_is, in_small_letters, rule in self._index.names(entry):
                if rule == NOT_LOOKED_FOR:
                    continue
                if rule == BY_CASE:
                    if text is None:
                        text = Stretch(
                            [kinds.texts[one] for one in stretch],
                            [kinds.normal_texts[one] for one in stretch],
                        )
                    occurrence = self._rules.occurrence(self._names.name(row), text)
                    if occurrence is not None:
                        found.append(_Candidate(concept, *occurrence))
                    continue
                level = NORMALIZED
                if not turned and as_it_is == exact:
                    level = IDENTICAL
                elif not turned and in_small_letters == letters:
                    level = SAME_LETTERS
                found.append(_Candidate(concept, level, False, False))
        # The names of an entry come best first, and sorting keeps the order of equals.
        found.sort(key=attrgetter("level"))
        return found

    def _add(self, candidates: list[_Candidate], *, corrected: bool) -> int:
        """Add what a stretch means, given its names, and return the number of the meaning.

        Args:
            candidates: Its names, best first.
            corrected: Whether its spelling was corrected.
        """
        kind: MatchKind = "exact"
        if corrected:
            kind = "approximate"
        elif candidates and candidates[0].acronym:
            kind = "acronym"
        elif candidates and candidates[0].level == NORMALIZED:
            kind = "normalized"
        ids = [self._names.concept_id(candidate.concept) for candidate in candidates]
        self._concept_ids.append(tuple(dict.fromkeys(ids)))
        self._kinds.append(kind)
        self._usable.append(bool(candidates))
        self._in_capitals.append(-1)
        return len(self._kinds) - 1
