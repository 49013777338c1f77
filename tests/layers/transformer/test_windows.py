"""Windows over long texts."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.batching import length_groups
from spacy_umlsbert.layers.transformer.windows import strided_windows


@given(n=st.integers(0, 3000), size=st.integers(1, 130), data=st.data())
def test_nothing_is_dropped(n, size, data):
    stride = data.draw(st.integers(1, size))
    windows = strided_windows(n, size, stride)
    owned = [i for w in windows for i in range(w.owned_start, w.owned_end)]
    assert owned == list(range(n)), "every wordpiece is owned once, in order"
    for window in windows:
        assert len(window) <= size
        assert 0 <= window.start <= window.owned_start <= window.owned_end <= window.end <= n
    for left, right in itertools.pairwise(windows):
        assert left.end - right.start >= size - stride, "neighbours overlap"


@given(n=st.integers(1, 3000), size=st.integers(2, 130), data=st.data())
def test_a_wordpiece_takes_the_window_with_most_context(n, size, data):
    stride = data.draw(st.integers(1, size))
    windows = strided_windows(n, size, stride)

    def context(window, i):
        # The ends of the text are no loss of context.
        left = i - window.start if window.start else n
        right = window.end - 1 - i if window.end < n else n
        return min(left, right)

    neighbours = itertools.pairwise(windows)
    for left, right in neighbours:
        for i in range(right.start, left.end):
            if left.owned_start <= i < left.owned_end:
                assert context(left, i) >= context(right, i) - 1
            elif right.owned_start <= i < right.owned_end:
                assert context(right, i) >= context(left, i) - 1


def test_an_empty_text_has_one_empty_window():
    (window,) = strided_windows(0, 10, 5)
    assert len(window) == 0


@pytest.mark.parametrize(("size", "stride"), [(10, 0), (10, 11), (0, 0)])
def test_windows_that_cannot_be_are_refused(size, stride):
    with pytest.raises(ValueError, match="stride"):
        strided_windows(5, size, stride)


@given(
    lengths=st.lists(st.integers(0, 200), max_size=60),
    budget=st.integers(1, 1000),
    least=st.integers(0, 1000),
)
def test_length_groups_hold_every_sequence_once_within_the_budget(lengths, budget, least):
    groups = list(length_groups(lengths, budget, least=least))
    assert sorted(np.concatenate([[], *groups]).tolist()) == list(range(len(lengths)))
    for group in groups:
        longest = max(lengths[i] for i in group)
        assert len(group) == 1 or longest * len(group) <= budget
        alike = min(lengths[i] for i in group) >= 0.75 * longest
        assert alike or longest * len(group) <= least
