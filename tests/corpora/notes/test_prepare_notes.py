"""Notes as they come, to text for pretraining."""

import csv
import gzip
import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.corpora.notes import (
    Columns,
    Note,
    PrepareSettings,
    SentenceSplitter,
    open_notes,
    prepare_note,
    prepare_notes,
    replace_placeholders,
    split_sections,
)
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.problems import FileKind
from spacy_umlsbert.text.sections.layout import unwrap

HEADER = "ROW_ID,SUBJECT_ID,CATEGORY,ISERROR,TEXT"
NOTE = """\
Admission Date:  [**2151-7-16**]     Sex:  F

Chief Complaint:
chest pain

HPI: Mrs. [**Known lastname 12**] is a 60 yo "frail" woman who was seen at
[**Hospital1 18**] for pain, with aspirin 81 mg p.o. b.i.d. since the day
before. She has no fever.

Discharge Medications:
1. aspirin
2. metformin
______________________
"""


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def mimic(*rows):
    return "\n".join([HEADER, *rows]) + "\n"


def write(path, content):
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def records(path):
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    return [json.loads(line) for line in data.decode().splitlines()]


# Reading


@pytest.mark.parametrize("name", ["NOTEEVENTS.csv", "NOTEEVENTS.csv.gz"])
def test_mimic_is_read_by_category_and_without_errors(tmp_path, name):
    rows = [
        f"1,10,Discharge summary,,{quoted(NOTE)}",
        f'2,10,"Physician ",,{quoted("fever")}',
        f"3,11,Discharge summary,1,{quoted('wrong patient')}",
        "4,11,discharge summary,,short",
        "5,11,Discharge summary,,  ",
    ]
    path = write(tmp_path / name, mimic(*rows))
    source = open_notes(path, categories=["discharge SUMMARY"])
    assert list(source) == [Note("1", NOTE), Note("4", "short")]
    assert source.skipped == {"of another category": 1, "marked as an error": 1, "empty": 1}
    assert source.categories["Physician"] == 1
    assert not source.problems.counts
    assert source.position == source.size == path.stat().st_size


def test_other_columns_and_formats(tmp_path):
    table = write(tmp_path / "a.tsv", "Note ID\tBody\nx7\tfever\n\tcough\n")
    columns = Columns(text="body", id="note id")
    assert list(open_notes(table, columns)) == [Note("x7", "fever"), Note("3", "cough")]
    lines = write(tmp_path / "a.jsonl", '{"text": "fever", "note": 5}\n\n{"text": "cough"}\n')
    assert list(open_notes(lines)) == [Note("5", "fever"), Note("3", "cough")]


def test_a_folder_of_texts(tmp_path):
    (tmp_path / "ward").mkdir()
    write(tmp_path / "a.txt", "\ufefffever")
    write(tmp_path / "ward" / "b.TXT", "cough")
    write(tmp_path / "ward" / "c.txt", b"\xff\xfe")
    write(tmp_path / "d.txt", " \n")
    write(tmp_path / "e.pdf", "no text")
    source = open_notes(tmp_path)
    assert set(source) == {Note("a", "fever"), Note("ward/b", "cough")}
    assert source.problems.counts == {FileKind.ENCODING: 1}
    (problem,) = source.problems.first[FileKind.ENCODING]
    assert str(problem) == f"{tmp_path / 'ward' / 'c.txt'}, line 1: invalid UTF-8"


@pytest.mark.parametrize("name", ["ward 3.txt", "ward 3.TXT.gz"])
def test_a_single_text_is_a_note(tmp_path, name):
    content = "\ufefffever\r\ncough".encode()
    write(tmp_path / name, content)
    assert list(open_notes(tmp_path / name)) == list(open_notes(tmp_path)) != []
    assert [note.id for note in open_notes(tmp_path / name)] == ["ward 3"]


@pytest.mark.parametrize(
    ("bad", "kind", "message"),
    [
        (b"2,10,Nursing", FileKind.MALFORMED, "another number of fields than the header"),
        (b"2,10,Nursing,,a,b", FileKind.MALFORMED, "another number of fields than the header"),
        (b"2,10,Nursing,,caf\xe9", FileKind.ENCODING, "invalid UTF-8"),
        (b'2,10,Nursing,,"caf\xe9\nnoir"', FileKind.ENCODING, "invalid UTF-8"),
        (b'2,10,Nursing,,"caf\0\nnoir"', FileKind.NUL, "a NUL character"),
        (b'2,10,Nursing,,"never\n\ncloses', FileKind.MALFORMED, "not valid CSV"),
        (b'2,10,"Nursing,,a\n\nb, c\n', FileKind.MALFORMED, "not valid CSV"),
        (b"2,10,Nursing,,a\rb", FileKind.MALFORMED, "not valid CSV"),
    ],
)
def test_a_bad_row_is_counted_with_its_line_and_the_rest_goes_on(tmp_path, bad, kind, message):
    sound = [f"{i},10,Nursing,,{quoted(NOTE)}".encode() for i in (1, 3, 4)]
    path = tmp_path / "notes.csv"
    path.write_bytes(b"\n".join([HEADER.encode(), sound[0], bad, *sound[1:], b""]))
    source = open_notes(path)
    assert list(source) == [Note(i, NOTE) for i in "134"]
    line = 3 + NOTE.count("\n")
    assert source.problems.counts == {kind: 1}
    (problem,) = source.problems.first[kind]
    assert problem.place == f"{path}, line {line}" and message in problem.message


