"""`umls_values` with a head: it learns from gold values what belongs to what."""

import pickle

import pytest
import spacy
from spacy.tokens import DocBin, Span
from spacy.training import Example

from spacy_umlsbert.annotations.values import VALUES, Value, set_values
from spacy_umlsbert.corpora.annotated.gold import gold_values
from spacy_umlsbert.corpora.docbin import read_docs
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.pipeline.head_beside_rules import HELD_BACK
from spacy_umlsbert.values.questions import questions_of

pytest.importorskip("spacy_transformers")

LISTENER = {
    "@architectures": "spacy-transformers.TransformerListener.v1",
    "grad_factor": 1.0,
    "pooling": {"@layers": "reduce_mean.v1"},
}
HEAD = {"@architectures": "spacy_umlsbert.ValueAttacher.v1", "tok2vec": LISTENER}
ENTITIES = {"insulin": "treatment", "metformin": "treatment", "glucose": "test"}


def entities(doc):
    doc.ents = [Span(doc, t.i, t.i + 1, ENTITIES[t.text]) for t in doc if t.text in ENTITIES]
    return doc


def gold(nlp, text, values):
    """A gold Doc: each value as text and what it belongs to."""
    doc = entities(nlp.make_doc(text))
    chosen = []
    for words, kind, owner in values:
        start = text.index(words)
        span = doc.char_span(start, start + len(words), label=kind)
        of = next((ent for ent in doc.ents if ent.text == owner), None)
        chosen.append((span, Value(kind, words), of))
    set_values(doc, chosen, VALUES)
    return doc


def backwards(nlp, i):
    """Rules tie the dose to insulin, and do not know the word that is a result."""
    the = "the " * i
    text = f"insulin and {the}metformin 500 mg today. The glucose short"
    return gold(nlp, text, [("500 mg", "strength", "insulin"), ("short", "value", "glucose")])


@pytest.fixture(scope="module")
def docs():
    nlp = spacy.blank("en")
    nothing = gold(nlp, "fever today", [])
    return [*(backwards(nlp, i) for i in range(8)), nothing, nlp.make_doc("Nobody looked.")]


@pytest.fixture(scope="module")
def trained(toy_bert, docs):
    spacy.util.fix_random_seed(1)
    nlp = spacy.blank("en")
    model = {"@architectures": "spacy_umlsbert.UmlsBertTransformer.v2", "name": toy_bert}
    nlp.add_pipe("umls_sentences")
    nlp.add_pipe("transformer", config={"model": {**model, "window": 30, "stride": 20}})
    nlp.add_pipe("umls_value_spans")
    nlp.add_pipe("umls_values", config={"model": HEAD, "candidates_key": "value_spans"})
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in docs]
    sgd = nlp.initialize(lambda: examples)
    losses = []
    for _ in range(60):
        losses.append(nlp.update(examples, sgd=sgd, drop=0.0))
    for name in ("umls_values", "umls_value_spans"):
        assert losses[-1][name] < losses[0][name] / 4
    return nlp


def found(nlp, text):
    doc = nlp(entities(nlp.make_doc(text)))
    return [(one.text, one.label_, one._.of and one._.of.text) for one in doc.spans["values"]], doc


TEXT = "insulin and the metformin 500 mg today. The glucose short"


def test_it_learns_what_no_rule_says(trained):
    values, doc = found(trained, TEXT)
    assert values == [("500 mg", "strength", "insulin"), ("short", "value", "glucose")]
    strength, result = doc.spans["values"]
    assert strength._.value.numbers == (500,) and strength._.value.unit == "mg"
    assert all(0.5 <= one._.value.probability <= 1 for one in (strength, result))
    assert doc.ents[0]._.values == [strength] and doc.ents[1]._.values == []
    assert trained.get_pipe("umls_value_spans").labels == ("strength", "value")


def test_the_rules_decide_alone_without_vectors(trained):
    disabled = trained.select_pipes(disable=["transformer", "umls_value_spans"])
    with disabled, pytest.warns(UserWarning, match="rules alone"):
        values, doc = found(trained, TEXT)
    assert values == [("500 mg", "strength", "metformin")]
    assert doc.spans["values"][0]._.value.probability is None


def test_the_rules_decide_where_the_head_must_be_more_than_certain(trained):
    component = trained.get_pipe("umls_values")
    component.cfg["certainty"] = 1.1
    try:
        assert found(trained, TEXT)[0] == [("500 mg", "strength", "metformin")]
    finally:
        component.cfg["certainty"] = 0.5


