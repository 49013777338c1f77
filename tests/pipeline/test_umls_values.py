"""The component: what it reads and writes."""

import pickle

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from spacy_umlsbert import InputError
from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.values import Value, instructions_of
from spacy_umlsbert.errors import UsageError

TEXT = (
    "Metformin 500 mg tablet, take 2 tabs PO BID. Started vancomycin and cefepime, 1 g each, "
    "IV q12h. BP 168/94, Hgb 9.1 (L). "
)
ENTITIES = {
    "Metformin": "treatment", "vancomycin": "treatment", "cefepime": "treatment", "Hgb": "test",
}  # fmt: skip
EXPECTED = {
    "Metformin": [
        ("strength", "500 mg", (500.0,), "mg"), ("form", "tablet", (), ""),
        ("dose", "2 tabs", (2.0,), "{tbl}"), ("route", "PO", (), ""), ("frequency", "BID", (), ""),
    ],
    "vancomycin": [
        ("strength", "1 g", (1.0,), "g"), ("route", "IV", (), ""),
        ("frequency", "q12h", (12.0,), "h"),
    ],
    "cefepime": [
        ("strength", "1 g", (1.0,), "g"), ("route", "IV", (), ""),
        ("frequency", "q12h", (12.0,), "h"),
    ],
    "Hgb": [("value", "9.1", (9.1,), ""), ("flag", "L", (), "")],
}  # fmt: skip


@Language.component("known_drugs_and_tests")
def entities(doc):
    spans = []
    for words, label in ENTITIES.items():
        start = doc.text.find(words)
        if start >= 0:
            spans.append(doc.char_span(start, start + len(words), label=label))
    doc.ents = [span for span in spans if span is not None]
    return doc


@pytest.fixture
def nlp():
    nlp = spacy.blank("en")
    nlp.add_pipe("known_drugs_and_tests")
    nlp.add_pipe("umls_values")
    return nlp


def said(ents):
    return {
        ent.text: [
            (one.label_, one._.value.text, one._.value.numbers, one._.value.unit)
            for one in ent._.values
        ]
        for ent in ents
    }


def test_values_and_what_they_belong_to(nlp):
    doc = nlp(TEXT)
    assert said(doc.ents) == EXPECTED
    values = doc.spans["values"]
    of = [(one.text, one._.of and one._.of.text) for one in values if one.label_ == "strength"]
    assert of == [("500 mg", "Metformin"), ("1 g", "vancomycin"), ("1 g", "cefepime")]
    (pressure,) = [one for one in values if one.label_ == "blood_pressure"]
    assert pressure._.value.numbers == (168, 94) and pressure._.of is None
    for one in values:
        assert one._.of is None or one in one._.of._.values
    assert doc.ents[0]._.clinical_drug == "Metformin 500 MG Oral Tablet"
    assert doc[0:2]._.value is None and doc[0:2]._.of is None and doc[0:2]._.values == []
    assert doc[0:2]._.clinical_drug == ""


def test_per_day_and_timing_are_kept(nlp):
    doc = nlp("Metformin 500 mg q6-8h")
    (often,) = [one._.value for one in doc.spans["values"] if one.label_ == "frequency"]
    assert often.per_day == (3, 4)
    assert often.timing["repeat"]["periodMax"] == 8


@pytest.mark.parametrize("way", ["as_doc", "joined", "copy", "pickle", "bytes", "docbin", "merged"])
def test_values_travel(nlp, way):
    doc = nlp(TEXT)
    if way == "as_doc":
        other = doc[10:].as_doc(copy_user_data=True)
        assert said(other.ents) == {k: v for k, v in EXPECTED.items() if k != "Metformin"}
        return
    if way == "joined":
        other = Doc.from_docs([nlp("Hgb 8."), doc])
        assert said(other.ents[1:]) == {**EXPECTED}
        of = [one._.of.text for one in spans_of(other, "values") if one.label_ == "strength"]
        assert of == ["Metformin", "vancomycin", "cefepime"]
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
            retokenizer.merge(other[4:6])  # ", take"
    assert said(other.ents) == EXPECTED
    assert other.ents[0]._.clinical_drug == "Metformin 500 MG Oral Tablet"


