"""`umls_lookup`: concept mentions as spans."""

import pickle

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span

from spacy_umlsbert.errors import TerminologyError, UnexpectedError
from spacy_umlsbert.umls import KnowledgeBase, RrfRelease
from tests.clock import processor_seconds
from tests.rrf import write_release

TEXT = "T2DM on Glucophage; denies chest pain or fever. Has a cold."


def make_nlp(kb, **config):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_lookup", config={"kb": str(kb), **config})
    return nlp


def found(doc, key="umls"):
    return [(s.text, s.label_, s.kb_id_, s._.cuis, s._.tuis) for s in doc.spans[key]]


@pytest.fixture
def nlp(toy_kb_path):
    return make_nlp(toy_kb_path)


@pytest.fixture
def closed_kb(tmp_path):
    """A knowledge base whose licence does not allow copies."""
    release = RrfRelease(write_release(tmp_path / "rrf"))
    path = tmp_path / "closed"
    KnowledgeBase.build(
        path,
        release,
        name="c",
        version="1",
        license="theirs",
        open_license=False,
        progress=False,
    )
    return path


def test_mentions_have_semantic_type_and_concept(nlp):
    by_text = {row[0]: row[1:] for row in found(nlp(TEXT))}
    assert by_text["T2DM"] == ("T047", "C0011860", ["C0011860"], ["T047"])
    assert by_text["chest pain"][:2] == ("T184", "C0008031")
    assert by_text["Glucophage"] == ("T121", "C0025598", ["C0025598"], ["T121", "T109"])
    assert list(by_text) == ["T2DM", "Glucophage", "chest pain", "fever", "cold"]


def test_an_ambiguous_name_keeps_all_its_concepts(nlp):
    (row,) = found(nlp("cold"))
    assert set(row[3]) == {"C0009264", "C0009443"}
    assert set(row[4]) == {"T070", "T047"}
    assert (row[1], row[2]) == (row[4][0], row[3][0])


@pytest.mark.parametrize("wanted", [["T047"], ["diso"], ["Disorders"]])
def test_only_wanted_semantic_types_are_looked_for(toy_kb_path, wanted):
    doc = make_nlp(toy_kb_path, semantic_types=wanted, spans_key="mine")(TEXT)
    assert "umls" not in doc.spans
    texts = [row[0] for row in found(doc, "mine")]
    assert "T2DM" in texts
    assert "Glucophage" not in texts
    assert {row[1] for row in found(doc, "mine")} <= {"T047", "T033", "T184"}


def test_blank_docs_get_an_empty_group(nlp):
    for doc in nlp.pipe(["", " \n", TEXT]):
        assert "umls" in doc.spans


def test_one_text_gives_the_same_alone_in_a_stream_and_on_two_processes(nlp):
    texts = [TEXT, "", "cold", "pyrexia, CHF"] * 5
    alone = [found(nlp(text)) for text in texts]
    assert [found(doc) for doc in nlp.pipe(texts, batch_size=3)] == alone
    assert [found(doc) for doc in nlp.pipe(texts, batch_size=3, n_process=2)] == alone


def test_a_doc_keeps_its_mentions_in_a_docbin(nlp):
    docs = [nlp(TEXT), nlp("cold")]
    data = DocBin(docs=docs, store_user_data=True).to_bytes()
    loaded = list(DocBin().from_bytes(data).get_docs(nlp.vocab))
    assert [found(doc) for doc in loaded] == [found(doc) for doc in docs]


def test_round_trip_of_an_open_knowledge_base(nlp, tmp_path, toy_kb_path):
    expected = found(nlp(TEXT))
    no_path = spacy.blank("en")
    no_path.add_pipe("umls_lookup").initialize(kb=toy_kb_path)
    assert found(no_path(TEXT)) == expected
    no_path.to_disk(tmp_path / "saved")
    assert (tmp_path / "saved" / "umls_lookup" / "kb").is_dir()
    assert found(spacy.load(tmp_path / "saved")(TEXT)) == expected
    moved = (tmp_path / "saved").rename(tmp_path / "moved")
    assert found(spacy.load(moved)(TEXT)) == expected
    other = spacy.blank("en")
    other.add_pipe("umls_lookup")
    other.from_bytes(no_path.to_bytes())
    assert found(other(TEXT)) == expected
    other.to_disk(tmp_path / "again")
    assert found(spacy.load(tmp_path / "again")(TEXT)) == expected


