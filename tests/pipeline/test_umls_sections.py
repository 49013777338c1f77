"""`umls_sections` in a pipeline: spans, attributes, rules of the user's own."""

import pickle

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.matcher import Matcher
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example

from spacy_umlsbert.annotations.pairs import make_pair
from spacy_umlsbert.errors import InputError, UsageError
from spacy_umlsbert.text.sections import SectionRule

TEXT = (
    "Seen with her sister.\n\nHPI\nPMH: asthma, two ICU stays\n\nWheeze since Sunday.\n\n"
    "FAMILY HISTORY:\nFather: gout\n\nWOUND CARE LOG:\nLeft heel ulcer 2 cm\nALLERGIES:\n"
)


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_sections")
    return nlp


def sections(doc):
    return [
        (s.label_, s._.section_title.text, s._.section_body.text, s._.section_code)
        for s in doc.spans["sections"]
    ]


def labels(nlp, text):
    doc = nlp(text)
    return [span.label_ for span in doc.spans["sections"]]


def test_sections_of_a_note(nlp):
    doc = nlp(TEXT)
    assert sections(doc) == [
        ("other", "", "Seen with her sister.", ""),
        ("history_of_present_illness", "HPI",
         "PMH: asthma, two ICU stays\n\nWheeze since Sunday.", "10164-2"),
        ("past_medical_history", "PMH", "asthma, two ICU stays", "11348-0"),
        ("family_history", "FAMILY HISTORY", "Father: gout", "10157-6"),
        ("other", "WOUND CARE LOG", "Left heel ulcer 2 cm", ""),
        ("allergies", "ALLERGIES", "", "48765-2"),
    ]  # fmt: skip
    by_word = {token.text: token._.section for token in doc}
    assert by_word["sister"] == "other" and by_word["asthma"] == "past_medical_history"
    assert by_word["Wheeze"] == "history_of_present_illness"
    assert by_word["gout"] == "family_history" and by_word["ulcer"] == "other"
    asthma = doc.char_span(TEXT.find("asthma"), TEXT.find("asthma") + 6)
    assert asthma._.section == "past_medical_history" and asthma._.section_title is None
    for span in doc.spans["sections"]:
        assert span._.section == span.label_
        assert span._.section_title.doc is doc


@pytest.mark.parametrize("text", ["", " \n", "\n\n", "well"])
def test_texts_without_headings(nlp, text):
    doc = nlp(text)
    found = sections(doc)
    assert found == ([("other", "", "well", "")] if text == "well" else [])
    assert {token._.section for token in doc} <= {"other" if text == "well" else ""}


def test_a_rule_that_asks_for_a_section_that_is_not_there(nlp):
    doc = nlp("Stool guaiac sent, qualitative pending.")
    matcher = Matcher(nlp.vocab)
    matcher.add("labs", [[{"_": {"section": "labs"}}]])
    assert matcher(doc) == [] and matcher(nlp.make_doc("Stool guaiac sent.")) == []
    labs = nlp("LABS: guaiac")
    assert [labs[i].text for _, i, _ in matcher(labs)] == ["LABS", ":", "guaiac"]


def test_headings_within_a_token(nlp):
    doc = Doc(nlp.vocab, words=["Lungs", "\n\n  ", "Plan:rest", "\n", "x"], spaces=[False] * 5)
    nlp.get_pipe("umls_sections")(doc)
    assert [(s.label_, s.start, s.end) for s in doc.spans["sections"]] == [
        ("other", 0, 2),
        ("plan", 2, 5),
    ]
    for span in doc.spans["sections"]:
        title, body = span._.section_title, span._.section_body
        assert span.start <= title.start <= title.end <= body.start <= body.end <= span.end


def test_pairs_have_no_sections(nlp):
    pair = make_pair(nlp, "PLAN: rest", "EXAM: well")
    assert sections(nlp.get_pipe("umls_sections")(pair)) == []


WORDS = ["PLAN", ":", "HPI", "PMH: gout", "S:", "rest", "\n", "\n\n", " ", "\t", "1.", "##", "é",
         "😷", "WOUND LOG", "Plan:rest", "PAST HISTORY", "Medical", "---"]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=25).map("".join) | st.text(max_size=60))
def test_sections_cover_the_doc_and_overlap_only_inside(text):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_sections")
    doc = nlp(text)
    open_ends = [0]
    covered = set()
    for span in doc.spans["sections"]:
        while len(open_ends) > 1 and open_ends[-1] <= span.start:
            open_ends.pop()
        assert span.end <= open_ends[-1] or span.start >= open_ends[-1]
        open_ends.append(span.end)
        covered.update(range(span.start, span.end))
        title, body = span._.section_title, span._.section_body
        assert span.start <= title.start <= title.end <= body.start <= body.end <= span.end
        assert not len(body) or not (body[0].is_space or body[-1].is_space)
    assert covered == (set(range(len(doc))) if text.strip() else set())
    assert all(bool(token._.section) == bool(text.strip()) for token in doc)


# How they travel


