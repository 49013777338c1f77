"""Composite mentions are split as BioSyn's preparation does it, in linear time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.linking.composites import split_composite, split_list
from tests.clock import processor_seconds


@pytest.mark.parametrize(
    ("mention", "parts"),
    [
        ("colon and rectal cancer", ["colon cancer", "rectal cancer"]),
        (
            "breast, colon, and ovarian cancers",
            ["breast cancers", "colon cancers", "ovarian cancers"],
        ),
        ("cancer of the breast and ovary", ["cancer of breast", "cancer of ovary"]),
        ("cancers of both the breast or the ovary", ["cancers of breast", "cancers of ovary"]),
        ("lung or head and neck cancer", ["lung cancer", "head and neck cancer"]),
        ("DMD/BMD", ["DMD", "BMD"]),
        ("type 1/2 diabetes", ["type 1 diabetes", "type 2 diabetes"]),
        ("breast and/or ovarian cancer", ["breast cancer", "ovarian cancer"]),
        ("endometrial and the ovarian cancer", ["endometrial cancer", "the ovarian cancer"]),
    ],
)
def test_the_parts_get_what_they_share(mention, parts):
    assert split_composite(mention, len(parts)) == parts
    assert split_composite(mention) == parts


def test_as_many_words_as_concepts_are_the_parts():
    assert split_composite("fever rash", 2) == ["fever", "rash"]
    assert split_composite("fever rash") == ["fever rash"]


@pytest.mark.parametrize("mention", ["", "cancer", "and", "/", "a and", "and b", "cancer of"])
def test_what_is_no_composite_stays_as_it_is(mention):
    assert split_composite(mention, 3) == [mention]
    assert split_composite(mention) == [mention]


def test_the_number_of_concepts_has_to_fit():
    assert split_composite("colon and rectal cancer", 3) == ["colon and rectal cancer"]
    assert split_composite("colon and rectal cancer", 1) == ["colon and rectal cancer"]


@pytest.mark.parametrize(
    ("mention", "parts"),
    [
        ("nausea and fever", ["nausea", "fever"]),
        ("fever, chills and cough", ["fever", "chills", "cough"]),
        ("asthma, COPD, or croup", ["asthma", "COPD", "croup"]),
        ("fever", ["fever"]),
        ("and", ["and"]),
        (", and", [", and"]),
        ("", [""]),
    ],
)
def test_lists_of_names(mention, parts):
    assert split_list(mention) == parts


@given(st.lists(st.sampled_from(["a", "b,", "and", "or", "of", "the", "x/y", "7"]), max_size=9))
def test_any_mention_has_at_least_one_part_and_none_is_empty(words):
    parts = split_composite(" ".join(words))
    assert parts
    assert all(part.strip() for part in parts) or not words


@pytest.mark.parametrize("unit", ["a ", "a, ", "and ", "a and ", "x/", "a of ", "-"])
def test_a_long_mention_takes_no_time(unit):
    assert processor_seconds(lambda: split_composite(unit * 20_000)) < 0.5
    assert processor_seconds(lambda: split_list(unit * 20_000)) < 0.5
    assert processor_seconds(lambda: split_composite(unit * 20_000 + "!")) < 0.5
