"""Finding names in text: the longest matches of a batch of Docs, with numpy over whole batches.

Every distinct token is cut into pieces once and remembered. The pieces of a batch form one array,
and sequences of one, two, three … pieces are looked up in the ``NameIndex`` for all positions at
once, positions dropping out as soon as no name can begin there. What the index proposes is compared
with the names themselves, once for every distinct stretch of text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from spacy.tokens import Doc

from spacy_umlsbert.umls.hashing import (
    Int64Array,
    extend_sequence,
    start_sequence,
)
from spacy_umlsbert.umls.name_index import NameIndex
from spacy_umlsbert.umls.normalization import split_pieces
from spacy_umlsbert.umls.pieces import Pieces, PieceTable
from spacy_umlsbert.umls.surface import NORMALIZED, Occurrence, SurfaceRules

MatchKind = Literal["exact", "normalized", "acronym"]

_BATCH_TOKENS = 1 << 17
_CACHED_SURFACES = 1 << 19


class Match(NamedTuple):
    """A name found in a Doc.

    Attributes:
        start: Index of the first token.
        end: Index after the last token.
        concept_ids: The concepts that have this name, best first.
        kind: "exact" if the text is the name of the first concept apart from case, white space
            and hyphens, "acronym" if that name is an acronym, else "normalized".
    """

    start: int
    end: int
    concept_ids: tuple[str, ...]
    kind: MatchKind


class Surface(NamedTuple):
    """What a stretch of text means, once compared with the names.

    Attributes:
        concepts: Rows of the concepts, best first.
        kind: As in ``Match``.
    """

    concepts: tuple[int, ...]
    kind: MatchKind


class _Resolved(NamedTuple):
    """A ``Surface`` for text as it should be, and another among words in capitals."""

    usual: Surface | None
    in_capitals: Surface | None


class NameLookup(NamedTuple):
    """What the matcher needs to know of a name row.

    Attributes:
        name: Gives a name row's text.
        concept: Gives a name row's concept row.
        order: Gives a name row's place among names that match equally well, smallest first.
    """

    name: Callable[[int], str]
    concept: Callable[[int], int]
    order: Callable[[int], tuple[int, ...]]


class Matcher:
    """Finds the names of a knowledge base in Docs.

    Args:
        index: The index of the names.
        rules: The rules the index was built with.
        names: Gives the names themselves.
    """

    def __init__(self, index: NameIndex, rules: SurfaceRules, names: NameLookup) -> None:
        self._index = index
        self._rules = rules
        self._names = names
        self._tokens = PieceTable(index.words, rules.normalizer)
        self._surfaces: dict[int, _Resolved] = {}

    def find(self, name: str) -> list[int]:
        """Rows of the concepts that have a name, normalised, best first.

        Case, minimum lengths and stop names do not count here, but decide the order.
        """
        pieces = split_pieces(name)
        if not pieces:
            return []
        entry = self._index.find(self._rules.normal_form(pieces))
        surface = self._compare(entry, pieces, guard=False).usual if entry >= 0 else None
        return list(surface.concepts) if surface else []

    def match(self, docs: Sequence[Doc]) -> list[list[tuple[int, int, Surface]]]:
        """For each Doc start token, end token and meaning of its longest matches, in order."""
        found: list[list[tuple[int, int, Surface]]] = []
        batch: list[Doc] = []
        size = 0
        for doc in docs:
            batch.append(doc)
            size += len(doc)
            if size >= _BATCH_TOKENS:
                found.extend(self._match_batch(batch))
                batch, size = [], 0
        if batch:
            found.extend(self._match_batch(batch))
        return found

    def _match_batch(self, docs: list[Doc]) -> list[list[tuple[int, int, Surface]]]:
        pieces = self._tokens.pieces(docs)
        position, length, entry = self._propose(pieces)
        surfaces = self._resolve(pieces, position, length, entry)
        first = pieces.token[position]
        last = pieces.token[position + length - 1]
        candidates: list[list[tuple[int, int, Surface]]] = [[] for _ in docs]
        bounds = pieces.doc_starts
        which = np.searchsorted(bounds, first, side="right") - 1
        # Longest first, and of equally long ones the first.
        order = np.lexsort((first, first - last))
        starts = (first - bounds[which]).tolist()
        ends = (last - bounds[which] + 1).tolist()
        doc_of = which.tolist()
        taken = [bytearray(len(doc)) for doc in docs]
        for i in order.tolist():
            resolved = surfaces[i]
            if resolved.usual is None:
                continue
            number, start, end = doc_of[i], starts[i], ends[i]
            mask = taken[number]
            # All earlier ones are at least as long: they overlap at an end or not at all.
            if mask[start] or mask[end - 1]:
                continue
            surface: Surface | None = resolved.usual
            if resolved.in_capitals is not resolved.usual and _among_capitals(
                docs[number], start, end, self._rules.ordinary_words
            ):
                surface = resolved.in_capitals
            if surface is None:
                continue
            mask[start:end] = b"\x01" * (end - start)
            candidates[number].append((start, end, surface))
        for matches in candidates:
            matches.sort(key=_start)
        return candidates

    def _propose(self, pieces: Pieces) -> tuple[Int64Array, Int64Array, Int64Array]:
        """Piece positions, lengths in pieces and entries of everything the index knows."""
        single, hashes, known = pieces.entry, pieces.normal, pieces.known
        hits = np.flatnonzero(pieces.is_first & pieces.is_last & (single >= 0))
        found = [(hits, np.ones(len(hits), np.int64), single[hits].astype(np.int64))]
        # A break, which is never known, ends every Doc, so that looking ahead stays in the Doc.
        alive = np.flatnonzero(pieces.is_first & (pieces.longest >= 2))
        alive = alive[known[alive + 1]]
        sequence = extend_sequence(start_sequence(len(alive)), hashes[alive])
        sequence = extend_sequence(sequence, hashes[alive + 1])
        pairs = self._index.pairs
        place = pairs.index.find(sequence)
        kept = place >= 0
        alive, sequence, place = alive[kept], sequence[kept], place[kept]
        entry = pairs.entry[place].astype(np.int64)
        longest = pairs.longest[place]
        good = (entry >= 0) & pieces.is_last[alive + 1]
        found.append((alive[good], np.full(int(good.sum()), 2, np.int64), entry[good]))
        length = 3
        while True:
            kept = longest >= length
            kept[kept] = known[alive[kept] + length - 1]
            alive, sequence, longest = alive[kept], sequence[kept], longest[kept]
            if not len(alive):
                break
            sequence = extend_sequence(sequence, hashes[alive + length - 1])
            ending = np.flatnonzero(pieces.is_last[alive + length - 1])
            entry = self._index.entries.find(sequence[ending])
            good = entry >= 0
            good[good] = self._index.looked_for[entry[good]]
            hits = alive[ending[good]]
            found.append((hits, np.full(len(hits), length, np.int64), entry[good]))
            length += 1
        position, lengths, entries = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return position, lengths, entries

    def _resolve(
        self, pieces: Pieces, position: Int64Array, length: Int64Array, entry: Int64Array
    ) -> list[_Resolved]:
        """What each proposed stretch of text means."""
        keys = self._surface_keys(pieces, position, length)
        cache = self._surfaces
        if len(cache) > _CACHED_SURFACES:
            cache.clear()
        resolved = list(map(cache.get, keys))
        for i, known in enumerate(resolved):
            if known is None:
                key = keys[i]
                again = cache.get(key)
                if again is None:
                    at = int(position[i])
                    again = self._compare(int(entry[i]), pieces.text(at, at + int(length[i])))
                    cache[key] = again
                resolved[i] = again
        return resolved  # type: ignore[return-value]

    def _surface_keys(self, pieces: Pieces, position: Int64Array, length: Int64Array) -> list[int]:
        """A hash of the pieces of each stretch of text, case included."""
        exact = pieces.exact
        keys = start_sequence(len(position))
        active = np.arange(len(position))
        depth = 0
        while len(active):
            keys[active] = extend_sequence(keys[active], exact[position[active] + depth])
            depth += 1
            active = active[length[active] > depth]
        listed: list[int] = keys.tolist()
        return listed

    def _compare(self, entry: int, text: list[str], *, guard: bool = True) -> _Resolved:
        """Compare text with the names of an entry."""
        occurrences: list[tuple[tuple[int, ...], int, Occurrence]] = []
        for row in self._index.name_rows(entry):
            occurrence = self._rules.occurrence(self._names.name(row), text, guard=guard)
            if occurrence is not None:
                order = (occurrence.level, *self._names.order(row))
                occurrences.append((order, self._names.concept(row), occurrence))
        occurrences.sort(key=_order)
        usual = _surface(occurrences)
        if not any(occurrence.stop_word for _, _, occurrence in occurrences):
            return _Resolved(usual, usual)
        return _Resolved(usual, _surface([item for item in occurrences if not item[2].stop_word]))


def _start(match: tuple[int, int, Surface]) -> int:
    return match[0]


def _order(item: tuple[tuple[int, ...], int, Occurrence]) -> tuple[int, ...]:
    return item[0]


def _surface(occurrences: list[tuple[tuple[int, ...], int, Occurrence]]) -> Surface | None:
    if not occurrences:
        return None
    best = occurrences[0][2]
    kind: MatchKind = "exact"
    if best.acronym:
        kind = "acronym"
    elif best.level == NORMALIZED:
        kind = "normalized"
    return Surface(tuple(dict.fromkeys(concept for _, concept, _ in occurrences)), kind)


def _among_capitals(doc: Doc, start: int, end: int, ordinary: frozenset[str]) -> bool:
    """Whether a neighbouring token is an ordinary word in capitals ("ALL OTHER SYSTEMS")."""
    for i in (start - 1, end):
        if 0 <= i < len(doc):
            text = doc[i].text
            if len(text) > 1 and text.isupper() and text.casefold() in ordinary:
                return True
    return False