def test_a_quote_that_never_closes_at_the_end(tmp_path):
    path = write(tmp_path / "notes.csv", mimic("1,10,Nursing,,fever", '2,10,Nursing,,"cough\n'))
    source = open_notes(path)
    assert list(source) == [Note("1", "fever")]
    assert source.problems.counts == {FileKind.MALFORMED: 1}
    assert "do not close" in source.problems.first[FileKind.MALFORMED][0].message


def test_large_fields_are_read_and_giants_left_out(tmp_path, monkeypatch):
    limit = csv.field_size_limit()
    large = "word " * 40_000  # more than the csv module takes by default
    path = write(tmp_path / "notes.csv", mimic(f"1,10,Nursing,,{quoted(large)}", "2,10,N,,cough"))
    assert [note.text for note in open_notes(path)] == [large, "cough"]
    assert csv.field_size_limit() == limit
    monkeypatch.setattr("spacy_umlsbert.corpora.notes.reading.LONGEST", 1000)
    source = open_notes(path)
    assert [note.text for note in source] == ["cough"]
    (problem,) = source.problems.first[FileKind.TOO_LARGE]
    assert source.problems.counts.total() == 1 and problem.place == f"{path}, line 2"
    many = write(tmp_path / "lines.csv", mimic(quoted("a\n" * 600), "2,10,N,,cough"))
    source = open_notes(many)
    assert [note.text for note in source] == ["cough"]
    assert source.problems.counts == {FileKind.MALFORMED: 1}
    assert "do not close" in source.problems.first[FileKind.MALFORMED][0].message


def test_bad_json_lines(tmp_path):
    lines = [
        b'{"text": "fever"}',
        b"{",
        b"[1]",
        b'{"txt": "x"}',
        b'{"text": 5}',
        b'{"text": "\xff"}',
        b'{"text": "\\ud800"}',
        b'{"text": "cough"}',
    ]
    path = write(tmp_path / "notes.jsonl", b"\n".join(lines))
    source = open_notes(path)
    assert [note.text for note in source] == ["fever", "cough"]
    assert [str(problem) for problem in source.problems.first[FileKind.MALFORMED]] == [
        f"{path}, line 2: this is no JSON object: one that goes over several lines begins here; "
        "put it on one",
        f"{path}, line 3: this is no JSON object",
        f"{path}, line 4: the object has no field 'text'",
        f"{path}, line 5: the row has no text",
    ]
    assert [str(problem) for problem in source.problems.first[FileKind.ENCODING]] == [
        f"{path}, line 6: invalid UTF-8",
        f"{path}, line 7: half a surrogate pair",
    ]
    assert source.problems.counts == {FileKind.MALFORMED: 4, FileKind.ENCODING: 2}


def test_a_file_that_is_cut_short_gives_what_it_has(tmp_path):
    whole = gzip.compress(mimic(*(f"{i},1,N,,note {i * 7919}" for i in range(9999))).encode())
    path = tmp_path / "notes.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    source = open_notes(path)
    assert 1000 < len(list(source)) < 9999
    assert source.problems.counts == {FileKind.UNREADABLE: 1}


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.csv", "A,B\n1,2\n", {}, r"no column 'text' among its 2"),
        ("a.csv", "TEXT\nx\n", {"categories": ["ECG"]}, "no column 'category'"),
        ("a.csv", "TEXT\nx\n", {"columns": Columns(id="nr")}, "no column 'nr'"),
        ("a.csv", "", {}, "has no header"),
        ("a.xlsx", "x", {}, r"not from '\.xlsx'"),
        (None, "", {"categories": ["ECG"]}, "no categories"),
        ("missing", None, {}, "no such file or folder"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, name, content, options, message):
    path = tmp_path / name if name else tmp_path
    if name and content is not None:
        write(path, content)
    with pytest.raises(InputError, match=message):
        list(open_notes(path, **options))


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00")).filter(str.strip)


