"""Which of several overlapping spans count: the longest, of equally long ones the first."""

from __future__ import annotations

import numpy as np

from spacy_umlsbert.umls.matching.hashing import Int64Array


def choose_longest(first: Int64Array, last: Int64Array, usable: Int64Array) -> Int64Array:
    """Choose spans without overlaps.

    Args:
        first: The first token of each span, shape (spans,).
        last: The last token of each span, shape (spans,).
        usable: Which spans to choose from, shape (n,).

    Returns:
        The chosen spans, in the order of their first tokens.
    """
    usable = usable[np.argsort(first[usable], kind="stable")]
    begins, ends = first[usable], last[usable]
    furthest = np.maximum.accumulate(ends)
    overlaps = begins[1:] <= furthest[:-1]
    free = np.ones(len(usable), np.bool_)
    free[1:] &= ~overlaps
    free[:-1] &= ~overlaps
    contested = usable[~free]
    spans = list(
        zip(
            first[contested].tolist(),
            (last[contested] + 1).tolist(),
            contested.tolist(),
            strict=True,
        )
    )
    accepted = [span for _, _, span in choose_longest_of_few(spans)]
    chosen = np.concatenate([usable[free], np.array(accepted, np.int64)])
    return chosen[np.argsort(first[chosen])]


def choose_longest_of_few(spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The same for a list of spans: first token, token after the last, anything."""
    taken: set[int] = set()
    accepted = []
    for span in sorted(spans, key=_longest_first):
        start, end, _ = span
        # Those taken are at least as long: they overlap at an end or not at all.
        if start not in taken and end - 1 not in taken:
            taken.update(range(start, end))
            accepted.append(span)
    accepted.sort()
    return accepted


def _longest_first(span: tuple[int, int, int]) -> tuple[int, int]:
    start, end, _ = span
    return start - end, start
