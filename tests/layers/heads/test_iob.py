"""IOB tags and constrained Viterbi decoding."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spacy_umlsbert.layers.heads.iob import BREAK, SPACE, TEXT, IobScheme

LABELS = ("problem", "test")
SCHEME = IobScheme(LABELS)
SCORES = arrays("f", st.tuples(st.integers(0, 5), st.just(5)), elements=st.floats(-8, 8, width=16))


def is_valid(tags):
    previous = 0
    for tag in tags:
        if tag and tag % 2 == 0 and previous not in (tag, tag - 1):
            return False
        previous = tag
    return True


def best_by_trying_all(scores):
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    valid = (t for t in itertools.product(range(5), repeat=len(scores)) if is_valid(t))
    return max(sum(log_p[i, tag] for i, tag in enumerate(tags)) for tags in valid)


@given(docs=st.lists(SCORES, max_size=4))
def test_decoding_finds_the_best_valid_sequence(docs):
    for scores, spans in zip(docs, SCHEME.decode(docs), strict=True):
        tags = SCHEME.encode(len(scores), spans)
        assert is_valid(tags)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        found = sum(log_p[i, tag] for i, tag in enumerate(tags))
        assert np.isclose(found, best_by_trying_all(scores), atol=1e-3)


@st.composite
def spans_of_a_text(draw):
    n = draw(st.integers(0, 30))
    cuts = sorted(draw(st.sets(st.integers(0, n), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return n, [(a, b, draw(st.sampled_from(LABELS))) for a, b in pairs]


@given(spans_of_a_text())
def test_spans_survive_encoding_and_decoding(case):
    n, spans = case
    scores = np.eye(5, dtype="f")[SCHEME.encode(n, spans)] * 10
    assert SCHEME.decode([scores]) == [spans]


def test_whitespace_neither_begins_nor_ends_a_span():
    b, i, o = np.eye(5, dtype="f")[[1, 2, 0]] * 10
    space = np.array([TEXT, SPACE, TEXT, SPACE, TEXT])
    scores = np.stack([b, o, i, i, o])
    assert SCHEME.decode([scores], [space]) == [[(0, 3, "problem")]]
    assert SCHEME.decode([np.stack([b, b])], [np.array([SPACE, SPACE])]) == [[]]


def test_no_span_reaches_over_an_empty_line():
    b, i = np.eye(5, dtype="f")[[1, 2]] * 10
    kinds = np.array([TEXT, BREAK, TEXT])
    ((span, *_),) = SCHEME.decode([np.stack([b, i, i])], [kinds])
    assert span == (0, 1, "problem")


def test_tags_are_named_as_in_the_field():
    assert SCHEME.tags == ["O", "B-problem", "I-problem", "B-test", "I-test"]
    assert len(SCHEME) == 5


def test_a_very_long_and_many_short_texts_decode_together():
    rng = np.random.default_rng(0)
    docs = [rng.normal(size=(n, 5)).astype("f") for n in [100_000, *[3] * 500]]
    decoded = SCHEME.decode(docs)
    assert decoded[1:] == SCHEME.decode(docs[1:])
