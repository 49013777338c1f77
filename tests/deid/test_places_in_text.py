"""Findings that overlap, texts that are rewritten, people who are named again."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.deid.labels import LABELS, SEVERAL
from spacy_umlsbert.deid.merging import PRECEDENCE, merge
from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.deid.rules.repeated_names import find_again
from spacy_umlsbert.text.rewriting import Replacement, rewrite

NAMES = [*(label.name for label in LABELS), *SEVERAL]
FINDINGS = st.lists(
    st.builds(
        lambda start, length, label: Phi(start, start + length, label, "rule"),
        st.integers(0, 40),
        st.integers(1, 12),
        st.sampled_from(NAMES),
    ),
    max_size=12,
)


@given(FINDINGS)
def test_merged_findings_cover_the_same_and_do_not_overlap(findings):
    merged = merge(findings)
    covered = {i for phi in findings for i in range(phi.start, phi.end)}
    assert {i for phi in merged for i in range(phi.start, phi.end)} == covered
    assert all(one.end <= other.start for one, other in pairwise(merged))
    assert merge(merged) == merged
    assert sorted(merge(reversed(findings))) == sorted(merged)


def test_what_a_word_proves_comes_before_what_only_looks_like_it():
    assert {label for labels in PRECEDENCE for label in labels} == set(NAMES)
    (phi,) = merge([Phi(3, 20, "PHONE", "seven digits"), Phi(5, 12, "SSN", "number")])
    assert phi == Phi(3, 20, "SSN", "number")


@st.composite
def rewritings(draw):
    text = draw(st.text(max_size=40))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return text, [Replacement(a, b, draw(st.text("XYZ", max_size=9))) for a, b in pairs]


@given(rewritings())
def test_what_is_not_replaced_keeps_its_place_both_ways(case):
    text, replacements = case
    new = rewrite(text, replacements)
    inside = {i for r in replacements for i in range(r.start, r.end)}
    for i, character in enumerate(text):
        if i not in inside:
            assert new.text[new.to_new(i)] == character
            assert new.to_original(new.to_new(i)) == i
    for replacement, start in zip(replacements, new.starts, strict=True):
        assert new.text[start : start + len(replacement.text)] == replacement.text
        assert new.to_new(replacement.start) == start
        for i in range(start, start + len(replacement.text)):
            assert new.to_original(i) == replacement.start
    assert new.to_original(len(new.text)) == len(text)


def test_replacements_that_overlap_are_refused():
    with pytest.raises(ValueError, match="apart"):
        rewrite("abcdef", [Replacement(0, 3, ""), Replacement(2, 4, "")])


def again(text, *names, protected=()):
    found = [
        Phi(text.index(name), text.index(name) + len(name), label, "") for name, label in names
    ]
    return {text[p.start : p.end] for p in find_again(text, found, protected)}, [
        (p.start, p.end) for p in find_again(text, found, protected)
    ]


def test_parts_of_a_name_are_found_everywhere():
    text = "Marcus Hollingsworth came. Mr. HOLLINGSWORTH's wife, M. Hollingsworth; Marcus. M.H."
    found, places = again(text, ("Marcus Hollingsworth", "PATIENT"))
    assert found == {"Marcus", "Hollingsworth", "HOLLINGSWORTH", "M.H."}
    assert len(places) == 6


def test_a_name_that_is_a_word_needs_its_capital():
    text = "Mr. Will Young said he will call; a young man. Will agrees."
    found, places = again(text, ("Will Young", "PATIENT"))
    assert found == {"Will", "Young"} and len(places) == 3
    assert again("pt john doe; john said", ("john doe", "PATIENT"))[0] == {"john", "doe"}


def test_a_disease_is_no_name_though_a_patient_is_called_so():
    text = "Mr. Parkinson has Parkinson's disease."
    start = text.index("Parkinson's")
    _, places = again(text, ("Parkinson", "PATIENT"), protected=[(start, start + 19)])
    assert places == [(4, 13)]


def test_particles_are_no_names_by_themselves():
    text = "Dr. van der Berg. Taken from van to ward. Berg signs."
    assert again(text, ("van der Berg", "DOCTOR"))[0] == {"Berg"}
    assert again("Cleveland and Clark", ("Cleveland", "CITY"))[0] == set()
