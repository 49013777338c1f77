"""The component: what it reads and writes."""

import pickle

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from spacy_umlsbert import InputError
from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.errors import UsageError

TEXT = "Mother had breast cancer. Denies chest pain but has fever. Prior MI."
WORDS = ["breast cancer", "chest pain", "fever", "MI"]
FLAGS = ["negated", "uncertain", "conditional", "hypothetical", "historical", "family"]


@Language.component("known_words")
def entities(doc):
    spans = []
    for words in WORDS:
        start = doc.text.find(words)
        if start >= 0:
            spans.append(doc.char_span(start, start + len(words), label="problem"))
    doc.ents = spans
    return doc


@pytest.fixture
def nlp():
    nlp = spacy.blank("en")
    nlp.add_pipe("known_words")
    nlp.add_pipe("umls_assertion")
    return nlp


def said(spans):
    return {
        span.text: (
            span._.assertion,
            [flag for flag in FLAGS if span._.get(f"is_{flag}")],
            [cue.text for cue in span._.assertion_cues],
        )
        for span in spans
    }


EXPECTED = {
    "breast cancer": ("associated_with_someone_else", ["family"], ["Mother had"]),
    "chest pain": ("absent", ["negated"], ["Denies"]),
    "fever": ("present", [], []),
    "MI": ("present", ["historical"], ["Prior"]),
}


def test_entities_are_judged(nlp):
    doc = nlp(TEXT)
    assert said(doc.ents) == EXPECTED
    cues = doc.spans["assertion_cues"]
    assert [(cue.text, cue.label_, cue._.assertion_scope.text) for cue in cues] == [
        ("Mother had", "family", "breast cancer"),
        ("Denies", "negated", "chest pain"),
        ("Prior", "historical", "MI"),
    ]
    assert doc.ents[0]._.assertion_probabilities == {}
    assert doc[0:1]._.assertion is None and doc[0:1]._.assertion_cues == []


@pytest.mark.parametrize("way", ["as_doc", "joined", "copy", "pickle", "bytes", "docbin", "merged"])
def test_what_is_said_travels(nlp, way):
    doc = nlp(TEXT)
    if way == "as_doc":
        other = doc[5:12].as_doc(copy_user_data=True)
        assert said(other.ents) == {key: EXPECTED[key] for key in ("chest pain", "fever")}
        return
    if way == "joined":
        other = Doc.from_docs([nlp("No fever."), doc])
        found = {span.text: span._.assertion for span in other.ents[1:]}
        assert found == {key: value[0] for key, value in EXPECTED.items()}
        assert [cue.text for cue in other.ents[1]._.assertion_cues] == ["Mother had"]
        scopes = [cue._.assertion_scope.text for cue in spans_of(other, "assertion_cues")]
        assert scopes == ["fever", "breast cancer", "chest pain", "MI"]
        return
    if way == "copy":
        other = doc.copy()
    elif way == "pickle":
        other = pickle.loads(pickle.dumps(doc))
    elif way == "bytes":
        other = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    elif way == "docbin":
        data = DocBin(docs=[doc], store_user_data=True).to_bytes()
        (other,) = DocBin().from_bytes(data).get_docs(spacy.blank("en").vocab)
    else:
        other = doc
        with other.retokenize() as retokenizer:
            retokenizer.merge(other[2:4])
    assert said(other.ents) == EXPECTED


def test_a_cue_that_was_cut_off_is_not_shown(nlp):
    doc = nlp(TEXT)
    part = doc[6:9].as_doc(copy_user_data=True)
    assert [(one.text, one._.assertion) for one in part.ents] == [("chest pain", "absent")]
    joined = Doc.from_docs([nlp.make_doc("Reports"), part])
    assert joined.ents[0]._.assertion_cues == []


def test_other_processes(nlp):
    docs = list(nlp.pipe([TEXT, "", "No fever."], n_process=2, batch_size=1))
    assert said(docs[0].ents) == EXPECTED
    assert said(docs[2].ents)["fever"][0] == "absent"


