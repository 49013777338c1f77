"""`umls_nli`: what a user of natural language inference can rely on."""

import warnings

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from thinc.api import Config

from spacy_umlsbert.annotations.pairs import (
    LEFT_OUT,
    NliPrediction,
    is_pair,
    make_pair,
    set_label,
    sides_of,
)

TRAIN = [
    ("The patient has chest pain .", "The patient has pain .", "entailment"),
    ("The patient has chest pain .", "The patient denies pain .", "contradiction"),
    ("The patient denies fever .", "The patient has fever .", "contradiction"),
    ("The patient denies fever .", "The patient denies a high fever .", "entailment"),
    ("On metformin and aspirin .", "The patient has cough .", "neutral"),
    ("On metformin and aspirin .", "On insulin .", "neutral"),
]
ORDINARY = "The patient has chest pain ."
PAIRS = [(premise, hypothesis) for premise, hypothesis, _ in TRAIN]


def make_nlp(toy_bert, seed=0, pair_window=0, **model):
    spacy.util.fix_random_seed(seed)
    nlp = spacy.blank("en")
    transformer = {
        "@architectures": "spacy_umlsbert.UmlsBertTransformer.v2",
        "name": toy_bert,
        "window": 20,
        "stride": 12,
        "semantic_type_embeddings": False,
        "pair_window": pair_window,
    }
    nlp.add_pipe("transformer", config={"model": transformer})
    nlp.add_pipe("umls_nli", config={"model": model} if model else {})
    return nlp


def example(nlp, premise, hypothesis, label):
    gold = make_pair(nlp, premise, hypothesis)
    if label:
        set_label(gold, label)
    return Example(make_pair(nlp, premise, hypothesis), gold)


def examples(nlp, data=TRAIN):
    return [example(nlp, *pair) for pair in data]


def train(nlp, data, steps=150):
    optimizer = nlp.initialize(lambda: data)
    optimizer.learn_rate = 0.01
    return [nlp.update(data, sgd=optimizer, losses={})["umls_nli"] for _ in range(steps)]


def train_until(nlp, data, share, steps=150):
    """Whether the loss comes below a share of the first one, and stays there for ten steps."""
    optimizer = nlp.initialize(lambda: data)
    optimizer.learn_rate = 0.01
    losses = []
    for _ in range(steps):
        losses.append(nlp.update(data, sgd=optimizer, losses={})["umls_nli"])
        if all(loss < losses[0] * share for loss in losses[-10:]):
            return True
    return False


@pytest.fixture(scope="module")
def trained(toy_bert):
    nlp = make_nlp(toy_bert)
    losses = train(nlp, examples(nlp))
    assert losses[-1] < losses[0] / 5
    return nlp


def same(one, other):
    return np.allclose(
        [list(j.probabilities.values()) for j in one],
        [list(j.probabilities.values()) for j in other],
        atol=1e-4,
    )


def test_it_learns_labels_and_all(trained):
    nli = trained.get_pipe("umls_nli")
    assert nli.labels == ("contradiction", "entailment", "neutral")
    predictions = nli.predict_pairs(PAIRS)
    assert [j.label for j in predictions] == [label for *_, label in TRAIN]
    for prediction in predictions:
        assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-5)
        assert max(prediction.probabilities, key=prediction.probabilities.get) == prediction.label
    assert trained.evaluate(examples(trained))["nli_acc"] == 1.0
    assert trained.evaluate(examples(trained))["nli_macro_f"] == 1.0


@pytest.mark.parametrize("pooling", ["cls", "sides", "aligned"])
def test_every_pooling_learns(toy_bert, pooling):
    listener = {"@architectures": "spacy_umlsbert.PairListener.v1", "pooling": pooling}
    nlp = make_nlp(
        toy_bert,
        **{"@architectures": "spacy_umlsbert.PairClassifier.v1", "tok2vec": listener},
        hidden_width=8,
    )
    assert train_until(nlp, examples(nlp), share=1 / 2)


def test_an_unknown_pooling_is_an_error():
    from spacy_umlsbert.layers.heads.pair_vectors import pair_listener

    with pytest.raises(ValueError, match="use 'cls', 'sides' or 'aligned'"):
        pair_listener(pooling="max")


