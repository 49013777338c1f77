"""Looks up all sequences of subtokens of a batch of Docs in the index, with numpy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spacy_umlsbert.umls.matching.hashing import (
    Int64Array,
    UInt64Array,
    extend_sequence,
    hash_subtoken,
    start_sequence,
)
from spacy_umlsbert.umls.matching.name_index import NameIndex
from spacy_umlsbert.umls.matching.name_variants import MOST_AROUND_OF, OF
from spacy_umlsbert.umls.matching.subtokens import Subtokens

_OF_HASH = np.uint64(hash_subtoken(OF))


class CandidateSpans(NamedTuple):
    """Stretches of text that are names in their normal form.

    They begin and end at token boundaries. All arrays have the shape (spans,).

    Attributes:
        position: The position of the first subtoken.
        length: The number of subtokens.
        entry: The entry of the index.
        turned: Whether the entry is that of "B A" for the text "A of B".
    """

    position: Int64Array
    length: Int64Array
    entry: Int64Array
    turned: NDArray[np.bool_]


def find_candidate_spans(
    index: NameIndex, subtokens: Subtokens, *, word_order: bool
) -> CandidateSpans:
    """What the index knows among all sequences of subtokens of a batch.

    Args:
        index: The index.
        subtokens: The subtokens of the batch.
        word_order: Whether to look up "A of B" as "B A" too.
    """
    found = [_single_subtokens(subtokens), *_longer(index, subtokens)]
    if word_order:
        found += _turned_round(index, subtokens)
    return CandidateSpans(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _single_subtokens(subtokens: Subtokens) -> CandidateSpans:
    hits = np.flatnonzero(subtokens.is_first & subtokens.is_last & (subtokens.entry >= 0))
    return _spans(hits, 1, subtokens.entry[hits].astype(np.int64))


def _longer(index: NameIndex, subtokens: Subtokens) -> list[CandidateSpans]:
    """Sequences of two subtokens and more; a position is given up where no name can go on."""
    hashes, known, is_last = subtokens.normal, subtokens.known, subtokens.is_last
    # A break, which is never known, ends every Doc, so that looking ahead stays in the Doc.
    alive = np.flatnonzero(subtokens.is_first & (subtokens.longest >= 2))
    alive = alive[known[alive + 1]]
    sequence = extend_sequence(start_sequence(len(alive)), hashes[alive])
    sequence = extend_sequence(sequence, hashes[alive + 1])
    place = index.pairs.index.find(sequence)
    kept = place >= 0
    alive, sequence, place = alive[kept], sequence[kept], place[kept]
    entry = index.pairs.entry[place].astype(np.int64)
    good = (entry >= 0) & is_last[alive + 1]
    found = [_spans(alive[good], 2, entry[good])]
    longest = index.pairs.longest[place]
    length = 3
    while True:
        kept = longest >= length
        kept[kept] = known[alive[kept] + length - 1]
        alive, sequence, longest = alive[kept], sequence[kept], longest[kept]
        if not len(alive):
            return found
        sequence = extend_sequence(sequence, hashes[alive + length - 1])
        ending = np.flatnonzero(is_last[alive + length - 1])
        found.append(_look_up(index, sequence[ending], alive[ending], length))
        length += 1


def _turned_round(index: NameIndex, subtokens: Subtokens) -> list[CandidateSpans]:
    """Text like "A of B" for names like "B A"."""
    is_of = subtokens.normal == _OF_HASH
    usable = subtokens.known & ~is_of
    middle = np.flatnonzero(is_of)
    found = []
    for before in range(1, MOST_AROUND_OF + 1):
        # A break, which is not usable, stands at the end and so before the first subtoken too.
        middle = middle[usable[middle - before]]
        at = middle[subtokens.is_first[middle - before]]
        for after in range(1, MOST_AROUND_OF + 1):
            at = at[usable[at + after]]
            ending = at[subtokens.is_last[at + after]]
            # Turned round, the text begins with what stands after the "of".
            ending = ending[subtokens.longest[ending + 1] >= before + after]
            sequence = start_sequence(len(ending))
            for step in (*range(1, after + 1), *range(-before, 0)):
                sequence = extend_sequence(sequence, subtokens.normal[ending + step])
            length = before + after + 1
            found.append(_look_up(index, sequence, ending - before, length, turned=True))
    return found


def _look_up(
    index: NameIndex,
    sequences: UInt64Array,
    positions: Int64Array,
    length: int,
    *,
    turned: bool = False,
) -> CandidateSpans:
    entry = index.entries.find(sequences)
    good = entry >= 0
    good[good] = index.looked_for[entry[good]]
    return _spans(positions[good], length, entry[good], turned=turned)


def _spans(
    positions: Int64Array, length: int, entry: Int64Array, *, turned: bool = False
) -> CandidateSpans:
    size = len(positions)
    return CandidateSpans(positions, np.full(size, length), entry, np.full(size, turned))
