"""What PHI of a kind cannot do without."""

import pytest

from spacy_umlsbert.deid.finder import PhiFinder
from spacy_umlsbert.deid.labels import LABELS
from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.deid.shapes import can_be


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("EMAIL", "r.hale@example.org"),
        ("EMAIL", "hale at example.org"),
        ("URL", "www.example.org"),
        ("URL", "example.org/x"),
        ("PHONE", "555-0100"),
        ("PHONE", "x4471"),
        ("MEDICALRECORD", "00-4471"),
        ("ZIP", "02139"),
        ("PATIENT", "Hale"),
        ("DATE", "Tuesday"),
        ("CONTACT", "x4471"),
        ("LABEL OF THEIR OWN", "anything"),
    ],
)
def test_what_it_can_be(label, text):
    assert can_be(label, text)


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("EMAIL", "."),
        ("EMAIL", "No"),
        ("URL", "No"),
        ("URL", "fever."),
        ("PHONE", "Denies"),
        ("IDNUM", "pain"),
        ("CONTACT", "."),
        *((label.name, ". ,") for label in LABELS),
    ],
)
def test_what_it_cannot_be(label, text):
    assert not can_be(label, text)


def test_it_is_not_taken_out_of_the_text():
    find = PhiFinder(rules=False, find_again=False, phi_types=None)
    by_model = [
        Phi(0, 2, "URL", "model"),
        Phi(3, 7, "PATIENT", "model"),
        Phi(7, 8, "EMAIL", "model"),
    ]
    assert [(one.start, one.label) for one in find("No Hale.", by_model)] == [(3, "PATIENT")]
