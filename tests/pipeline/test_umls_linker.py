"""`umls_linker`: entities to concepts."""

import pytest
import spacy
from spacy.tokens import DocBin, Span
from spacy.training import Example

from spacy_umlsbert.umls import KnowledgeBase, RrfRelease
from tests.rrf import Row, write_release

MENTIONS = ["Chest pain", "T2DM", "chest pains syndrome", "zzz", "cold"]


def make_nlp(kb, **config):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_linker", config={"kb": str(kb), **config})
    return nlp


def with_ents(nlp, *mentions, label="problem"):
    doc = nlp.make_doc(" ; ".join(mentions))
    starts, at = [], 0
    for mention in mentions:
        starts.append(at)
        at += len(mention) + 3
    doc.ents = [
        doc.char_span(s, s + len(m), label=label) for s, m in zip(starts, mentions, strict=True)
    ]
    return doc


def linked(doc):
    return [(ent.text, ent.label_, ent.kb_id_, ent._.kb_ents) for ent in doc.ents]


@pytest.fixture
def nlp(toy_kb_path):
    return make_nlp(toy_kb_path)


def test_exact_names_have_score_one(nlp):
    doc = nlp(with_ents(nlp, "Chest pain", "T2DM", "Glucophage"))
    assert [(e.kb_id_, e._.kb_ents) for e in doc.ents] == [
        ("C0008031", [("C0008031", 1.0)]),
        ("C0011860", [("C0011860", 1.0)]),
        ("C0025598", [("C0025598", 1.0)]),
    ]
    assert [token.ent_kb_id_ for token in doc[:2]] == ["C0008031", "C0008031"]


def test_similar_names_have_their_cosine(toy_kb_path):
    nlp = make_nlp(toy_kb_path, threshold=0.7, contained_threshold=1.1)
    (ent,) = nlp(with_ents(nlp, "congestve heart failure")).ents
    assert ent.kb_id_ == "C0018802"
    scores = [score for _, score in ent._.kb_ents]
    assert scores == sorted(scores, reverse=True)
    assert 0.7 <= scores[-1] <= scores[0] < 1


def test_the_longest_name_within_a_mention_counts_by_its_share(toy_kb_path):
    nlp = make_nlp(toy_kb_path, threshold=0.9, broader=False)
    doc = nlp(with_ents(nlp, "severe chest pain", "long standing fever"))
    assert doc.ents[0]._.kb_ents == [("C0008031", pytest.approx(10 / 17, abs=1e-6))]
    assert doc.ents[1].kb_id_ == "", "5 of 19 characters are not enough"
    loose = make_nlp(toy_kb_path, contained_threshold=0.2, broader=False)
    assert loose(with_ents(loose, "long standing fever")).ents[0].kb_id_ == "C0015967"
    never = make_nlp(toy_kb_path, contained_threshold=1.1)
    assert never(with_ents(never, "severe chest pain")).ents[0].kb_id_ == ""


def test_an_unknown_mention_stays_unlinked(nlp):
    (ent,) = nlp(with_ents(nlp, "zzz")).ents
    assert ent.kb_id_ == ""
    assert ent._.kb_ents == []


def test_all_concepts_of_an_ambiguous_name_are_candidates(nlp, toy_kb_path):
    (ent,) = nlp(with_ents(nlp, "cold")).ents
    assert {cui for cui, _ in ent._.kb_ents} == {"C0009264", "C0009443"}
    by_type = make_nlp(toy_kb_path, semantic_types_by_label={"problem": ["DISO"]})
    (ent,) = by_type(with_ents(by_type, "cold")).ents
    assert ent._.kb_ents == [("C0009443", 1.0)]
    (ent,) = by_type(with_ents(by_type, "cold", label="other")).ents
    assert len(ent._.kb_ents) == 2
    one = make_nlp(toy_kb_path, max_entities_per_mention=1)
    assert len(one(with_ents(one, "cold")).ents[0]._.kb_ents) == 1


def test_the_threshold_is_a_setting(toy_kb_path):
    nlp = make_nlp(toy_kb_path, threshold=0.99, contained_threshold=1.1)
    assert nlp(with_ents(nlp, "congestve heart failure")).ents[0].kb_id_ == ""


def test_the_spans_of_a_group_are_linked_in_place_of_entities(toy_kb_path):
    nlp = make_nlp(toy_kb_path, spans_key="mine")
    doc = nlp.make_doc("fever and chest pain")
    doc.ents = [Span(doc, 0, 1, label="problem")]
    doc.spans["mine"] = [Span(doc, 2, 4, label="x", span_id="s1"), Span(doc, 3, 4, label="y")]
    doc = nlp(doc)
    assert [(s.text, s.label_, s.kb_id_, s.id_) for s in doc.spans["mine"]] == [
        ("chest pain", "x", "C0008031", "s1"),
        ("pain", "y", "", ""),
    ]
    assert doc.ents[0].kb_id_ == ""


def test_a_batch_gives_what_single_docs_give(nlp):
    docs = [with_ents(nlp, *MENTIONS), nlp.make_doc(""), with_ents(nlp, "pyrexia"), with_ents(nlp)]
    alone = [linked(nlp(doc.copy())) for doc in docs]
    assert [linked(doc) for doc in nlp.pipe([doc.copy() for doc in docs])] == alone
    two = nlp.pipe([doc.copy() for doc in docs], n_process=2, batch_size=1)
    assert [linked(doc) for doc in two] == alone