def test_a_value_that_was_cut_off_is_not_shown(nlp):
    part = nlp(TEXT)[0:3].as_doc(copy_user_data=True)
    assert said(part.ents) == {"Metformin": EXPECTED["Metformin"][:1]}
    joined = Doc.from_docs([part, nlp.make_doc("capsule, take 3 tabs")])
    assert said(joined.ents) == {"Metformin": EXPECTED["Metformin"][:1]}


def test_other_processes(nlp):
    docs = list(nlp.pipe([TEXT, "", "Hgb 8"], n_process=2, batch_size=1))
    assert said(docs[0].ents) == EXPECTED
    assert said(docs[2].ents) == {"Hgb": [("value", "8", (8.0,), "")]}


def test_twice_is_as_once(nlp):
    doc = nlp(TEXT)
    again = nlp.get_pipe("umls_values")(doc)
    assert said(again.ents) == EXPECTED and len(again.spans["values"]) == 14
    again.ents = []
    nlp.get_pipe("umls_values")(again)
    assert {one._.of for one in again.spans["values"]} == {None}


def test_a_taper_has_instructions(nlp):
    doc = nlp("Metformin 2 tabs daily for 5 days, then 1 tab every other day")
    steps = [[one.text for one in step] for step in instructions_of(doc.ents[0])]
    assert steps == [["2 tabs", "daily", "5 days"], ["1 tab", "every other day"]]


def test_any_span_group_and_labels_of_ones_own(nlp):
    nlp.remove_pipe("umls_values")
    config = {"spans_keys": ["mine"], "values_key": "numbers", "labels": {"X": "drug", "Y": "none"}}
    component = nlp.add_pipe("umls_values", config=config)
    doc = nlp.make_doc("Lipitor 40 daily, weight 80 kg")
    doc.spans["mine"] = [Span(doc, 0, 1, "X"), Span(doc, 4, 5, "Y")]
    doc = component(doc)
    found = [(one.text, one.label_, one._.of and one._.of.text) for one in doc.spans["numbers"]]
    assert found == [
        ("40", "strength", "Lipitor"), ("daily", "frequency", "Lipitor"), ("80 kg", "weight", None),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="labels"):
        nlp.add_pipe("umls_values", "other", config={"labels": {"X": "medicine"}})


def test_semantic_types_say_what_an_entity_is():
    nlp = spacy.blank("en")
    component = nlp.add_pipe("umls_values")
    doc = nlp.make_doc("Zyxomab 40 mg daily")
    doc.ents = [Span(doc, 0, 1, "T121")]
    assert [one.label_ for one in component(doc).ents[0]._.values] == ["strength", "frequency"]


def test_sentences_of_the_doc(nlp):
    doc = nlp.make_doc("Hgb was 9.1 K 4.2")
    for token in doc:
        token.is_sent_start = token.i in (0, 3)
    doc = nlp.get_pipe("umls_values")(nlp.get_pipe("known_drugs_and_tests")(doc))
    assert said(doc.ents) == {"Hgb": [("value", "9.1", (9.1,), "")]}