@pytest.mark.parametrize("pooling", ["cls", "sides", "aligned"])
def test_the_gradient_of_the_pooling_is_right(toy_bert, pooling):
    from spacy_umlsbert.layers.heads.pair_vectors import pair_vectors

    nlp = make_nlp(toy_bert)
    nlp.initialize(lambda: examples(nlp))
    docs = [nlp.get_pipe("transformer")(make_pair(nlp, *pair)) for pair in PAIRS[:2]]
    data = [doc._.trf_data for doc in docs]
    model = pair_vectors(pooling, grad_factor=0.5, width=8)
    model.initialize(X=data)
    vectors, backprop = model(data, is_train=True)
    rng = np.random.default_rng(0)
    d_vectors = rng.normal(size=vectors.shape).astype("f")
    gradients = backprop(d_vectors)
    states = data[1].model_output.last_hidden_state
    for place in [(0, 0, 3), (0, 2, 5), (0, len(data[1].wordpieces.strings[0]) - 2, 1)]:
        differences = []
        before = states[place]
        for step in (1e-2, -1e-2):
            states[place] = before + step
            differences.append(float((model.predict(data) * d_vectors).sum()))
        states[place] = before
        expected = 0.5 * (differences[0] - differences[1]) / 2e-2
        found = gradients[1].model_output.last_hidden_state[place]
        assert found == pytest.approx(expected, abs=1e-2)


def test_the_order_of_the_sides_matters(trained):
    nli = trained.get_pipe("umls_nli")
    there, back = nli.predict_pairs([PAIRS[0], PAIRS[0][::-1]])
    assert not same([there], [back])


def test_batches_do_not_change_a_prediction(trained):
    nli = trained.get_pipe("umls_nli")
    alone = [prediction for pair in PAIRS for prediction in nli.predict_pairs([pair])]
    assert same(nli.predict_pairs(PAIRS * 30), alone * 30)
    assert nli.predict_pairs([]) == []


def test_a_pair_doc_gets_the_probabilities_of_all_labels(trained):
    nli = trained.get_pipe("umls_nli")
    doc = trained(make_pair(trained, *PAIRS[0]))
    assert doc.cats == pytest.approx(dict(nli.predict_pairs(PAIRS[:1])[0].probabilities), abs=1e-4)
    premise, hypothesis = sides_of(doc)
    assert (premise.text, hypothesis.text) == PAIRS[0]


def test_an_ordinary_doc_passes_as_it_is(trained):
    doc = trained.make_doc(ORDINARY)
    doc.cats = {"other": 0.5}
    docs = list(trained.pipe([doc, make_pair(trained, *PAIRS[0]), trained.make_doc("")]))
    assert docs[0].cats == {"other": 0.5}
    assert set(docs[1].cats) == set(trained.get_pipe("umls_nli").labels)
    assert docs[2].cats == {}


def test_ordinary_docs_do_not_count_in_training(toy_bert):
    nlp = make_nlp(toy_bert)
    data = examples(nlp)
    nlp.initialize(lambda: data)
    nli = nlp.get_pipe("umls_nli")
    ordinary = Example(nlp.make_doc(ORDINARY), nlp.make_doc(ORDINARY))
    ordinary.reference.cats = {"entailment": 1.0}
    mixed = [data[0], ordinary, example(nlp, *PAIRS[1], "")]
    scores = np.zeros((3, 3), dtype="f")
    loss, gradient = nli.get_loss(mixed, scores)
    assert loss == pytest.approx(np.log(3), rel=1e-4)
    assert gradient[0].any()
    assert not gradient[1:].any()
    assert nlp.update(mixed, losses={})["umls_nli"] > 0


def test_a_label_unseen_in_training_is_warned_of_and_the_others_count(toy_bert):
    nlp = make_nlp(toy_bert)
    data = examples(nlp)
    nlp.initialize(lambda: data)
    nli = nlp.get_pipe("umls_nli")
    odd = example(nlp, *PAIRS[0], "Jane Doe")
    with pytest.warns(UserWarning, match=r"it has contradiction, entailment, neutral") as caught:
        loss, gradient = nli.get_loss([odd, data[0]], np.zeros((2, 3), dtype="f"))
    assert "Jane" not in str(caught[0].message)
    assert loss == pytest.approx(np.log(3), rel=1e-4)
    assert not gradient[0].any()
    scores = nlp.evaluate([odd, *data])
    assert scores["nli_acc"] < 1
    assert scores["nli_per_label"]["Jane Doe"]["r"] == 0


