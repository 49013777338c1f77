"""Commands of the backbone and its text, as spaCy's command line runs them."""

import json

import numpy as np
import pytest
import spacy
from spacy.cli._util import app
from transformers import AutoModel
from typer.testing import CliRunner

import spacy_umlsbert.cli  # noqa: F401 (adds the commands; in use, an entry point does)
from spacy_umlsbert.model import UmlsBertModel
from tests.published import TYPE_ORDER, write_checkpoint


def run(*args):
    result = CliRunner().invoke(app, ["umls", *map(str, args)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, " ".join(result.output.split())


def test_import_checkpoint(tmp_path):
    write_checkpoint(tmp_path / "in")
    code, output = run("import-checkpoint", tmp_path / "in", tmp_path / "out", "--lower-case")
    assert code == 0
    assert "6: " + " ".join(TYPE_ORDER) in output
    assert "lower case" in output
    assert isinstance(AutoModel.from_pretrained(tmp_path / "out"), UmlsBertModel)
    code, output = run("import-checkpoint", tmp_path / "in", tmp_path / "out")
    assert code == 1 and "exists already" in output


def test_prepare_notes(tmp_path):
    pytest.importorskip("scispacy")
    notes = tmp_path / "notes.csv"
    notes.write_text("ROW_ID,CATEGORY,TEXT\n1,ECG,Impression: normal.\n2,Echo,fever\nbad\n")
    out = tmp_path / "out.jsonl"
    code, output = run("prepare-notes", notes, out, "--category", "ecg", "--unit", "note", "-q")
    assert code == 0
    assert f"not in the format: 1. First: {notes}, line 4: the row has another" in output
    assert "of another category 1" in output
    assert json.loads(out.read_text()) == {"note": "1", "text": "Impression: normal."}
    code, output = run("prepare-notes", notes, out, "--unit", "page")
    assert code == 1 and "choose one of section, sentence, note" in output
    code, output = run("prepare-notes", notes, out, "--text-column", "body")
    assert code == 1 and "no column 'body' among its 3" in output


def test_embed(tmp_path, toy_bert, toy_kb, toy_kb_path):
    names = tmp_path / "names.txt"
    names.write_text("fever\nchest pain\tC0008031\n")
    code, output = run("embed", toy_bert, "--names", names, "-o", tmp_path / "v.npy", "-q")
    assert code == 0 and "2 vectors of 16 float32" in output
    assert np.load(tmp_path / "v.npy").shape == (2, 16)
    out = tmp_path / "kb.npy"
    options = ["--pooling", "mean", "--dtype", "float16", "-q"]
    assert run("embed", toy_bert, "--kb", toy_kb_path, "-o", out, *options)[0] == 0
    assert np.load(out).shape == (len(list(toy_kb.names())), 16)
    lines = (tmp_path / "kb.names.tsv").read_text().splitlines()
    assert [tuple(line.split("\t")) for line in lines] == list(toy_kb.names())


def test_a_pipeline_is_a_model_too(tmp_path, toy_bert):
    nlp = spacy.blank("en")
    model = {"@architectures": "spacy_umlsbert.UmlsBertTransformer.v2", "name": toy_bert}
    nlp.add_pipe("transformer", config={"model": {**model, "window": 20, "stride": 10}})
    nlp.add_pipe("sentencizer")
    nlp.initialize()
    nlp.to_disk(tmp_path / "pipeline")
    names = tmp_path / "names.txt"
    names.write_text("fever\n")
    for source, out in ((toy_bert, "a.npy"), (tmp_path / "pipeline", "b.npy")):
        assert run("embed", source, "--names", names, "-o", tmp_path / out, "-q")[0] == 0
    assert np.array_equal(np.load(tmp_path / "a.npy"), np.load(tmp_path / "b.npy"))


def test_neighbours_of_models_side_by_side(tmp_path, toy_bert, toy_kb_path):
    write_checkpoint(tmp_path / "in")
    run("import-checkpoint", tmp_path / "in", tmp_path / "other")
    models = ["-m", toy_bert, "-m", tmp_path / "other"]
    code, output = run("neighbours", "fever", "pain", *models, "--kb", toy_kb_path, "-k", 3)
    assert code == 0
    assert output.count("nearest words") == output.count("nearest concepts") == 2
    code, output = run("neighbours", "fever", *models, "--kb", toy_kb_path, "-k", 3, "--json")
    found = json.loads(output)["fever"]
    assert set(found["words"]) == set(found["concepts"]) == {toy_bert, str(tmp_path / "other")}
    assert [len(n) for n in found["words"].values()] == [3, 3]
    assert {"name", "score", "concept_id"} == set(found["concepts"][toy_bert][0])
    words = tmp_path / "words.txt"
    words.write_text("cough\nfever\n")
    code, output = run("neighbours", "Fever", "-m", toy_bert, "--words", words, "--json")
    assert [n["name"] for n in json.loads(output)["Fever"]["words"][toy_bert]] == ["cough"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["embed", "BERT", "-o", "v.npy"], "either --names or --kb"),
        (["embed", "BERT", "-o", "v.npy", "--names", "missing"], "no such file"),
        (["embed", "BERT", "-o", "v.txt", "--names", "NAMES"], ".npy or .parquet"),
        (["embed", "BERT", "-o", "v.npy", "--names", "NAMES", "--dtype", "int8"], "float16 or"),
        (["embed", ".", "-o", "v.npy", "--names", "NAMES"], "cannot load the weights"),
        (["embed", "BERT", "-o", "v.npy", "--names", "NAMES", "--semantic-types"], "no table"),
        (["embed", "BERT", "-o", "v.npy", "--names", "NAMES", "--max-length", "99"], "takes 3 to"),
        (["neighbours", "fever", "-m", "BERT", "--words", "EMPTY"], "has no words"),
        (["neighbours", "fever", "-m", "BERT", "--pooling", "max"], "mean or cls"),
    ],
)
def test_errors_are_messages(tmp_path, toy_bert, monkeypatch, args, message):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "NAMES").write_text("fever\n")
    (tmp_path / "EMPTY").write_text("")
    code, output = run(*(toy_bert if arg == "BERT" else arg for arg in args))
    assert code == 1
    assert message in output and "Traceback" not in output
    assert {path.name for path in tmp_path.iterdir()} == {"NAMES", "EMPTY"}
