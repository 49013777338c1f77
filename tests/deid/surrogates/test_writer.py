"""What is written in place of PHI: realistic, consistent, and nothing of the original."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.deid.labels import LABELS
from spacy_umlsbert.deid.merging import merge
from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.deid.rules.all_rules import find_by_rules
from spacy_umlsbert.deid.rules.repeated_names import find_again
from spacy_umlsbert.deid.surrogates.writer import SurrogateWriter, surrogates
from spacy_umlsbert.text.rewriting import rewrite

KEY = b"a secret of 16 or more bytes"
NOTE = """\
Patient: Hollingsworth, Marcus J.   MRN: 00-4471-23   DOB: 03/14/1931
Address: 4410 West Elm Street, Apt 3B, Cleveland, OH 44120
Phone: (216) 555-0142, fax: 216-555-0100. Email marcus.h@mailbox.net

Mr. Hollingsworth is 94 years old. He was seen on 2/5/2025 by Dr. van der Berg at St. Mary's
Hospital on Tuesday. His daughter Ann-Marie called. MARCUS HOLLINGSWORTH signed. SSN 078-05-1120.
Insurance ID: XYZ1234567. From 10.0.12.7, see www.lakeclinic.org/x. Edited by user jsmith22.
"""
LATER = (
    "Seen on 2/19/2025: Mr. Marcus Hollingsworth is well. Dr. van der Berg agrees. MRN: 00-4471-23"
)


def found_in(text):
    shapes = merge(find_by_rules(text))
    return merge([*shapes, *find_again(text, shapes)])


def hidden(text, key=KEY, patient="1"):
    return rewrite(text, surrogates(text, found_in(text), key, patient)).text


def writer(label="PATIENT", original="", patient="1", key=KEY):
    return SurrogateWriter(key, patient, original, [Phi(0, len(original), label, "")])


def test_nothing_of_the_original_is_left():
    text = hidden(NOTE)
    left = set(re.findall(r"\w{3,}", text.lower()))
    # The year of a date that moves by weeks may stay; 555 is the exchange of all invented numbers.
    # What many names have in common says nothing of anybody.
    common = {"1931", "2025", "555", "www", "org", "van", "der"}
    for phi in found_in(NOTE):
        if phi.label in ("DATE", "STREET", "HOSPITAL"):
            continue  # Tuesday, Street, Hospital stay
        assert left.isdisjoint(
            set(re.findall(r"\w{3,}", NOTE[phi.start : phi.end].lower())) - common
        )
    for word in ("elm", "4410", "mary", "03/14/1931", "2/5/2025"):
        assert word not in text.lower()


def test_it_looks_like_a_note_and_is_found_again():
    text = hidden(NOTE)
    labels = [phi.label for phi in found_in(text)]
    assert labels == [phi.label for phi in found_in(NOTE)]
    assert "Mr. " in text and " Street, Apt " in text and "90 years old" in text
    assert hidden(text) != text


def test_a_person_is_the_same_in_all_notes_of_a_patient():
    name = hidden("Mr. Hollingsworth")[4:]
    assert hidden(NOTE).count(name) == 2 and name.upper() in hidden(NOTE)
    assert name in hidden(LATER)
    assert hidden("Mr. Hollingsworth", patient="2") != f"Mr. {name}"
    assert hidden("Mr. Hollingsworth", key=KEY[::-1]) != f"Mr. {name}"


def test_the_key_changes_everything():
    one, other = hidden(NOTE), hidden(NOTE, key=b"another secret of 16 bytes")
    places = found_in(NOTE)
    first = surrogates(NOTE, places, KEY, "1")
    second = surrogates(NOTE, places, b"another secret of 16 bytes", "1")
    same = [r.text for r, s in zip(first, second, strict=True) if r.text == s.text]
    assert set(same) <= {"90", "Tuesday"}
    assert one != other


def test_given_names_keep_their_gender_and_initials_their_form():
    from spacy_umlsbert.deid.surrogates.names import pool

    write = writer()
    assert write("PATIENT", "Margaret") in pool("female")
    assert write("PATIENT", "MARCUS").capitalize() in pool("male")
    assert re.fullmatch(r"[A-Z]\. [A-Z][a-z]+", write("DOCTOR", "J. Hollingsworth"))
    assert re.fullmatch(r"van der [A-Z][a-z]+", write("DOCTOR", "van der Berg"))


def test_words_of_the_notes_own_names_are_not_chosen():
    surrogate = hidden("Mr. Hollingsworth")[4:]
    text = f"Mr. Hollingsworth and Dr. {surrogate}"
    assert surrogate not in hidden(text)


@pytest.mark.parametrize(
    ("label", "original", "form"),
    [
        ("PHONE", "(216) 555-0142", r"\(\d{3}\) 555-\d{4}"),
        ("PHONE", "216-555-0100 ext. 44", r"\d{3}-555-\d{4} ext\. \d{2}"),
        ("SSN", "078-05-1120", r"9\d\d-\d\d-\d{4}"),
        ("MEDICALRECORD", "A-4471/b", r"[A-Z]-\d{4}/[a-z]"),
        ("EMAIL", "marcus@x.com", r"user\d{6}@example\.org"),
        ("IPADDR", "10.0.0.1", r"198\.51\.100\.\d+"),
        ("IPADDR", "fe80::1", r"2001:db8::[0-9a-f]+:[0-9a-f]+"),
        ("ZIP", "44120-1234", r"\d{5}-\d{4}"),
        ("STATE", "OH", r"[A-Z]{2}"),
        ("STATE", "Ohio", r"[A-Z][A-Za-z ]+"),
        ("STREET", "12 N. Oak Dr, Apt 4", r"\d\d [A-Z]\. [A-Z][a-z]+ Dr, Apt \d"),
        ("HOSPITAL", "ST. MARY'S HOSPITAL", r"[A-Z]+ HOSPITAL"),
        ("AGE", "94", "90"),
        ("AGE", "ninety-four", "ninety"),
        ("PROFESSION", "plumber", r"[a-z]+"),
        ("USERNAME", "jsmith22", r"[a-z]{6}\d\d"),
        ("SSN", "¼", r"\d"),
        ("IDNUM", "½²Ⅳ漢", r"\d\d[^½]{2}"),
    ],
)
def test_the_form_stays(label, original, form):
    made = writer(label, original)(label, original)
    assert re.fullmatch(form, made) and made != original


@given(st.sampled_from([label.name for label in LABELS]), st.text(min_size=1, max_size=30))
def test_whatever_is_found_is_replaced(label, original):
    made = writer(label, original)(label, original)
    assert isinstance(made, str)
    assert made == writer(label, original)(label, original)
    if label not in ("DATE", "AGE", "STREET") and any(map(str.isalnum, original)):
        assert made.lower() != original.lower() or not original.isascii() or len(original) < 3
