"""Half precision on a CPU: `mixed_precision` of the transformer's architecture."""

import numpy as np
import pytest
import spacy
import torch
from spacy.training import Example

from spacy_umlsbert.model import precision
from tests.layers.transformer.test_model import TEXT, make_nlp, token_vectors

bfloat16 = pytest.mark.skipif(
    not precision.cpu_has_bfloat16(), reason="this CPU has no bfloat16; float32 is used"
)


def test_the_vectors_are_the_same_but_for_rounding(toy_bert):
    exact = token_vectors(make_nlp(toy_bert), [TEXT, TEXT * 3])
    half = token_vectors(make_nlp(toy_bert, mixed_precision=True), [TEXT, TEXT * 3])
    for one, other in zip(exact, half, strict=True):
        assert other.dtype == np.float32
        np.testing.assert_allclose(one, other, atol=0.1)


@bfloat16
def test_the_products_are_in_half_precision(toy_bert):
    exact = token_vectors(make_nlp(toy_bert), [TEXT])[0]
    half = token_vectors(make_nlp(toy_bert, mixed_precision=True), [TEXT])[0]
    assert not np.array_equal(exact, half)


def test_a_cpu_without_it_computes_in_float32(toy_bert, monkeypatch):
    monkeypatch.setattr(precision, "cpu_has_bfloat16", lambda: False)
    exact = token_vectors(make_nlp(toy_bert), [TEXT])[0]
    half = token_vectors(make_nlp(toy_bert, mixed_precision=True), [TEXT])[0]
    np.testing.assert_array_equal(exact, half)


def test_it_trains_and_the_weights_stay_float32(toy_bert):
    nlp = spacy.blank("en")
    model = {
        "@architectures": "spacy_umlsbert.UmlsBertTransformer.v2",
        "name": toy_bert,
        "semantic_type_embeddings": False,
        "window": 40,
        "stride": 30,
        "mixed_precision": True,
    }
    nlp.add_pipe("transformer", config={"model": model})
    nlp.add_pipe("umls_ner")
    doc = nlp.make_doc(TEXT)
    doc.set_ents([doc.char_span(16, 26, label="problem")])
    example = Example(nlp.make_doc(TEXT), doc)
    sgd = nlp.initialize(lambda: [example])
    sgd.learn_rate = 0.01
    losses = [nlp.update([example], sgd=sgd)["umls_ner"] for _ in range(30)]
    assert losses[-1] < losses[0] / 2
    parameters = nlp.get_pipe("transformer").model.backbone.parameters()
    assert {parameter.dtype for parameter in parameters} == {torch.float32}
    assert [(ent.text, ent.label_) for ent in nlp(TEXT).ents] == [("chest pain", "problem")]
