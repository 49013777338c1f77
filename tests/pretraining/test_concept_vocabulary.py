"""Which words of the vocabulary name the same concept."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.pretraining.concept_vocabulary import ConceptVocabulary


@given(st.lists(st.sampled_from([None, "C1", "C2", "C3"]), min_size=1, max_size=12))
def test_the_targets_of_a_word_are_itself_and_the_words_of_its_concept(concepts):
    vocabulary = ConceptVocabulary(concepts)
    rows, targets = vocabulary.pairs(torch.arange(len(concepts)))
    for word, concept in enumerate(concepts):
        same = [i for i, other in enumerate(concepts) if concept and other == concept] or [word]
        assert targets[rows == word].tolist() == same
        assert bool(vocabulary.has_concept[word]) == (concept is not None)
        assert bool(vocabulary.has_synonym[word]) == (len(same) > 1)


def test_pairs_of_some_words():
    vocabulary = ConceptVocabulary([None, "C1", None, "C1"])
    rows, targets = vocabulary.pairs(torch.tensor([3, 2, 3]))
    assert rows.tolist() == [0, 0, 1, 2, 2]
    assert targets.tolist() == [1, 3, 2, 1, 3]
    rows, targets = vocabulary.pairs(torch.tensor([], dtype=torch.long))
    assert len(rows) == len(targets) == 0


def test_words_are_looked_up_in_a_knowledge_base(toy_kb):
    pieces = ["[PAD]", "fever", "##fever", "the", "HF", "aspirin", "pyrexia", "fevers", "cold"]
    vocabulary = ConceptVocabulary.from_knowledge_base(toy_kb, pieces, ["[PAD]"])
    found = dict(zip(pieces, vocabulary.concept_ids, strict=True))
    assert found["fever"] == found["pyrexia"] == found["fevers"] == "C0015967"
    assert found["aspirin"] == "C0004057"
    assert found["cold"] == toy_kb.find("cold")[0], "of several concepts the best"
    assert found["HF"] is None, "too short to count as a word"
    assert found["[PAD]"] is found["##fever"] is found["the"] is None


def test_concepts_of_a_published_vocabulary():
    entries = [("[PAD]", None), ("heart", "C0018787"), ("cardiac", "C0018787"), ("other", "C9")]
    vocabulary = ConceptVocabulary.from_entries(entries, ["[PAD]", "the", "cardiac", "heart"])
    assert vocabulary.concept_ids == [None, None, "C0018787", "C0018787"]
