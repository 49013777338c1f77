"""Remembers what every distinct stretch of text means, once it has been compared with the names."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spacy_umlsbert.umls.hashing import Int64Array, extend_sequence, start_sequence
from spacy_umlsbert.umls.name_index import NameIndex
from spacy_umlsbert.umls.normalization import split_pieces, without_articles
from spacy_umlsbert.umls.pieces import Pieces
from spacy_umlsbert.umls.proposals import Proposals
from spacy_umlsbert.umls.surface import NORMALIZED, Occurrence, Stretch, SurfaceRules

MatchKind = Literal["exact", "normalized", "acronym", "approximate"]

_REMEMBERED = 1 << 19


class NameLookup(NamedTuple):
    """What must be known of a name row.

    Attributes:
        name: Gives a name row's text.
        concept_id: Gives the id of a name row's concept.
    """

    name: Callable[[int], str]
    concept_id: Callable[[int], str]


class Surface(NamedTuple):
    """What a stretch of text means.

    Attributes:
        concept_ids: The concepts, best first; none if it is no name after all.
        kind: As in ``Match``.
    """

    concept_ids: tuple[str, ...]
    kind: MatchKind


class Surfaces(NamedTuple):
    """What the proposals of a batch mean.

    Attributes:
        number: For each proposal the number of what it means, shape (proposals,).
        in_capitals: For each proposal the number of what it means next to ordinary words in
            capitals, -1 if that makes no difference; shape (proposals,).
        usable: By number, whether it means any concept; shape (numbers,).
        concept_ids: By number, the concepts.
        kinds: By number, the kind of match.
    """

    number: Int64Array
    in_capitals: Int64Array
    usable: NDArray[np.bool_]
    concept_ids: list[tuple[str, ...]]
    kinds: list[MatchKind]


class SurfaceTable:
    """Compares stretches of text with the names of a knowledge base. Safe to use from threads.

    Args:
        index: The index of the names.
        rules: The rules the index was built with.
        names: Gives the names themselves.
    """

    def __init__(self, index: NameIndex, rules: SurfaceRules, names: NameLookup) -> None:
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
        self._in_capitals: list[int] = []

    def find(self, name: str) -> list[str]:
        """Ids of the concepts that have a name, normalised, best first; see ``Matcher.find``."""
        pieces = without_articles(split_pieces(name))
        if not pieces:
            return []
        stretch = self._rules.stretch(pieces)
        concepts: list[str] = []
        for order in self._rules.orders(pieces):
            entry = self._index.find([stretch.normal[i] for i in order])
            if entry >= 0:
                concepts += self._compare(entry, stretch, guard=False)[0].concept_ids
        return list(dict.fromkeys(concepts))

    def look_up(self, pieces: Pieces, proposals: Proposals) -> Surfaces:
        """What each proposed stretch of text means."""
        keys = _keys(pieces, proposals)
        with self._lock:
            if len(self._numbers) > _REMEMBERED:
                self._reset()
            for i in [i for i, key in enumerate(keys) if key not in self._numbers]:
                if keys[i] not in self._numbers:
                    at = int(proposals.position[i])
                    stretch = Stretch.of(*pieces.text(at, at + int(proposals.length[i])))
                    usual, in_capitals = self._compare(int(proposals.entry[i]), stretch)
                    alternative = -1 if in_capitals is None else self._add(in_capitals, -1)
                    self._numbers[keys[i]] = self._add(usual, alternative)
            number = np.fromiter(map(self._numbers.__getitem__, keys), np.int64, len(keys))
            usable = np.fromiter(map(bool, self._concept_ids), np.bool_, len(self._concept_ids))
            alternatives = np.array(self._in_capitals, np.int64)[number]
            return Surfaces(number, alternatives, usable, self._concept_ids, self._kinds)

    def _add(self, surface: Surface, in_capitals: int) -> int:
        self._concept_ids.append(surface.concept_ids)
        self._kinds.append(surface.kind)
        self._in_capitals.append(in_capitals)
        return len(self._kinds) - 1

    def _compare(
        self, entry: int, stretch: Stretch, *, guard: bool = True
    ) -> tuple[Surface, Surface | None]:
        """Compare a stretch of text with the names of an entry.

        Returns:
            What it means, and what next to ordinary words in capitals, if not the same.
        """
        occurrences: list[tuple[Occurrence, int]] = []
        for row in self._index.name_rows(entry):
            occurrence = self._rules.occurrence(self._names.name(row), stretch, guard=guard)
            if occurrence is not None:
                occurrences.append((occurrence, row))
        # The rows of an entry come best first, and sorting keeps the order of equals.
        occurrences.sort(key=_level)
        usual = self._surface(occurrences, stretch)
        if not any(occurrence.stop_word for occurrence, _ in occurrences):
            return usual, None
        others = [item for item in occurrences if not item[0].stop_word]
        return usual, self._surface(others, stretch)

    def _surface(self, occurrences: list[tuple[Occurrence, int]], stretch: Stretch) -> Surface:
        kind: MatchKind = "exact"
        if self._rules.settings.misspellings and stretch.normal != self._rules.normal_form(
            stretch.pieces
        ):
            kind = "approximate"
        elif occurrences and occurrences[0][0].acronym:
            kind = "acronym"
        elif occurrences and occurrences[0][0].level == NORMALIZED:
            kind = "normalized"
        concept_ids = [self._names.concept_id(row) for _, row in occurrences]
        return Surface(tuple(dict.fromkeys(concept_ids)), kind)


def _level(item: tuple[Occurrence, int]) -> int:
    return item[0].level


def _keys(pieces: Pieces, proposals: Proposals) -> list[int]:
    """A hash of the pieces of each stretch of text, case included, and of its entry."""
    keys = start_sequence(len(proposals.position))
    active = np.arange(len(keys))
    depth = 0
    while len(active):
        exact = pieces.exact[proposals.position[active] + depth]
        keys[active] = extend_sequence(keys[active], exact)
        depth += 1
        active = active[proposals.length[active] > depth]
    # The same text can be proposed for two entries: as it is, and turned round.
    listed: list[int] = extend_sequence(keys, proposals.entry.astype(np.uint64)).tolist()
    return listed
