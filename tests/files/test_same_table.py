"""A table is the same whatever it is written as."""

import csv
import gzip
import io
import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_umlsbert.corpora.notes import Columns, open_notes
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.json_lines import read_json_lines
from spacy_umlsbert.files.lines import LineReader, read_lines, split_lines
from spacy_umlsbert.files.problems import FileKind, Problems
from spacy_umlsbert.files.row_files import RowFile
from spacy_umlsbert.files.texts import read_text

NAMES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n\ufeff"), min_size=1),
    min_size=2, max_size=4, unique=True,
)  # fmt: skip
FIELD = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.text('",\t\n\r x')


@st.composite
def some_tables(draw):
    """Names of columns, and rows of as many texts."""
    names = draw(NAMES)
    row = st.lists(FIELD, min_size=len(names), max_size=len(names))
    return names, draw(st.lists(row, max_size=5))


def as_csv(names, rows, delimiter, end):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [names, *rows]
    )
    return stream.getvalue().encode()


def as_json_lines(names, rows, end, ascii):
    lines = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=ascii) for row in rows]
    return "".join(line + end for line in lines).encode()


def written(folder, names, rows):
    """The same table in many files."""
    for end in ("\n", "\r\n"):
        for bom in (b"", b"\xef\xbb\xbf"):
            for ending, data in {
                ".csv": as_csv(names, rows, ",", end),
                ".TSV": as_csv(names, rows, "\t", end),
                ".jsonl": as_json_lines(names, rows, end, ascii=False),
                ".ndjson": as_json_lines(names, rows, end, ascii=True),
            }.items():
                for compress in ("", ".gz"):
                    path = folder / f"{len(end)}{len(bom)}{ending}{compress}"
                    whole = bom + data
                    path.write_bytes(gzip.compress(whole) if compress else whole)
                    yield path
    path = folder / "x.parquet"
    columns = {
        name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(names)
    }
    pq.write_table(pa.table(columns), path)
    yield path


