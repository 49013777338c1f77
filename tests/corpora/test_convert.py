"""`python -m spacy umls convert` and `evaluate-ner`, from a corpus to a report."""

from pathlib import Path

import pytest
import spacy
import srsly
from typer.testing import CliRunner

from spacy_umlsbert.cli import app
from spacy_umlsbert.corpora.docbin import read_docs

FIXTURES = Path(__file__).parent / "fixtures"


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_corpus_is_converted_and_summarised(tmp_path):
    out, problems = tmp_path / "out.spacy", tmp_path / "problems.jsonl"
    result = run(
        "convert", "pubtator", FIXTURES / "pubtator", out, "--label", "Chemical=Drug",
        "--problems", problems,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    docs = list(read_docs(out, spacy.blank("en").vocab))
    assert [doc._.document_id for doc in docs] == ["9000001", "9000002"]
    assert {ent.label_ for ent in docs[0].ents} == {"Drug", "Disease"}
    for expected in ("Drug", "do not begin and end with a token", "Wrote 2 Docs"):
        assert expected in result.output
    (problem,) = srsly.read_jsonl(problems)
    assert (problem["kind"], problem["line"]) == ("unaligned", 15)


def test_a_part_of_a_corpus_and_a_setting_of_its_format(tmp_path):
    sizes = {}
    for part in ("train", "dev"):
        out = tmp_path / f"{part}.spacy"
        result = run("convert", "i2b2-2006", FIXTURES / "i2b2_2006", out, "--split", part)
        assert result.exit_code == 0, result.output
        sizes[part] = len(list(read_docs(out, spacy.blank("en").vocab)))
    assert sizes == {"train": 2, "dev": 1}
    out = tmp_path / "events.spacy"
    setting = 'elements=["EVENT"]'
    result = run("convert", "i2b2-2012", FIXTURES / "i2b2_2012", out, "--setting", setting)
    (tmp_path / "elements.json").write_text('["EVENT"]', encoding="utf8")
    of_file = f"elements=@{tmp_path / 'elements.json'}"
    again = tmp_path / "again.spacy"
    assert (
        run("convert", "i2b2-2012", FIXTURES / "i2b2_2012", again, "--setting", of_file).exit_code
        == 0
    )
    assert again.read_bytes() == out.read_bytes()
    (doc,) = read_docs(out, spacy.blank("en").vocab)
    assert len(doc.ents) == 5


@pytest.mark.parametrize(
    "arguments",
    [
        ("conll", FIXTURES / "brat" / "note.ann"),  # nothing of this format in it
        ("pubtator", FIXTURES / "brat"),
        ("brat", FIXTURES / "brat", "--setting", "elements=1"),
        ("brat", FIXTURES / "brat", "--label", "X"),
    ],
)
def test_nothing_is_written_when_nothing_can_be_read(arguments, tmp_path):
    out = tmp_path / "out.spacy"
    name, path, *options = arguments
    if name == "conll":
        path = tmp_path / "empty.txt"
        path.touch()
    result = run("convert", name, path, out, *options)
    assert result.exit_code == 1
    assert not out.exists()


def test_a_pipeline_that_is_not_there_is_a_message(tmp_path):
    gold = tmp_path / "gold.spacy"
    gold.touch()
    result = run("evaluate-ner", tmp_path / "nowhere", gold, tmp_path / "report")
    assert result.exit_code == 1
    assert "cannot be loaded" in result.output


def test_a_pipeline_is_scored_on_a_converted_corpus(tmp_path):
    gold = tmp_path / "gold.spacy"
    assert run("convert", "pubtator", FIXTURES / "pubtator", gold).exit_code == 0
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    names = ["Zolafen", "zolafen", "ZF", "rats"]
    ruler.add_patterns([{"label": "Chemical", "pattern": name} for name in names])
    nlp.to_disk(tmp_path / "pipeline")
    result = run("evaluate-ner", tmp_path / "pipeline", gold, tmp_path / "report")
    assert result.exit_code == 0, result.output
    report = srsly.read_json(tmp_path / "report" / "entities.json")
    assert report["per_label"]["Chemical"]["correct"] == 4
    assert report["per_label"]["Chemical"]["found"] == 7  # rats are no chemical
    assert report["per_label"]["T116"] == {
        "p": 0.0,
        "r": 0.0,
        "f": 0.0,
        "correct": 0,
        "found": 0,
        "gold": 2,
    }  # fmt: skip - one of them is unaligned
    assert "| Chemical | 57.14 | 100.00 | 72.73 |" in (
        tmp_path / "report" / "entities.md"
    ).read_text("utf8")
