"""`umls_ner`: what a user of a named-entity recogniser can rely on."""

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc, Span
from spacy.training import Example

from spacy_umlsbert.pipeline.span_borders import within_sentences

TRAIN = [
    ("The patient has chest pain .", [(16, 26, "problem")]),
    ("The patient denies fever and cough .", [(19, 24, "problem"), (29, 34, "problem")]),
    ("On metformin and aspirin .", [(3, 12, "treatment"), (17, 24, "treatment")]),
    ("High blood glucose .", [(5, 18, "test")]),
]


def make_nlp(toy_bert, seed=0, **component):
    spacy.util.fix_random_seed(seed)
    nlp = spacy.blank("en")
    model = {
        "@architectures": "spacy_umlsbert.UmlsBertTransformer.v2",
        "name": toy_bert,
        "window": 20,
        "stride": 12,
        "semantic_type_embeddings": False,
    }
    nlp.add_pipe("transformer", config={"model": model})
    nlp.add_pipe("umls_ner", config=component)
    return nlp


def examples(nlp, data=TRAIN):
    return [Example.from_dict(nlp.make_doc(text), {"entities": ents}) for text, ents in data]


def entities(doc):
    return [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]


@pytest.fixture(scope="module")
def trained(toy_bert):
    nlp = make_nlp(toy_bert)
    data = examples(nlp)
    optimizer = nlp.initialize(lambda: data)
    optimizer.learn_rate = 0.01
    losses = []
    for _ in range(60):
        losses.append(nlp.update(data, sgd=optimizer, losses={})["umls_ner"])
    assert losses[-1] < losses[0] / 5
    return nlp


def test_it_learns(trained):
    for text, expected in TRAIN:
        assert entities(trained(text)) == expected
    scores = trained.evaluate(examples(trained))
    assert scores["ents_f"] == 1.0
    assert set(scores["ents_per_type"]) == {"problem", "test", "treatment"}


def test_labels_come_from_the_data_sorted(trained):
    ner = trained.get_pipe("umls_ner")
    assert ner.labels == ("problem", "test", "treatment")
    assert ner.label_data == ["problem", "test", "treatment"]
    assert trained.pipe_labels["umls_ner"] == ["problem", "test", "treatment"]


@pytest.mark.parametrize("way", ["disk", "bytes"])
def test_round_trip(toy_bert, trained, tmp_path, way):
    if way == "disk":
        trained.to_disk(tmp_path)
        other = spacy.load(tmp_path)
    else:
        other = make_nlp(toy_bert)
        other.from_bytes(trained.to_bytes())
    assert other.get_pipe("umls_ner").labels == trained.get_pipe("umls_ner").labels
    for text, expected in TRAIN:
        assert entities(other(text)) == expected


def test_empty_and_blank_docs_pass_through(trained):
    texts = ["", " ", "\n\t\n", TRAIN[0][0], ""]
    docs = list(trained.pipe(texts, batch_size=2))
    assert [entities(doc) for doc in docs] == [[], [], [], TRAIN[0][1], []]
    assert [entities(doc) for doc in trained.pipe(["", ""])] == [[], []]


def test_an_entity_may_cross_a_line_break(trained):
    doc = trained("The patient has chest\npain .")
    for ent in doc.ents:
        assert not ent[0].is_space
        assert not ent[-1].is_space


VOCAB = spacy.blank("en").vocab


def borders(words, span, starts=None, spaces=None):
    """Where the parts of a span begin and end, as words."""
    if spaces is None:
        spaces = [following not in ".,;:" for following in [*words[1:], "."]]
    doc = Doc(VOCAB, words=words, spaces=spaces)
    if starts is not None:
        for token in doc:
            token.is_sent_start = token.i in (0, *starts)
    found = within_sentences(doc, [(*span, "problem")])
    assert {label for _, _, label in found} <= {"problem"}
    return [words[start:end] for start, end, _ in found]


