"""Names that are spelt like a mention and mean the opposite."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.linking.opposites import are_opposites

OPPOSITES = [
    ("pitting edema", "Non-pitting edema"),
    ("pitting edema", "nonpitting edema"),
    ("conscious", "unconscious"),
    ("febrile", "afebrile"),
    ("symptomatic gallstones", "asymptomatic gallstones"),
    ("hypokalemia", "Hyperkalemia"),
    ("bradycardia", "tachycardia"),
    ("premenopausal bleeding", "postmenopausal bleeding"),
    ("left arm pain", "right arm pain"),
    ("increased appetite", "decreased appetite"),
    ("weight gain", "weight loss"),
    ("incontinent", "continent"),
    ("immobile", "mobile"),
    ("seizures", "absence of seizures"),
    ("estrogen receptor positive", "estrogen receptor negative"),
    ("acute bronchitis", "chronic bronchitis"),
    ("fever", "no fever"),
]
ALIKE = [
    ("trial fibrillation", "atrial fibrillation"),
    ("hypertention", "hypertension"),
    ("pitting edema", "pitting oedema"),
    ("arm pain", "pain of arm"),
    ("left arm pain", "arm pain"),
    ("non-pitting edema", "nonpitting edema"),
    ("ulcer", "ulcers"),
    ("diabetes mellitus", "diabetes mellitus type 2"),
    ("nephric abscess", "nephritic abscess"),
    ("", "fever"),
]


@pytest.mark.parametrize(("mention", "name"), OPPOSITES)
def test_opposites(mention, name):
    assert are_opposites(mention, name) and are_opposites(name, mention)


@pytest.mark.parametrize(("mention", "name"), ALIKE)
def test_misspellings_and_other_words_are_none(mention, name):
    assert not are_opposites(mention, name) and not are_opposites(name, mention)


@given(st.text(), st.text())
def test_it_holds_both_ways_and_nothing_is_its_own_opposite(one, other):
    assert not are_opposites(one, one)
    assert are_opposites(one, other) == are_opposites(other, one)
