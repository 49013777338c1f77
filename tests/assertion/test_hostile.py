"""Texts that nobody writes: they take linear time, and raise nothing."""

import random

import pytest

from tests.assertion.marked import READER
from tests.clock import processor_seconds


def seconds(text, places):
    found = []
    spent = processor_seconds(lambda: found.append(READER.read(text, places)))
    assert len(found[0].verdicts) == len(places)
    return spent


def many(unit, mention, count):
    text = unit * count
    place = unit.index(mention)
    return text, [
        (i * len(unit) + place, i * len(unit) + place + len(mention)) for i in range(count)
    ]


@pytest.mark.parametrize(
    ("unit", "mention"),
    [
        ("no fever, ", "fever"),
        ("fever, ", "fever"),
        ("[ ] fever ", "fever"),
        ("mother fever ", "fever"),
        ("if fever, ", "fever"),
        ("fever: no, ", "fever"),
        ("fever- ", "fever"),
        ("thought to be fever; ", "fever"),
        ("fever resolved, recurred, ", "fever"),
        ("MRI if no CT on ", "MRI"),
        ("no longer on MRI or ", "MRI"),
    ],
)
def test_ten_thousand_mentions_in_one_sentence(unit, mention):
    few, more = (seconds(*many(unit, mention, n)) for n in (2500, 10_000))
    assert more < 10 * few + 0.5


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, " " * 1_000_000, "." * 100_000, "!" * 100_000 + "a", "no " * 30_000,
     "(" * 50_000, "[" * 30_000 + "]" * 30_000, "\n" * 50_000, "| " * 50_000,
     "1 " * 50_000, "- " * 50_000, "mother's " * 20_000, "cannot be " * 20_000],
    ids=lambda text: f"{len(text)} {text[:4]!r}",
)  # fmt: skip
def test_a_text_without_an_end(text):
    assert seconds(text, [(0, 1)]) < 5


def test_nothing_to_read():
    assert READER.read("", []).verdicts == []
    assert READER.read("   \n ", [(0, 1)]).verdicts[0].assertion == "present"


def test_a_mention_over_the_end_of_a_sentence():
    text = "No fever. Cough and chills."
    (verdict,) = READER.read(text, [(3, 15)]).verdicts
    assert verdict.assertion == "absent"


def test_any_text_is_read():
    pieces = ["no", "denies", "fever", "\n", "\n\n", ",", ";", "(", ")", "[x]", "[ ]", "if", "or",
              "mother", ":", "|", "2010", "3", "years", "ago", ".", "?", "-", "😷", "é", "\t", "  ",
              "cannot", "be", "ruled", "out", "Yes", "No", "X"]  # fmt: skip
    draw = random.Random(1)
    for _ in range(300):
        text = " ".join(draw.choices(pieces, k=30))
        places = [(i, i + 5) for i in range(len(text)) if text.startswith("fever", i)]
        findings = READER.read(text, [*places, (0, len(text)), (3, 3)])
        for cue in findings.cues:
            assert 0 <= cue.start < cue.end <= len(text)
            assert 0 <= cue.scope_start <= cue.scope_end <= len(text)
