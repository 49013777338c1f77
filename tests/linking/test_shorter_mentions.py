"""Mentions without modifiers, place, or all but their head; no knowledge base is asked here."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.linking.modifiers import (
    CONTENT,
    KEPT,
    changes,
    generic_heads,
    phrases,
    words_of,
)
from spacy_umlsbert.linking.shorter_mentions import (
    core,
    heads,
    without_modifiers,
    without_what_follows,
)


def kinds(mention):
    return [word.kind for word in words_of(mention)]


def texts(shorter):
    return [one.text for one in shorter]


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        ("severe Chronic left knee pain", ["severity", "course", "side", "", ""]),
        ("history of asthma", ["course", "course", ""]),
        ("his patient’s fever", ["determiner", "determiner", ""]),
        ("Stage IIIb melanoma", ["severity", "severity", ""]),
        ("metformin 500 mg", ["", "count", "count"]),
        ("10mg lisinopril", ["count", ""]),
        ("type 2 diabetes", ["", "", ""]),
        ("vitamin B 12", ["", "", ""]),
        ("fever [sic]", ["", "bracketed"]),
        ("swelling/redness, worse", ["", "aside", "", "comma", "course"]),
        ("N/V", [""]),
        ("[3H]-naloxone", [""]),
        ("1-chloro-1,2,2-trifluoroethane", [""]),
        ("(CHF)", [""]),
    ],
)
def test_words_have_the_kind_of_the_longest_phrase(mention, expected):
    assert kinds(mention) == expected


def test_the_least_telling_words_are_dropped_first():
    found = list(without_modifiers(words_of("severe chronic pain")))
    assert texts(found) == ["severe chronic pain", "chronic pain", "severe pain", "pain"]
    assert [one.kept for one in found] == [1.0, 0.95, 0.95, pytest.approx(0.9025)]


@pytest.mark.parametrize(
    "mention", ["severe", "on the left", "both of his", "", " ", ",;", "mild, chronic"]
)
def test_of_modifiers_alone_nothing_is_left(mention):
    words = words_of(mention)
    assert not list(without_modifiers(words))
    assert not list(without_what_follows(words)) and not list(heads(words))


@pytest.mark.parametrize(
    ("mention", "same"),
    [
        ("swelling to both legs", "swelling of legs"),
        ("swelling, left leg", "swelling of leg"),
        ("swollen left leg", "leg swelling"),
        ("decrease in appetite", "reduced appetite"),
        ("appetite reduction", "decreased appetite"),
    ],
)
def test_what_is_amiss_is_said_in_other_words(mention, same):
    assert same in texts(without_modifiers(words_of(mention)))


def test_what_follows_is_dropped_from_the_end():
    found = texts(without_what_follows(words_of("rash on his arms with severe itching")))
    assert found.index("rash on arms") < found.index("rash")
    assert "itching" not in found and "arms" not in found


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        ("ureteral stent in place", ["stent of place", "stent", "ureteral"]),
        ("bunion deformity", ["bunion"]),
        ("recurrent bunion deformity in bilateral feet", ["bunion", "deformity of feet"]),
        ("aspirin tablets", ["aspirin", "tablets"]),
        ("tumor resection", ["resection"]),
        ("lumpectomy", []),
        ("asthma wheezing", ["wheezing", "asthma"]),
    ],
)
def test_the_head_is_the_last_word_before_what_follows(mention, expected):
    assert texts(heads(words_of(mention))) == expected


def test_what_stands_before_a_head_has_to_fit_it():
    (before,) = heads(words_of("bunion deformity"))
    assert before.groups == {"DISO"}
    before, alone = heads(words_of("aspirin tablets"))
    assert before.groups == {"CHEM"} and not alone.groups
    (_, before) = heads(words_of("asthma wheezing"))
    assert before.groups == {"DISO"}, "a head that nobody knows may be anything"


def test_the_tables_are_sound():
    assert set(phrases().values()) <= {*KEPT, *CONTENT, "where", "aside"}
    assert all(0 < kept <= 1 for kept in KEPT.values())
    for phrase in phrases():
        assert phrase == tuple(word.casefold() for word in phrase) and all(phrase)
    assert all(noun == noun.casefold().strip() for noun in generic_heads())
    by_adjective, by_noun = changes()
    assert {phrases()[adjective,] for adjective in by_adjective} == {"change"}
    assert all(word in change.nouns for word, change in by_noun.items())


PIECES = st.sampled_from(
    ["severe", "left", "history", "of", "in", "with", "pain", "leg", ",", "(", ")", "/", "mg", "5",
     "swelling", "swollen", "deformity", "tablets", "his", "and", "and/or", "stage", "3", "é", "’s"]
)  # fmt: skip
MENTIONS = st.one_of(st.lists(PIECES, max_size=12).map(" ".join), st.text(max_size=40))


WORDS_FOR_CHANGES = {
    word for by_word in changes() for change in by_word.values() for of in change for word in of
}


@given(MENTIONS)
def test_shorter_mentions_are_parts_and_score_less(mention):
    words = words_of(mention)
    assert all(word.text.strip() for word in words)
    own = {piece for word in words for piece in word.text.split()}
    whole = list(without_modifiers(words))
    assert all(a.kept >= b.kept * 0.98 for a, b in pairwise(whole))
    for shorter in [*whole, *without_what_follows(words), *heads(words)]:
        assert 0 < shorter.kept <= 1
        assert shorter.text.strip()
        assert set(shorter.text.split()) <= own | WORDS_FOR_CHANGES | {"of", "in"}
    content, kept = core(words)
    assert all(word.kind in CONTENT for word in content) and 0 < kept <= 1


@pytest.mark.parametrize("mention", ["in " * 4000, "pain in leg " * 1000, "(" * 5000, "a/" * 5000])
def test_long_mentions_take_no_time(mention):
    words = words_of(mention)
    for search in (without_modifiers, without_what_follows, heads):
        assert len(list(search(words))) < 200