def test_labels_are_needed(toy_bert):
    nlp = make_nlp(toy_bert)
    with pytest.raises(ValueError, match=r"at least two are needed.*spacy_umlsbert.Corpus.v1"):
        nlp.initialize(lambda: [example(nlp, *PAIRS[0], "")])
    with pytest.raises(ValueError, match="not trained"):
        nlp.get_pipe("umls_nli").predict([make_pair(nlp, *PAIRS[0])])


def test_labels_may_be_given_and_then_no_pair_is_needed_to_set_up(toy_bert):
    nlp = make_nlp(toy_bert)
    nlp.config["initialize"]["components"] = {"umls_nli": {"labels": ["true", "false"]}}
    nlp.initialize(lambda: [Example(nlp.make_doc(ORDINARY), nlp.make_doc(ORDINARY))])
    (prediction,) = nlp.get_pipe("umls_nli").predict_pairs([PAIRS[0]])
    assert set(prediction.probabilities) == {"true", "false"}


def test_a_label_cannot_be_added_after_initialisation(trained):
    with pytest.raises(ValueError, match="cannot add a label"):
        trained.get_pipe("umls_nli").add_label("other")
    assert trained.get_pipe("umls_nli").add_label("neutral") == 0
    assert trained.get_pipe("umls_nli").label_data == ["contradiction", "entailment", "neutral"]


def test_no_pairs_no_score(trained):
    doc = trained.make_doc(ORDINARY)
    assert trained.evaluate([Example(doc, doc.copy())])["nli_acc"] is None


def test_a_bad_pair_says_why_and_the_others_are_judged(trained):
    nli = trained.get_pipe("umls_nli")
    pairs = [
        PAIRS[0],
        ("", "Fever ."),
        ("Fever .", " \n\t"),
        (None, "Fever ."),
        ("\ud800", "Fever ."),
        PAIRS[1],
    ]
    predictions = nli.predict_pairs(pairs)
    assert [j.problem for j in predictions[1:5]] == [
        "the premise is empty.",
        "the hypothesis is empty.",
        "a side is no text.",
        "the premise is not valid Unicode.",
    ]
    assert predictions[1] == NliPrediction("", {}, 0, "the premise is empty.")
    assert same([predictions[0], predictions[5]], nli.predict_pairs(PAIRS[:2]))


def test_a_component_before_that_fails_on_a_pair_costs_that_pair_alone(trained):
    def fails(doc):
        if doc[0].text == "Bad":
            raise ValueError("the text of the note")
        return doc

    nlp = trained
    spacy.Language.component("fails_on_bad", func=fails)
    nlp.add_pipe("fails_on_bad", first=True)
    nlp.set_error_handler(lambda *_: None)
    try:
        good, bad, last = nlp.get_pipe("umls_nli").predict_pairs(
            [PAIRS[0], ("Bad .", "Fever ."), PAIRS[1]]
        )
    finally:
        nlp.remove_pipe("fails_on_bad")
        nlp.set_error_handler(spacy.util.raise_error)
    assert bad.problem
    assert good.label and last.label


def test_what_does_not_fit_is_chosen_by_the_hypothesis_and_told(trained):
    nli = trained.get_pipe("umls_nli")
    filler = "The patient denies cough . "
    premise = filler * 20 + "Blood glucose high . " + filler * 20
    doc = trained(make_pair(trained, premise, "The glucose has been high ."))
    left_out = [span.text for span in doc.spans[LEFT_OUT]]
    assert left_out
    assert "glucose" not in " ".join(left_out)
    assert "glucose" in doc._.trf_data.wordpieces.strings[0]
    (prediction,) = nli.predict_pairs([(premise, "The glucose has been high .")])
    assert prediction.left_out == sum(map(len, doc.spans[LEFT_OUT])) > 0
    short = trained(make_pair(trained, *PAIRS[0]))
    assert LEFT_OUT not in short.spans


@pytest.mark.parametrize(
    "pair", [("fever . " * 12_500, "A cough ."), ("A cough .", "fever " * 9000)]
)
def test_very_long_sides(trained, pair):
    (prediction,) = trained.get_pipe("umls_nli").predict_pairs([pair])
    assert prediction.label
    assert prediction.left_out > 8000