@given(
    texts=st.lists(TEXTS | st.text('",\n\r ab').filter(str.strip), min_size=1),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_what_the_csv_module_writes_is_read(tmp_path_factory, texts, quoting, ending):
    if quoting == csv.QUOTE_MINIMAL:  # the csv module leaves a single \r without quotes
        texts = [text.replace("\r", ".") for text in texts]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=quoting, lineterminator=ending)
    writer.writerows([["row_id", "text"], *([i, text] for i, text in enumerate(texts))])
    path = tmp_path_factory.mktemp("notes") / "notes.csv"
    path.write_bytes(stream.getvalue().encode())
    source = open_notes(path)
    assert list(source) == [Note(str(i), text) for i, text in enumerate(texts)]
    assert not source.problems.counts


@given(texts=st.lists(TEXTS, min_size=1), ascii=st.booleans())
def test_what_the_json_module_writes_is_read(tmp_path_factory, texts, ascii):
    path = tmp_path_factory.mktemp("notes") / "notes.jsonl"
    lines = [json.dumps({"note": i, "text": t}, ensure_ascii=ascii) for i, t in enumerate(texts)]
    path.write_bytes("\n".join(lines).encode())
    assert list(open_notes(path)) == [Note(str(i), text) for i, text in enumerate(texts)]


@given(before=st.lists(TEXTS), garbage=st.binary(max_size=200), after=st.lists(TEXTS, min_size=3))
def test_no_garbage_stops_the_reader(tmp_path_factory, before, garbage, after):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["row_id", "text"], *([f"b{t}", t] for t in before)])
    start = stream.getvalue().encode()
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([f"a{i}", t] for i, t in enumerate(after))
    path = tmp_path_factory.mktemp("notes") / "notes.csv"
    path.write_bytes(start + garbage + b"\n" + stream.getvalue().encode())
    notes = list(open_notes(path))
    assert [n.text for n in notes[: len(before)]] == before
    # A quote too many in the garbage may take the first sound rows, not all that follow.
    assert notes[-1:] == [Note(f"a{len(after) - 1}", after[-1])] or b'"' in garbage


# Placeholders, lines, sections, sentences


@pytest.mark.parametrize(
    ("placeholder", "texts"),
    [
        ("2151-7-16", {"2151-7-16"}),
        ("7/16", {"7/16"}),
        ("Month/Day (2) 123", {"3/14", "6/2", "10/27"}),
        ("Age over 90 44", {"90"}),
        ("Telephone/Fax (1) 22", {"555-0100", "555-0123", "555-0147", "555-0186"}),
        ("Hospital Ward Name 23", {"West", "East", "North", "Main"}),
        ("Something New 7", {"something new"}),
        ("", {""}),
    ],
)
def test_placeholders_become_text_of_their_kind(placeholder, texts):
    assert replace_placeholders(f"[**{placeholder}**]") in texts


def test_placeholders_are_replaced_alike_everywhere():
    text = "Dr. [**Last Name (STitle) 5**] and Dr. [**Last Name\n(STitle) 5**] of [**Hospital1 9**]"
    words = replace_placeholders(text).split()
    assert words[1] == words[4]
    assert words[1] not in ("Dr.", "Hospital")
    assert "Hospital" in words
    assert "[**" not in replace_placeholders(NOTE)
    assert replace_placeholders("[**Last Name (STitle) 99**]") == "Lee", "on every day"


def test_placeholders_can_be_kept_or_removed():
    assert replace_placeholders("on [**7-1**] by", "keep") == "on [**7-1**] by"
    assert replace_placeholders("on [**7-1**] by", "remove") == "on  by"
    assert replace_placeholders("a [**not closed", "remove") == "a [**not closed"


def test_sections_of_a_note():
    titles = [section.title for section in split_sections(NOTE)]
    assert titles == ["Admission Date", "Chief Complaint", "HPI", "Discharge Medications"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Vitals:\nT: 98\nHR: 80\nBP: 1/2", ["Vitals"]),
        ("Exam:\nIMPRESSION: stable", ["Exam", "IMPRESSION"]),
        ("CHIEF COMPLAINT\n\nfever", ["CHIEF COMPLAINT"]),
        ("fever\nPLAN\nrest", [None]),
        ("she said: no", [None]),
        ("Seen at 10:30 today", [None]),
        ("Follow up with:\nthe clinic", [None]),
        ("Disp:\n30", [None]),
        ("https://example.org", [None]),
        ("", []),
    ],
)
def test_what_a_heading_is(text, titles):
    assert [section.title for section in split_sections(text)] == titles


@given(st.text(alphabet="Ab: \nCD\u2028") | st.text())
def test_sections_lose_nothing(text):
    assert "".join(section.text for section in split_sections(text)) == text