def test_a_dose_of_two_drugs_stays_with_both(trained):
    values, _ = found(trained, "insulin and metformin, 5 mg each, today")
    values = [one for one in values if one[0] == "5 mg"]
    assert values == [("5 mg", "strength", "insulin"), ("5 mg", "strength", "metformin")]


@pytest.mark.parametrize("way", ["disk", "bytes", "pickle"])
def test_round_trips(trained, tmp_path, way):
    component = trained.get_pipe("umls_values")
    component.cfg["temperature"] = 1.25
    component.add_rules(phrases=[{"phrase": "qlunch", "category": "frequency", "code": "1/1d"}])
    try:
        if way == "disk":
            trained.to_disk(tmp_path / "saved")
            again = spacy.load(tmp_path / "saved")
        elif way == "bytes":
            again = spacy.util.load_model_from_config(trained.config)
            again.from_bytes(trained.to_bytes())
        else:
            again = pickle.loads(pickle.dumps(trained))
        values, doc = found(trained, TEXT)
    finally:
        component.remove_phrases(["qlunch"])
    same, other = found(again, TEXT)
    assert same == values
    said = [one._.value.probability for one in doc.spans["values"]]
    now = [one._.value.probability for one in other.spans["values"]]
    assert now == pytest.approx(said, abs=1e-5)
    assert again.get_pipe("umls_values").cfg["temperature"] == 1.25
    again.get_pipe("umls_values").cfg["certainty"] = 1.1
    assert ("qlunch", "frequency", "insulin") in found(again, "insulin 5 mg qlunch")[0]


def test_probabilities_are_calibrated_with_what_is_held_back(trained, docs):
    component = trained.get_pipe("umls_values")
    many = [backwards(trained, 8 + i) for i in range(HELD_BACK * 3)]
    held = [doc for doc in many if component.is_held_back(doc)]
    assert 0 < len(held) < len(many)
    before = component.cfg["temperature"]
    examples = [Example(trained.make_doc(doc.text), doc) for doc in held] * 60
    with trained.select_pipes(enable=["umls_sentences", "transformer", "umls_values"]):
        losses = trained.update(examples)
    assert losses["umls_values"] == 0.0, "they are not trained on"
    component.calibrate()
    assert component.cfg["temperature"] != before


def test_gold_values_travel_to_update_through_files(trained, docs, tmp_path):
    DocBin(docs=docs, store_user_data=True).to_disk(tmp_path / "gold.spacy")
    read = list(read_docs(tmp_path / "gold.spacy", trained.vocab))
    for doc, other in zip(docs, read, strict=True):
        values = [gold_values(one) for one in (doc, other)]
        plain = [
            None if of is None else [(v.span.text, v.span.label_, str(v.of)) for v in of]
            for of in values
        ]
        assert plain[0] == plain[1]
    losses = trained.update([Example(trained.make_doc(doc.text), doc) for doc in read])
    assert losses["umls_values"] > 0
    assert trained.update([Example(trained.make_doc(read[-1].text), read[-1])]) is not None


def test_a_batch_without_values_is_no_error(trained):
    docs = [trained.make_doc("No value here."), trained.make_doc("")]
    losses = trained.update([Example(doc.copy(), doc) for doc in docs])
    assert losses["umls_values"] == 0.0 and losses["umls_value_spans"] == 0.0
    assert trained.update([Example(docs[1].copy(), docs[1])])["umls_values"] == 0.0
    assert found(trained, "")[0] == []


def test_without_gold_there_is_nothing_to_learn(toy_bert):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_values", config={"model": HEAD})
    doc = nlp.make_doc("Aspirin 81 mg")
    with pytest.raises(UsageError, match="no training example"):
        nlp.initialize(lambda: [Example(doc.copy(), doc)])


def test_time_grows_with_the_text_alone(trained):
    """Hostile: thousands of entities and numbers in one sentence ask a bounded number of rows."""
    component = trained.get_pipe("umls_values")
    asked = []
    for times in (100, 400):
        doc = entities(trained.make_doc("metformin 5 mg glucose 9 " * times))
        owners = list(doc.ents)
        (found,) = component.by_rules.detect([doc], [owners])
        questions, _ = questions_of(doc, owners, component.by_rules.roles(owners), found)
        asked.append(sum(1 + len(one.owners) for one in questions))
    assert asked[1] < 4.1 * asked[0]
