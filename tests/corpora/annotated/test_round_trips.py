"""What is written in a format is read back the same: text, borders, labels, concepts."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_umlsbert.corpora.annotated.formats import READERS
from tests.corpora.annotated import writers

WORDS = st.sampled_from(
    'pain Fever T2DM X-ray A&O < & "q" it\'s naïve β-blocker ( ) . 5% ]]> &amp; Δ 𝛼 of the'.split()
)
LABELS = st.sampled_from(["problem", "TEST", "Drug-1"])
CONCEPTS = st.lists(
    st.sampled_from(["C0000001", "D012", "OMIM:77", "D1+D2"]), max_size=2, unique=True
)


@dataclass(frozen=True)
class Format:
    """What a format can express."""

    write: Callable[[Path, str, list], Path]
    gaps: tuple[str, ...] = (" ", "  ", "\n", "\n\n")
    one_break: bool = False
    overlaps: bool = True
    ids: bool = False
    exact_text: bool = True


FORMATS = {
    "brat": Format(writers.write_brat, ids=True),
    "conll": Format(writers.write_conll, gaps=(" ",), overlaps=False, exact_text=False),
    "i2b2-2006": Format(writers.write_i2b2_2006, overlaps=False),
    "i2b2-2010": Format(writers.write_i2b2_2010, gaps=(" ", "\n")),
    "i2b2-2012": Format(writers.write_i2b2_2012),
    "i2b2-2014": Format(writers.write_i2b2_2014),
    "jsonl": Format(writers.write_jsonl, ids=True),
    "marked": Format(writers.write_marked, overlaps=False),
    "n2c2-2018": Format(writers.write_brat, ids=True),
    "pubtator": Format(writers.write_pubtator, gaps=(" ", "  "), one_break=True, ids=True),
}


@st.composite
def annotated(draw, form: Format):
    """A text of words, and spans of one to four of them."""
    words = draw(st.lists(WORDS, min_size=1, max_size=14))
    text, bounds = "", []
    line_break = draw(st.integers(1, 14)) if form.one_break else None
    for i, word in enumerate(words):
        text += "" if not i else "\n" if i == line_break else draw(st.sampled_from(form.gaps))
        bounds.append((len(text), len(text) + len(word)))
        text += word
    spans, done = [], -1
    for first in sorted(draw(st.sets(st.integers(0, len(words) - 1), max_size=5))):
        last = min(first + draw(st.integers(0, 3)), len(words) - 1)
        if first <= done and not form.overlaps:
            continue
        done = last
        ids = draw(CONCEPTS) if form.ids else []
        spans.append((bounds[first][0], bounds[last][1], draw(LABELS), tuple(ids)))
    return text, spans


TABLES_OF_SENTENCES = {"bioscope", "chia", "context-table"}
"""They say of given mentions whether they are there: see `test_assertions`."""


ENTRIES = {"i2b2-2009"}
"""They have two labels, and say of values what they belong to: see `test_medications`."""


def test_every_format_is_tested():
    assert {*FORMATS, *TABLES_OF_SENTENCES, *ENTRIES} == set(READERS)


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_is_read(name, tmp_path_factory):
    form = FORMATS[name]

    @settings(max_examples=60)
    @given(annotated(form))
    def check(sample):
        text, spans = sample
        path = form.write(tmp_path_factory.mktemp(name), text, spans)
        corpus = READERS[name](path)
        (read,) = corpus.texts()
        assert not corpus.report.problems
        found = [(a.start, a.end, a.label, a.concept_ids) for a in read.annotations]
        if form.exact_text:
            assert read.text == text
            assert found == spans
        else:  # the words are the same, and what is between them is a guess
            assert read.words == text.split()
            assert [(read.text[a:b].replace(" ", ""), label) for a, b, label, _ in found] == [
                (text[a:b].replace(" ", ""), label) for a, b, label, _ in spans
            ]

    check()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("change", ["byte order mark", "carriage returns"])
def test_files_of_other_systems_are_read_alike(name, change, tmp_path):
    form = FORMATS[name]
    text = "Severe pain and fever ." if "\n" not in form.gaps else "Severe pain\nand fever ."
    spans = [(0, 11, "problem", ()), (16, 21, "problem", ())]
    path = form.write(tmp_path, text, spans)
    for file in [p for p in tmp_path.rglob("*") if p.is_file()]:
        data = file.read_bytes()
        if change == "byte order mark":
            file.write_bytes(b"\xef\xbb\xbf" + data)
        else:
            file.write_bytes(data.replace(b"\n", b"\r\n"))
    corpus = READERS[name](path)
    (read,) = corpus.texts()
    assert [read.text[a.start : a.end] for a in read.annotations] == ["Severe pain", "fever"]
