"""What names mean in context, and when they are none."""

from __future__ import annotations

import pickle

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_umlsbert.umls import Concept, ConceptSource
from spacy_umlsbert.umls.context.candidates import candidate
from spacy_umlsbert.umls.context.reader import ContextReader
from tests.umls.helpers import build

CONCEPTS = [
    Concept("clot", "venous thrombosis", ["deep vein clot", "VT"], ["T047"]),
    Concept("rhythm", "ventricular tachycardia", ["VT"], ["T047"]),
    Concept("clotting", "prothrombin time", ["PT", "protime", "pro time"], ["T059"]),
    Concept("exercises", "physical therapy", ["PT"], ["T061"]),
    Concept("arthritis", "rheumatoid arthritis", ["RA"], ["T047"]),
    Concept("impotence", "erectile dysfunction", ["ED"], ["T046"]),
    Concept("examination", "physical examination", ["PE"], ["T058"]),
    Concept("embolism", "pulmonary embolism", ["PE"], ["T047"]),
    Concept("leak", "mitral regurgitation", ["MR"], ["T047"]),
    Concept("scan", "magnetic resonance imaging", ["MR"], ["T060"]),
    Concept("diabetes", "diabetes mellitus", ["DM"], ["T047"]),
    Concept("catarrh", "common cold", ["cold"], ["T047"]),
    Concept("falls", "falls", ["fall"], ["T033"]),
    Concept("wind", "flatulence", ["gas"], ["T184"]),
    Concept("pain", "pain", [], ["T184"]),
    Concept("metal", "iron", [], ["T121"]),
    Concept("mood", "depressive disorder", ["depression"], ["T048"]),
    Concept("arm", "arm", [], ["T023"]),
    Concept("hypertension", "hypertension", [], ["T047"]),
    Concept("syrup", "Robitussin", [], ["T121"]),
    Concept("convulsion", "seizure", ["fit"], ["T184"]),
    Concept("coenzyme", "nadide", ["NAD"], ["T121"]),
]


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    return build(tmp_path_factory.mktemp("kb") / "kb", ConceptSource(CONCEPTS))


@pytest.fixture(scope="module")
def reader(kb):
    return ContextReader(kb)


NLP = spacy.blank("en")


def read(reader, text):
    """The best meaning of each name that is found, by its text."""
    doc = NLP(text)
    (matches,) = reader.kb.match([doc])
    return {
        doc[match.start : match.end].text: match.concept_ids[0] for match in reader(doc, matches)
    }


@pytest.mark.parametrize(
    ("text", "name", "meaning"),
    [
        ("PT 14.8, INR 1.4", "PT", "clotting"),
        ("PT/OT to see her", "PT", "exercises"),
        ("Deep vein clot in the left calf, a second VT on the right", "VT", "clot"),
        ("Known ventricular tachycardia. VT overnight", "VT", "rhythm"),
        ("Sats 97% RA", "RA", None),
        ("RA with joint erosions", "RA", "arthritis"),
        ("She was at 88 on RA.", "RA", None),
        ("Seen in the ED last night", "ED", None),
        ("went to the ED for hypertension", "ED", None),
        ("impotence due to the ED", "ED", "impotence"),
        ("PE: lungs clear", "PE", "examination"),
        ("MR arm with contrast", "MR", "scan"),
        ("severe MR with a flail leaflet", "MR", "leak"),
        ("CT shows PE in both lungs", "PE", "embolism"),
        ("Robitussin DM 10 ml at night", "DM", None),
        ("DM, hypertension", "DM", "diabetes"),
        ("She had a cold last week", "cold", "catarrh"),
        ("His feet are cold.", "cold", None),
        ("hurt after a fall", "fall", "falls"),
        ("flu shot in the fall", "fall", None),
        ("the scab will fall off", "fall", None),
        ("works at a gas station", "gas", None),
        ("lots of gas and pain", "gas", "wind"),
        ("venous gas 7.31", "gas", None),
        ("The pain is back.", "pain", "pain"),
        ("no pain medication", "pain", "pain"),
        ("started oral iron", "iron", "metal"),
        ("burned by a clothes iron", "iron", None),
        ("History of depression.", "depression", "mood"),
        ("Small depression over the arm", "depression", None),
        ("2 mm ST depression", "depression", None),
        ("We gave FIT kits to all", "FIT", None),
        ("a fit with tongue biting and pain", "fit", None),
        ("had a fit and pain", "fit", "convulsion"),
        ("Gen: NAD, pleasant", "NAD", None),
        ("takes NAD daily", "NAD", "coenzyme"),
    ],
)
def test_what_stands_around_decides(reader, text, name, meaning):
    assert read(reader, text).get(name) == meaning


