"""`umls_deid`: what somebody who must not show names can rely on."""

import pytest
import spacy
from spacy.lang.en import English
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example

from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.deid.phi_spans import token_spans
from spacy_umlsbert.deid.surrogates.key import read_key
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.pipeline import umls_deid

NOTE = (
    "Marcus Hollingsworth is known. Mr. Hollingsworth (DOB 03/14/1931) has Parkinson's disease and "
    "a Foley catheter. Seen by Dr. Parkinson on 3/4/2009. Call 216-555-0142. Hollingsworth agrees."
)
KEY = "a secret of at least 16 bytes"


def make_nlp(**config):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_deid", config=config)
    return nlp


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("SPACY_UMLSBERT_DEID_KEY", KEY)


def found(doc):
    return [(span.text, span.label_) for span in doc.spans["phi"]]


def test_it_works_without_a_model_and_without_training():
    doc = make_nlp()(NOTE)
    assert found(doc) == [
        ("Hollingsworth", "PATIENT"),
        ("Hollingsworth", "PATIENT"),
        ("03/14/1931", "DATE"),
        ("Parkinson", "DOCTOR"),
        ("3/4/2009", "DATE"),
        ("216-555-0142", "PHONE"),
        ("Hollingsworth", "PATIENT"),
    ]
    assert doc._.deidentified == (
        "Marcus [NAME] is known. Mr. [NAME] (DOB [DATE]) has Parkinson's disease and a Foley "
        "catheter. Seen by Dr. [NAME] on [DATE]. Call [CONTACT]. [NAME] agrees."
    )


@pytest.mark.parametrize(
    ("output", "start"),
    [("label", "Mr. [PATIENT] (DOB [DATE])"), ("mask", "Mr. ************* (DOB **/**/****)")],
)
def test_other_outputs(output, start):
    assert start in make_nlp(output=output)(NOTE)._.deidentified


def test_offsets_lead_back(key):
    doc = make_nlp(output="surrogate")(NOTE)
    new = doc._.deid_map
    at = new.text.index("has Parkinson's")
    assert NOTE[new.to_original(at) :].startswith("has Parkinson's")


def test_surrogates_are_those_of_the_patient(key):
    nlp = make_nlp(output="surrogate")

    def surrogate_of(patient_id):
        doc = nlp.make_doc("Seen on 3/4/2009: Mr. Hollingsworth.")
        doc._.patient_id = patient_id
        return nlp(doc)._.deidentified

    assert surrogate_of("1") == surrogate_of("1") != surrogate_of("2")
    text = nlp(NOTE)._.deidentified
    assert "Hollingsworth" not in text and "3/4/2009" not in text
    assert nlp(text)._.deidentified != text


def test_surrogates_need_a_key(monkeypatch, tmp_path):
    monkeypatch.delenv("SPACY_UMLSBERT_DEID_KEY", raising=False)
    with pytest.raises(InputError, match="SPACY_UMLSBERT_DEID_KEY"):
        make_nlp(output="surrogate")(NOTE)
    (tmp_path / "short.key").write_text("short\n")
    with pytest.raises(InputError, match="5 bytes"):
        make_nlp(output="surrogate", key_file=str(tmp_path / "short.key"))(NOTE)