@pytest.mark.parametrize(
    ("words", "span", "starts", "expected"),
    [
        (["Chest", "pain", "\n", "Cough", ":", "no"], (0, 4), [3], [["Chest", "pain"], ["Cough"]]),
        (["guarding", "\n  ", "Lungs", ":"], (0, 3), [2], [["guarding"], ["Lungs"]]),
        (["guarding", "\n  ", "Lungs", ":"], (0, 3), None, [["guarding", "\n  ", "Lungs"]]),
        (["pain", ".", "-", "Fever"], (0, 3), [2], [["pain"]]),
        (["a", ":", "\n", "b", ",", "\n", "c", "."], (0, 8), [3, 6], [["a"], ["b"], ["c"]]),
        (["no", "cough", "."], (1, 3), [], [["cough"]]),
        (["no", "cough."], (1, 2), [], [["cough."]]),
        ([",", "cough", ";", ":"], (0, 4), [], [["cough"]]),
        (["vit", ".", "D"], (0, 3), [], [["vit", ".", "D"]]),
        (["St.", "John", "'s", "wort"], (0, 4), [], [["St.", "John", "'s", "wort"]]),
        (["HER2", "+", "."], (0, 3), [], [["HER2", "+"]]),
        (["(", "-", ")"], (0, 3), [], [["(", "-", ")"]]),
        (["aspirin", "b.i.d", "."], (0, 3), [], [["aspirin", "b.i.d", "."]]),
        (["CRP", "2.5", "."], (0, 3), [], [["CRP", "2.5"]]),
        ([".", "\n"], (0, 2), [], []),
    ],
)
def test_an_entity_ends_with_its_sentence_and_without_its_signs(words, span, starts, expected):
    assert borders(words, span, starts) == expected


def test_the_ends_of_entities_in_a_pipeline(trained):
    doc = trained.make_doc("The patient has chest pain .")
    doc[4].is_sent_start = True
    assert [ent.text for ent in trained(doc).ents] == ["chest", "pain"]


def test_entities_that_are_there_already_are_kept(trained):
    doc = trained.make_doc(TRAIN[0][0])
    doc.set_ents([Span(doc, 4, 5, label="preset", kb_id="X1")])
    doc = trained(doc)
    assert [(e.text, e.label_, e.kb_id_) for e in doc.ents] == [("pain", "preset", "X1")]


def test_unknown_label_names_the_label_and_the_remedy(toy_bert):
    nlp = make_nlp(toy_bert)
    data = examples(nlp)
    optimizer = nlp.initialize(lambda: data)
    odd = examples(nlp, [("fever", [(0, 5, "symptom")])])
    with pytest.raises(ValueError, match=r"an unknown label.*problem, test.*initialize"):
        nlp.update(odd, sgd=optimizer)


def test_no_labels_is_an_error(toy_bert):
    nlp = make_nlp(toy_bert)
    with pytest.raises(ValueError, match="none of the training examples has an annotated span"):
        nlp.initialize(lambda: examples(nlp, [("no fever", [])]))


def test_with_labels_given_the_corpus_is_not_read_to_its_end(toy_bert):
    nlp = make_nlp(toy_bert)
    data = examples(nlp) * 100
    read = []

    def stream():
        for example in data:
            read.append(example)
            yield example

    nlp.config["initialize"]["components"] = {"umls_ner": {"labels": ["problem", "other"]}}
    nlp.initialize(stream)
    assert nlp.get_pipe("umls_ner").labels == ("problem", "other")
    assert len(read) < 50


def test_a_label_cannot_be_added_after_initialisation(trained):
    with pytest.raises(ValueError, match="cannot add a label"):
        trained.get_pipe("umls_ner").add_label("other")
    assert trained.get_pipe("umls_ner").add_label("test") == 0


def test_tokens_without_annotation_do_not_count(toy_bert):
    nlp = make_nlp(toy_bert)
    data = examples(nlp)
    nlp.initialize(lambda: data)
    ner = nlp.get_pipe("umls_ner")
    predicted = nlp.make_doc("The patient has fever")
    reference = Doc(nlp.vocab, words=[t.text for t in predicted])
    reference.set_ents([Span(reference, 3, 4, label="problem")], default="missing")
    scores = [np.zeros((4, 7), dtype="f")]
    loss, (gradient,) = ner.get_loss([Example(predicted, reference)], scores)
    assert loss == pytest.approx(np.log(7), rel=1e-4)
    assert not gradient[:3].any()
    assert gradient[3].sum() == pytest.approx(0, abs=1e-6)


