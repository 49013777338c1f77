"""`umls_assertion` with a head: it learns from gold mentions, and works beside the rules."""

import pickle

import pytest
import spacy
from spacy.tokens import DocBin
from spacy.training import Example

from spacy_umlsbert.annotations.assertions import Assertion, set_assertions
from spacy_umlsbert.assertion.verdicts import IMPLIED
from spacy_umlsbert.corpora.docbin import read_docs
from spacy_umlsbert.errors import UsageError

pytest.importorskip("spacy_transformers")

LISTENER = {
    "@architectures": "spacy-transformers.TransformerListener.v1",
    "grad_factor": 1.0,
    "pooling": {"@layers": "reduce_mean.v1"},
}
# No rule knows these.
ABSENT, POSSIBLE, PRESENT = "insulin blood", "glucose high", "metformin short"


def gold(nlp, text, label, mention="pain"):
    doc = nlp.make_doc(text)
    start = text.index(mention)
    span = doc.char_span(start, start + len(mention), label="problem")
    doc.ents = [span]
    flags = {*IMPLIED[label.split()[0]], *label.split()[1:]}
    set_assertions(doc, [(span, Assertion(label.split()[0], flags))])
    return doc


@pytest.fixture(scope="module")
def docs():
    nlp = spacy.blank("en")
    kinds = ((ABSENT, "absent"), (POSSIBLE, "possible"), (PRESENT, "present historical"))
    return [
        gold(nlp, f"{words} {'the ' * i}pain today", label)
        for i in range(4)
        for words, label in kinds
    ] + [nlp.make_doc("No mention here."), nlp.make_doc("")]


@pytest.fixture(scope="module")
def trained(toy_bert, docs):
    spacy.util.fix_random_seed(1)
    nlp = spacy.blank("en")
    model = {"@architectures": "spacy_umlsbert.UmlsBertTransformer.v2", "name": toy_bert}
    nlp.add_pipe("umls_sentences")
    nlp.add_pipe("transformer", config={"model": {**model, "window": 30, "stride": 20}})
    head = {"@architectures": "spacy_umlsbert.MentionClassifier.v1", "tok2vec": LISTENER}
    nlp.add_pipe("umls_assertion", config={"model": head})
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in docs]
    sgd = nlp.initialize(lambda: examples)
    losses = []
    for _ in range(60):
        losses.append(nlp.update(examples, sgd=sgd, drop=0.0)["umls_assertion"])
    assert losses[-1] < losses[0] / 4
    return nlp


def judged(nlp, text, mention="pain"):
    doc = nlp.make_doc(text)
    start = text.index(mention)
    doc.ents = [doc.char_span(start, start + len(mention), label="problem")]
    (ent,) = nlp(doc).ents
    return ent


def test_it_learns_what_no_rule_says(trained):
    assert trained.get_pipe("umls_assertion").labels == (
        "present",
        "absent",
        "possible",
        "is_historical",
    )
    absent = judged(trained, f"{ABSENT} the the pain today")
    assert absent._.assertion == "absent" and absent._.is_negated
    assert judged(trained, f"{POSSIBLE} the pain today")._.is_uncertain
    present = judged(trained, f"{PRESENT} the pain today")
    assert present._.assertion == "present" and present._.is_historical
    said = absent._.assertion_probabilities
    assert list(said) == ["present", "absent", "possible"]
    assert sum(said.values()) == pytest.approx(1) and said["absent"] == max(said.values())


def test_the_rules_alone_decide_without_vectors(trained):
    with trained.select_pipes(disable="transformer"):
        with pytest.warns(UserWarning, match="rules alone"):
            ent = judged(trained, f"{ABSENT} the pain today")
        assert ent._.assertion == "present" and ent._.assertion_probabilities == {}


def test_the_rules_decide_where_the_head_must_be_more_than_certain(trained):
    component = trained.get_pipe("umls_assertion")
    component.cfg["certainty"] = 1.1
    try:
        assert judged(trained, f"{ABSENT} the pain today")._.assertion == "present"
        assert judged(trained, "Denies pain today")._.assertion == "absent"
    finally:
        component.cfg["certainty"] = 0.5


@pytest.mark.parametrize("way", ["disk", "bytes", "pickle"])
def test_round_trips(trained, tmp_path, way):
    component = trained.get_pipe("umls_assertion")
    component.cfg["temperature"] = 1.25
    component.add_rules([{"phrase": "sans", "category": "negated", "direction": "before"}])
    try:
        if way == "disk":
            trained.to_disk(tmp_path / "saved")
            again = spacy.load(tmp_path / "saved")
        elif way == "bytes":
            again = spacy.util.load_model_from_config(trained.config)
            again.from_bytes(trained.to_bytes())
        else:
            again = pickle.loads(pickle.dumps(trained))
    finally:
        component.remove_rules(["sans"])
    text = f"{POSSIBLE} the the pain today"
    said = judged(trained, text)._.assertion_probabilities
    assert judged(again, text)._.assertion_probabilities == pytest.approx(said, abs=1e-5)
    again.get_pipe("umls_assertion").cfg["certainty"] = 1.1  # the rules decide
    assert judged(again, "sans fever today", "fever")._.assertion == "absent"
    assert again.get_pipe("umls_assertion").cfg["temperature"] == 1.25


def test_scores_are_of_gold_mentions_whatever_was_found(trained, docs, tmp_path):
    DocBin(docs=docs, store_user_data=True).to_disk(tmp_path / "gold.spacy")
    read = list(read_docs(tmp_path / "gold.spacy", trained.vocab))
    examples = [Example(trained.make_doc(doc.text), doc) for doc in read]
    scores = trained.evaluate(examples)
    assert scores["assertion_acc"] == 1.0 and scores["assertion_macro_f"] == 1.0
    assert scores["assertion_per_class"]["absent"]["gold"] == 4
    with trained.select_pipes(disable=["transformer", "umls_assertion"]):
        assert "assertion_acc" not in trained.evaluate(examples)


def test_a_batch_without_mentions_is_no_error(trained):
    docs = [trained.make_doc("No mention here."), trained.make_doc("")]
    losses = trained.update([Example(doc.copy(), doc) for doc in docs])
    assert losses["umls_assertion"] == 0.0
    assert trained.update([Example(docs[1].copy(), docs[1])])["umls_assertion"] == 0.0


def test_a_class_that_is_not_known_does_not_count(trained, docs):
    other = gold(trained, "Mother had pain", "associated_with_someone_else")
    with pytest.warns(UserWarning, match="do not count"):
        losses = trained.update([Example(trained.make_doc(other.text), other)])
    assert losses["umls_assertion"] == 0.0


def test_without_gold_there_is_nothing_to_learn(toy_bert):
    nlp = spacy.blank("en")
    head = {"@architectures": "spacy_umlsbert.MentionClassifier.v1", "tok2vec": LISTENER}
    nlp.add_pipe("umls_assertion", config={"model": head})
    doc = nlp.make_doc("Denies pain.")
    with pytest.raises(UsageError, match="at least two"):
        nlp.initialize(lambda: [Example(doc.copy(), doc)])
