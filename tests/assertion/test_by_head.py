"""How the verdict of the rules and the probabilities of a head become one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.assertion.by_head import Outputs, together
from spacy_umlsbert.assertion.by_rules import RuleReader
from spacy_umlsbert.assertion.detector import Findings
from spacy_umlsbert.assertion.explain import mention_rows
from spacy_umlsbert.assertion.features import feature_names, feature_rows
from spacy_umlsbert.assertion.rules import RuleSet
from spacy_umlsbert.assertion.verdicts import CLASSES, IMPLIED, Cue, Verdict
from spacy_umlsbert.layers.heads.calibration import (
    calibration_error,
    fitted_temperature,
    probabilities,
)

NO = Cue(0, 2, "negated", 3, 8)
PAST = Cue(0, 2, "historical", 3, 8)
ABSENT = Verdict("absent", frozenset({"negated"}), (NO,))


def test_the_head_decides_where_it_is_certain():
    said = together(ABSENT, {"present": 0.9, "absent": 0.1}, {}, [NO], certainty=0.8)
    assert said.assertion == "present" and not said.flags and said.cues == ()
    assert said.probabilities == {"present": 0.9, "absent": 0.1}


def test_it_is_said_where_the_head_decided_against_the_rules():
    said = together(ABSENT, {"present": 0.9, "absent": 0.1}, {}, [NO], certainty=0.8)
    findings, by_rules = Findings([said], [], [[NO]], [""]), Findings([ABSENT], [], [[NO]], [""])
    (row,) = mention_rows("No fever", [(3, 8)], findings, by_rules)
    assert row == ("fever", "present (0.90)", "", "the head, against the rules (absent)")
    (row,) = mention_rows("No fever", [(3, 8)], by_rules)
    assert row == ("fever", "absent", "negated", "No (negated)")


def test_the_rules_decide_where_it_is_not():
    said = together(ABSENT, {"present": 0.7, "absent": 0.3}, {}, [NO], certainty=0.8)
    assert (said.assertion, said.flags, said.cues) == ("absent", {"negated"}, (NO,))


def test_the_rules_decide_of_classes_that_the_head_does_not_know():
    return_if = Verdict("hypothetical", frozenset({"hypothetical"}))
    said = together(return_if, {"present": 1.0, "absent": 0.0}, {}, [], certainty=0.8)
    assert said.assertion == "hypothetical" and said.flags == {"hypothetical"}


def test_a_class_has_its_flags_and_the_cues_that_speak_for_it():
    plain = Verdict("present", frozenset({"historical"}), (PAST,))
    said = together(plain, {"present": 0.1, "absent": 0.9}, {}, [NO, PAST], certainty=0.8)
    assert said.assertion == "absent" and said.flags == {"negated", "historical"}
    assert set(said.cues) == {NO, PAST}


@pytest.mark.parametrize(
    ("probability", "flags"), [(0.9, {"historical"}), (0.6, set()), (0.05, set())]
)
def test_a_flag_beside_the_class(probability, flags):
    said = together(Verdict(), {"present": 1.0}, {"historical": probability}, [PAST], certainty=0.8)
    assert said.assertion == "present" and said.flags == flags
    assert set(said.cues) == ({PAST} if flags else set())


def test_a_flag_does_not_contradict_the_class():
    said = together(Verdict(), {"present": 1.0}, {"negated": 1.0}, [], certainty=0.8)
    assert not said.flags
    mother = Verdict("associated_with_someone_else", frozenset({"family"}))
    flags = {"negated": 1.0, "family": 0.0}
    said = together(mother, {mother.assertion: 1.0, "present": 0.0}, flags, [], certainty=0.8)
    assert said.flags == {"family", "negated"}


@given(
    st.sampled_from(CLASSES),
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
    st.floats(0, 1.1),
)
def test_a_class_never_lacks_its_own_flags(label, shares, certainty):
    verdict = Verdict(label, frozenset(IMPLIED[label]))
    known = dict(zip(("present", "absent", "possible"), shares, strict=True))
    said = together(verdict, known, {"historical": shares[0]}, [], certainty)
    assert set(IMPLIED[said.assertion]) <= said.flags <= {*IMPLIED[said.assertion], "historical"}
    assert said.assertion in (label, *known)


def test_labels_say_what_outputs_are():
    outputs = Outputs.of(["present", "absent", "is_historical"])
    assert outputs.classes == {"present": 0, "absent": 1}
    assert outputs.flags == {"historical": 2}


def test_what_the_rules_found_in_numbers():
    text = "Denies fever but has cough."
    places = [(7, 12), (21, 26)]
    findings = RuleReader(RuleSet()).read(text, places)
    rows = feature_rows(findings, places)
    assert rows.shape == (2, len(feature_names())) and len(set(feature_names())) == rows.shape[1]
    first, second = (
        {name for name, value in zip(feature_names(), row, strict=True) if value} for row in rows
    )
    assert first == {"negated", "negated before", "class absent", "is_negated"}
    assert second == {"class present"}


def test_scores_that_are_too_sure_are_cooled():
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 2, 500)
    right = np.where(rng.random(500) < 0.8, gold, 1 - gold)
    scores = 9.0 * np.eye(2)[right]  # right in 80 of 100 cases, sure of 99.99
    temperature = fitted_temperature(scores, gold)
    assert temperature > 3
    for t, error in ((1.0, 0.2), (temperature, 0.0)):
        said = probabilities(scores, t)
        found = calibration_error(said.max(axis=1), said.argmax(axis=1) == gold)
        assert found == pytest.approx(error, abs=0.04)
    assert fitted_temperature(scores[:10], gold[:10], default=1.5) == 1.5
