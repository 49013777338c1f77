"""`umls_senses`: the transformer says which concept of a name fits where it stands."""

import pickle

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc, Span

from spacy_umlsbert.umls.context.reader import LIKENESS, ContextReader
from spacy_umlsbert.umls.context.senses import senses_of
from tests.rrf import Row, build_kb

CONCEPTS = [
    Row("C_ARTHRITIS", ["T047"], ["rheumatoid arthritis", "RA"]),
    Row("C_ATRIUM", ["T023"], ["right atrium"]),
    Row("C_EXAM", ["T058"], ["physical examination", "PE"]),
    Row("C_EMBOLISM", ["T047"], ["pulmonary embolism", "PE"], "A clot."),
    Row("C_PAIN", ["T184"], ["pain"]),
]  # fmt: skip


class Toy:
    """Vectors by topic: what has one of its words is of the topic."""

    TOPICS = (
        {"arthritis", "joints", "methotrexate"},
        {"atrium", "dilated", "echo"},
        {"room", "saturation"},
        {"examination", "nourished"},
        {"embolism", "heparin"},
    )

    def _vector(self, words):
        vector = np.array([0.1 + len(topic & words) for topic in self.TOPICS])
        return vector / np.linalg.norm(vector)

    def of_names(self, names):
        return np.stack([self._vector(set(name.lower().split())) for name in names])

    def around(self, doc, start, end):
        return self._vector({token.lower_ for token in doc[max(start - 8, 0) : end + 8]})


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    return build_kb(tmp_path_factory.mktemp("senses"), CONCEPTS)


def read(kb, text):
    doc = spacy.blank("en")(text)
    (matches,) = kb.match([doc])
    return {
        doc[m.start : m.end].text: m.concept_ids for m in ContextReader(kb, Toy())(doc, matches)
    }


@pytest.mark.parametrize(
    ("text", "name", "concepts"),
    [
        ("RA with swollen joints on methotrexate", "RA", ("C_ARTHRITIS",)),
        ("echo: RA dilated", "RA", ("C_ATRIUM", "C_ARTHRITIS")),
        ("good saturation in the room with RA", "RA", None),
        ("well nourished , PE normal", "PE", ("C_EXAM", "C_EMBOLISM")),
        ("heparin for PE", "PE", ("C_EMBOLISM", "C_EXAM")),
    ],
)
def test_what_is_like_the_surroundings_is_meant(kb, text, name, concepts):
    assert read(kb, text).get(name) == concepts


def test_other_names_stand(kb):
    assert read(kb, "pain in the room with good saturation")["pain"] == ("C_PAIN",)


def test_likeness_counts_against_the_mean_of_all_meanings(kb):
    doc = spacy.blank("en")("heparin for PE")
    (matches,) = kb.match([doc])
    readings = ContextReader(kb, Toy()).explain(doc, matches, 0)
    assert readings[0].concept_id == "C_EMBOLISM"
    assert sum(reading.points[LIKENESS] for reading in readings) == pytest.approx(0)


def test_senses_are_known_in_any_writing():
    assert "room air" in senses_of("RA") == senses_of("ra")
    assert senses_of("zzz") == ()


@pytest.fixture
def nlp(kb):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_lookup", config={"kb": str(kb.path)})
    nlp.add_pipe("umls_senses")
    return nlp


def found(doc):
    return [(span.text, span.kb_id_, span._.cuis) for span in doc.spans["umls"]]


def test_without_a_transformer_the_rules_decide(nlp):
    assert found(nlp("sats 97% RA, pain")) == [("pain", "C_PAIN", ["C_PAIN"])]
    assert found(nlp("PE: well developed"))[0][1:] == ("C_EXAM", ["C_EXAM", "C_EMBOLISM"])


def test_labels_follow_the_concepts(nlp):
    doc = nlp("PE: well developed")
    (span,) = doc.spans["umls"]
    assert span.label_ == "T058" and span._.tuis == ["T058", "T047"]


