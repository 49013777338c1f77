"""Tables of lines that Arrow reads: what was written is read, and damage is found where it is."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.problems import HAS_NUL, NOT_UTF8
from spacy_umlsbert.umls.sources.delimited import DelimitedFile

COLUMNS = ["a", "b", "c"]
CELLS = st.text(
    st.characters(exclude_characters="\0\r\n\t|", exclude_categories=["Cs"]), max_size=5
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS).filter(any), min_size=1, max_size=6)


def read(parts, delimiter="\t", **settings):
    tables = DelimitedFile(parts, delimiter, **settings).read(COLUMNS, COLUMNS, header=True)
    return [tuple(row.values()) for table in tables for row in table.to_pylist()]


@given(ROWS, st.sampled_from(["\t", "|"]), st.sampled_from(["\n", "\r\n"]), st.data())
def test_what_was_written_is_read(rows, delimiter, end, data):
    lines = [delimiter.join(row) + end for row in [COLUMNS, *rows]]
    content = "".join(lines).encode()
    cut = data.draw(st.integers(len(lines[0].encode()), len(content)))
    with tempfile.TemporaryDirectory() as folder:
        parts = [Path(folder, "x"), Path(folder, "y")]
        parts[0].write_bytes(content[:cut])
        parts[1].write_bytes(content[cut:])
        assert DelimitedFile(parts, delimiter).header() == COLUMNS
        assert read(parts, delimiter) == rows


DAMAGE = {
    HAS_NUL: lambda line: b"\0" + line,
    NOT_UTF8: lambda line: b"\xff" + line,
    "4 columns instead of 3": lambda line: b"\t" + line,
    "2 columns instead of 3": lambda line: line.replace(b"\t", b"", 1),
    "a carriage return inside the line": lambda line: b"x\r" + line,
}


@given(ROWS, st.sampled_from(sorted(DAMAGE)), st.data())
def test_damage_is_found_in_its_line(rows, kind, data):
    lines = ["\t".join(row).encode() for row in [COLUMNS, *rows]]
    bad = data.draw(st.integers(1, len(rows)))
    lines[bad] = DAMAGE[kind](lines[bad])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x")
        path.write_bytes(b"\n".join(lines) + b"\n")
        with pytest.raises(TerminologyError) as caught:
            read([path])
        assert caught.value.problem == f"{kind}." and caught.value.line == bad + 1
        assert caught.value.path == path


@pytest.mark.parametrize("content", [b"", b"\n", b"\na\tb\tc\n"])
def test_without_a_header_it_is_said(content, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(TerminologyError, match="the file is empty, or its first line is"):
        DelimitedFile([path], "\t").header()


def test_a_delimiter_may_close_a_line_only_where_it_is_usual(tmp_path):
    path = tmp_path / "x"
    path.write_text("a|b|c|\n1|2|3|\n")
    assert read([path], "|", closes=True) == [("1", "2", "3")]
    with pytest.raises(TerminologyError, match="4 columns instead of 3"):
        read([path], "|")
