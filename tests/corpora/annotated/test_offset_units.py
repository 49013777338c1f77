"""Whatever offsets count, mentions are where their texts are; or the document is refused."""

import json
import unicodedata
from html import escape
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_umlsbert.corpora.annotated.formats.brat import read_brat
from spacy_umlsbert.corpora.annotated.formats.i2b2_2010 import read_i2b2_2010
from spacy_umlsbert.corpora.annotated.formats.i2b2_2012 import read_i2b2_2012
from spacy_umlsbert.corpora.annotated.formats.i2b2_2014 import read_i2b2_2014
from spacy_umlsbert.corpora.annotated.formats.jsonl import read_jsonl
from spacy_umlsbert.corpora.annotated.formats.pubtator import read_pubtator
from spacy_umlsbert.corpora.annotated.offset_units import CHARACTERS, Claim, best_fit
from spacy_umlsbert.corpora.report import CorpusReport, Kind

SECRET = "Zanzibar"  # a word of the texts, which no message may show
WORDS = (
    "pain fever Zanzibar and no β-blocker naïve 38 °C 🤒 𝛼 T2DM é of the K < & 3 pain pain".split()
)

# Ways of counting: how much a character of the text counts, and the offset of the first.
COUNTS = {
    "characters": (lambda c: 1, 0),
    "bytes": (lambda c: len(c.encode()), 0),
    "UTF-16 units": (lambda c: 1 + (ord(c) > 0xFFFF), 0),
    "from one": (lambda c: 1, 1),
    "bytes after a byte order mark": (lambda c: len(c.encode()), 3),
    "line ends as two": (lambda c: 1 + (c == "\n"), 0),
    "bytes, line ends as two": (lambda c: len(c.encode()) + (c == "\n"), 0),
    "accents apart": (lambda c: len(unicodedata.normalize("NFD", c)), 0),
    "as XML escapes them": (lambda c: len(escape(c, quote=False)), 0),
}


def converted(text, spans, count):
    width, first = COUNTS[count]
    starts = [first]
    for c in text:
        starts.append(starts[-1] + width(c))
    return [(starts[a], starts[b]) for a, b in spans]


def brat(folder, text, spans, offsets):
    lines = [
        f"T{i}\tX {a} {b}\t{text[start:end].replace(chr(10), ' ')}\n"
        for i, ((start, end), (a, b)) in enumerate(zip(spans, offsets, strict=True), 1)
    ]
    (folder / "x.ann").write_text("".join(lines), "utf8")
    (folder / "x.txt").write_text(text, "utf8", newline="")
    return read_brat, folder


def pubtator(folder, text, spans, offsets):
    title, _, abstract = text.partition("\n")
    lines = [f"1|t|{title}", f"1|a|{abstract}"]
    for (start, end), (a, b) in zip(spans, offsets, strict=True):
        lines.append(f"1\t{a}\t{b}\t{text[start:end].replace(chr(10), ' ')}\tX\tD1")
    (folder / "x.txt").write_text("\n".join(lines), "utf8")
    return read_pubtator, folder


def jsonl(folder, text, spans, offsets):
    found = [
        {"start": a, "end": b, "label": "X", "text": text[start:end]}
        for (start, end), (a, b) in zip(spans, offsets, strict=True)
    ]
    (folder / "x.jsonl").write_text(json.dumps({"text": text, "spans": found}) + "\n")
    return read_jsonl, folder


def standoff(read, tag, kind):
    def write(folder, text, spans, offsets):
        tags = [
            f'<{tag} start="{a}" end="{b}" text={quoteattr(text[start:end])} {kind}="X" />'
            for (start, end), (a, b) in zip(spans, offsets, strict=True)
        ]
        body = f"<d>\n<TEXT><![CDATA[{text}]]></TEXT>\n<TAGS>{''.join(tags)}</TAGS></d>"
        (folder / "x.xml").write_text(body, "utf8", newline="")
        return read, folder

    return write


WRITERS = {
    "brat": brat,
    "jsonl": jsonl,
    "i2b2-2012": standoff(read_i2b2_2012, "EVENT", "type"),
    "i2b2-2014": standoff(read_i2b2_2014, "NAME", "TYPE"),
    "pubtator": pubtator,
}


