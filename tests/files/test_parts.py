"""The small parts that readers are made of."""

import gzip
import json
import logging

import pytest

from spacy_umlsbert.corpora.report import Kind, Report
from spacy_umlsbert.errors import InputError, TerminologyError
from spacy_umlsbert.files.file_names import find_files, name_below, sibling
from spacy_umlsbert.files.json_lines import read_json
from spacy_umlsbert.files.problems import STRICT, TERMINOLOGY, FileKind, Problems, errors_in_place
from spacy_umlsbert.files.progress import logs_above_bars, progress_bar
from spacy_umlsbert.files.resources import package_rows, package_table, package_words
from spacy_umlsbert.files.streams import ending, refuse_same_file, require_file
from spacy_umlsbert.files.writing import text_writer, write_json, write_json_lines
from spacy_umlsbert.files.xml import read_xml


def test_every_kind_of_file_problem_is_one_of_corpora_too():
    report = Report(quiet=True)
    for number, kind in enumerate(FileKind, 1):
        report.add(kind, "x.txt", number, "something")
    assert report.counts == {Kind[kind.name]: 1 for kind in FileKind}
    assert [problem.line for problem in report.problems] == list(range(1, len(FileKind) + 1))


def test_what_becomes_of_a_problem():
    with pytest.raises(InputError, match=r"^x.txt, line 3: too bad\.$"):
        STRICT.add(FileKind.MALFORMED, "x.txt", 3, "too bad")
    with pytest.raises(TerminologyError, match=r"^x.txt: too bad\. Get the file again"):
        TERMINOLOGY.add(FileKind.MALFORMED, "x.txt", 0, "too bad")
    problems = Problems()
    for line in range(9):
        problems.add(FileKind.NUL, "x.txt", line, "too bad")
    assert problems.counts == {FileKind.NUL: 9}
    assert [str(one) for one in problems.first[FileKind.NUL]][:2] == [
        "x.txt: too bad", "x.txt, line 1: too bad",
    ]  # fmt: skip
    assert len(problems.first[FileKind.NUL]) == 5


def test_errors_stand_where_their_items_would():
    def read(problems):
        problems.add(FileKind.NUL, "x", 1, "one")
        yield "two"
        problems.add(FileKind.NUL, "x", 3, "three")

    one, two, three = errors_in_place(read)
    assert (one.line, two, three.problem) == (1, "two", "three.")


def test_names_of_files(tmp_path):
    (tmp_path / "ward").mkdir()
    for name in ("a.TXT", "ward/b.txt.gz", "ward/b.ann", ".c.txt", "d.md"):
        (tmp_path / name).touch()
    files = find_files(tmp_path, ".txt")
    assert [name_below(file, tmp_path) for file in files] == ["a", "ward/b"]
    assert name_below(files[1], files[1]) == "b"
    assert sibling(files[1], ".ann") == tmp_path / "ward" / "b.ann"
    assert sibling(tmp_path / "ward" / "b.ann", ".txt") == files[1]
    assert sibling(files[0], ".ann") is None
    assert [ending(name) for name in ("a.CSV.GZ", "a.csv", "a", "gz")] == [".csv", ".csv", "", ""]
    with pytest.raises(InputError, match="is a folder, not a file"):
        require_file(tmp_path)
    with pytest.raises(InputError, match="written over by a copy"):
        refuse_same_file(files[0], tmp_path / "ward" / ".." / "a.TXT", "a copy")


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz"])
def test_what_is_written_is_whole_or_not_there(name, tmp_path):
    path = tmp_path / "new" / name
    write_json_lines(path, [{"é": "\n"}, {"half": "\ud83d"}])
    data = path.read_bytes()
    data = gzip.decompress(data) if name.endswith(".gz") else data
    assert data == b'{"\xc3\xa9": "\\n"}\n{"half": "\\ud83d"}\n'
    with pytest.raises(RuntimeError), text_writer(path) as stream:
        stream.write("half")
        raise RuntimeError
    assert len(list(path.parent.iterdir())) == 1
    write_json(tmp_path / "x.json", {"a": "é"})
    assert read_json(tmp_path / "x.json") == {"a": "é"}


def test_json_that_is_none(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"a":\n,}')
    with pytest.raises(InputError, match="line 2: not valid JSON"):
        read_json(path)
    path.write_text("[" * 100_000)
    problems = Problems()
    assert read_json(path, problems) is None and problems.counts == {FileKind.UNREADABLE: 1}
    path.write_text(json.dumps({"a": 1}))
    assert read_json(path) == {"a": 1}


def test_xml_can_be_strict(tmp_path):
    path = tmp_path / "x.xml"
    path.write_text("<a>b</a>")
    assert read_xml(path).text == "b"
    path.write_text("<a>b & c</a>")
    with pytest.raises(InputError, match="not well-formed"):
        read_xml(path)
    problems = Problems()
    assert read_xml(path, problems).text == "b & c"
    assert problems.counts == {FileKind.REPAIRED: 1}


def test_lists_of_the_package():
    rows = package_rows("spacy_umlsbert.umls.matching", "irregular_plurals.tsv")
    assert ["vertebrae", "vertebra"] in rows
    assert package_table("spacy_umlsbert.umls", "semantic_types.tsv")[0]["tui"] == "T001"
    assert "#" not in package_words("spacy_umlsbert.deid.rules", "eponyms.txt")


def test_progress_bars_show_counts_and_nothing_else(capsys):
    assert list(progress_bar(["Mr. Hale"], doing="Reading", unit="notes", keep=True)) == [
        "Mr. Hale"
    ]
    shown = capsys.readouterr().err
    assert "Reading" in shown and "1/1" in shown and "notes" in shown and "Hale" not in shown
    assert list(progress_bar(["x"], show=False)) == ["x"]
    with progress_bar(total=10, unit="B") as bar, logs_above_bars(logging.getLogger("x")):
        bar.update(10)


@pytest.mark.parametrize("before", ["\n", "\ufeff", " \n\t\n", "\ufeff\n"])
def test_an_xml_declaration_may_have_blank_lines_before_it(before, tmp_path):
    path = tmp_path / "x.xml"
    path.write_text(f'{before}<?xml version="1.0" encoding="UTF-8"?>\n<a>\n<b/></a>', "utf8")
    root = read_xml(path)
    assert root is not None and root[0].sourceline == 3 + before.count("\n")