def test_saving_twice_to_one_place_works(toy_kb_path, tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_lookup").initialize(kb=toy_kb_path)
    nlp.to_disk(tmp_path)
    nlp.to_disk(tmp_path)
    loaded = spacy.load(tmp_path)
    loaded.to_disk(tmp_path)
    assert found(spacy.load(tmp_path)(TEXT)) == found(nlp(TEXT))


def test_a_licensed_knowledge_base_is_not_copied(closed_kb, tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_lookup").initialize(kb=closed_kb)
    expected = found(nlp(TEXT))
    nlp.to_disk(tmp_path / "saved")
    assert not (tmp_path / "saved" / "umls_lookup" / "kb").exists()
    assert found(spacy.load(tmp_path / "saved")(TEXT)) == expected, "it is found where it was"
    other = spacy.blank("en")
    other.add_pipe("umls_lookup")
    assert found(other.from_bytes(nlp.to_bytes())(TEXT)) == expected
    closed_kb.rename(tmp_path / "elsewhere")
    with pytest.raises(ValueError, match=r"licence is not open.*components\.umls_lookup\.kb"):
        spacy.load(tmp_path / "saved")(TEXT)
    given = {"components.umls_lookup.kb": str(tmp_path / "elsewhere")}
    assert found(spacy.load(tmp_path / "saved", config=given)(TEXT)) == expected


@pytest.mark.parametrize("include_kb", [True, False])
def test_a_saved_pipeline_finds_its_knowledge_base_from_anywhere(
    closed_kb, tmp_path, monkeypatch, include_kb
):
    monkeypatch.chdir(closed_kb.parent)
    nlp = make_nlp(closed_kb.name, include_kb=include_kb)  # a relative path in the config
    expected = found(nlp(TEXT))
    nlp.to_disk(tmp_path / "saved")
    assert (tmp_path / "saved" / "umls_lookup" / "kb").is_dir() is include_kb
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert found(spacy.load(tmp_path / "saved")(TEXT)) == expected
    if include_kb:
        closed_kb.rename(tmp_path / "gone")
        assert found(spacy.load(tmp_path / "saved")(TEXT)) == expected


def test_another_knowledge_base_in_the_old_place_is_refused(closed_kb, tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_lookup").initialize(kb=closed_kb)
    nlp.to_disk(tmp_path / "saved")
    closed_kb.rename(tmp_path / "old")
    release = RrfRelease(write_release(tmp_path / "rrf2", [*write_concepts()]))
    KnowledgeBase.build(
        closed_kb,
        release,
        name="c",
        version="2",
        license="x",
        open_license=False,
        progress=False,
    )
    with pytest.raises(ValueError, match="is not the one that this pipeline was saved with"):
        spacy.load(tmp_path / "saved")(TEXT)


def write_concepts():
    from tests.rrf import CONCEPTS

    return CONCEPTS[:3]


def test_no_knowledge_base_is_a_clear_error():
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_lookup")
    with pytest.raises(ValueError, match=r"umls_lookup has no knowledge base\. Give the path"):
        nlp("fever")


def test_a_wrong_path_is_found_when_the_pipeline_is_initialised(tmp_path):
    nlp = make_nlp(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="nowhere"):
        nlp.initialize()


def test_a_broken_doc_in_a_stream_does_not_lose_the_others(nlp, monkeypatch):
    lookup = nlp.get_pipe("umls_lookup")
    match = KnowledgeBase.match

    def fail_on_cold(self, docs, *args, **kwargs):
        if any(doc.text == "cold" for doc in docs):
            raise RuntimeError("broken")
        return match(self, docs, *args, **kwargs)

    monkeypatch.setattr(KnowledgeBase, "match", fail_on_cold)
    reported = []
    lookup.set_error_handler(lambda name, proc, docs, error: reported.append((name, len(docs))))
    docs = list(nlp.pipe(["fever", "cold", "cough"]))
    assert [doc.text for doc in docs] == ["fever", "cough"]
    assert reported == [("umls_lookup", 1)]
    lookup.set_error_handler(spacy.util.raise_error)
    with pytest.raises(UnexpectedError, match=r"Doc 2 .*RuntimeError"):
        list(nlp.pipe(["fever", "cold"]))


def test_it_is_pickled_without_the_data(nlp):
    nlp("fever")
    lookup = nlp.get_pipe("umls_lookup")
    data = pickle.dumps(lookup)
    assert len(data) < 5_000
    doc = pickle.loads(data)(nlp.make_doc(TEXT))
    assert found(doc) == found(nlp(TEXT))


DEFINED = "Acute heart failure (AHF) and fever (F). AHF: treated. Some (AHF) had a fever (hot)."


def test_an_abbreviation_means_what_the_text_says(toy_kb_path):
    nlp = make_nlp(toy_kb_path, abbreviations=True)
    doc = nlp(DEFINED)
    assert [(s.text, s.kb_id_, s._.match_kind) for s in doc.spans["umls"]] == [
        ("heart failure", "C0018801", "exact"),
        ("AHF", "C0018801", "abbreviation"),
        ("fever", "C0015967", "exact"),
        ("AHF", "C0018801", "abbreviation"),
        ("AHF", "C0018801", "abbreviation"),
        ("fever", "C0015967", "exact"),
    ]
    assert doc.spans["umls"][1]._.tuis == doc.spans["umls"][0]._.tuis
    assert len(nlp("AHF").spans["umls"]) == 0, "of another text it says nothing"
    assert found(pickle.loads(pickle.dumps(nlp))(DEFINED)) == found(doc)
    assert [found(d) for d in nlp.pipe([DEFINED] * 3, n_process=2)] == [found(doc)] * 3


def test_an_abbreviation_comes_before_a_name_of_the_same_letters(toy_kb_path):
    text = "Human fever (HF) and HF."  # HF is heart failure in the knowledge base
    assert {row[2] for row in found(make_nlp(toy_kb_path)(text))} == {"C0015967", "C0018801"}
    nlp = make_nlp(toy_kb_path, abbreviations=True)
    assert {row[2] for row in found(nlp(text))} == {"C0015967"}


def test_an_abbreviation_of_something_else_is_no_mention(toy_kb_path):
    nlp = make_nlp(toy_kb_path, abbreviations=True)
    assert found(nlp("HF")) and not found(nlp("Hydrogen fluoride (HF). HF is an acid."))


def test_custom_attributes_of_the_user_stay(toy_kb_path):
    Doc.set_extension("abbreviations", default="mine")
    Span.set_extension("long_form", getter=lambda span: "mine")
    try:
        nlp = make_nlp(toy_kb_path, abbreviations=True)
        doc = nlp(DEFINED)
        assert doc._.abbreviations == doc[0:1]._.long_form == "mine"
    finally:
        Doc.remove_extension("abbreviations")
        Span.remove_extension("long_form")


def test_brackets_without_end_take_no_time(toy_kb_path):
    nlp = make_nlp(toy_kb_path, abbreviations=True)
    assert processor_seconds(lambda: nlp("( AF " * 20_000 + ") " * 20_000)) < 20


def codes_of(doc):
    return {span.text: span._.codes for span in doc.spans["umls"]}


def test_spans_have_the_codes_of_their_concept(nlp, toy_kb):
    doc = nlp(TEXT)
    assert codes_of(doc)["fever"] == {"TEST": ("C0015967",)}
    for span in doc.spans["umls"]:
        assert span._.codes == dict(toy_kb[span.kb_id_].codes)
    again = Doc(spacy.blank("en").vocab).from_bytes(doc.to_bytes())
    assert codes_of(again) == codes_of(doc)
    # Of a span that is given another concept nothing is said.
    first = doc.spans["umls"][0]
    other = Span(doc, first.start, first.end, first.label_, kb_id="C0015967")
    assert other._.codes == {} and doc[0:1]._.codes == {}
    # A name of several concepts has those of the best.
    doc = nlp("cold")
    (cold,) = doc.spans["umls"]
    assert cold._.codes == {"TEST": (cold.kb_id_,)}


def test_only_the_codes_of_wanted_vocabularies_are_kept(toy_kb_path):
    assert codes_of(make_nlp(toy_kb_path, codes=["test"])("fever")) == {
        "fever": {"TEST": ("C0015967",)}
    }
    doc = make_nlp(toy_kb_path, codes=[])("cough")
    assert codes_of(doc) == {"cough": {}} and not doc.user_data
    with pytest.raises(TerminologyError, match=r"no vocabulary 'ICD10CM'.*It has TEST"):
        make_nlp(toy_kb_path, codes=["ICD10CM"])("fever")


def test_codes_in_other_processes(nlp):
    docs = list(nlp.pipe([TEXT] * 4, n_process=2, batch_size=2))
    assert [codes_of(doc) for doc in docs] == [codes_of(nlp(TEXT))] * 4


def test_context_decides_if_asked_to(toy_kb_path):
    text = "T2DM on Glucophage. She had a cold."
    assert found(make_nlp(toy_kb_path)(text))[-1][2:4] == ("C0009264", ["C0009264", "C0009443"])
    nlp = make_nlp(toy_kb_path, context=True)
    rows = found(nlp(text))
    assert [row[0] for row in rows] == ["T2DM", "Glucophage", "cold"]
    assert rows[-1][1:4] == ("T047", "C0009443", ["C0009443", "C0009264"])
    assert found(pickle.loads(pickle.dumps(nlp))(text)) == rows


def test_context_is_kept_when_a_pipeline_is_saved(toy_kb_path, tmp_path):
    make_nlp(toy_kb_path, context=True).to_disk(tmp_path / "nlp")
    nlp = spacy.load(tmp_path / "nlp")
    assert nlp.get_pipe_config("umls_lookup")["context"] is True
    assert found(nlp("She had a cold."))[0][2] == "C0009443"
