"""The loss of tag sequences, against trying all sequences."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spacy_umlsbert.layers.heads.crf_loss import sequence_loss
from spacy_umlsbert.layers.heads.iob import IobScheme

SCHEME = IobScheme(("problem", "test"))
N = len(SCHEME)
FLOATS = st.floats(-5, 5, width=16)
TRANSITIONS = arrays("f", (N, N), elements=FLOATS)


@st.composite
def texts(draw):
    """Scores, and gold tags of a valid sequence, some of them missing."""
    n = draw(st.integers(0, 4))
    scores = draw(arrays("f", (n, N), elements=FLOATS))
    tags = draw(st.sampled_from(list(sequences(n))))
    missing = draw(arrays(bool, (n,)))
    allowed = np.eye(N, dtype=bool)[list(tags)].reshape(n, N) | missing[:, None]
    return scores, allowed


def sequences(n):
    for tags in itertools.product(range(N), repeat=n):
        if all(
            tag == 0 or tag % 2 or previous in (tag, tag - 1)
            for previous, tag in zip((0, *tags), tags, strict=False)
        ):
            yield tags


def path_score(scores, transitions, tags):
    follow = sum(transitions[a, b] for a, b in itertools.pairwise(tags))
    return sum(scores[i, tag] for i, tag in enumerate(tags)) + follow


def loss_by_trying_all(scores, allowed, transitions):
    every = {tags: path_score(scores, transitions, tags) for tags in sequences(len(scores))}
    gold = [
        score for tags, score in every.items() if all(allowed[i, tag] for i, tag in enumerate(tags))
    ]
    return np.logaddexp.reduce(list(every.values())) - np.logaddexp.reduce(gold)


def loss(batch, transitions):
    scores, allowed = [s for s, _ in batch], [a for _, a in batch]
    return sequence_loss(scores, allowed, transitions, SCHEME.valid_first, SCHEME.valid_next)


@given(st.lists(texts(), max_size=3), TRANSITIONS)
def test_it_is_the_share_of_the_gold_sequences_among_all(batch, transitions):
    expected = sum(loss_by_trying_all(s.astype("d"), a, transitions) for s, a in batch)
    assert np.isclose(loss(batch, transitions).loss, expected, atol=1e-6)


@given(st.lists(texts(), min_size=1, max_size=2), TRANSITIONS)
def test_the_gradients_are_those_of_the_loss(batch, transitions):
    found = loss(batch, transitions)
    batch = [(scores.astype("d"), allowed) for scores, allowed in batch]
    transitions = transitions.astype("d")
    step = 1e-5
    for (scores, _), d_scores in zip(batch, found.d_scores, strict=True):
        assert d_scores.shape == scores.shape
        for index in np.ndindex(scores.shape):
            numeric = slope(lambda: loss(batch, transitions).loss, scores, index, step)
            assert np.isclose(d_scores[index], numeric, atol=1e-4)
    for index in [(0, 0), (0, 1), (1, 2), (2, 2), (2, 0)]:
        numeric = slope(lambda: loss(batch, transitions).loss, transitions, index, step)
        assert np.isclose(found.d_transitions[index], numeric, atol=1e-4)


def slope(function, array, index, step):
    before = array[index]
    array[index] = before + step
    above = function()
    array[index] = before - step
    below = function()
    array[index] = before
    return (above - below) / (2 * step)


def test_scores_far_apart_are_no_trouble():
    scores = np.zeros((3, N))
    scores[:, 1] = 5000
    allowed = np.eye(N, dtype=bool)[[0, 0, 0]]
    found = loss([(scores, allowed)], np.zeros((N, N)))
    assert np.isfinite(found.loss) and found.loss > 500
    assert np.isfinite(found.d_scores[0]).all()


@given(st.lists(texts(), max_size=3), TRANSITIONS)
def test_decoding_finds_the_best_sequence(batch, transitions):
    docs = [scores for scores, _ in batch]
    for scores, spans in zip(docs, SCHEME.decode(docs, None, transitions), strict=True):
        found = path_score(scores, transitions, SCHEME.encode(len(scores), spans))
        best = max(path_score(scores, transitions, tags) for tags in sequences(len(scores)))
        assert np.isclose(found, best, atol=1e-2)
