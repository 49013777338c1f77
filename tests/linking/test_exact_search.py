"""The best names of a mention, and how well they fit the right concepts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.evaluation.linking.scores import NOT_FOUND, LinkingScores, rank_of
from spacy_umlsbert.linking.dense_encoder import NameEncoder
from spacy_umlsbert.linking.exact_search import ExactSearch
from spacy_umlsbert.linking.name_table import NameTable
from spacy_umlsbert.linking.sparse_encoder import SparseEncoder
from spacy_umlsbert.model import warm_start

TABLE = NameTable.of(
    [("fever", ("D1",)), ("fever", ("D9",)), ("chest pain", ("D2",)), ("hypertension", ("D3",))]
)


@pytest.fixture(scope="module")
def dense(toy_bert):
    return NameEncoder(*warm_start(toy_bert, ()))


@pytest.fixture(scope="module")
def sparse():
    return SparseEncoder.fit(TABLE.names)


def test_the_same_name_comes_first_and_all_its_concepts(dense, sparse):
    for search in (
        ExactSearch(TABLE, sparse=sparse),
        ExactSearch(TABLE, dense=dense),
        ExactSearch(TABLE, sparse=sparse, dense=dense, sparse_weight=0.5),
    ):
        (found,) = search.search(["fever"], 2)
        assert [c.concept_ids for c in found] == [("D1",), ("D9",)]
        assert found[0].score == pytest.approx(found[1].score, abs=1e-5)


def test_k_may_be_more_than_there_are_and_a_mention_empty_or_long(dense, sparse):
    search = ExactSearch(TABLE, sparse=sparse, dense=dense)
    for found in search.search(["", "x" * 10_000, "fever " * 2_000], 50):
        assert len(found) == len(TABLE)
        assert all(np.isfinite(candidate.score) for candidate in found)


def test_scores_are_the_sum_of_both_cosines(dense, sparse):
    mentions = ["fever of chest", "tension"]
    both = ExactSearch(TABLE, sparse=sparse, dense=dense, sparse_weight=0.25).scores(mentions)
    alone = ExactSearch(TABLE, dense=dense).scores(mentions)
    spelling = ExactSearch(TABLE, sparse=sparse).scores(mentions)
    np.testing.assert_allclose(both, alone + 0.25 * spelling, atol=1e-5)
    assert (np.abs(alone) <= 1 + 1e-5).all() and (spelling <= 1 + 1e-5).all()


def test_each_distinct_name_is_encoded_once_and_no_name_is_no_error(dense):
    vectors = dense(["fever", "rash", "fever"])
    np.testing.assert_array_equal(vectors[0], vectors[2])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert dense([]).shape == (0, dense.width)


def test_an_encoder_is_needed():
    with pytest.raises(ValueError, match="give one, or both"):
        ExactSearch(TABLE)


def test_ranks():
    candidates = [("D1", "100"), ("D2",), ("D3",)]
    assert rank_of(candidates, ["100"]) == 1
    assert rank_of(candidates, ["D3", "D2"]) == 2
    assert rank_of(candidates, ["D7"]) == rank_of([], ["D1"]) == NOT_FOUND


def test_a_composite_mention_is_right_if_all_its_parts_are():
    scores = LinkingScores.of([[1], [1, 3], [2, NOT_FOUND]])
    assert scores.accuracy(1) == pytest.approx(1 / 3)
    assert scores.accuracy(5) == pytest.approx(2 / 3)
    assert scores.mean_reciprocal_rank == pytest.approx((1 + 1 / 3) / 3)
    assert scores.as_dict(at=(1,)) == {
        "mentions": 3,
        "acc@1": scores.accuracy(1),
        "mrr": scores.mean_reciprocal_rank,
    }
    assert LinkingScores.of([]).as_dict()["acc@1"] == 0


@given(st.lists(st.lists(st.integers(1, 30), min_size=1, max_size=3), min_size=1))
def test_accuracy_grows_with_k(ranks):
    scores = LinkingScores.of(ranks)
    assert scores.accuracy(1) <= scores.mean_reciprocal_rank <= 1
    assert scores.accuracy(1) <= scores.accuracy(5) <= scores.accuracy(30) == 1