def test_the_window_of_pairs_is_a_setting(toy_bert):
    nlp = make_nlp(toy_bert, pair_window=12)
    nlp.initialize(lambda: examples(nlp))
    doc = nlp(make_pair(nlp, "The patient has chest pain . No fever and no cough .", "No fever ."))
    assert len(doc._.trf_data.wordpieces.strings[0]) <= 15
    with pytest.raises(ValueError, match=r"pair_window of 62 .*set pair_window to 61"):
        make_nlp(toy_bert, pair_window=62).initialize()


def test_other_components_leave_pairs_as_they_are(toy_bert, toy_kb_path):
    nlp = make_nlp(toy_bert)
    nlp.add_pipe("umls_lookup", first=True)
    nlp.add_pipe("umls_ner")
    nlp.add_pipe("umls_deid")
    nlp.add_pipe("umls_linker")
    nlp.get_pipe("umls_lookup").initialize(kb=toy_kb_path)
    data = examples(nlp)
    gold = nlp.make_doc(ORDINARY)
    gold.set_ents([gold.char_span(16, 26, label="problem")])
    data.append(Example(nlp.make_doc(ORDINARY), gold))
    nlp.initialize(lambda: data)
    nlp.get_pipe("umls_lookup").initialize(kb=toy_kb_path)
    nlp.update(data)
    pair = make_pair(nlp, "Seen by Dr. Jane Smith on 3/4/2021 for chest pain .", "Chest pain .")
    pair, note = nlp.pipe([pair, nlp.make_doc("Seen by Dr. Jane Smith on 3/4/2021 .")])
    assert not pair.ents
    assert "phi" not in pair.spans
    assert pair._.deidentified is None
    assert set(pair.cats) == set(nlp.get_pipe("umls_nli").labels)
    assert "umls" in pair.spans, "the semantic types of both sides go in"
    assert note.spans["phi"]
    assert not note.cats


def test_semantic_types_of_both_sides_go_in(toy_bert, toy_kb_path):
    from spacy_umlsbert.layers.transformer.model import _pack

    nlp = spacy.blank("en")
    nlp.add_pipe("umls_lookup").initialize(kb=toy_kb_path)
    model = {"@architectures": "spacy_umlsbert.UmlsBertTransformer.v2", "name": toy_bert}
    nlp.add_pipe("transformer", config={"model": {**model, "window": 20, "stride": 12}})
    nlp.get_pipe("transformer").initialize(lambda: [])
    doc = nlp.get_pipe("umls_lookup")(make_pair(nlp, "Has chest pain .", "On metformin ."))
    transformer = nlp.get_pipe("transformer").model
    from spacy_umlsbert.layers.transformer.encode_docs import encode_docs

    encoded = encode_docs([doc], transformer.tokenizer, transformer.semantic_type_lookup, 20, 12)
    wordpieces, type_ids = _pack(encoded, transformer.tokenizer)
    typed = {s for s, t in zip(wordpieces.strings[0], type_ids[0], strict=True) if t}
    assert {"chest", "pain", "metformin"} <= typed
    segments = dict(zip(wordpieces.strings[0], wordpieces.token_type_ids[0], strict=True))
    assert segments["pain"] == 0 and segments["metformin"] == 1 and segments["[CLS]"] == 0


def test_a_pair_goes_in_as_bert_has_it(toy_bert):
    import torch
    from transformers import AutoTokenizer, BertModel

    nlp = make_nlp(toy_bert)
    nlp.initialize(lambda: examples(nlp))
    bert = BertModel.from_pretrained(toy_bert).eval()
    inputs = AutoTokenizer.from_pretrained(toy_bert)(*PAIRS[0], return_tensors="pt")
    with torch.no_grad():
        expected = bert(**inputs).last_hidden_state.numpy()
    doc = nlp(make_pair(nlp, *PAIRS[0]))
    assert np.allclose(doc._.trf_data.model_output.last_hidden_state, expected, atol=1e-5)
    assert doc._.trf_data.align.lengths.tolist() == [1] * 6 + [0] + [1] * 5


@pytest.mark.parametrize("way", ["disk", "bytes"])
def test_round_trip(toy_bert, trained, tmp_path, way):
    expected = trained.get_pipe("umls_nli").predict_pairs(PAIRS)
    if way == "disk":
        trained.to_disk(tmp_path)
        other = spacy.load(tmp_path)
    else:
        other = make_nlp(toy_bert)
        other.from_bytes(trained.to_bytes())
    assert other.get_pipe("umls_nli").labels == trained.get_pipe("umls_nli").labels
    assert same(other.get_pipe("umls_nli").predict_pairs(PAIRS), expected)


