"""Texts from files."""

import gzip
import json

import pytest

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.pretraining.text import check_files, read_documents


def write_jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_lines_with_the_same_document_belong_together(tmp_path):
    rows = [("a", "One."), ("a", "Two."), ("b", "Three."), ("a", "Four."), ("a", "  ")]
    path = write_jsonl(tmp_path / "x.jsonl", [{"doc": d, "note": t} for d, t in rows])
    assert list(read_documents([path], "note", "doc")) == [["One.", "Two."], ["Three."], ["Four."]]
    alone = [["One."], ["Two."], ["Three."], ["Four."]]
    assert list(read_documents([path], "note")) == alone


def test_empty_lines_part_documents_of_plain_text(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("\nOne.\nTwo.\n\n\nThree.", "utf-8")
    packed = tmp_path / "x.txt.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    expected = [["One.", "Two."], ["Three."]]
    assert list(read_documents([path, packed])) == expected * 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"text": "a"}\nsecret', "line 2: this is no JSON object"),
        ('{"note": "secret"}', "line 1: there is no text in the field 'text'"),
        ('{"text": ["secret"]}', "line 1: there is no text in the field 'text'"),
        ('{"text": "secret"}', "line 1: there is no field 'doc'"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_without_its_content(tmp_path, content, message):
    path = tmp_path / "x.jsonl"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=message) as error:
        list(read_documents([path], "text", "doc" if "doc" in message else None))
    assert "secret" not in str(error.value)


def test_files_that_cannot_be_read(tmp_path):
    latin = tmp_path / "latin.txt"
    latin.write_bytes("fièvre\n".encode("latin-1"))
    cut = tmp_path / "cut.txt.gz"
    cut.write_bytes(gzip.compress(b"text " * 1000)[:20])
    for path, message in ((latin, "UTF-8"), (cut, "cut short")):
        with pytest.raises(InputError, match=message):
            list(read_documents([path]))
    with pytest.raises(InputError, match="no such file"):
        check_files([tmp_path / "nowhere.txt"])
    with pytest.raises(InputError, match="is a folder"):
        check_files([tmp_path])
