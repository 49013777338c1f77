"""Where the semantic types of wordpieces come from."""

import warnings

import numpy as np
import pytest
import spacy
import torch
from spacy.tokens import Span
from transformers import AutoModel, AutoTokenizer

from spacy_umlsbert.model.published.import_checkpoint import import_checkpoint
from tests.published import WORDPIECES, write_checkpoint

TEXT = "The hepatitis|fever has no pain."
PIECES = ["The", "hep", "##at", "##itis", "|", "fever", "has", "no", "pain", "."]
# Ids by first appearance in the vocabulary file: T184 is 1 and T046 is 5.
EXPECTED = {
    "spans": [0, 1, 1, 1, 0, 0, 0, 0, 0, 0],
    "wordpieces": [0, 0, 0, 5, 0, 1, 0, 0, 1, 0],
    # "hepatitis" is a word of three pieces.
    "whole_words": [0, 0, 0, 0, 0, 1, 0, 0, 1, 0],
}


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    import_checkpoint(write_checkpoint(folder / "in"), folder / "out")
    return str(folder / "out")


def make_nlp(name, lookup, **model):
    nlp = spacy.blank("en")
    config = {
        "@architectures": "spacy_umlsbert.UmlsBertTransformer.v2",
        "name": name,
        "window": 6,
        "stride": 4,
        "semantic_type_lookup": lookup,
        **model,
    }
    nlp.add_pipe("transformer", config={"model": config})
    return nlp


def make_doc(nlp):
    words = ["The", "hepatitis", "|", "fever", "has", "no", "pain", "."]
    doc = spacy.tokens.Doc(nlp.vocab, words, spaces=[True, False, False, True, True, True, 0, 0])
    assert doc.text == TEXT
    doc.spans["umls"] = [Span(doc, 1, 2, label="T184")]
    return doc


def hidden(doc):
    return doc._.trf_data.model_output.last_hidden_state


@pytest.mark.parametrize("lookup", EXPECTED)
def test_vectors_are_those_of_the_lookup(imported, lookup):
    nlp = make_nlp(imported, lookup, window=20, stride=10)
    nlp.initialize()
    doc = nlp(make_doc(nlp))
    assert doc._.trf_data.wordpieces.strings[0] == ["[CLS]", *PIECES, "[SEP]"]
    ids = AutoTokenizer.from_pretrained(imported)(TEXT, return_tensors="pt").input_ids
    types = torch.tensor([[0, *EXPECTED[lookup], 0]])
    with torch.no_grad():
        model = AutoModel.from_pretrained(imported).eval()
        expected = model(ids, semantic_type_ids=types).last_hidden_state
    assert np.allclose(hidden(doc), expected, atol=1e-5)


@pytest.mark.parametrize("lookup", ["wordpieces", "whole_words"])
@pytest.mark.parametrize("way", ["disk", "bytes"])
def test_the_lookup_is_saved_with_the_pipeline(imported, tmp_path, lookup, way):
    nlp = make_nlp(imported, lookup)
    nlp.initialize()
    if way == "disk":
        nlp.to_disk(tmp_path)
        other = spacy.load(tmp_path)
    else:
        other = make_nlp(imported, lookup).from_bytes(nlp.to_bytes())
    assert np.array_equal(hidden(other(make_doc(other))), hidden(nlp(make_doc(nlp))))
    table = other.get_pipe("transformer").model.semantic_type_lookup.table
    assert table[WORDPIECES.index("pain")] == 1


def test_a_lookup_of_wordpieces_needs_no_spans(imported):
    nlp = make_nlp(imported, "wordpieces")
    nlp.initialize()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text in (TEXT, "", "  \n"):
            nlp(text)


def test_a_wordpiece_over_two_tokens_is_no_whole_word(imported):
    nlp = make_nlp(imported, "whole_words")
    nlp.initialize()
    lookup = nlp.get_pipe("transformer").model.semantic_type_lookup
    doc = spacy.tokens.Doc(nlp.vocab, ["fe", "ver"], spaces=[False, False])
    fever = np.array([WORDPIECES.index("fever")])
    assert lookup(doc, fever, np.array([0, 1]), np.array([0, 0])).tolist() == [0]
    assert lookup(nlp.make_doc("fever"), fever, np.array([0]), np.array([0])).tolist() == [1]


def test_a_model_without_a_table_is_refused(toy_bert):
    with pytest.raises(ValueError, match=r'import-checkpoint.*semantic_type_lookup = "spans"'):
        make_nlp(toy_bert, "wordpieces").initialize()
    make_nlp(toy_bert, "wordpieces", semantic_type_embeddings=False).initialize()


def test_an_unknown_lookup_is_refused(toy_bert):
    with pytest.raises(ValueError, match="semantic_type_lookup"):
        make_nlp(toy_bert, "whole_sentences")
