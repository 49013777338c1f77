"""`umls_linker` with `context`: what stands around decides what an ambiguous entity means."""

import pickle

import pytest

from tests.pipeline.test_umls_linker import make_nlp
from tests.rrf import Row, build_kb

CONCEPTS = [
    Row("C_TIME", ["T059"], ["prothrombin time", "PT"]),
    Row("C_THERAPY", ["T061"], ["physical therapy", "PT"]),
    Row("C_ARTHRITIS", ["T047"], ["rheumatoid arthritis", "RA"]),
    Row("C_IMPOTENCE", ["T046"], ["erectile dysfunction", "ED"]),
    Row("C_FALLS", ["T033"], ["falls", "fall"], "Coming down."),
    Row("C_ATRIUM", ["T023"], ["right atrium", "RA"]),
]  # fmt: skip
LABELS = {"problem": ["DISO"], "test": ["PROC", "PHYS"], "treatment": ["PROC", "CHEM"]}


@pytest.fixture(scope="module")
def nlp(tmp_path_factory):
    path = build_kb(tmp_path_factory.mktemp("context"), CONCEPTS).path
    return make_nlp(path, context=True, semantic_types_by_label=LABELS)


def linked(nlp, text, mention, label):
    doc = nlp.make_doc(text)
    start = text.index(mention)
    doc.ents = [doc.char_span(start, start + len(mention), label=label)]
    (ent,) = nlp(doc).ents
    return [one for one, _ in ent._.kb_ents], ent._.link_kind


@pytest.mark.parametrize(
    ("text", "mention", "label", "concepts"),
    [
        ("PT 14.8 today", "PT", "test", ["C_TIME", "C_THERAPY"]),
        ("PT twice a week", "PT", "treatment", ["C_THERAPY", "C_TIME"]),
        ("RA on methotrexate", "RA", "problem", ["C_ARTHRITIS"]),
        ("came in after a fall", "fall", "problem", ["C_FALLS"]),
        ("PT and RA", "RA", "other", ["C_ARTHRITIS", "C_ATRIUM"]),
    ],
)
def test_the_likeliest_of_what_the_label_allows_is_first(nlp, text, mention, label, concepts):
    assert linked(nlp, text, mention, label) == (concepts, "exact")


@pytest.mark.parametrize(
    ("text", "mention", "label"),
    [("seen in the ED", "ED", "problem"), ("sats 97% RA", "RA", "problem")],
)
def test_what_can_be_none_of_them_stays_unlinked(nlp, text, mention, label):
    assert linked(nlp, text, mention, label) == ([], "")


def test_an_entity_needs_no_more_than_its_label(nlp):
    """A word of everyday language that is an entity is a name, whatever is around."""
    assert linked(nlp, "fall noted", "fall", "problem")[0] == ["C_FALLS"]


def test_what_the_text_defines_counts(nlp):
    text = "Physical therapy (PT) was started. PT 14.8 was not measured."
    doc = nlp.make_doc(text)
    span = doc.char_span(text.index("PT 14"), text.index("PT 14") + 2, label="treatment")
    doc.ents = [span]
    (ent,) = nlp(doc).ents
    assert ent.kb_id_ == "C_THERAPY"


def test_pickled_and_saved_it_links_the_same(nlp, tmp_path):
    for again in (pickle.loads(pickle.dumps(nlp)), nlp.from_bytes(nlp.to_bytes())):
        assert linked(again, "sats 97% RA", "RA", "problem") == ([], "")
        assert linked(again, "PT twice a week", "PT", "treatment")[0][0] == "C_THERAPY"
