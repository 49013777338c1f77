"""The text of a mention may be written otherwise than in the document; other words are others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.corpora.annotated.formats.pubtator import read_pubtator
from spacy_umlsbert.corpora.annotated.offsets import locate
from spacy_umlsbert.corpora.annotated.same_text import same_text
from spacy_umlsbert.corpora.report import CorpusReport, Kind

SAME = [
    ("β-blocker", "beta-blocker"),
    ("β-blocker", "Beta  blocker"),
    ("β-blocker", "b-blocker"),
    ("ß-blocker", "beta-blocker"),
    ("TNF-α", "TNF-alpha"),
    ("TNF alpha", "TNF-α"),
    ("ΔF508", "delta F508"),
    ("λ light chain", "lambda light chain"),
    ("ω‐3", "omega-3"),
    ("Sjögren’s syndrome", "SJOGREN'S SYNDROME"),
    ("“pain”", '"pain"'),
    ("``pain´´", "''pain''"),
    ("non–small cell", "non-small cell"),
    ("non-small cell", "nonsmall cell"),
    ("fever\u00a0high", "fever high"),
    ("fever\nhigh", "fever high"),
    ("soft\u00adhyphen", "softhyphen"),
    ("5 µg", "5 μg"),
    ("5 µg", "5 ug"),
    ("5 µg", "5 mcg"),
    ("naïve", "na?ve"),
    ("naïve", "na\ufffdve"),
    ("naïve", "nave"),
    ("œdema", "oedema"),
    ("Straße", "strasse"),
    ("Ångström", "angstrom"),
    ("m²", "m2"),
    ("ﬁbrosis", "fibrosis"),
    ("Zocor®", "Zocor"),
    ("K < 3", "K &lt; 3"),
    ("≥ 5", ">=5"),
    ("A & O", "A and O"),
    ("vitamin B 12", "vitamin B12"),
]
OTHERS = [
    ("pain", "paint"),
    ("fever", "pain"),
    ("fever,", "fever"),
    ("1.5", "15"),
    ("3-4", "34"),
    ("CD4+ cells", "CD4- cells"),
    ("HER2+", "HER2-"),
    ("α-blocker", "β-blocker"),
    ("α", "beta"),
    ("5 mg", "5 µg"),
    ("β", "?"),
    ("+", "-"),
    ("é", "a"),
    ("no", "on"),
]


@pytest.mark.parametrize(("found", "expected"), SAME)
def test_what_is_the_same(found, expected):
    assert same_text(found, expected) and same_text(expected, found)


@pytest.mark.parametrize(("found", "expected"), OTHERS)
def test_what_is_not(found, expected):
    assert not same_text(found, expected) and not same_text(expected, found)


@given(st.text())
def test_a_text_is_itself_in_capitals_and_with_other_blanks(text):
    assert same_text(text, text)
    if text.isascii():
        assert same_text(text.upper(), text) or not any(map(str.isalnum, text))


@given(st.text("abcαβ12-. é"), st.text("abcαβ12-. é"))
def test_it_goes_both_ways(left, right):
    assert same_text(left, right) == same_text(right, left)


def pubtator(tmp_path, text, *mentions):
    rows = [f"1\t{a}\t{b}\t{mention}\tX\tD1" for a, b, mention in mentions]
    (tmp_path / "x.txt").write_text("\n".join([f"1|t|{text}", "1|a|", *rows]), "utf8")
    report = CorpusReport(quiet=True)
    documents = list(read_pubtator(tmp_path, report))
    return [(a.start, a.end) for one in documents for a in one.annotations], report


def test_mentions_that_pubtator_has_written_otherwise_are_kept_without_a_word(tmp_path):
    text = "Sjögren’s syndrome: TNF‐α, 5 µg of β-blocker"
    spans = [(0, 18), (20, 25), (27, 31), (35, 44)]
    mentions = ["Sjogren's  Syndrome", "TNF-alpha", "5 ug", "beta-blocker"]
    given_ = [(*span, mention) for span, mention in zip(spans, mentions, strict=True)]
    assert pubtator(tmp_path, text, *given_) == (spans, CorpusReport(quiet=True))


def test_mentions_on_other_words_are_found_out_however_they_are_written(tmp_path):
    text = "An α-blocker and a β-blocker, pain and fever"
    found, report = pubtator(
        tmp_path, text, (30, 34, "pain"), (39, 44, "fever"),
        (3, 12, "beta-blocker"), (17, 26, "α-blocker"), (30, 34, "rash"),
    )  # fmt: skip
    assert found == [(30, 34), (39, 44), (19, 28), (3, 12)]
    assert [p.kind for p in report.problems] == [
        Kind.OFFSET_CORRECTED, Kind.OFFSET_CORRECTED, Kind.TEXT_MISMATCH,
    ]  # fmt: skip


def test_a_mention_that_is_written_otherwise_is_found_nearby():
    text = "No β-blocker; xbeta-blocker"
    assert locate(text, 4, 13, "beta-blocker") == (3, 12)
    assert locate(text, 4, 13, "gamma-blocker") is None
    assert locate("É pain É pain", 0, 3, "e pain", nearby=False) is None
    assert locate("É pain É pain", 6, 9, "e pain") == (7, 13)