def test_the_key_is_not_saved(key, tmp_path):
    nlp = make_nlp(output="surrogate")
    nlp.to_disk(tmp_path)
    assert all(KEY.encode() not in p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert KEY.encode() not in nlp.to_bytes()


@pytest.mark.parametrize("way", ["disk", "bytes"])
def test_round_trip(way, tmp_path):
    nlp = make_nlp(output="label", phi_types=["DATE"])
    if way == "disk":
        nlp.to_disk(tmp_path)
        again = spacy.load(tmp_path)
    else:
        again = make_nlp(output="label", phi_types=["DATE"]).from_bytes(nlp.to_bytes())
    assert again(NOTE)._.deidentified == nlp(NOTE)._.deidentified
    assert {label for _, label in found(again(NOTE))} == {"DATE"}


def test_a_stream_two_processes_and_a_docbin(key):
    nlp = make_nlp(output="surrogate")
    texts = [NOTE, "", " \n ", NOTE.upper(), NOTE.lower()]
    expected = [nlp(text)._.deidentified for text in texts]
    assert [doc._.deidentified for doc in nlp.pipe(texts, n_process=2)] == expected
    data = DocBin(docs=[nlp(text) for text in texts], store_user_data=True).to_bytes()
    docs = DocBin().from_bytes(data).get_docs(nlp.vocab)
    assert [doc._.deidentified for doc in docs] == expected


def test_corrected_spans_count(key):
    nlp = make_nlp()
    doc = nlp(NOTE)
    doc.spans["phi"] = [Span(doc, 0, 2, label="PATIENT")]
    assert nlp.get_pipe("umls_deid").deidentify(doc).text.startswith("[NAME] is known. Mr. Hol")


def test_mentions_of_the_knowledge_base_are_no_names(toy_bert):
    nlp = trained(toy_bert)
    doc = nlp.make_doc("The patient Chest Pain .")
    bare = [text for text, _ in found(nlp(nlp.make_doc(doc.text)))]
    doc.spans["umls"] = [Span(doc, 2, 4, label="T184", kb_id="C0008031")]
    assert [text for text, _ in found(nlp(doc))] == [
        t for t in bare if t not in ("Chest", "Pain", "Chest Pain")
    ]


TRAIN = [
    ("The patient hale has fever .", [(12, 16)]),
    ("No cough in high denies .", [(12, 16)]),
    ("Short breath .", []),
]


def with_head(toy_bert, **config):
    """A pipeline with a tagging head, not trained."""
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    model = {
        "@architectures": "spacy_umlsbert.UmlsBertTransformer.v2",
        "name": toy_bert,
        "window": 40,
        "stride": 30,
        "semantic_type_embeddings": False,
    }
    nlp.add_pipe("transformer", config={"model": model})
    head = {
        "@architectures": "spacy_umlsbert.TokenTagger.v1",
        "tok2vec": {
            "@architectures": "spacy-transformers.TransformerListener.v1",
            "pooling": {"@layers": "reduce_mean.v1"},
        },
    }
    nlp.add_pipe("umls_deid", config={"model": head, **config})
    return nlp


def trained(toy_bert, **config):
    """A pipeline whose head finds "hale"; its gold PHI is in ``doc.ents`` if the config says so."""
    nlp = with_head(toy_bert, **config)
    by_ents = "gold_key" in config
    examples = []
    for text, spans in TRAIN:
        reference = nlp.make_doc(text)
        label = "PER" if by_ents else "PATIENT"
        gold = [reference.char_span(a, b, label=label) for a, b in spans]
        if by_ents:
            reference.set_ents(gold)
        else:
            reference.spans["phi"] = gold
        examples.append(Example(nlp.make_doc(text), reference))
    unknown = nlp.make_doc("Fever and cough .")  # has no annotation, and does not count
    examples.append(Example(nlp.make_doc(unknown.text), unknown))
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.01
    for _ in range(60):
        nlp.update(examples, sgd=optimizer)
    return nlp


def test_it_learns_and_rules_add_to_it(toy_bert, tmp_path):
    nlp = trained(toy_bert)
    assert found(nlp(TRAIN[0][0])) == [("hale", "PATIENT")]
    assert ("3/4/2009", "DATE") in found(nlp(NOTE))
    nlp.to_disk(tmp_path)
    assert found(spacy.load(tmp_path)(TRAIN[0][0])) == [("hale", "PATIENT")]
    reference = nlp.make_doc(TRAIN[0][0])
    reference.spans["phi"] = [reference.char_span(12, 16, label="PATIENT")]
    scores = nlp.evaluate([Example(nlp.make_doc(reference.text), reference)])
    assert scores["spans_phi_f"] == 1.0
    assert "spans_head_f" not in scores


def test_a_head_with_labels_of_its_own_alone_and_with_rules(toy_bert, key):
    """Gold PHI in ``doc.ents``, a label that nobody knows, and tokens that are not annotated."""
    nlp = trained(toy_bert, gold_key=None, head_key="head", phi_types=["DATE"])
    component = nlp.get_pipe("umls_deid")
    assert component.labels == ("PER",)
    text = f"{TRAIN[0][0]} Seen on 3/4/2009 by Dr. Ferris."
    doc = nlp(text)
    # DATE is wanted and DOCTOR is not; of PER nobody can say.
    assert found(doc) == [("hale", "PER"), ("3/4/2009", "DATE")]
    assert ("hale", "PER") in [(span.text, span.label_) for span in doc.spans["head"]]
    assert "3/4/2009" not in [span.text for span in doc.spans["head"]]
    for output, written in (("placeholder", "[PER]"), ("label", "[PER]"), ("mask", "****")):
        assert f"patient {written} has" in component.deidentify(doc, output=output).text
    assert "hale" not in component.deidentify(doc, output="surrogate").text
    reference = nlp.make_doc(text)
    reference.set_ents([Span(reference, 2, 3, label="PER")], missing=[reference[8:9]])
    scores = nlp.evaluate([Example(nlp.make_doc(text), reference)])
    # The date is right by nobody's annotation, and wrong by none.
    assert reference[8].text == "3/4/2009" and scores["spans_phi_f"] == 1.0
    assert scores["spans_head_r"] == 1.0
    assert set(scores["spans_phi_per_type"]) == {"PER"}


def test_two_findings_on_one_token_hide_both():
    nlp = make_nlp(output="label")
    doc = nlp("Call 216-555-0142/216-555-0143.")
    text = doc._.deidentified
    assert "0142" not in text and "0143" not in text


def test_what_may_stay_does_not_take_along_what_may_not():
    text = "Seen at Dr. Hale Clinic. Dr. Hale agrees."
    assert "Hale" not in make_nlp(phi_types=["DOCTOR"])(text)._.deidentified


def test_the_key_is_read_once_for_a_batch(tmp_path, monkeypatch):
    (tmp_path / "key").write_text(KEY)
    read = []
    monkeypatch.setattr(umls_deid, "read_key", lambda path: read.append(path) or read_key(path))
    nlp = make_nlp(output="surrogate", key_file=str(tmp_path / "key"))
    texts = ["Mr. Hale, seen on 3/4/2009."] * 6
    (text,) = {doc._.deidentified for doc in nlp.pipe(texts, batch_size=3)}
    assert "Hale" not in text and len(read) == 2


def test_an_unknown_output_or_label_is_an_error():
    with pytest.raises(ValueError, match="'placeholder', 'label', 'mask', 'surrogate'"):
        make_nlp(output="stars")
    with pytest.raises(ValueError, match="NAMES"):
        make_nlp(phi_types=["NAMES"])


def test_custom_attributes_are_none_before():
    make_nlp()
    doc = Doc(spacy.blank("en").vocab, words=["a"])
    assert doc._.deidentified is None and doc._.deid_map is None and doc._.patient_id is None


def test_findings_that_share_a_token_stay_covered() -> None:
    doc = English().make_doc("call 12a34b56 now")
    found = [Phi(0, 7, "PHONE", ""), Phi(10, 17, "IDNUM", "")]
    spans = token_spans(doc, found)
    assert [(span.text, span.label_) for span in spans] == [("call 12a34b56 now", "PHONE")]


def test_what_follows_a_name_belongs_to_it():
    doc = make_nlp()("Seen by Dr. Marcus Hollingsworth Jr. and Dr. Ferris, III, today.")
    assert [text for text, _ in found(doc)] == ["Marcus Hollingsworth Jr.", "Ferris, III"]


def test_a_bias_to_recall_finds_more(toy_bert):
    text = "Seen today by the nurse"
    nlp = with_head(toy_bert, rules=False, recall_bias=20.0)
    nlp.get_pipe("umls_deid").add_label("DATE")
    nlp.initialize()
    doc = nlp(text)
    assert sum(len(span) for span in doc.spans["phi"]) == len(doc)
    nlp.get_pipe("umls_deid").recall_bias = -20.0
    doc = nlp(text)
    assert not doc.spans["phi"]


def test_the_old_name_of_the_rules_works():
    with pytest.warns(FutureWarning, match="shapes is now called rules"):
        nlp = make_nlp(shapes=False)
    assert found(nlp(NOTE)) == []
    assert nlp.config["components"]["umls_deid"]["rules"] is False
