"""Which part of a pair is read where not all of it fits."""

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from spacy_umlsbert.annotations.pairs import LEFT_OUT, make_pair, sides_of
from spacy_umlsbert.layers.transformer.encode_docs import encode_docs
from spacy_umlsbert.layers.transformer.pair_window import pieces_to_read

WORDS = ["fever", "cough", "chest", "pain", "the", "glucose", ".", "\n", "don't", "x", "-", "☃"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map(" ".join)
NLP = spacy.blank("en")


@pytest.fixture(scope="module")
def tokenizer(toy_bert):
    return AutoTokenizer.from_pretrained(toy_bert)


@given(TEXTS, TEXTS, st.integers(4, 80))
def test_every_token_is_read_or_left_out_and_said_to_be(tokenizer, premise, hypothesis, most):
    if not premise.strip() or not hypothesis.strip():
        return
    doc = make_pair(NLP, premise, hypothesis)
    (pair,) = encode_docs([doc], tokenizer, None, 20, 12, most)
    assert len(pair.ids) <= most + 1  # [SEP] between the sides
    assert pair.segment_ids.tolist() == sorted(pair.segment_ids)
    sep = int(np.flatnonzero(pair.ids == tokenizer.sep_token_id)[0])
    assert sep == int((pair.segment_ids == 0).sum()) - 1
    first, second = sides_of(doc)
    for token, wordpiece in zip(pair.tokens, pair.wordpieces, strict=True):
        assert (token >= second.start) == (wordpiece > sep)
        assert token < first.end or token >= second.start
    read = set(pair.tokens.tolist())
    left_out = {t.i for span in doc.spans.get(LEFT_OUT, ()) for t in span if not t.is_space}
    (whole,) = encode_docs([make_pair(NLP, premise, hypothesis)], tokenizer, None, 20, 12, 1000)
    assert read.isdisjoint(left_out)
    assert read | left_out == set(whole.tokens.tolist())
    assert (pair.alignment(100).dataXd < len(pair.ids) + 1).all()


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=40),
    st.lists(st.integers(1, 9), max_size=40),
    st.lists(st.integers(1, 9), min_size=1, max_size=40),
    st.integers(6, 60),
)
def test_both_sides_have_room(steps, premise, hypothesis, most):
    sentence = np.cumsum(steps)[: len(premise)]
    premise = premise[: len(sentence)]
    ids = np.array([*premise, *hypothesis])
    kept, split = pieces_to_read(ids, sentence, most)
    assert len(kept) <= most
    assert kept.tolist() == sorted(set(kept.tolist()))
    assert (kept[:split] < len(premise)).all() and (kept[split:] >= len(premise)).all()
    assert len(kept) > split, "something of the hypothesis is always read"
    if len(premise):
        assert split > 0, "and something of the premise"
    if len(ids) <= most:
        assert len(kept) == len(ids)


def test_the_sentence_that_is_spoken_of_is_read():
    ids = np.array([1, 2, 3, 1, 2, 4, 1, 2, 5, 1, 2, 6, 1, 2, 5])
    sentence = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    kept, split = pieces_to_read(ids, sentence, 6)
    assert kept.tolist() == [6, 7, 8, 12, 13, 14]
    assert split == 3


def test_a_sentence_that_repeats_leaves_room_for_another():
    fever, cough, asked = [7, 1, 2], [3, 4, 5], [2, 1, 7]
    ids = np.array([*fever * 5, *cough, *asked])
    sentence = np.repeat(np.arange(6), 3)
    kept, _ = pieces_to_read(ids, sentence, 9)
    assert ids[kept].tolist() == [*fever, *cough, *asked]
