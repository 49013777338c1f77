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
from spacy_umlsbert.files.json_lines import NumberedRow, json_objects
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