def test_other_names_stand_whatever_is_around(reader):
    text = "in the hypertension, on hypertension, % hypertension 7.2, to hypertension off"
    doc = NLP(text)
    (matches,) = reader.kb.match([doc])
    assert len(matches) == 4
    assert reader(doc, matches) == matches


def test_all_meanings_are_kept_best_first(reader):
    doc = NLP("PT twice a week")
    (matches,) = reader.kb.match([doc])
    assert matches[0].concept_ids == ("clotting", "exercises")
    (match,) = reader(doc, matches)
    assert match.concept_ids == ("exercises", "clotting")


def test_explains_what_speaks_for_each_meaning(reader):
    doc = NLP("Sats 97% RA, hypertension")
    (matches,) = reader.kb.match([doc])
    (reading,) = reader.explain(doc, matches, 0)
    assert reading.concept_id == "arthritis"
    assert reading.points["share_before"] < 0 < reading.points["initials"]
    assert reading.total == sum(reading.points.values()) < reading.needed
    assert reader.explain(doc, matches, 1) == []


def test_a_sentence_or_line_ends_what_stands_around(reader):
    assert read(reader, "Sats 97%. RA for years.")["RA"] == "arthritis"
    assert read(reader, "Sats 97%\nRA for years")["RA"] == "arthritis"


def test_pickled_it_reads_the_same(reader):
    again = pickle.loads(pickle.dumps(reader))
    assert read(again, "PT twice a week") == {"PT": "exercises"}


WORDS = sorted(
    {name for concept in CONCEPTS for name in (concept.canonical_name, *concept.aliases)}
    | set(
        "in at on to the a had with % 7.2 450 mg , . : ( / and \n Ed FALL will off station".split(
            " "
        )
    )
)


@settings(max_examples=150, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), max_size=14))
def test_of_any_text_names_are_only_left_out_or_reordered(reader, words):
    doc = NLP(" ".join(words))
    (matches,) = reader.kb.match([doc])
    found = reader(doc, matches)
    assert found == reader(doc, matches)
    at = {match.start: match for match in matches}
    assert [match.start for match in found] == sorted(match.start for match in found)
    for match in found:
        assert match.end == at[match.start].end
        assert sorted(match.concept_ids) == sorted(at[match.start].concept_ids)
    kept = {match.start: match for match in found}
    for place, match in enumerate(matches):
        readings = reader.explain(doc, matches, place)
        if readings and match.start in kept:
            assert readings[0].total >= readings[0].needed
            assert kept[match.start].concept_ids == tuple(one.concept_id for one in readings)
        else:
            assert bool(readings) == (match.start not in kept)


@pytest.mark.parametrize(
    ("text", "name", "meaning"),
    [
        ("h/o VT", "VT", "clot"),
        ("diagnosed with PE", "PE", "embolism"),
        ("history of MR", "MR", "leak"),
    ],
)
def test_a_history_is_of_an_illness(reader, text, name, meaning):
    assert read(reader, text).get(name) == meaning


def test_what_a_classification_adds_to_a_name_is_no_part_of_what_it_says():
    concept = Concept("R52", "Pain, not elsewhere classified", ["pain"], ["T184"])
    assert candidate("pain", concept, ["T184"]).said == "Pain"