@given(st.text(alphabet="ab .,:-1\n") | st.text())
def test_lines_lose_no_word(text):
    unwrapped = unwrap(text)
    assert unwrapped.split() == text.split()
    assert unwrapped.count("\n") <= text.count("\n")


@pytest.fixture(scope="module")
def splitter():
    return SentenceSplitter()


def test_sentences_with_wrapped_lines_joined(splitter):
    got = prepare_note(Note("7", NOTE), PrepareSettings(placeholders="keep"), splitter)
    assert [(r["note"], r["section"], r["text"].split("\n")) for r in got] == [
        ("7", "Admission Date", ["Admission Date: [**2151-7-16**] Sex: F"]),
        ("7", "Chief Complaint", ["Chief Complaint:", "chest pain"]),
        (
            "7",
            "HPI",
            [
                'HPI: Mrs. [**Known lastname 12**] is a 60 yo "frail" woman who was seen at '
                "[**Hospital1 18**] for pain, with aspirin 81 mg p.o. b.i.d. since the day before.",
                "She has no fever.",
            ],
        ),
        ("7", "Discharge Medications", ["Discharge Medications:", "1. aspirin", "2. metformin"]),
    ]


def test_units(splitter):
    by_unit = {
        unit: prepare_note(Note("7", NOTE), PrepareSettings(unit=unit), splitter)
        for unit in ("section", "sentence", "note")
    }
    lines = {unit: "\n".join(r["text"] for r in found) for unit, found in by_unit.items()}
    assert lines["section"] == lines["sentence"] == lines["note"]
    assert [len(found) for found in by_unit.values()] == [4, 8, 1]
    assert by_unit["sentence"][2] == {
        "note": "7",
        "section": "Chief Complaint",
        "text": "chest pain",
    }


@given(text=st.text(alphabet="ab .,:!?()'\"-1\n\u2028") | st.text())
def test_the_rules_stand_any_text_and_lose_no_word(splitter, text):
    (sentences,) = splitter.split([text])
    assert list(filter(str.isalnum, "".join(sentences))) == list(filter(str.isalnum, text))


# The whole


def test_prepare(tmp_path):
    rows = [f"{i},1,Nursing,,{quoted(NOTE)}" for i in range(40)] + ["40,1,Nursing,,____", "bad"]
    path = write(tmp_path / "notes.csv", mimic(*rows))
    one = prepare_notes(open_notes(path), tmp_path / "one.jsonl", progress=False)
    assert (one.notes, one.sections, one.sentences) == (40, 160, 320)
    assert one.skipped == {"without a word": 1}
    assert sum(one.problems.counts.values()) == 1
    got = records(tmp_path / "one.jsonl")
    assert len(got) == 160
    assert [r["note"] for r in got[::4]] == [str(i) for i in range(40)]


def test_several_processes_write_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr("spacy_umlsbert.corpora.notes.prepare._BATCH_CHARACTERS", 1000)
    rows = [f"{i},1,Nursing,,{quoted(f'Note {i}. ' + NOTE)}" for i in range(20)]
    path = write(tmp_path / "notes.csv", mimic(*rows))
    prepare_notes(open_notes(path), tmp_path / "one.jsonl", progress=False)
    prepare_notes(open_notes(path), tmp_path / "two.jsonl.gz", processes=2, progress=False)
    assert records(tmp_path / "one.jsonl") == records(tmp_path / "two.jsonl.gz")


def test_output_is_whole_or_not_there(tmp_path):
    path = write(tmp_path / "notes.csv", mimic("1,1,ECG,,fever"))
    out = write(tmp_path / "out.jsonl", "what was there")
    with pytest.raises(InputError, match=r"1 of another category.*categories: ECG"):
        prepare_notes(open_notes(path, categories=["Echo"]), out, progress=False)
    with pytest.raises(InputError, match=r"\.jsonl"):
        prepare_notes(open_notes(path), tmp_path / "out.txt", progress=False)
    assert out.read_text() == "what was there"
    assert {p.name for p in tmp_path.iterdir()} == {"notes.csv", "out.jsonl"}


def test_memory_does_not_grow_with_the_notes(tmp_path, monkeypatch, splitter):
    # Without the rules, which are slow to trace.
    monkeypatch.setattr(SentenceSplitter, "split", lambda _, texts: [[text] for text in texts])

    def peak(n):
        rows = (f"{i},1,N,,{quoted(f'note {i}{chr(10)}' + 'pain ' * 800)}" for i in range(n))
        path = write(tmp_path / "notes.csv", mimic(*rows))
        tracemalloc.start()
        try:
            report = prepare_notes(open_notes(path), tmp_path / "out.jsonl", progress=False)
            assert report.notes == n
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(30)  # what is loaded once
    assert peak(1500) < peak(150) + 500_000, "1350 notes more are 5.4 MB"