def test_any_span_group(nlp):
    nlp.remove_pipe("umls_assertion")
    nlp.add_pipe("umls_assertion", config={"spans_keys": ["mine"], "cues_key": "cues"})
    doc = nlp.make_doc("No rash. Fever.")
    doc.spans["mine"] = [Span(doc, 1, 2, "a"), Span(doc, 0, 2, "b"), Span(doc, 3, 4)]
    doc = nlp.get_pipe("umls_assertion")(doc)
    assert [span._.assertion for span in doc.spans["mine"]] == ["absent", "absent", "present"]
    assert len(doc.spans["cues"]) == 1
    without = nlp("No rash.")
    assert len(without.spans["cues"]) == 1


def test_sections_and_sentences_of_the_doc(nlp):
    doc = nlp.make_doc("Some fever MI")
    doc.spans["sections"] = [Span(doc, 0, 2, "family_history"), Span(doc, 2, 3, "labs")]
    doc = nlp.get_pipe("umls_assertion")(nlp.get_pipe("known_words")(doc))
    assert [ent._.is_family for ent in doc.ents] == [True, False]
    doc = nlp.make_doc("denies MI fever")
    for token in doc:
        token.is_sent_start = token.i in (0, 2)
    doc = nlp.get_pipe("umls_assertion")(nlp.get_pipe("known_words")(doc))
    assert {ent.text: ent._.assertion for ent in doc.ents} == {"MI": "absent", "fever": "present"}


def test_rules_are_added_from_file_config_and_python(tmp_path):
    path = tmp_path / "rules.tsv"
    path.write_text("phrase\tcategory\tdirection\nnowhere\tnegated\tafter\n")
    nlp = spacy.blank("en")
    nlp.add_pipe("known_words")
    config = {
        "rules_file": str(path),
        "add_rules": [["hardly", "negated"]],
        "remove_rules": ["without"],
    }
    component = nlp.add_pipe("umls_assertion", config=config)
    component.add_rules([{"phrase": "perchance", "category": "uncertain"}])
    texts = {
        "fever nowhere": "absent",
        "hardly fever": "absent",
        "without fever": "present",
        "perchance fever": "possible",
    }

    def found(nlp):
        return {text: nlp(text).ents[0]._.assertion for text in texts}

    assert found(nlp) == texts
    nlp.to_disk(tmp_path / "saved")
    data = nlp.to_bytes()
    path.unlink()
    assert found(spacy.load(tmp_path / "saved")) == texts
    again = spacy.blank("en")
    again.add_pipe("known_words")
    again.add_pipe("umls_assertion", config=config)
    with pytest.raises(InputError, match="no such file of rules"):
        again("fever")
    again.from_bytes(data)
    assert found(again) == texts
    component.remove_rules([("perchance", "uncertain")])
    assert nlp("perchance fever").ents[0]._.assertion == "present"


def test_bad_settings(tmp_path):
    nlp = spacy.blank("en")
    path = tmp_path / "rules.tsv"
    path.write_text("phrase\tcategory\nno\tnothing\n")
    with pytest.raises(InputError, match="line 2"):
        nlp.add_pipe("umls_assertion", config={"rules_file": str(path)})
    with pytest.raises(UsageError, match="section_evidence"):
        nlp.add_pipe("umls_assertion", config={"section_evidence": {"labs": "bad"}})
    (tmp_path / "rules.json").write_text("[[1]]")
    with pytest.raises(InputError, match="cannot be read"):
        nlp.add_pipe("umls_assertion").from_disk(tmp_path)


def test_what_is_corrected_is_kept(nlp):
    doc = nlp("No fever.")
    doc.ents[0]._.is_negated = False
    doc.ents[0]._.is_historical = True
    doc[0:1]._.is_family = True
    assert said(doc.copy().ents)["fever"][:2] == ("absent", ["historical"])
    assert doc[0:1]._.is_family and doc[0:1]._.assertion is None


def test_attributes_of_medspacy_are_written_too(nlp):
    ours = Span.remove_extension("is_negated")
    try:
        Span.set_extension("is_negated", default=False)
        doc = nlp("No fever.")
        assert doc.ents[0]._.is_negated is True and doc.ents[0]._.is_family is False
    finally:
        Span.remove_extension("is_negated")
        Span.set_extension("is_negated", getter=ours[2], setter=ours[3])


def test_an_empty_doc(nlp):
    doc = nlp("")
    assert len(doc) == 0 and list(doc.spans["assertion_cues"]) == []