@settings(max_examples=30)
@given(some_tables())
def test_every_format_gives_the_same_rows(table):
    names, rows = table
    expected = [dict(zip(names, row, strict=True)) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        for path in written(Path(folder), names, rows):
            file = RowFile(path)
            assert [row.row for row in file.rows()] == expected, path.name
            assert file.columns() in (names, None)
            assert file.kind == ".parquet" or file.position == file.size


@settings(max_examples=30)
@given(some_tables())
def test_notes_are_the_same_in_every_format(table):
    names, rows = table
    folded = [name.strip().casefold() for name in names]
    if len({*folded}) < len(names):
        return
    columns = Columns(text=names[0], id=names[1], category="no such", error="no such")
    expected = [row[0] for row in rows if row[0].strip()]
    with tempfile.TemporaryDirectory() as folder:
        for path in written(Path(folder), names, rows):
            source = open_notes(path, columns)
            assert [note.text for note in source] == expected, path.name
            assert not source.problems.counts


@settings(max_examples=30)
@given(some_tables())
def test_what_is_written_is_read(table):
    names, rows = table
    expected = [dict(zip(names, row, strict=True)) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        for path in written(Path(folder), names, rows):
            again = path.with_name("again" + "".join(path.suffixes))
            with RowFile(path).writer(again) as write:
                for row in expected:
                    write(row)
            assert [row.row for row in RowFile(again).rows()] == expected, path.name


@given(st.binary(max_size=60) | st.text('{}[]",:\n\r\0ab').map(str.encode))
def test_any_bytes_are_lines_with_numbers(data):
    lines = list(split_lines(io.BytesIO(data), 20))
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert len(lines) == data.count(b"\n") + bool(data.rpartition(b"\n")[2])
    for line, raw in zip(lines, data.split(b"\n"), strict=False):
        sound = len(raw) < 20 and b"\0" not in raw
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            sound = False
        if sound and line.number > 1:
            assert line.flaw is None
            assert line.text + line.end in (text, text + "\n") and not line.text.endswith("\n")
        if not sound and line.number > 1:
            assert line.flaw is not None


@given(st.binary(max_size=80))
def test_no_bytes_make_a_reader_fail_otherwise_than_with_a_message(data):
    with tempfile.TemporaryDirectory() as folder:
        for name in ("x.csv", "x.tsv", "x.jsonl", "x.txt", "x.csv.gz", "x.parquet"):
            path = Path(folder, name)
            path.write_bytes(data)
            try:
                for item in RowFile(path).rows_and_problems():
                    assert not isinstance(item, InputError) or item.path == path
            except InputError as error:
                assert error.path == path


CSV = st.lists(
    st.sampled_from([b"1,2\n", b'"a\nb",c\r\n', b'"', b",", b"x", b"\n", b"\0", b"\xff", b"3,4"])
)


@pytest.mark.parametrize("resume_inside", [False, True])
@given(CSV, st.integers(1, 20))
def test_what_is_read_does_not_depend_on_how_much_is_read_at_a_time(resume_inside, parts, many):
    def read(path, size):
        problems = Problems()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("spacy_umlsbert.files.lines._BLOCK_BYTES", size)
            rows = list(RowFile(path).rows(problems, resume_inside=resume_inside))
            return rows, problems, list(read_lines(path, Problems(), longest=9))

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.csv")
        path.write_bytes(b"a,b\n" + b"".join(parts))
        assert read(path, many) == read(path, 1 << 14)


@pytest.mark.parametrize("text", ["a", "at 8:30", "BP : 120", 'the ":" sign', "{x}"])
def test_a_field_that_stands_twice_is_found_whatever_the_texts_hold(text, tmp_path):
    path = tmp_path / "x.jsonl"
    once = json.dumps({"a": text, "b": ":"})
    path.write_text(f'{once}\n{once[:-1]}, "a": 1}}\n')
    good, bad = RowFile(path).rows_and_problems()
    assert good.row == json.loads(once)
    assert bad.line == 2 and "fields 1 and 3 have the same name" in bad.problem


def test_a_line_that_is_too_long_costs_no_other(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("a\n" + "b" * 50 + "\nc")
    problems = Problems()
    assert [line.text for line in read_lines(path, problems, longest=20)] == ["a", "c"]
    (problem,) = problems.first[FileKind.TOO_LARGE]
    assert problem.line == 2
    with pytest.raises(InputError, match="line 2: the line is too long"):
        list(read_lines(path, longest=20))


def test_a_file_that_is_cut_short_gives_the_lines_before(tmp_path):
    path = tmp_path / "x.txt.gz"
    whole = gzip.compress("".join(f"line {i * 7919}\n" for i in range(9999)).encode())
    path.write_bytes(whole[: len(whole) // 2])
    problems = Problems()
    lines = list(read_lines(path, problems))
    assert 1000 < len(lines) < 9999
    assert problems.counts == {FileKind.UNREADABLE: 1}
    path.write_bytes(b"no gzip at all")
    assert read_text(path, problems) is None
    assert problems.counts == {FileKind.UNREADABLE: 2}


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "x.txt"
    path.touch()

    def refuse(*_, **__):
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    problems = Problems()
    assert not list(read_lines(path, problems)) and read_text(path, problems) is None
    assert problems.counts == {FileKind.UNREADABLE: 2}


def test_two_columns_of_one_name_in_parquet(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table([pa.array(["a"])] * 3, names=["a", "b", "a"]), path)
    with pytest.raises(InputError, match="columns 1 and 3 have the same name"):
        list(RowFile(path).rows())
    with pytest.raises(InputError, match="compressed inside"):
        RowFile(tmp_path / "x.parquet.gz")


def test_text_in_parquet_that_is_not_unicode(tmp_path):
    path = tmp_path / "x.parquet"
    data = pa.array([b"a", b"\xff", b"c"], pa.binary()).cast(pa.string(), safe=False)
    pq.write_table(pa.table({"text": data}), path)
    first, problem, last = RowFile(path).rows_and_problems()
    assert (first.row, last.row) == ({"text": "a"}, {"text": "c"})
    assert problem.line == 2 and "invalid UTF-8" in problem.problem


@pytest.mark.parametrize("name", ["x.parquet.gz", "x.xlsx", "x", "nowhere.csv"])
def test_files_that_have_no_rows(name, tmp_path):
    if name != "nowhere.csv":
        (tmp_path / name).touch()
    with pytest.raises(InputError, match=name):
        RowFile(tmp_path / name)


def test_the_csv_module_is_left_as_it_was(tmp_path):
    path = tmp_path / "x.csv"
    large = "word " * 60_000
    path.write_text("a,b\n" + f'1,"{large}"\n' * 20)
    before = csv.field_size_limit()
    found = []

    def read():
        found.extend(RowFile(path).rows())

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80 and all(row.row["b"] == large for row in found)
    assert csv.field_size_limit() == before


def test_a_record_of_many_lines_may_be_large(tmp_path):
    path = tmp_path / "x.csv"
    text = "word\n" * 100_000
    path.write_text(f'a,b\n1,"{text}"\n2,"x"\n')
    assert [row.row["b"] for row in RowFile(path).rows()] == [text, "x"]


def test_position_goes_to_the_end(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("line\n" * 5000)
    with LineReader(path) as lines:
        positions = [lines.position for _ in lines]
        assert positions == sorted(positions) and 0 < positions[0] < lines.size
    assert lines.position == lines.size == path.stat().st_size


def test_json_lines_are_lazy(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"a": 1}\nno JSON\n')
    rows = read_json_lines(path)
    assert next(rows).row == {"a": 1}
    with pytest.raises(InputError, match="line 2"):
        next(rows)


def test_reading_files_imports_nothing_heavy():
    code = (
        "import sys; from spacy_umlsbert.files import row_files, storage, xml, writing, resources;"
        "print({'pyarrow', 'torch', 'tqdm', 'pandas', 'spacy'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
