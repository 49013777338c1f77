"""Group sequences of similar length, so that little of a batch is padding."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray


def length_groups(lengths: ArrayLike, budget: int) -> Iterator[NDArray[np.int64]]:
    """Group sequences of similar length.

    Args:
        lengths: (sequences,) length of each.
        budget: Most items in a group, padding included. A sequence that is longer than that
            makes a group of its own.

    Yields:
        Indices of the sequences of a group, longest first. Every sequence is in exactly one.
    """
    lengths = np.asarray(lengths)
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        size = max(1, budget // max(1, int(lengths[order[start]])))
        yield order[start : start + size]
        start += size
