"""`umls_linker`: entities with modifiers go to the nearest concept that says less."""

import pickle

import pytest
import spacy
from hypothesis import given
from spacy.tokens import DocBin

from spacy_umlsbert.linking.broader_concepts import BroaderConcepts
from spacy_umlsbert.linking.candidate_finder import CandidateFinder
from spacy_umlsbert.linking.index import LinkedConcept
from spacy_umlsbert.linking.mention import Mention
from spacy_umlsbert.linking.shorter_mentions import ShorterMention
from spacy_umlsbert.umls import KnowledgeBase
from tests.linking.test_shorter_mentions import MENTIONS
from tests.pipeline.test_umls_linker import make_nlp, with_ents
from tests.rrf import Row, build_kb

CONCEPTS = [
    Row("C_BUNION", ["T190"], ["bunion"]),
    Row("C_LEG_EDEMA", ["T046"], ["leg edema", "leg swelling", "lower extremity swelling"]),
    Row("C_LEG_DISORDER", ["T047"], ["leg disorder"]),
    Row("C_CHEST_PAIN", ["T184"], ["pain in chest"]),
    Row("C_SWELLING", ["T033"], ["swelling"], "Larger than before."),
    Row("C_LEG", ["T023"], ["lower extremity", "leg"]),
    Row("C_NUMB", ["T184"], ["numbness"]),
    Row("C_STENT", ["T074"], ["stent"]),
    Row("C_ISO", ["T121"], ["isotretinoin", "Accutane"]),
    Row("C_PAIN", ["T184"], ["pain"]),
    Row("C_KNEE_PAIN", ["T184"], ["knee pain"]),
    Row("C_CHRONIC_PAIN", ["T184"], ["chronic pain"]),
    Row("C_KNEE", ["T023"], ["knee"]),
    Row("C_LEFT", ["T082"], ["left"]),
    Row("C_FLORAL", ["T080"], ["floral"]),
    Row("C_CREATININE", ["T109"], ["creatinine"]),
    Row("C_TUMOR", ["T191"], ["tumor"]),
    Row("C_THYROID", ["T023"], ["thyroid"]),
    Row("C_DEPRESSION", ["T048"], ["depression"]),
    Row("C_ASTHMA", ["T047"], ["asthma"]),
    Row("C_NAUSEA", ["T184"], ["nausea"]),
    Row("C_ANXIETY", ["T048"], ["anxiety", "nerves"]),
    Row("C_ALL", ["T191"], ["ALL"]),
    Row("C_DISEASE", ["T047"], ["disease"]),
    Row("C_PNEUMONIA", ["T047"], ["pneumonia"]),
    Row("C_HYPER", ["T047"], ["hyperkalemia"]),
    Row("C_UNCONSCIOUS", ["T033"], ["unconsciousness"]),
]  # fmt: skip


@pytest.fixture(scope="module")
def kb_path(tmp_path_factory):
    return build_kb(tmp_path_factory.mktemp("broader"), CONCEPTS).path


@pytest.fixture(scope="module")
def nlp(kb_path):
    return make_nlp(kb_path)


def placed(nlp, mention, label="problem"):
    (ent,) = nlp(with_ents(nlp, mention, label=label)).ents
    return ent.kb_id_, ent._.link_kind