def test_rules_are_added_from_files_config_and_python(tmp_path):
    phrases, units, no = (tmp_path / f"{name}.tsv" for name in ("phrases", "units", "no"))
    phrases.write_text("phrase\tcategory\tcode\nqdinner\tfrequency\t1/1d@EVE\n# a comment\n")
    units.write_text("unit\tforms\twhose\n{blob}\tblob|blobs\tform\n")
    no.write_text("where\tpattern\nbefore\tlocker\\s\n")
    config = {
        "phrases_file": str(phrases), "units_file": str(units), "not_values_file": str(no),
        "add_phrases": [["per porta", "route", "123"]], "remove_phrases": ["monthly|once_monthly"
        "|once_a_month|once_per_month|every_month|each_month|qmonth|q_month"],
    }  # fmt: skip
    nlp = spacy.blank("en")
    nlp.add_pipe("known_drugs_and_tests")
    component = nlp.add_pipe("umls_values", config=config)
    component.add_rules(phrases=[{"phrase": "qlunch", "category": "frequency", "code": "1/1d"}])
    texts = {
        "Metformin 2 blobs qdinner": ["2 blobs", "qdinner"],
        "Metformin 5 mg per porta qlunch": ["5 mg", "per porta", "qlunch"],
        "Metformin locker 5 mg": [],
        "Metformin 5 mg monthly": ["5 mg"],
    }

    def found(nlp):
        docs = {text: nlp(text) for text in texts}
        return {text: [one.text for one in doc.spans["values"]] for text, doc in docs.items()}

    assert found(nlp) == texts
    nlp.to_disk(tmp_path / "saved")
    data = nlp.to_bytes()
    units.unlink()
    assert found(spacy.load(tmp_path / "saved")) == texts
    again = spacy.blank("en")
    again.add_pipe("known_drugs_and_tests")
    again.add_pipe("umls_values", config=config)
    with pytest.raises(InputError, match="no such file of rules"):
        again("Hgb 9")
    again.from_bytes(data)
    assert found(again) == texts
    component.remove_phrases(["qlunch"])
    doc = nlp("Metformin 5 mg qlunch")
    assert [one.text for one in doc.spans["values"]] == ["5 mg"]
    assert found(pickle.loads(pickle.dumps(spacy.load(tmp_path / "saved")))) == texts


@pytest.mark.parametrize(
    ("setting", "text", "line"),
    [
        ("phrases_file", "phrase\tcategory\nx\tnothing\n", 2),
        ("phrases_file", "phrase\tcategory\tcode\n\nx\tfrequency\t2 a day\n", 3),
        ("phrases_file", "word\tcategory\nx\troute\n", 1),
        ("units_file", "unit\tforms\nmg\t\n", 2),
        ("units_file", "unit\tforms\nmg\tx\tdrug\n", 2),
        ("not_values_file", "where\tpattern\nbefore\t(\n", 2),
        ("not_values_file", "where\tpattern\nbehind\tx\n", 2),
    ],
)
def test_a_bad_row_is_named(tmp_path, setting, text, line):
    path = tmp_path / "rules.tsv"
    path.write_text(text)
    with pytest.raises(InputError, match=f"rules.tsv, line {line}"):
        spacy.blank("en").add_pipe("umls_values", config={setting: str(path)})


def test_bad_rules(nlp, tmp_path):
    component = nlp.get_pipe("umls_values")
    for bad in ({"phrases": [["x", "nothing"]]}, {"units": [["mg"]]},
                {"not_values": [["before", "(x)"]]}):  # fmt: skip
        with pytest.raises(UsageError):
            component.add_rules(**bad)
    with pytest.raises(UsageError, match="no such phrase"):
        component.remove_phrases(["perchance"])
    (tmp_path / "rules.json").write_text('{"phrases": [[1]]}')
    with pytest.raises(InputError, match="cannot be read"):
        component.from_disk(tmp_path)


def test_what_is_corrected_is_kept(nlp):
    doc = nlp("Metformin 500 mg, Hgb 9.1")
    strength, result = doc.spans["values"]
    strength._.of = doc.ents[1]
    strength._.value = Value("strength", "500 mg", (5000.0,), "mg")
    other = doc.copy()
    assert said(other.ents)["Metformin"] == []
    assert said(other.ents)["Hgb"][0] == ("strength", "500 mg", (5000.0,), "mg")
    result._.of = None
    assert [one.text for one in doc.ents[1]._.values] == ["500 mg"]


def test_no_text_is_in_the_repr(nlp):
    doc = nlp("Metformin 500 mg")
    assert "500 mg" not in repr(doc.spans["values"][0]._.value)


def test_an_empty_doc(nlp):
    assert list(nlp("").spans["values"]) == []
