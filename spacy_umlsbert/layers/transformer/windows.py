"""Cut a long sequence of wordpieces into overlapping windows; nothing is dropped."""

from dataclasses import dataclass

import numpy as np

from spacy_umlsbert.errors import UsageError


@dataclass(frozen=True)
class Window:
    """A stretch of wordpieces that is encoded together.

    Attributes:
        start: First wordpiece of the window.
        end: The wordpiece after its last.
        owned_start: First wordpiece that takes its vector from this window.
        owned_end: The wordpiece after the last that does.
    """

    start: int
    end: int
    owned_start: int
    owned_end: int

    def __len__(self) -> int:
        return self.end - self.start


def strided_windows(n: int, size: int, stride: int) -> list[Window]:
    """Cover ``n`` wordpieces with as few windows as possible, all of about the same length.

    Neighbours overlap by at least ``size - stride`` wordpieces. A wordpiece in an overlap takes
    its vector from the window that has more context around it, so every wordpiece is owned by
    exactly one window (the "max context" rule of Devlin et al. 2019 for long texts).

    Args:
        n: Number of wordpieces, without special ones. 0 gives one empty window, so that a text
            of whitespace is encoded too.
        size: Most wordpieces in a window.
        stride: Wordpieces between the starts of two full windows, 1 … size.

    Raises:
        ValueError: If size or stride are not 1 <= stride <= size.
    """
    if not 1 <= stride <= size:
        raise UsageError(
            f"a stride of {stride} does not fit windows of {size} wordpieces: use 1 … {size}"
        )
    if n <= size:
        return [Window(0, n, 0, n)]
    overlap = size - stride
    count = -(-(n - overlap) // stride)
    length = -(-(n + (count - 1) * overlap) // count)
    starts = np.linspace(0, n - length, count).round().astype(int).tolist()
    ends = [start + length for start in starts]
    # The middle of each overlap is where two neighbours have the same context.
    cuts = [0, *((starts[i + 1] + ends[i]) // 2 for i in range(count - 1)), n]
    return [Window(starts[i], ends[i], cuts[i], cuts[i + 1]) for i in range(count)]
