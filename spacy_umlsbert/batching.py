"""Items in chunks, and sequences of similar length in groups with little padding."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Enough names for their lengths to be alike when sorted, few enough to be nothing in memory.
CHUNK = 16_384

T = TypeVar("T")


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of ``size`` items, the last one shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def length_groups(
    lengths: ArrayLike, budget: int, fill: float = 0.75, least: int = 0
) -> Iterator[NDArray[np.int64]]:
    """Group sequences of similar length.

    Args:
        lengths: (sequences,) length of each.
        budget: Most items in a group, padding included. A sequence that is longer than that
            makes a group of its own.
        fill: Shortest sequence of a group, as a share of its longest: no group is padded more
            than this, even if all sequences would fit the budget together.
        least: A group smaller than this, padding included, takes shorter sequences too: every
            group costs a pass over a model's weights, whatever is in it.

    Yields:
        Indices of the sequences of a group, longest first. Every sequence is in exactly one.
    """
    lengths = np.asarray(lengths)
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        longest = max(1, int(lengths[order[start]]))
        alike = int((lengths[order[start:]] >= fill * longest).sum())
        size = max(1, min(budget // longest, max(alike, least // longest)))
        yield order[start : start + size]
        start += size