@pytest.mark.parametrize("way", ["copy", "pickle", "bytes", "docbin", "joined", "processes"])
def test_sections_travel(nlp, way):
    doc = nlp(TEXT)
    if way == "copy":
        again = doc.copy()
    elif way == "pickle":
        again = pickle.loads(pickle.dumps(doc))
    elif way == "bytes":
        again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    elif way == "docbin":
        data = DocBin(docs=[doc], store_user_data=True).to_bytes()
        (again,) = DocBin().from_bytes(data).get_docs(nlp.vocab)
    elif way == "processes":
        again = list(nlp.pipe([TEXT] * 4, n_process=2, batch_size=2))[3]
    else:
        again = Doc.from_docs([nlp("PLAN: rest"), doc])
        assert sections(again)[1:] == sections(doc)
        assert [t._.section for t in again][-len(doc) :] == [t._.section for t in doc]
        return
    assert sections(again) == sections(doc)
    assert [t._.section for t in again] == [t._.section for t in doc]


def test_a_slice_has_none(nlp):
    part = nlp(TEXT)[3:9].as_doc(copy_user_data=True)
    assert {token._.section for token in part} == {""} and part[:]._.section_title is None


def test_after_merges_places_are_those_of_the_characters(nlp):
    doc = nlp(TEXT)
    expected = {token.idx: token._.section for token in doc}
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[0:4])
        retokenizer.merge(doc[len(doc) - 6 : len(doc) - 3])
    assert [t._.section for t in doc] == [expected[t.idx] for t in doc]


# Rules of the user's own


OWN = "category\theadings\tcode\nwounds\twound care log\t\n"


def test_rules_from_python_and_from_a_file(nlp, tmp_path):
    path = tmp_path / "own.tsv"
    path.write_text(OWN)
    own = spacy.blank("en")
    pipe = own.add_pipe("umls_sections", config={"rules": str(path)})
    pipe.add_rules([SectionRule("heel", "feet")])
    text = "WOUND CARE LOG:\nulcer\n\nHEEL:\nred"
    expected = ["wounds", "feet"]
    assert labels(own, text) == expected
    own.to_disk(tmp_path / "saved")
    path.unlink()  # the rules are in the pipeline
    for again in (spacy.load(tmp_path / "saved"), pickle.loads(pickle.dumps(own))):
        assert labels(again, text) == expected
    blank = spacy.blank("en")
    blank.add_pipe("umls_sections").from_bytes(pipe.to_bytes())
    assert labels(blank, text) == expected
    assert labels(nlp, text) == ["other", "other"]


def test_another_table_for_a_saved_pipeline(tmp_path):
    first, second = tmp_path / "first.tsv", tmp_path / "second.tsv"
    first.write_text(OWN)
    second.write_text(OWN.replace("wounds", "skin"))
    own = spacy.blank("en")
    own.add_pipe("umls_sections", config={"rules": str(first)})
    own.to_disk(tmp_path / "saved")
    config = {"components.umls_sections.rules": str(second)}
    again = spacy.load(tmp_path / "saved", config=config)
    assert labels(again, "WOUND CARE LOG:\nx") == ["skin"]


def test_a_wrong_table_is_found_when_the_component_is_made(tmp_path):
    path = tmp_path / "own.tsv"
    path.write_text("category\theadings\nwounds\t\n")
    with pytest.raises(InputError, match=r"own\.tsv, line 2"):
        spacy.blank("en").add_pipe("umls_sections", config={"rules": str(path)})


def test_a_missing_table_is_found_before_a_training(tmp_path):
    own = spacy.blank("en")
    own.add_pipe("umls_sections", config={"rules": str(tmp_path / "own.tsv")})
    with pytest.raises(InputError, match=r"own\.tsv"):
        own.initialize(lambda: [Example.from_dict(own.make_doc("x"), {})])


def test_a_large_doc_with_many_entities(nlp):
    doc = nlp("EXAM: well. " + "rash " * 10_000 + "\nPLAN: rest\n" * 200)
    doc.ents = [Span(doc, i, i + 1, "problem") for i in range(5, 10_000)]
    assert {ent._.section for ent in doc.ents} == {"physical_exam"}


@pytest.mark.parametrize(
    "rules",
    [
        [{"heading": "House rules", "category": "other"}],
        {"heading": "HOUSE RULES", "category": "other"},
        [("House Rules", "other")],
        SectionRule("house rules", "other"),
    ],
)
def test_rules_as_users_write_them(rules):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_sections").add_rules(rules)
    doc = nlp("House rules: no visitors.")
    assert [(s.label_, s._.section_title.text) for s in doc.spans["sections"]] == [
        ("other", "House rules")
    ]


@pytest.mark.parametrize(
    "rules", ["x", ["house rules"], [{"title": "x"}], [("a", "b", "c", "d", "e")]]
)
def test_rules_that_are_none(rules):
    component = spacy.blank("en").add_pipe("umls_sections")
    with pytest.raises((UsageError, InputError)):
        component.add_rules(rules)
    assert not component.rules.own