@pytest.mark.parametrize(
    ("mention", "concept", "kind"),
    [
        ("recurrent bunion deformity in bilateral feet", "C_BUNION", "broader"),
        ("swelling to both lower extremities", "C_LEG_EDEMA", "broader"),
        ("swollen left leg", "C_LEG_EDEMA", "broader"),
        ("swelling in legs", "C_LEG_EDEMA", "similar"),
        ("leg trouble", "C_LEG_DISORDER", "similar"),
        ("chest pain", "C_CHEST_PAIN", "similar"),
        ("swelling of the lower extremities", "C_LEG_EDEMA", "exact"),
        ("numbness in his lower extremities", "C_NUMB", "broader"),
        ("accutane", "C_ISO", "exact"),
        ("ureteral stent", "C_STENT", "broader"),
        ("pain, severe, left knee", "C_KNEE_PAIN", "broader"),
        ("severe chronic pain in the knees", "C_KNEE_PAIN", "broader"),
        ("chronic pain after surgery", "C_CHRONIC_PAIN", "broader"),
        ("history of asthma", "C_ASTHMA", "broader"),
        ("asthma exacerbation", "C_ASTHMA", "broader"),
        ("asthma (mild)", "C_ASTHMA", "broader"),
        ("the asthma", "C_ASTHMA", "exact"),
        ("stage 2 tumor", "C_TUMOR", "broader"),
        ("isotretinoin 20 mg tablets", "C_ISO", "broader"),
        ("left knee", "C_KNEE", "broader"),
        ("severe nauseea", "C_NAUSEA", "broader"),
        ("pneumonnia", "C_PNEUMONIA", "similar"),
        ("mild nausea and severe knee pain", "C_NAUSEA", "broader"),
        ("floral pneumonia", "C_PNEUMONIA", "broader"),
    ],
)
def test_an_entity_goes_to_the_nearest_concept(kb_path, mention, concept, kind):
    nlp = make_nlp(kb_path, threshold=0.7)
    assert placed(nlp, mention) == (concept, kind)


@pytest.mark.parametrize(
    "mention",
    [
        "burning in his legs",  # the place alone is no burning
        "swollen thyroid",
        "legs with redness",
        "elevated creatinine",  # no substance
        "tumor resection",
        "thyroid disease",
        "bone marrow depression",  # not of the mind
        "nerve trouble",  # not "nerves"
        "all over",
        "moderately severe",
        "rare disease",
        "zzz",
    ],
)
def test_what_only_qualifies_never_stands_for_the_entity(nlp, mention):
    assert placed(nlp, mention) == ("", "")


@pytest.mark.parametrize(
    ("part", "name", "concept", "alike"),
    [
        ("hyperkalaemia", "hyperkalemia", "C_HYPER", True),
        ("hypokalemia", "hyperkalemia", "C_HYPER", False),
        ("consciousness", "unconsciousness", "C_UNCONSCIOUS", False),
        ("tumor", "tumor of knee", "C_TUMOR", False),
    ],
)
def test_a_misspelt_part_is_the_same_word(kb_path, part, name, concept, alike):
    broader = BroaderConcepts(KnowledgeBase.open(kb_path), CandidateFinder("linker"))
    found = LinkedConcept(concept, 0.9, name)
    assert broader.is_like(ShorterMention(part, 0.9), found) == alike


def test_all_that_a_list_names_is_linked(nlp):
    (ent,) = nlp(with_ents(nlp, "pain in the left knee and swelling of both legs")).ents
    assert [one for one, _ in ent._.kb_ents] == ["C_KNEE_PAIN", "C_LEG_EDEMA"]
    (ent,) = nlp(with_ents(nlp, "nausea/numbness")).ents
    assert ent.kb_id_ == "C_NAUSEA"
    # Where not all have a concept, the surest of them, and no head of what is before the comma.
    (ent,) = nlp(with_ents(nlp, "nausea, leg or xyzzy disorder")).ents
    assert (ent.kb_id_, ent._.link_kind) == ("C_LEG_DISORDER", "broader")
    (ent,) = nlp(with_ents(nlp, "xyzzy and asthma")).ents
    assert (ent.kb_id_, ent._.link_kind) == ("C_ASTHMA", "broader")


def test_the_score_goes_down_with_what_was_dropped(nlp):
    mentions = ["knee pain", "left knee pain", "severe left knee pain", "burning severe knee pain"]
    doc = nlp(with_ents(nlp, *mentions))
    scores = [ent._.kb_ents[0][1] for ent in doc.ents]
    assert {ent.kb_id_ for ent in doc.ents} == {"C_KNEE_PAIN"}
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == 4
    assert scores[0] == 1 and scores[-1] > 0


