"""Headings of sections, which are no protected health information."""

import pytest

from spacy_umlsbert.deid.finder import PhiFinder
from spacy_umlsbert.deid.phi import Phi


def found(text, *by_model):
    """What is found in a text, of which a model calls some words so."""
    finder = PhiFinder(rules=True, find_again=True, phi_types=None)
    phi = [
        Phi(text.index(words), text.index(words) + len(words), label, "")
        for words, label in by_model
    ]
    return [text[one.start : one.end] for one in finder(text, phi)]


@pytest.mark.parametrize(
    "title", ["Brief Hospital Course:", "BRIEF HOSPITAL COURSE", "## Hospital Course", "ED course:",
              "Family History:", "Plan -", "Reason for Visit:"]
)  # fmt: skip
@pytest.mark.parametrize("label", ["LOCATION", "HOSPITAL", "NAME", "PROFESSION"])
def test_a_known_heading_holds_none(title, label):
    words = title.strip("#:- ")
    for part in (words, words.rpartition(" ")[0] or words):
        assert found(f"{title}\nPatient did well.", (part, label)) == []
        assert found(f"Dr. Hale came.\n\n{title}\nWell.", (part, label)) == ["Hale"]


@pytest.mark.parametrize(
    ("text", "by_model", "expected"),
    [
        ("Mercy Hospital Course:\nwell", [], ["Mercy Hospital"]),
        ("Hospital Course 3/14/2020:\nwell", [], ["3/14/2020"]),
        ("Assessment (Dr. Smith):\nwell", [], ["Smith"]),
        ("John Smith history:\nwell", [("John Smith", "NAME")], ["John Smith"]),
        ("Plan:\nseen in Boston", [("Boston", "CITY")], ["Boston"]),
        ("Elm House Notes:\nwell", [("Elm House", "LOCATION")], ["Elm House"]),
        ("Course:\nHe left Hospital Course.", [("Hospital Course", "LOCATION")],
         ["Hospital Course"]),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_heading_stays_hidden(text, by_model, expected):
    assert found(text, *by_model) == expected


def test_a_name_is_not_found_again_in_a_heading():
    text = "Ms. Visit came.\n\nReason for Visit:\ncough. Visit was calm."
    assert found(text, ("Visit", "PATIENT")) == ["Visit", "Visit"]
