"""What a test or a treatment is, by its words."""

import pytest

from spacy_umlsbert.assertion.kinds import TEST, TREATMENT, kind_of


@pytest.mark.parametrize(
    "mention",
    ["MRI", "CT head", "chest x-ray", "a repeat troponin", "blood cultures", "D-dimer", "HbA1c"],
)
def test_a_test(mention):
    assert kind_of(mention) == TEST


@pytest.mark.parametrize(
    "mention",
    ["ramipril", "IV antibiotics", "hip replacement", "insulin glargine", "haemodialysis"],
)
def test_a_treatment(mention):
    assert kind_of(mention) == TREATMENT


@pytest.mark.parametrize(
    "mention",
    ["elevated troponin", "ECG changes", "insulin resistance", "heart block", "pain", "", "fits",
     "x" * 100_000, "positive blood cultures", "a bleed"],
)  # fmt: skip
def test_a_finding_is_neither(mention):
    assert kind_of(mention) == ""
