"""What a head is told of a token beside its vector."""

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Model

from spacy_umlsbert.annotations.attributes import set_ambiguous
from spacy_umlsbert.layers.features import (
    concatenate_tok2vec,
    mention_features,
    shape_features,
)
from spacy_umlsbert.layers.heads.token_tagger import token_tagger
from spacy_umlsbert.umls import all_tuis

NLP = spacy.blank("en")


@pytest.fixture
def doc() -> Doc:
    doc = NLP.make_doc("Denies chest pain, has COPD .")
    pain = Span(doc, 1, 3, label="T184", kb_id="C1")
    copd = Span(doc, 5, 6, label="T047", kb_id="C2", span_id="acronym")
    doc.spans["umls"] = [pain, copd]
    set_ambiguous(copd, ["C2", "C3"], ["T047", "T033"])
    return doc


def rows(model: Model, doc: Doc) -> np.ndarray:
    (found,) = model.predict([doc])
    assert found.shape == (len(doc), model.get_dim("nO"))
    return found


def test_all_types_and_the_place_in_the_mention(doc: Doc) -> None:
    found = rows(mention_features(), doc)
    column = all_tuis().index
    assert not found[[0, 3, 4, 6]].any(), "no mention, no feature"
    assert found[[1, 2], column("T184")].all()
    assert found[5, column("T047")] == found[5, column("T033")] == 1
    assert (found[1] != found[2]).any(), "the first token is told from the last"
    exact, acronym = found[1, 127:132], found[5, 127:132]
    assert exact.tolist() == [1, 0, 0, 0, 0] and acronym.tolist() == [0, 0, 1, 0, 0]


def test_what_an_uncased_backbone_does_not_see() -> None:
    found = rows(shape_features(), NLP.make_doc("COPD copd Copd COPD, T2DM \U0001f600"))
    assert (found[0] != found[1]).any() and (found[1] != found[2]).any()
    assert (found[0] != found[3]).any(), "a space follows, or does not"
    assert found[5].any()


def test_features_can_be_switched_off(doc: Doc) -> None:
    off = mention_features(enabled=False)
    assert rows(off, doc).shape == (len(doc), 0)
    shapes = shape_features()
    both = concatenate_tok2vec(off, shapes)
    np.testing.assert_array_equal(both.predict([doc])[0], shapes.predict([doc])[0])


def test_a_doc_without_tokens_or_mentions() -> None:
    empty, plain = NLP.make_doc(""), NLP.make_doc("nothing here")
    for model in (mention_features(), shape_features()):
        assert model.predict([empty])[0].shape == (0, model.get_dim("nO"))
    assert not mention_features().predict([plain])[0].any()


def test_side_by_side_and_through_a_hidden_layer(doc: Doc) -> None:
    both = concatenate_tok2vec(mention_features(), shape_features())
    tagger = token_tagger(both, nO=3, dropout=0.0, hidden_width=8, window=1)
    other = NLP.make_doc("COPD")
    tagger.initialize(X=[doc, other])
    together, alone = tagger.predict([doc, other]), tagger.predict([other])
    assert together[0].shape == (len(doc), 3)
    # The window of one Doc does not reach into the next.
    np.testing.assert_allclose(together[1], alone[0], rtol=1e-5)
    scores, backprop = tagger.begin_update([doc, other])
    backprop([np.ones_like(score) for score in scores])
    with pytest.raises(ValueError, match="at least one model"):
        concatenate_tok2vec()


def test_it_trains_beside_another_component_on_the_same_transformer(toy_bert):
    nlp = spacy.blank("en")
    model = {"@architectures": "spacy_umlsbert.UmlsBertTransformer.v2", "name": toy_bert}
    settings = {"window": 20, "stride": 12, "semantic_type_embeddings": False}
    nlp.add_pipe("transformer", config={"model": {**model, **settings}})
    listener = {
        "@architectures": "spacy-transformers.TransformerListener.v1",
        "grad_factor": 1.0,
        "pooling": {"@layers": "reduce_mean.v1"},
    }
    both = {
        "@architectures": "spacy_umlsbert.Concatenate.v1",
        "*": {
            "transformer": listener,
            "shape": {"@architectures": "spacy_umlsbert.ShapeFeatures.v1"},
        },
    }
    tagger = {"@architectures": "spacy_umlsbert.TokenTagger.v1", "tok2vec": both}
    nlp.add_pipe("umls_ner", name="first", config={"model": tagger})
    nlp.add_pipe("umls_ner", name="second")
    entities = {"entities": [(12, 17, "problem")]}
    examples = [Example.from_dict(nlp.make_doc("The patient fever ."), entities)]
    optimizer = nlp.initialize(lambda: examples)
    losses = [nlp.update(examples, sgd=optimizer, losses={}) for _ in range(20)]
    assert losses[-1]["first"] < losses[0]["first"]
    assert losses[-1]["second"] < losses[0]["second"]