def test_links_survive_a_docbin(nlp):
    doc = nlp(with_ents(nlp, *MENTIONS))
    (loaded,) = (
        DocBin().from_bytes(DocBin(docs=[doc], store_user_data=True).to_bytes()).get_docs(nlp.vocab)
    )
    assert linked(loaded) == linked(doc)


def test_it_shares_the_knowledge_base_of_the_lookup(toy_kb_path, tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_lookup").initialize(kb=toy_kb_path)
    nlp.add_pipe("umls_linker")
    assert nlp.get_pipe("umls_linker").kb is nlp.get_pipe("umls_lookup").kb
    expected = linked(nlp(with_ents(nlp, *MENTIONS)))
    nlp.to_disk(tmp_path)
    assert not list((tmp_path / "umls_linker").glob("kb*"))
    loaded = spacy.load(tmp_path)
    assert linked(loaded(with_ents(loaded, *MENTIONS))) == expected
    other = spacy.blank("en")
    other.add_pipe("umls_linker", source=loaded)
    assert linked(other(with_ents(other, *MENTIONS))) == expected


@pytest.mark.parametrize("way", ["disk", "bytes"])
def test_round_trip_with_a_knowledge_base_of_its_own(toy_kb_path, tmp_path, way):
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_linker", config={"threshold": 0.5}).initialize(kb=toy_kb_path)
    expected = linked(nlp(with_ents(nlp, *MENTIONS)))
    if way == "disk":
        nlp.to_disk(tmp_path)
        other = spacy.load(tmp_path)
    else:
        other = spacy.blank("en")
        other.add_pipe("umls_linker", config={"threshold": 0.5})
        other.from_bytes(nlp.to_bytes())
    assert linked(other(with_ents(other, *MENTIONS))) == expected


def test_no_knowledge_base_is_a_clear_error():
    nlp = spacy.blank("en")
    nlp.add_pipe("umls_linker")
    with pytest.raises(ValueError, match="umls_linker has no knowledge base"):
        nlp(with_ents(nlp, "fever"))


def test_links_are_scored(nlp):
    def example(mention, gold):
        reference = with_ents(nlp, mention)
        reference.ents = [
            Span(reference, e.start, e.end, e.label_, kb_id=gold) for e in reference.ents
        ]
        predicted = nlp(with_ents(nlp, mention))
        return Example(predicted, reference)

    examples = [example("chest pain", "C0008031"), example("T2DM", "C1"), example("zzz", "")]
    scores = nlp.get_pipe("umls_linker").score(examples)
    assert scores["nel_micro_p"] == scores["nel_micro_r"] == 0.5


def test_scispacys_words_for_a_concept_work(nlp):
    linker = nlp.get_pipe("umls_linker")
    entity = linker.kb.cui_to_entity["C0004057"]
    assert entity.concept_id == "C0004057"
    assert entity.canonical_name == "aspirin"
    assert set(entity.aliases) >= {"ASA"}
    assert set(entity.types) == {"T109", "T121"}
    assert entity.definition == "A drug against pain and clots."


@pytest.mark.parametrize(
    "wrong", [{"threshold": 1.5}, {"threshold": -1}, {"k": 0}, {"contained_threshold": -0.1}]
)
def test_settings_that_cannot_be_are_refused(toy_kb_path, wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        make_nlp(toy_kb_path, **wrong)


def test_another_knowledge_base_takes_the_place_of_the_first(toy_kb_path, tmp_path):
    release = RrfRelease(
        write_release(tmp_path / "rrf", [Row("C9", ["T047"], ["chest pain"], "x.")])
    )
    other = KnowledgeBase.build(
        tmp_path / "kb", release, name="o", version="1", license="MIT", progress=False
    )
    nlp = spacy.blank("en")
    lookup, linker = nlp.add_pipe("umls_lookup"), nlp.add_pipe("umls_linker")
    for kb, cui, tui in ((toy_kb_path, "C0008031", "T184"), (other, "C9", "T047")):
        lookup.initialize(kb=kb)
        doc = nlp(with_ents(nlp, "chest painz", "chest pain"))
        assert [(s.kb_id_, s.label_) for s in doc.spans["umls"]][-1] == (cui, tui)
        assert doc.ents[1].kb_id_ == cui
        (found,) = linker.candidates.search(linker.kb, ["chest painz"], 1)
        assert [candidate.concept_id for candidate in found] == [cui]


def test_linked_spans_have_the_codes_of_their_concept(toy_kb_path, toy_kb):
    nlp = make_nlp(toy_kb_path)
    doc = nlp(with_ents(nlp, "Chest pain", "zzz", "T2DM"))
    assert [ent._.codes for ent in doc.ents] == [
        {"TEST": ("C0008031",)},
        {},
        {"TEST": ("C0011860",)},
    ]
    assert doc.ents[0]._.codes == dict(toy_kb["C0008031"].codes)
    # A span that is linked anew has the codes of what it is linked to now.
    nlp.add_pipe("umls_lookup", first=True, config={"kb": str(toy_kb_path)})
    nlp.add_pipe("umls_linker", "again", config={"kb": str(toy_kb_path), "spans_key": "umls"})
    doc = nlp("denies chest pain")
    (span,) = doc.spans["umls"]
    assert (span.kb_id_, span._.codes) == ("C0008031", {"TEST": ("C0008031",)})
    without = make_nlp(toy_kb_path, codes=[])
    doc = without(with_ents(without, "fever"))
    assert doc.ents[0].kb_id_ and doc.ents[0]._.codes == {}
