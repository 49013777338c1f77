"""What counts as hidden, and what leaks."""

import json

import spacy
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.evaluation.deid.evaluate import DeidScores
from spacy_umlsbert.evaluation.deid.leak_scores import ALL, LeakScores

TEXT = "Mr. Al B. Hale of Ward 4, seen 3/4."
NAME = Phi(4, 14, "PATIENT", "")  # Al B. Hale
DATE = Phi(31, 34, "DATE", "")  # 3/4


def scored(gold, found, text=TEXT):
    scores = LeakScores()
    scores.add(text, gold, found, "note 1")
    return scores


def test_all_found_by_another_name_is_hidden():
    scores = scored([NAME, DATE], [Phi(0, 14, "DOCTOR", ""), DATE])
    figures = scores.as_dict()
    assert figures["all"]["character_recall"] == figures["all"]["mention_recall"] == 1
    assert figures["all"]["character_precision"] == 9 / 11  # "Mr" is no PHI
    assert figures["all"]["mention_precision"] == 1
    assert figures["leaking_documents"] == 0 and scores.leaks == []


def test_a_part_that_is_left_leaks():
    scores = scored([NAME, DATE], [Phi(4, 6, "PATIENT", ""), Phi(18, 22, "LOCATION-OTHER", "")])
    figures = scores.as_dict()
    assert figures["per_category"]["NAME"]["character_recall"] == 2 / 7
    assert figures["per_category"]["NAME"]["mention_recall"] == 0
    assert figures["per_category"]["LOCATION"]["mention_precision"] == 0
    assert figures["per_category"]["DATE"]["character_recall"] == 0
    assert [(leak.text, leak.label) for leak in scores.leaks] == [
        ("B. Hale", "PATIENT"),
        ("3/4", "DATE"),
    ]
    assert scores.leaks[0].document == "note 1" and scores.leaking_documents == 1
    assert "Hale" not in json.dumps(figures)


def test_a_hole_in_a_mention_makes_two_leaks():
    assert [leak.text for leak in scored([NAME], [Phi(7, 8, "PATIENT", "")]).leaks] == [
        "Al",
        "Hale",
    ]


def test_nothing_to_find_and_nothing_found():
    figures = scored([], []).as_dict()
    assert figures["documents"] == 1 and figures["all"]["gold"] == 0


PHIS = st.lists(
    st.tuples(st.integers(0, 34), st.integers(1, 9)).map(
        lambda at: Phi(at[0], min(sum(at), len(TEXT)), "DATE", "")
    ),
    max_size=5,
)


@given(PHIS, PHIS)
def test_counts_of_characters_are_those_of_sets(gold, found):
    def characters(phis):
        return {i for phi in phis for i in range(phi.start, phi.end) if TEXT[i].isalnum()}

    scores = scored(gold, found)
    both = characters(gold) & characters(found)
    assert scores.gold_characters[ALL] == len(characters(gold))
    assert scores.found_characters[ALL] == len(characters(found))
    assert scores.hidden_characters[ALL] == scores.right_characters[ALL] == len(both)
    assert bool(scores.leaks) == bool(characters(gold) - both)


def test_phi_beside_entities_is_what_exact_match_is_of():
    nlp = spacy.blank("en")
    reference = nlp("Ferris has a fever.")
    reference.set_ents([reference.char_span(13, 18, label="problem")])
    reference.spans["phi"] = [reference.char_span(0, 6, label="DOCTOR")]
    predicted = nlp(reference.text)
    predicted.spans["found"] = [predicted.char_span(0, 6, label="DOCTOR")]
    scores = DeidScores()
    scores.add(predicted, reference, "found")
    assert (scores.exact.micro.tp, scores.exact.micro.fp, scores.exact.micro.fn) == (1, 0, 0)
    assert scores.hidden.as_dict()["all"]["character_recall"] == 1.0