def test_the_gradient_is_that_of_the_loss(toy_bert):
    nlp = make_nlp(toy_bert)
    data = examples(nlp)
    nlp.initialize(lambda: data)
    ner = nlp.get_pipe("umls_ner")
    rng = np.random.default_rng(0)
    scores = [rng.normal(size=(len(eg.x), 7)).astype("f") for eg in data]
    n_tokens = sum(len(eg.x) for eg in data)
    _, gradients = ner.get_loss(data, scores)
    for row, column in [(0, 0), (3, 1), (4, 2)]:
        up = [s.copy() for s in scores]
        up[0][row, column] += 1e-2
        down = [s.copy() for s in scores]
        down[0][row, column] -= 1e-2
        slope = (ner.get_loss(data, up)[0] - ner.get_loss(data, down)[0]) / 2e-2
        assert gradients[0][row, column] == pytest.approx(slope / n_tokens, abs=1e-3)


def test_it_can_be_sourced_into_another_pipeline(trained):
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("transformer", source=trained)
    nlp.add_pipe("umls_ner", source=trained)
    for text, expected in TRAIN:
        assert entities(nlp(text)) == expected


def test_it_can_get_a_transformer_of_its_own(trained, tmp_path):
    trained.to_disk(tmp_path / "shared")
    nlp = spacy.load(tmp_path / "shared")
    nlp.replace_listeners("transformer", "umls_ner", ["model.tok2vec"])
    nlp.remove_pipe("transformer")
    nlp.to_disk(tmp_path / "alone")
    alone = spacy.load(tmp_path / "alone")
    assert alone.pipe_names == ["umls_ner"]
    for text, expected in TRAIN:
        assert entities(alone(text)) == expected


def test_two_listeners_share_the_transformer(toy_bert):
    nlp = make_nlp(toy_bert)
    listener = {
        "@architectures": "spacy-transformers.TransformerListener.v1",
        "pooling": {"@layers": "reduce_mean.v1"},
    }
    nlp.add_pipe(
        "ner",
        config={
            "model": {
                "@architectures": "spacy.TransitionBasedParser.v2",
                "state_type": "ner",
                "extra_state_tokens": False,
                "hidden_width": 8,
                "maxout_pieces": 2,
                "use_upper": False,
                "tok2vec": listener,
            }
        },
    )
    data = [*examples(nlp), *examples(nlp, [("", [])])]
    optimizer = nlp.initialize(lambda: data)
    losses = nlp.update(data, sgd=optimizer, losses={})
    assert losses["umls_ner"] > 0
    assert losses["ner"] > 0


def test_a_missing_transformer_is_pointed_out(trained):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_ner", source=trained)
    with pytest.warns(UserWarning, match="no 'transformer' component ran before it"):
        assert entities(nlp(TRAIN[0][0])) == []


def test_an_untrained_component_says_so(toy_bert):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_ner")
    with pytest.raises(ValueError, match="umls_ner has no labels: it is not trained"):
        nlp("fever")
    nlp = make_nlp(toy_bert)
    with pytest.raises(ValueError, match=r"the transformer has no weights yet.*nlp\.initialize"):
        nlp("fever")


WITH_TRANSITIONS = {
    "model": {
        "@architectures": "spacy_umlsbert.TokenTagger.v1",
        "transitions": True,
        "tok2vec": {
            "@architectures": "spacy-transformers.TransformerListener.v1",
            "pooling": {"@layers": "reduce_mean.v1"},
        },
    }
}


def test_it_learns_which_tag_follows_which(toy_bert, tmp_path):
    nlp = make_nlp(toy_bert, **WITH_TRANSITIONS)
    data = examples(nlp)
    unknown = Doc(nlp.vocab, words=["The", "patient", "."])  # its entities are not annotated
    data.append(Example(nlp.make_doc(unknown.text), unknown))
    optimizer = nlp.initialize(lambda: data)
    optimizer.learn_rate = 0.01
    losses = [nlp.update(data, sgd=optimizer, losses={})["umls_ner"] for _ in range(60)]
    assert losses[-1] < losses[0] / 5
    layer = nlp.get_pipe("umls_ner").model.get_ref("transitions")
    assert np.abs(layer.get_param("transitions")).max() > 0.01
    nlp.to_disk(tmp_path / "saved")
    again = spacy.load(tmp_path / "saved")
    from_bytes = make_nlp(toy_bert, **WITH_TRANSITIONS).from_bytes(nlp.to_bytes())
    for text, expected in TRAIN:
        assert entities(nlp(text)) == entities(again(text)) == expected
        assert entities(from_bytes(text)) == expected
