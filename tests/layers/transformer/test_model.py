"""The architecture of the `transformer` component."""

import warnings

import numpy as np
import pytest
import spacy
import torch
from spacy.tokens import Doc, DocBin, Span
from spacy.util import registry
from thinc.api import Adam, Config

TEXT = "The patient has chest pain and a high blood pressure ."
CONFIG = {
    "model": {
        "@architectures": "spacy_umlsbert.UmlsBertTransformer.v2",
        "window": 20,
        "stride": 12,
    }
}


def make_nlp(toy_bert, **model):
    nlp = spacy.blank("en")
    config = {"model": {**CONFIG["model"], "name": toy_bert, **model}}
    nlp.add_pipe("transformer", config=config)
    nlp.initialize()
    return nlp


@pytest.fixture
def nlp(toy_bert):
    return make_nlp(toy_bert)


def with_types(nlp, text, label="T184"):
    doc = nlp.make_doc(text)
    doc.spans["umls"] = [Span(doc, 3, 5, label=label)] if len(doc) > 5 else []
    return doc


def learn_types(nlp):
    weight = nlp.get_pipe("transformer").model.backbone.embeddings.semantic_type_embeddings.weight
    with torch.no_grad():
        weight[1:] = torch.randn(weight[1:].shape, generator=torch.Generator().manual_seed(0))


def token_vectors(nlp, docs):
    """What a listener makes of the transformer's output: (tokens, width) per Doc."""
    from spacy_transformers.layers import trfs2arrays
    from thinc.api import reduce_mean

    docs = list(nlp.pipe(docs))
    return trfs2arrays(reduce_mean(), 1.0).predict([doc._.trf_data for doc in docs])


def test_it_can_be_made_by_name_from_a_config(toy_bert):
    config = Config({"model": {**CONFIG["model"], "name": toy_bert}})
    model = registry.resolve(config)["model"]
    model.initialize()
    assert model.get_dim("nO") == 16
    assert model.tokenizer.is_fast


def test_vectors_equal_those_of_plain_bert(toy_bert, nlp):
    from transformers import AutoTokenizer, BertModel

    bert, tokenizer = (
        BertModel.from_pretrained(toy_bert).eval(),
        AutoTokenizer.from_pretrained(toy_bert),
    )
    doc = nlp(with_types(nlp, TEXT))
    with torch.no_grad():
        expected = bert(**tokenizer(TEXT, return_tensors="pt")).last_hidden_state.numpy()
    assert np.allclose(doc._.trf_data.model_output.last_hidden_state, expected, atol=1e-6)
    assert doc._.trf_data.wordpieces.strings[0][:3] == ["[CLS]", "the", "patient"]


def test_semantic_types_change_the_vectors_once_they_have_learned(nlp):
    docs = [with_types(nlp, TEXT), with_types(nlp, TEXT, label="T047"), nlp.make_doc(TEXT)]
    docs[2].spans["umls"] = []
    before = token_vectors(nlp, docs)
    assert np.array_equal(before[0], before[2])
    learn_types(nlp)
    a, b, c = token_vectors(nlp, docs)
    assert np.array_equal(c, before[2])
    assert not np.allclose(a, c, atol=1e-3)
    assert not np.allclose(a, b, atol=1e-3)