def found(write, folder, text, spans, offsets):
    """The spans that are read, the text, and the report."""
    read, path = write(folder, text, spans, offsets)
    report = CorpusReport(quiet=True)
    documents = list(read(path, report))
    assert not any(SECRET in problem.message for problem in report.problems)
    if not documents:
        return None, None, report
    (document,) = documents
    return [(a.start, a.end) for a in document.annotations], document.text, report


@st.composite
def texts(draw, line_ends=("\n",)):
    """A text of words that repeat, and four to nine of them, one in each third at least."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=6, max_size=20))
    words = ["naïve", "🤒", *words, "K", "<", "3\u00e9"]
    text, bounds = "", []
    line_end = draw(st.sampled_from(line_ends))
    for i, word in enumerate(words):
        gaps = [line_end] if i in (2, 5) else [" ", "  ", line_end]
        text += draw(st.sampled_from(gaps)) if i else ""
        bounds.append((len(text), len(text) + len(word)))
        text += word
    chosen = draw(st.sets(st.integers(0, len(words) - 1), min_size=4, max_size=9))
    return text, [bounds[i] for i in sorted(chosen | {len(words) - 1})]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", WRITERS)
def test_mentions_are_found_by_whatever_the_offsets_count(name, count, tmp_path_factory):
    @settings(max_examples=25)
    @given(texts())
    def check(sample):
        text, spans = sample
        if name == "pubtator":
            head, _, rest = text.partition("\n")
            text = f"{head}\n{rest.replace(chr(10), ' ')}"
        offsets = converted(text, spans, count)
        folder = tmp_path_factory.mktemp("x")
        read, read_text, report = found(WRITERS[name], folder, text, spans, offsets)
        assert read_text == text and read == spans
        assert report.count(Kind.OFFSET_UNIT) == (offsets != spans)
        assert report.counts.total() == (offsets != spans)

    check()


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("count", ["characters", "bytes", "UTF-16 units"])
def test_brat_files_with_crlf_whose_offsets_count_one_for_a_line_end(count, bom, tmp_path_factory):
    @settings(max_examples=25)
    @given(texts())
    def check(sample):
        text, spans = sample
        folder = tmp_path_factory.mktemp("x")
        read, path = brat(folder, text, spans, converted(text, spans, count))
        (path / "x.txt").write_bytes(bom + text.replace("\n", "\r\n").encode())
        report = CorpusReport(quiet=True)
        (document,) = read(path, report)
        words = [document.text[a.start : a.end] for a in document.annotations]
        assert words == [text[a:b] for a, b in spans]
        before = [document.text[: a.start].replace("\r", "") for a in document.annotations]
        assert before == [text[:a] for a, _ in spans]
        assert {*report.counts} <= {Kind.OFFSET_UNIT}

    check()


def test_what_the_offsets_count_is_said_once_with_how_many_fit(tmp_path):
    text = "naïve Zanzibar\r\nfever, pain\r\nno pain"
    spans = [(6, 14), (16, 21), (23, 27), (32, 36)]
    offsets = converted(
        text.replace("\r\n", "\n"), [(6, 14), (15, 20), (22, 26), (30, 34)], "bytes"
    )
    read, _, report = found(brat, tmp_path, text, spans, offsets)
    assert read == spans
    (problem,) = report.problems
    assert problem.kind is Kind.OFFSET_UNIT and problem.path == tmp_path / "x.ann"
    assert problem.message == (
        "the offsets count UTF-8 bytes, a line end as one: "
        "so 4 of 4 mentions are where their text is"
    )


def test_a_mention_that_is_wrong_in_any_unit_is_left_out_alone(tmp_path):
    text = f"é pain é pain é pain {SECRET}"
    spans = [(2, 6), (9, 13), (16, 20), (21, 29)]
    offsets = converted(text, spans, "bytes")
    read, path = brat(tmp_path, text, spans, offsets)
    ann = path / "x.ann"
    ann.write_text(ann.read_text().replace(f"\t{SECRET}", "\trash"))
    report = CorpusReport(quiet=True)
    (document,) = read(path, report)
    assert [(a.start, a.end) for a in document.annotations] == spans[:3]
    assert dict(report.counts) == {
        Kind.OFFSET_UNIT: 1, Kind.TEXT_MISMATCH: 1,
    }  # fmt: skip


def test_a_mention_in_pieces_is_converted_piece_by_piece(tmp_path):
    (tmp_path / "x.txt").write_bytes("é left\r\nand right é knee".encode())
    (tmp_path / "x.ann").write_text("T1\tX 3 7;21 25\tleft knee\nT2\tX 12 17\tright\n")
    report = CorpusReport(quiet=True)
    (document,) = read_brat(tmp_path, report)
    assert [document.text[a.start : a.end] for a in document.annotations] == [
        "left\r\nand right é knee", "right",
    ]  # fmt: skip
    assert report.count(Kind.OFFSET_UNIT) == 1 and not report.count(Kind.TEXT_MISMATCH)


@pytest.mark.parametrize("name", WRITERS)
def test_the_offsets_of_another_text_are_refused(name, tmp_path):
    text = "The patient had\nno fever, no pain and no rash at all, he said; no pain."
    spans = [(19, 24), (29, 33), (41, 45), (0, 11)]
    write = WRITERS[name]
    write(tmp_path, text, spans, spans)
    other = f"Dr. {SECRET} wrote\nthat pain comes and goes and that the pain is burning pain now."
    for file in tmp_path.iterdir():
        for old, new in zip(text.split("\n"), other.split("\n"), strict=True):
            content = file.read_text("utf8")
            file.write_text(content.replace(json.dumps(old)[1:-1], json.dumps(new)[1:-1]), "utf8")
    report = CorpusReport(quiet=True)
    read, path = {
        "brat": (read_brat, tmp_path),
        "jsonl": (read_jsonl, tmp_path),
        "pubtator": (read_pubtator, tmp_path),
        "i2b2-2012": (read_i2b2_2012, tmp_path),
        "i2b2-2014": (read_i2b2_2014, tmp_path),
    }[name]
    assert not list(read(path, report))
    (problem,) = report.problems
    assert problem.kind is Kind.OFFSETS_UNKNOWN
    assert problem.message.startswith("0 of 4 mentions are where their text is")


def test_where_most_offsets_are_off_no_mention_goes_to_another_place_of_its_word(tmp_path):
    text = "pain, then pain, then fever, then chills, then pain again"
    lines = ["fever 3 8", "chills 9 15", "pain 14 18", "pain 20 24"]
    (tmp_path / "x.txt").write_text(text)
    ann = [f"T{i}\tX {s.split(' ', 1)[1]}\t{s.split()[0]}\n" for i, s in enumerate(lines, 1)]
    (tmp_path / "x.ann").write_text("".join(ann))
    report = CorpusReport(quiet=True)
    (document,) = read_brat(tmp_path, report)
    assert [text[a.start : a.end] for a in document.annotations] == ["fever", "chills"]
    assert report.count(Kind.TEXT_MISMATCH) == 2


@pytest.mark.parametrize("count", ["bytes", "UTF-16 units"])
def test_json_lines_that_repeat_no_text_are_converted_by_the_borders_of_words(count, tmp_path):
    text = "🤒 fever, 🤒 pain, no rash and Zanzibar"
    spans = [(text.index(w), text.index(w) + len(w)) for w in ("fever", "pain", "rash", "Zanzibar")]

    def read(offsets, **changes):
        lines = [{"text": text, "entities": [[a, b, "X"] for a, b in offsets]}]
        (tmp_path / "x.jsonl").write_text(json.dumps({**lines[0], **changes}) + "\n")
        report = CorpusReport(quiet=True)
        (document,) = read_jsonl(tmp_path, report)
        return [(a.start, a.end) for a in document.annotations], report

    offsets = converted(text, spans, count)
    got, report = read(offsets)
    assert got == spans and "4 of 4 mentions are whole words" in report.problems[0].message
    got, report = read(spans)
    assert got == spans and not report.problems
    part_of_words = [(a + 1, b) for a, b in spans]  # as somebody may want them
    got, report = read(part_of_words)
    assert got == part_of_words and not report.problems
    got, report = read(offsets[:2])  # too few to tell
    assert got == offsets[:2] and not report.problems


def test_characters_are_what_is_counted_where_nothing_speaks_against_it():
    claims = [Claim(((0, 4),), "pain"), Claim(((5, 9),), "rash")]
    assert best_fit("pain fever", claims).unit is CHARACTERS
    assert best_fit("é pain", []).unit is CHARACTERS
    assert "pain" not in repr(claims)
    assert isinstance(best_fit("pain", claims[:1]).fitting, frozenset)


def test_no_fixture_is_converted():
    fixtures = Path(__file__).parent.parent / "fixtures"
    for name, read in {"brat": read_brat, "jsonl": read_jsonl, "pubtator": read_pubtator}.items():
        report = CorpusReport(quiet=True)
        assert list(read(fixtures / name, report))
        assert not report.count(Kind.OFFSET_UNIT)


RECORD = "He had pain , fever .\n\nNo pain , no rash .\npain again\n"
CONCEPTS = [("pain", 1, 2), ("fever", 1, 4), ("rash", 3, 4), ("pain", 4, 0), ("pain", 3, 1)]


def i2b2_2010(folder, record, line_shift=0, word_shift=0):
    (folder / "a.txt").write_text(record)
    places = [(text, f"{line + line_shift}:{word + word_shift}") for text, line, word in CONCEPTS]
    concepts = [f'c="{text}" {place} {place}||t="problem"\n' for text, place in places]
    (folder / "a.con").write_text("".join(concepts))
    report = CorpusReport(quiet=True)
    documents = list(read_i2b2_2010(folder, report))
    return [[(a.start, a.end) for a in one.annotations] for one in documents], report


@pytest.mark.parametrize("line_shift", [0, -1])
@pytest.mark.parametrize("word_shift", [0, 1])
def test_lines_and_words_of_i2b2_2010_may_count_from_another_number(
    line_shift, word_shift, tmp_path
):
    (found,), report = i2b2_2010(tmp_path, RECORD, line_shift, word_shift)
    assert [RECORD[a:b] for a, b in found] == [text for text, *_ in CONCEPTS]
    assert [RECORD.count("\n", 0, a) + 1 for a, _ in found] == [line for _, line, _ in CONCEPTS]
    assert report.count(Kind.OFFSET_UNIT) == bool(line_shift or word_shift)
    assert report.counts.total() == bool(line_shift or word_shift)


def test_concepts_of_another_record_of_i2b2_2010_are_refused(tmp_path):
    other = f"Dr. {SECRET} came and\n\nwrote that all is\nwell with him today .\n"
    found, report = i2b2_2010(tmp_path, other)
    assert found == [] and [*report.counts] == [Kind.OFFSETS_UNKNOWN]


def test_white_space_before_lines_of_brat_pubtator_and_i2b2_2010(tmp_path):
    for name in ("brat", "pubtator", "i2b2"):
        (tmp_path / name).mkdir()
    (tmp_path / "brat/a.txt").write_text("pain")
    (tmp_path / "brat/a.ann").write_text(" T1\tX 0 4\tpain\n\tN1\tReference T1 D1\tpain\n")
    (tmp_path / "pubtator/a.txt").write_text("\n 1|t|pain\n 1|a|x\n\t 1\t0\t4\tpain\tX\tD1\n")
    (tmp_path / "i2b2/a.txt").write_text("pain\n")
    (tmp_path / "i2b2/a.con").write_text('\n  c="pain" 1:0 1:0||t="problem"\n')
    report = CorpusReport(quiet=True)
    for read, name in ((read_brat, "brat"), (read_pubtator, "pubtator"), (read_i2b2_2010, "i2b2")):
        (document,) = read(tmp_path / name, report)
        (mention,) = document.annotations
        assert (mention.start, mention.end) == (0, 4)
        assert name == "i2b2" or mention.concept_ids == ("D1",)
    assert not report.problems
