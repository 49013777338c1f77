"""Neighbours of words under several models."""

import json

import pytest

from spacy_umlsbert.layers.transformer.load_backbone import load_encoder
from spacy_umlsbert.model.neighbours import Neighbourhood
from spacy_umlsbert.model.side_by_side import side_by_side

QUERIES = ["fever", "hyperglycemia", "😷"]
WORDS = ["cough", "fever", "pain"]
CONCEPTS = [("fever", "C1"), ("chest pain", "C2"), ("pyrexia", "C1")]


@pytest.fixture(scope="module")
def found(toy_bert):
    loaded = []

    def load(name):
        loaded.append(name)
        return load_encoder(toy_bert)

    found = side_by_side(
        QUERIES, ["one", "other"], load, words=WORDS, concepts=lambda: iter(CONCEPTS), k=2
    )
    assert loaded == ["one", "other"]
    return found


def test_each_model_has_its_neighbours(found, toy_bert):
    expected = Neighbourhood(*load_encoder(toy_bert), WORDS).nearest_words(QUERIES, 2)
    assert found.words == {"one": expected, "other": expected}
    for by_query in found.concepts.values():
        assert [{n.concept_id for n in best} for best in by_query] == [{"C1", "C2"}] * 3


def test_words_that_a_model_does_not_know_as_such_are_told(found):
    assert found.in_pieces["one"].keys() == {"hyperglycemia", "😷"}
    assert found.in_pieces["one"]["😷"] == ["[UNK]"]


def test_as_plain_data(found):
    plain = json.loads(json.dumps(found.as_dict()))
    assert list(plain) == QUERIES
    assert plain["fever"]["words"]["one"][0].keys() == {"name", "score"}
    assert plain["fever"]["concepts"]["other"][0].keys() == {"name", "score", "concept_id"}
    found.concepts = {}
    assert found.as_dict()["fever"].keys() == {"words"}