def test_an_abbreviation_that_the_text_defines_stands(kb):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_lookup", config={"kb": str(kb.path), "abbreviations": True})
    nlp.add_pipe("umls_senses")
    doc = nlp("Physical examination (PE) was normal. PE in both lungs")
    assert [span.kb_id_ for span in doc.spans["umls"] if span.text == "PE"] == ["C_EXAM"] * 2


def test_a_doc_that_was_not_looked_at_stays_as_it_is(nlp):
    doc = nlp.make_doc("sats 97% RA")
    assert "umls" not in nlp.get_pipe("umls_senses")(doc).spans


@pytest.mark.parametrize("way", ["disk", "bytes", "pickle"])
def test_round_trips(nlp, way, tmp_path):
    if way == "disk":
        nlp.to_disk(tmp_path / "nlp")
        again = spacy.load(tmp_path / "nlp")
    elif way == "bytes":
        again = spacy.blank("en")
        again.add_pipe("umls_lookup")
        again.add_pipe("umls_senses")
        again.from_bytes(nlp.to_bytes())
    else:
        again = pickle.loads(pickle.dumps(nlp))
    text = "PE: well developed, sats 97% RA, pain"
    assert found(again(text)) == found(nlp(text)) != []


def test_spans_over_the_same_tokens_are_not_lost(nlp, kb):
    """A group that something else wrote to may have two spans over the same tokens."""
    doc = nlp.make_doc("pain")
    doc.spans["umls"] = [
        Span(doc, 0, 1, "T184", kb_id="C_PAIN"),
        Span(doc, 0, 1, "T047", kb_id="C_ARTHRITIS"),
    ]
    nlp.get_pipe("umls_senses")(doc)
    assert len(doc.spans["umls"]) == 2


@pytest.fixture
def umlsbert_nlp(toy_bert, toy_kb_path):
    pytest.importorskip("spacy_transformers")
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_lookup", config={"kb": str(toy_kb_path)})
    nlp.add_pipe(
        "transformer",
        config={
            "model": {
                "@architectures": "spacy_umlsbert.UmlsBertTransformer.v2",
                "name": toy_bert,
                "window": 30,
                "stride": 20,
            }
        },
    )
    nlp.add_pipe("umls_senses")
    nlp.initialize()
    return nlp


def test_vectors_are_those_of_the_transformer(umlsbert_nlp):
    from spacy_umlsbert.pipeline.context_vectors import WORDS, ContextVectors

    vectors = ContextVectors(umlsbert_nlp)
    doc = umlsbert_nlp("chest pain and fever and cough today " * 4)
    assert isinstance(doc, Doc)
    around = vectors.around(doc, 3, 4)
    data = doc._.trf_data
    output = data.model_output.last_hidden_state
    rows = output.reshape(-1, output.shape[-1])
    tokens = [i for i in range(4 + WORDS) if i != 3]
    pieces = np.concatenate([data.align[i].dataXd.ravel() for i in tokens])
    mean = rows[pieces].mean(axis=0)
    assert np.allclose(around, mean / np.linalg.norm(mean), atol=1e-5)
    names = vectors.of_names(["fever", "chest pain", "fever"])
    assert np.allclose(names[0], names[2]) and np.allclose(np.linalg.norm(names, axis=1), 1)
    assert vectors.around(umlsbert_nlp.make_doc("chest pain"), 0, 1) is None


def test_vectors_of_names_follow_the_weights(umlsbert_nlp):
    from spacy_umlsbert.pipeline.context_vectors import ContextVectors

    vectors = ContextVectors(umlsbert_nlp)
    before = vectors.of_names(["fever", "chest pain"])
    assert np.array_equal(vectors.of_names(["fever", "chest pain"]), before)
    for weights in umlsbert_nlp.get_pipe("transformer").model.backbone.parameters():
        if weights.ndim == 1:
            weights.data += 0.5  # as a step of training does
    after = vectors.of_names(["fever", "chest pain"])
    assert not np.allclose(after, before)
    assert np.array_equal(after, ContextVectors(umlsbert_nlp).of_names(["fever", "chest pain"]))