def test_listeners_can_be_replaced(trained, tmp_path):
    expected = trained.get_pipe("umls_nli").predict_pairs(PAIRS)
    trained.to_disk(tmp_path / "shared")
    nlp = spacy.load(tmp_path / "shared")
    nlp.replace_listeners("transformer", "umls_nli", ["model.tok2vec"])
    nlp.remove_pipe("transformer")
    assert same(nlp.get_pipe("umls_nli").predict_pairs(PAIRS), expected)
    nlp.to_disk(tmp_path / "alone")
    alone = spacy.load(tmp_path / "alone")
    assert same(alone.get_pipe("umls_nli").predict_pairs(PAIRS), expected)


def test_it_can_be_sourced_into_another_pipeline(trained):
    expected = trained.get_pipe("umls_nli").predict_pairs(PAIRS)
    nlp = spacy.blank("en")
    nlp.add_pipe("transformer", source=trained)
    nlp.add_pipe("umls_nli", source=trained)
    assert same(nlp.get_pipe("umls_nli").predict_pairs(PAIRS), expected)


def test_pairs_survive_files_and_processes(trained):
    docs = [make_pair(trained, *pair) for pair in PAIRS]
    binary = DocBin(docs=docs, store_user_data=True).to_bytes()
    docs = list(DocBin().from_bytes(binary).get_docs(trained.vocab))
    assert all(map(is_pair, docs))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        judged = list(trained.pipe(docs, n_process=2, batch_size=2))
    expected = trained.get_pipe("umls_nli").predict_pairs(PAIRS)
    assert [max(d.cats, key=d.cats.get) for d in judged] == [j.label for j in expected]


def test_a_pair_without_a_transformer_is_warned_of(trained):
    nlp = trained
    with (
        nlp.select_pipes(disable="transformer"),
        pytest.warns(UserWarning, match="no 'transformer'"),
    ):
        nlp.get_pipe("umls_nli").predict_pairs(PAIRS[:1])
    with nlp.select_pipes(disable="umls_nli"), pytest.raises(ValueError, match="enable it"):
        nlp.get_pipe("umls_nli").predict_pairs(PAIRS[:1])


def test_a_pair_needs_two_texts(trained):
    assert not is_pair(trained.make_doc(ORDINARY))
    doc = make_pair(trained, " A  cough .\n", "Fever .")
    assert isinstance(doc, Doc)
    assert doc.text == "A  cough .\n\nFever ."


def test_it_can_be_made_by_name_from_a_config(toy_bert):
    nlp = make_nlp(toy_bert)
    config = Config().from_str(nlp.config.to_str())
    assert spacy.util.load_model_from_config(config, auto_fill=False).pipe_names == nlp.pipe_names


@pytest.mark.parametrize(
    ("pair", "problem"),
    [
        (("one side",), "not a premise and a hypothesis"),
        (("a", "b", "c"), "not a premise and a hypothesis"),
        (None, "not a premise and a hypothesis"),
        ("ab", "not a premise and a hypothesis"),
        (("Denies fever.", 3), "no text"),
    ],
)
def test_what_is_no_pair_says_so_and_the_others_are_judged(trained, pair, problem):
    odd, good = trained.get_pipe("umls_nli").predict_pairs([pair, PAIRS[0]])
    assert problem in odd.problem
    assert not odd.label
    assert good.label


@pytest.mark.parametrize("pairs", ["text", ("Denies fever.", "The patient has a fever.")])
def test_one_pair_instead_of_several_is_an_error(trained, pairs):
    with pytest.raises(TypeError, match="takes several pairs"):
        trained.get_pipe("umls_nli").predict_pairs(pairs)


def test_predict_takes_docs_and_still_texts(trained):
    nli = trained.get_pipe("umls_nli")
    with pytest.warns(FutureWarning, match="predict_pairs"):
        assert same(nli.predict(PAIRS), nli.predict_pairs(PAIRS))
    docs = [trained.get_pipe("transformer")(make_pair(trained, *PAIRS[0])), trained.make_doc("x")]
    (found, none) = nli.predict(docs)
    assert none is None and same([found], nli.predict_pairs(PAIRS[:1]))
