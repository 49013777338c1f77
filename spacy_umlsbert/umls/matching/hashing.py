"""64-bit hashes of subtokens and of sequences of subtokens, and tables that are looked up by them.

Sequences are hashed subtoken by subtoken, for whole arrays at once, with the same function when a
knowledge base is built and when text is matched. Two different sequences out of ten million names
and a billion stretches of text have the same hash with a probability of about one in two thousand,
so equal hashes count as equal sequences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from spacy.strings import hash_string  # type: ignore[attr-defined]

UInt64Array = NDArray[np.uint64]
Int64Array = NDArray[np.int64]

ALL_BITS = 2**64 - 1
_MULTIPLIER_AS_INT = 0x9E3779B97F4A7C15
_SHIFT_AS_INT = 29
_SEED_AS_INT = 0x243F6A8885A308D3
_MULTIPLIER = np.uint64(_MULTIPLIER_AS_INT)
_SHIFT = np.uint64(_SHIFT_AS_INT)
_SEED = np.uint64(_SEED_AS_INT)


hash_subtoken: Callable[[str], int] = hash_string
"""The hash of one subtoken: spaCy's string hash (64-bit MurmurHash), the same everywhere."""


def start_sequence(size: int) -> UInt64Array:
    """Hashes of ``size`` empty sequences."""
    return np.full(size, _SEED, dtype=np.uint64)


def extend_sequence(sequences: UInt64Array, subtokens: UInt64Array) -> UInt64Array:
    """Hashes of sequences that have grown by one subtoken each; both arrays have the same shape."""
    return ((sequences ^ (sequences >> _SHIFT)) * _MULTIPLIER) + subtokens


def advance(sequence: int) -> int:
    """What the next subtoken's hash is added to (modulo 2**64), as in ``extend_sequence``."""
    return ((sequence ^ (sequence >> _SHIFT_AS_INT)) * _MULTIPLIER_AS_INT) & ALL_BITS


START = advance(_SEED_AS_INT)
"""What the first subtoken's hash is added to."""


def hash_sequence(subtokens: Iterable[int]) -> int:
    """The hash of one sequence, as ``hash_sequences`` gives it."""
    sequence = _SEED_AS_INT
    for subtoken in subtokens:
        sequence = (advance(sequence) + subtoken) & ALL_BITS
    return sequence


def hash_sequences(subtokens: UInt64Array, starts: Int64Array, lengths: Int64Array) -> UInt64Array:
    """Hashes of slices of an array of subtoken hashes.

    Args:
        subtokens: Their hashes, one after the other.
        starts: Where each sequence starts in ``subtokens``, shape (n,).
        lengths: The number of subtokens of each sequence, shape (n,).

    Returns:
        The hash of each sequence, shape (n,).
    """
    hashes = start_sequence(len(starts))
    active = np.flatnonzero(lengths > 0)
    depth = 0
    while active.size:
        hashes[active] = extend_sequence(hashes[active], subtokens[starts[active] + depth])
        depth += 1
        active = active[lengths[active] > depth]
    return hashes


def short_hash(sequences: UInt64Array) -> NDArray[np.uint32]:
    """32 bits of hashes of sequences, to tell a few sequences apart."""
    return (sequences >> np.uint64(32)).astype(np.uint32)


def short_hash_of(sequence: int) -> int:
    """``short_hash`` of one sequence."""
    return sequence >> 32


class HashIndex:
    """A look-up table from 64-bit hashes to their positions in a sorted array.

    The leading bits of a hash say where in the sorted array its neighbours are, so that a look-up
    touches two places in memory, whatever the size of the table. Both arrays may be memory-mapped.

    Args:
        keys: Sorted hashes without repeats.
        buckets: For each value of the leading bits the position of its first key, and the number of
            keys at the end: 2 ** bits + 1 values.
    """

    def __init__(self, keys: UInt64Array, buckets: NDArray[np.uint32]) -> None:
        self.keys = keys
        self.buckets = buckets
        shift = 64 - (len(buckets) - 1).bit_length() + 1
        self._shift = np.uint64(shift)
        # For single look-ups: Python reads a memoryview several times faster than an array.
        self._single = keys.data, buckets.data, shift

    @staticmethod
    def make_buckets(keys: UInt64Array) -> NDArray[np.uint32]:
        """The ``buckets`` for sorted keys: about one and a half for each key."""
        bits = max(1, int(max(1, len(keys)) * 1.5).bit_length())
        leading = np.arange(1, 2**bits, dtype=np.uint64) << np.uint64(64 - bits)
        inner = np.searchsorted(keys, leading)
        return np.concatenate([[0], inner, [len(keys)]]).astype(np.uint32)

    def find(self, hashes: UInt64Array) -> Int64Array:
        """Positions in ``keys`` of some hashes, -1 for those that are not there; shape (n,)."""
        bucket = (hashes >> self._shift).astype(np.int64)
        position = self.buckets[bucket].astype(np.int64)
        end = self.buckets[bucket + 1].astype(np.int64)
        found = np.full(len(hashes), -1, dtype=np.int64)
        active = np.flatnonzero(position < end)
        while active.size:
            here = position[active]
            keys = self.keys[here]
            equal = keys == hashes[active]
            found[active[equal]] = here[equal]
            position[active] += 1
            active = active[(keys < hashes[active]) & (here + 1 < end[active])]
        return found

    def find_one(self, value: int) -> int:
        """``find`` for one hash."""
        keys, buckets, shift = self._single
        bucket = value >> shift
        for position in range(buckets[bucket], buckets[bucket + 1]):
            key = keys[position]
            if key >= value:
                return position if key == value else -1
        return -1