def test_the_concept_fits_the_label(kb_path):
    by_type = {"problem": ["DISO"], "treatment": ["CHEM", "DEVI"]}
    nlp = make_nlp(kb_path, semantic_types_by_label=by_type)
    assert placed(nlp, "left knee") == ("", "")
    assert placed(nlp, "left knee", label="anatomy") == ("C_KNEE", "broader")
    assert placed(nlp, "ureteral stent") == ("", "")
    assert placed(nlp, "ureteral stent", label="treatment") == ("C_STENT", "broader")


@pytest.mark.parametrize("setting", [{"broader": False}, {"contained_threshold": 1.1}])
def test_it_can_be_switched_off(kb_path, setting):
    nlp = make_nlp(kb_path, **setting)
    assert placed(nlp, "history of the asthma") == ("", "")
    assert placed(nlp, "asthma") == ("C_ASTHMA", "exact")


def test_without_it_the_longest_name_within_counts(kb_path):
    nlp = make_nlp(kb_path, broader=False)
    (ent,) = nlp(with_ents(nlp, "severe knee pain")).ents
    assert (ent.kb_id_, ent._.link_kind) == ("C_KNEE_PAIN", "broader")
    assert ent._.kb_ents[0][1] == pytest.approx(9 / 16)


def test_mentions_without_a_doc_go_to_the_nearest_concept_too(nlp):
    found = nlp.get_pipe("umls_linker").link(["left knee pain", "ureteral  stent", "zzz"])
    assert [[one for one, _ in row] for row in found] == [["C_KNEE_PAIN"], ["C_STENT"], []]


def test_kinds_travel_and_are_of_the_concept_that_is_there(nlp):
    doc = nlp(with_ents(nlp, "left knee pain", "asthma", "zzz"))
    kinds = ["broader", "exact", ""]
    data = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (loaded,) = DocBin().from_bytes(data).get_docs(nlp.vocab)
    for one in (doc, doc.copy(), loaded, pickle.loads(pickle.dumps(doc))):
        assert [ent._.link_kind for ent in one.ents] == kinds
    part = doc[4:].as_doc(copy_user_data=True)
    assert [ent._.link_kind for ent in part.ents] == kinds[1:]
    ents = list(doc.ents)
    ents[0].kb_id_ = "C_KNEE"
    assert ents[0]._.link_kind == "", "of another concept nothing is said"


@given(mention=MENTIONS)
def test_kind_and_scores_agree_whatever_the_mention(nlp, mention):
    component = nlp.get_pipe("umls_linker")
    key = Mention((" ".join(mention.split()),), "problem")
    (link,) = component.linker(component.kb, [key]).values()
    assert (link.kind == "") == (link.candidates == [])
    assert all(0 < score <= 1 for _, score in link.candidates)
    assert link.kind != "exact" or link.candidates[0][1] == 1


def test_a_pipeline_keeps_the_setting(kb_path, tmp_path):
    nlp = make_nlp(kb_path, broader=False)
    nlp.to_disk(tmp_path)
    loaded = spacy.load(tmp_path)
    assert placed(loaded, "history of the asthma") == ("", "")
    # One that was saved before there was such a setting has it on.
    config = nlp.config.copy()
    del config["components"]["umls_linker"]["broader"]
    again = spacy.util.load_model_from_config(config)
    assert placed(again, "history of the asthma") == ("C_ASTHMA", "broader")


def test_a_name_as_it_is_found_in_text(kb_path):
    kb = KnowledgeBase.open(kb_path)
    assert kb.find("all") == ["C_ALL"] and kb.find("all", as_in_text=True) == []
    assert kb.find("ALL", as_in_text=True) == ["C_ALL"]
    assert kb.find("disease", as_in_text=True) == [] and kb.find("disease") == ["C_DISEASE"]
