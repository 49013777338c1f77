"""Files of rows: a damaged row costs no other."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.json_lines import NumberedRow, json_objects, read_json
from spacy_umlsbert.files.lines import split_lines
from spacy_umlsbert.files.problems import errors_in_place
from spacy_umlsbert.files.row_files import RowFile

CANARY = "Hollingsworth"
ROWS = st.dictionaries(st.text(max_size=3), st.text(max_size=9) | st.integers(), max_size=3)
JUNK = st.sampled_from(
    [b"{", b"[1]", b'"x"', b"\xff\xfe", b'{"a": "' + CANARY.encode(), b"[" * 9999]
)


@given(st.lists(ROWS | JUNK, max_size=8))
def test_json_lines_give_a_row_or_a_problem_each(lines):
    encoded = [x if isinstance(x, bytes) else json.dumps(x).encode() for x in lines]
    stream = io.BytesIO(b"".join(line + b"\n" for line in encoded))
    found = list(
        errors_in_place(lambda problems: json_objects(split_lines(stream), "some.jsonl", problems))
    )
    assert [item.line for item in found] == list(range(1, len(lines) + 1))
    for item, line in zip(found, lines, strict=True):
        if isinstance(line, bytes):
            assert isinstance(item, InputError) and CANARY not in str(item)
        else:
            assert item.row == line


FIELDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=9)
GOOD = st.lists(FIELDS, min_size=2, max_size=2)
BROKEN = st.sampled_from([b"one\n", b"1,2,3\n", b"\xff,x\n", b'"a"b,c\n'])


@given(st.lists(GOOD | BROKEN, max_size=8), st.sampled_from([".csv", ".tsv"]))
def test_rows_of_csv_after_a_damaged_one_are_read(rows, ending):
    comma = "," if ending == ".csv" else "\t"
    content, lines = b"a,b\n".replace(b",", comma.encode()), []
    for row in rows:
        lines.append(content.count(b"\n") + 1)
        if isinstance(row, bytes):
            content += row.replace(b",", comma.encode())
        else:
            out = io.StringIO()
            csv.writer(out, delimiter=comma, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(
                row
            )
            content += out.getvalue().encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"rows{ending}")
        path.write_bytes(content)
        found = list(RowFile(path).rows_and_problems())
        if any(isinstance(row, bytes) for row in rows):
            with pytest.raises(InputError, match=path.name):
                list(RowFile(path).rows())
    assert [item.line for item in found] == lines
    for item, row in zip(found, rows, strict=True):
        if isinstance(row, bytes):
            assert isinstance(item, InputError)
        else:
            assert item.row == dict(zip("ab", row, strict=True))


def test_a_quote_that_is_not_closed_says_how_far_it_goes(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text('a,b\n1,2\n3,"4\n5,6\n7,"8"\n9,0\n')
    first, problem, last = RowFile(path).rows_and_problems()
    assert first == NumberedRow(2, {"a": "1", "b": "2"})
    assert problem.line == 3 and "goes to line 5" in problem.problem
    assert last == NumberedRow(6, {"a": "9", "b": "0"})


@pytest.mark.parametrize("ending", [".csv", ".tsv"])
@pytest.mark.parametrize("before", ["\n", " \n", "\t \r\n\n", "\ufeff\n", ",,\n".replace(",", "@")])
def test_blank_lines_of_a_table_are_no_rows_and_no_header(ending, before, tmp_path):
    path = tmp_path / f"x{ending}"
    text = f"{before}a@b\n1@2\n  \n\n@\n3@4\n \n".replace("@", "," if ending == ".csv" else "\t")
    path.write_bytes(text.encode())
    line = before.count("\n") + 2
    rows = [NumberedRow(line, {"a": "1", "b": "2"}), NumberedRow(line + 3, {"a": "", "b": ""})]
    assert list(RowFile(path).rows()) == [*rows, NumberedRow(line + 4, {"a": "3", "b": "4"})]


OBJECTS = st.lists(
    st.dictionaries(
        st.text('ab{[]}"\\,: é', max_size=4),
        st.text('ab{[]}"\\,: é\n', max_size=6) | st.lists(st.integers() | ROWS, max_size=2),
        min_size=1,
        max_size=3,
    ),
    min_size=1,
    max_size=4,
)


def problems_of(text):
    stream = io.BytesIO(text.encode())
    return list(errors_in_place(lambda problems: json_objects(split_lines(stream), "x", problems)))


@given(OBJECTS, st.sampled_from([None, 1, 4]), st.sampled_from(["", "\n", " \n\t\n", "\ufeff\n "]))
def test_an_array_is_one_problem_and_none_of_it_is_read(objects, indent, before):
    (problem,) = problems_of(before + json.dumps(objects, indent=indent))
    assert isinstance(problem, InputError) and "a JSON array begins here" in problem.problem
    assert problem.line == before.count("\n") + 1


@given(OBJECTS, st.sampled_from([2, "\t"]))
def test_an_object_over_several_lines_is_one_problem_and_costs_no_other(objects, indent):
    text, expected = "", []
    for number, one in enumerate(objects):
        expected.append(text.count("\n") + 1)
        text += json.dumps(one, indent=indent if number % 2 else None) + "\n"
    found = problems_of(text)
    assert [item.line for item in found] == expected
    for item, one, number in zip(found, objects, range(4), strict=False):
        if number % 2:
            assert "one that goes over several lines begins here" in item.problem
        else:
            assert item.row == one


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"a": 1},', "there is a comma behind it"),
        ('{"a": 1} {"a": 2}', "there is more than one on the line"),
        ('{"a": 1}{"a": ', "there is more than one on the line"),
        ('[{"a": 1}, {"a": 2}]', "a JSON array begins here"),
        ('[[{"a": 1}]]', "this is no JSON object."),
        ("[]", "this is no JSON object."),
        ("{'a': 1}", "this is no JSON object."),
        ("null", "this is no JSON object."),
    ],
)
def test_what_a_line_is_instead_of_an_object(line, message):
    before, problem, after = problems_of(f'{{"b": 1}}\n{line}\n\ufeff{{"b": 2}}')
    assert message in problem.problem and problem.line == 2
    assert [before.row, after.row] == [{"b": 1}, {"b": 2}]


def test_json_lines_where_json_is_wanted_are_called_so(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"a": 1}\n{"a": 2}\n')
    with pytest.raises(InputError, match="line 2: not valid JSON: these are JSON lines"):
        read_json(path)
    path.write_text('\ufeff\n [{"a":\n1}]')
    assert read_json(path) == [{"a": 1}]