def test_one_setting_switches_semantic_types_off(toy_bert):
    nlp = make_nlp(toy_bert, semantic_type_embeddings=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        doc = nlp(TEXT)
    assert len(doc._.trf_data.align.lengths) == len(doc)


def test_a_missing_lookup_is_pointed_out(nlp):
    with pytest.warns(UserWarning, match="Add the component 'umls_lookup' before"):
        nlp(TEXT)


def test_results_do_not_depend_on_the_batch(toy_bert):
    small = make_nlp(toy_bert, batch_wordpieces=30)
    large = make_nlp(toy_bert)
    texts = ["fever", TEXT * 9, "", "   \n", "chest pain", TEXT, "\t"]
    for nlp in (small, large):
        learn_types(nlp)
    alone = [token_vectors(small, [with_types(small, t)])[0] for t in texts if t]
    docs = [with_types(small, t) for t in texts]
    together = [v for v, t in zip(token_vectors(small, docs), texts, strict=True) if t]
    in_one = [
        v
        for v, t in zip(
            token_vectors(large, [with_types(large, t) for t in texts]), texts, strict=True
        )
        if t
    ]
    for a, b, c in zip(alone, together, in_one, strict=True):
        assert np.allclose(a, b, atol=1e-5)
        assert np.allclose(a, c, atol=1e-5)


@pytest.mark.parametrize(
    "text", ["word " * 500, "x" * 20_000, "😷" * 300, "pain\n" * 300, "é" * 400]
)
def test_no_token_of_a_long_text_is_dropped(nlp, text):
    doc = with_types(nlp, text)
    (vectors,) = token_vectors(nlp, [doc])
    assert len(vectors) == len(doc)
    visible = [token.i for token in doc if not token.is_space]
    assert np.abs(vectors[visible]).sum(axis=1).min() > 0


def test_a_window_longer_than_the_model_is_refused(toy_bert):
    with pytest.raises(ValueError, match="set window to 62 or less"):
        make_nlp(toy_bert, window=500, stride=400)


@pytest.mark.parametrize("way", ["disk", "bytes"])
def test_round_trip(toy_bert, nlp, tmp_path, way):
    learn_types(nlp)
    expected = token_vectors(nlp, [with_types(nlp, TEXT)])[0]
    if way == "disk":
        nlp.to_disk(tmp_path)
        assert b"pickle" not in (tmp_path / "transformer" / "model").read_bytes()
        other = spacy.load(tmp_path)
    else:
        other = spacy.blank("en")
        other.add_pipe("transformer", config={"model": {**CONFIG["model"], "name": toy_bert}})
        other.from_bytes(nlp.to_bytes())
    assert np.array_equal(token_vectors(other, [with_types(other, TEXT)])[0], expected)


def test_gradients_reach_the_semantic_types_and_skip_padding(nlp):
    model = nlp.get_pipe("transformer").model
    docs = [with_types(nlp, TEXT), with_types(nlp, "fever"), nlp.make_doc("")]
    batch, backprop = model.begin_update(docs)
    tensors = []
    for data in batch.doc_data:
        tensors.append([np.ones_like(t) for t in data.tensors])
    backprop(batch.unsplit_by_doc([t for t in tensors if t]))
    rows = model.backbone.embeddings.semantic_type_embeddings.weight.grad
    used = model.backbone.config.semantic_type_ids["T184"]
    assert rows[used].abs().sum() > 0
    assert rows.abs().sum() == rows[used].abs().sum()
    before = model.backbone.encoder.layer[0].attention.self.query.weight.detach().clone()
    model.finish_update(Adam(0.01))
    after = model.backbone.encoder.layer[0].attention.self.query.weight
    assert not torch.equal(before, after)


@pytest.mark.parametrize("frozen", [True, False])
def test_learning_rates_of_the_parts(toy_bert, frozen):
    nlp = make_nlp(toy_bert, learn_rate_factor=0.1, freeze_word_embeddings=frozen)
    model = nlp.get_pipe("transformer").model
    before = {k: v.detach().clone() for k, v in model.backbone.named_parameters()}
    batch, backprop = model.begin_update([with_types(nlp, TEXT)])
    rng = np.random.default_rng(0)
    backprop(
        batch.unsplit_by_doc(
            [[rng.normal(size=t.shape).astype("f") for t in d.tensors] for d in batch.doc_data]
        )
    )
    model.finish_update(Adam(0.01, grad_clip=0.0))
    moved = {k: (v - before[k]).abs().max().item() for k, v in model.backbone.named_parameters()}
    assert moved["embeddings.semantic_type_embeddings.weight"] == pytest.approx(0.01, rel=0.05)
    assert moved["encoder.layer.0.output.dense.weight"] == pytest.approx(0.001, rel=0.05)
    assert (moved["embeddings.word_embeddings.weight"] == 0) is frozen


def test_a_doc_with_vectors_can_be_saved(nlp):
    doc = nlp(with_types(nlp, TEXT))
    data = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (loaded,) = DocBin().from_bytes(data).get_docs(nlp.vocab)
    hidden = loaded._.trf_data.model_output["last_hidden_state"]
    assert np.array_equal(hidden, doc._.trf_data.model_output.last_hidden_state)
    assert Doc(nlp.vocab).from_bytes(doc.to_bytes()).text == TEXT


def test_foreign_bytes_are_refused(nlp):
    shim = nlp.get_pipe("transformer").model.shim
    import srsly

    with pytest.raises(ValueError, match="do not hold an UmlsBERT"):
        shim.from_bytes(srsly.msgpack_dumps({"state": b"", "config": {}}))
