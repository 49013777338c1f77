"""Documents as sequences of wordpieces with semantic types."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from spacy_umlsbert.pretraining.encoding import Encoder

WORDS = "the patient denies chest pain fever cough type 2 diabetes mellitus on aspirin".split()
TEXTS = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
PACKINGS = ["documents", "corpus", "none"]
DOCUMENTS = st.lists(st.lists(TEXTS, min_size=1, max_size=4), max_size=5)


@pytest.fixture(scope="module")
def tokenizer(toy_bert):
    return AutoTokenizer.from_pretrained(toy_bert)


@pytest.fixture(scope="module")
def encoders(tokenizer):
    return {p: Encoder(tokenizer, max_length=12, packing=p) for p in PACKINGS}


@given(documents=DOCUMENTS, packing=st.sampled_from(PACKINGS))
def test_nothing_is_lost_and_nothing_is_too_long(tokenizer, encoders, documents, packing):
    sequences = list(encoders[packing](documents))
    words = []
    for sequence in sequences:
        ids = sequence.input_ids.tolist()
        assert 2 < len(ids) <= 12
        assert ids[0] == tokenizer.cls_token_id
        assert ids[-1] == tokenizer.sep_token_id
        words += [i for i in ids[1:-1] if i != tokenizer.sep_token_id]
    text = " ".join(text for document in documents for text in document)
    assert words == tokenizer(text, add_special_tokens=False)["input_ids"]
    if packing == "corpus":
        assert all(len(sequence.input_ids) == 12 for sequence in sequences[:-1])


def test_documents_are_kept_apart_and_their_texts_together(tokenizer):
    documents = [["fever", "cough"], ["chest pain"]]
    decoded = {
        packing: [
            tokenizer.decode(sequence.input_ids)
            for sequence in Encoder(tokenizer, packing=packing)(documents)
        ]
        for packing in PACKINGS
    }
    assert decoded == {
        "documents": ["[CLS] fever cough [SEP]", "[CLS] chest pain [SEP]"],
        "corpus": ["[CLS] fever cough [SEP] chest pain [SEP]"],
        "none": ["[CLS] fever [SEP]", "[CLS] cough [SEP]", "[CLS] chest pain [SEP]"],
    }


@pytest.mark.parametrize("packing", PACKINGS)
def test_wordpieces_of_a_mention_have_its_semantic_type(tokenizer, toy_kb, packing):
    ids = {"T047": 1, "T184": 2}
    encode = Encoder(tokenizer, packing=packing, kb=toy_kb, type_ids=ids)
    (sequence,) = encode([["the patient has chest pain , type 2 diabetes mellitus and aspirin"]])
    pieces = tokenizer.convert_ids_to_tokens(sequence.input_ids)
    types = dict(zip(pieces, sequence.semantic_type_ids.tolist(), strict=True))
    assert types["chest"] == types["pain"] == 2
    assert types["type"] == types["2"] == types["mellitus"] == 1
    assert types["the"] == types["[CLS]"] == types["[SEP]"] == 0
    assert types["aspirin"] == 0, "a type without a vector"


def test_without_a_knowledge_base_there_are_no_types(tokenizer):
    (sequence,) = Encoder(tokenizer)([["fever"]])
    assert not np.any(sequence.semantic_type_ids)
