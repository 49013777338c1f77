"""Texts that nobody would write: the time grows with their length, and nothing fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.values.kinds import DRUG, KINDS, PROBLEM, TEST, Mention
from tests.clock import processor_seconds
from tests.values.marked import reader

N = 1_000
SLOW = {
    "a table of blanks": lambda n: "WBC Hgb Plt Na\n" + "6.8 9.1 142 138\n" * (n // 4),
    "a table of bars": lambda n: "| WBC | Hgb |\n" + "| 6.8 | 9.1 |\n" * (n // 2),
    "a table of tabs": lambda n: "WBC\tHgb\n" + "6.8\t9.1\n" * (n // 2),
    "digits and blanks": lambda n: "12 " * n,
    "digits": lambda n: "1" * n,
    "digits in groups": lambda n: "123 " * n,
    "bars": lambda n: "1|" * n,
    "dashes": lambda n: "1-" * n,
    "strokes": lambda n: "1/" * n,
    "commas": lambda n: "1," * n,
    "blanks": lambda n: "Na 138" + " " * n + "mmol/L",
    "labs in one line": lambda n: "Na 138, " * n,
    "names and one word": lambda n: "sodium, " * n + "normal " * n,
    "conditions": lambda n: "if glucose 300, " * n,
    "amounts": lambda n: "5 mg " * n,
    "lines": lambda n: "5 mg\n" * n,
    "frequencies": lambda n: "daily with meals and " * n,
    "units": lambda n: "5 " + "mg/" * n,
    "signs": lambda n: "<" * n + "(" * n,
    "limits": lambda n: "call if HR above 120, " * n,
    "headings of goals": lambda n: "Goals: HR above 120, " * n,
    "backslashes": lambda n: "Chem 7 " + "136 \\ " * n,
    "masses": lambda n: "5 mg" + " / 5 mg" * n,
    "units in brackets": lambda n: "Na (mmol/L) " * n + "138",
    "thirds of weeks": lambda n: "cough 3/7, 1/52, " * n,
    "half numbers": lambda n: "one and a " * n,
    "references": lambda n: "reference range " * n + "5-6",
}


def seconds(text, mentions=()):
    return processor_seconds(lambda: reader().read(text, mentions))


@pytest.mark.parametrize("name", SLOW)
def test_time_grows_with_the_length(name):
    reader().read("warm 5 mg")
    short, long = seconds(SLOW[name](N)), seconds(SLOW[name](4 * N))
    assert long < 10 * max(short, 0.02)


def test_many_mentions_take_no_longer():
    def text(n):
        mentions = [Mention(i * 20, i * 20 + 7, DRUG, "aspirin") for i in range(n)]
        return "aspirin 81 mg daily " * n, mentions

    assert seconds(*text(4 * N // 4)) < 10 * max(seconds(*text(N // 4)), 0.02)


def test_ten_thousand_cells():
    text = "WBC Hgb Plt Na K\n" + "6.8 9.1 142 138 4.2\n" * 2_000
    assert len(reader().read(text)) == 10_000
    assert seconds(text) < 20


PIECES = [
    "aspirin", "Hgb", "fever", "5", "10.0", "1,5", "1/2", "5/325", "mg", "mg/dL", "U", "BID",
    "q4-6h", "prn", "for", "of", "and", ",", ";", ".", "\n", "\n\n", "|", "\t", "(", ")", "-", "->",
    "<", "H", "L", "*", "BP", "120/80", "T", "98.6", "x", "3 days", "history of", "if", "goal",
    "normal", "each", "PO", "tablet", "67yo", "3/4/2009", "é", "😷", " ", "\u2009", "%", "to",
    "from",
]  # fmt: skip
ROLES = {"aspirin": DRUG, "Hgb": TEST, "fever": PROBLEM}


@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from(["", " "]))
def test_any_text_is_read(pieces, blank):
    text, mentions = "", []
    for piece in pieces:
        if piece in ROLES:
            mentions.append(Mention(len(text), len(text) + len(piece), ROLES[piece], piece))
        text += piece + blank
    places = set()
    for start, end, value, of in reader().read(text, mentions):
        assert 0 <= start < end <= len(text)
        assert value.kind in KINDS and value.text == text[start:end]
        assert of is None or 0 <= of < len(mentions)
        assert (start, end, value.kind, of) not in places
        places.add((start, end, value.kind, of))


@given(st.text(max_size=80))
def test_any_characters_are_read(text):
    for one in reader().read(text):
        assert one.value.text == text[one.start : one.end]
