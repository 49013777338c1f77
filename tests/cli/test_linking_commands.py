"""Commands of the linker, as spaCy's command line runs them."""

import json
from pathlib import Path

import numpy as np
import pytest
import spacy
import srsly
from scipy.sparse import load_npz
from spacy.cli._util import app
from typer.testing import CliRunner

import spacy_umlsbert.cli  # noqa: F401 (adds the commands; in use, an entry point does)
from spacy_umlsbert.corpora.docbin import write_docs

ROOT = Path(__file__).parents[2]
TEXT = "He has chest pains and a cold . No T2DM ."


def run(*args):
    result = CliRunner().invoke(app, ["umls", *map(str, args)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, " ".join(result.output.split())


@pytest.fixture(scope="module")
def kb(toy_kb, tmp_path_factory):
    path = tmp_path_factory.mktemp("kb") / "kb"
    toy_kb.copy_to(path)
    return path


@pytest.fixture(scope="module")
def pipeline(kb, tmp_path_factory):
    """A pipeline that finds three names, and links them."""
    nlp = spacy.blank("en")
    names = ["chest pains", "cold", "T2DM"]
    patterns = [{"label": "problem", "pattern": name} for name in names]
    nlp.add_pipe("entity_ruler").add_patterns(patterns)
    nlp.add_pipe("umls_linker", config={"kb": str(kb)})
    path = tmp_path_factory.mktemp("pipeline") / "p"
    nlp.to_disk(path)
    return path


def test_mentions_are_linked_on_the_command_line(kb, toy_bert):
    code, output = run("link", "Chest pain", "…", "--kb", kb)
    assert code == 0
    assert "1.000 C0008031 chest pain" in output
    assert "no concept" in output
    code, output = run("link", "painful chest", "--kb", kb, "--encoder", toy_bert, "-k", 2)
    assert code == 0 and output.count("C0") == 2


def test_candidates_are_written_as_biosyn_writes_predictions(kb, tmp_path):
    mentions = tmp_path / "mentions.txt"
    mentions.write_text("chest pain\n\nfevers\n")
    code, output = run("link", "-f", mentions, "--kb", kb, "-o", tmp_path / "o.json", "-k", 3)
    assert code == 0 and "Linked 2 mentions" in output
    queries = srsly.read_json(tmp_path / "o.json")["queries"]
    (first,), (second,) = (query["mentions"] for query in queries)
    assert first["mention"] == "chest pain"
    assert first["candidates"][0] == {"name": "chest pain", "cui": "C0008031", "score": 1.0}
    assert second["candidates"][0]["cui"] == "C0015967"
    assert all(len(row["candidates"]) <= 3 for row in (first, second))
    result = CliRunner().invoke(app, ["umls", "link", "fever", "--kb", str(kb), "-o", "-"])
    assert json.loads(result.stdout)["queries"][0]["mentions"][0]["mention"] == "fever"


def test_a_pipelines_own_linker(pipeline):
    code, output = run("link", "fever", "-m", pipeline)
    assert code == 0 and "C0015967" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give mentions"),
        (["fever"], "give either --model, or --kb"),
        (["fever", "-m", "x", "--kb", "y"], "give either --model, or --kb"),
        (["fever", "--kb", "/nowhere"], "no such knowledge base"),
        (["-f", "/nowhere", "--kb", "x"], "/nowhere: there is no such file"),
    ],
)
def test_what_is_wrong_is_said(arguments, message):
    code, output = run("link", *arguments)
    assert code == 1 and message in output


def test_a_file_without_mentions_is_named(kb, tmp_path):
    (tmp_path / "empty.txt").write_text("\n \n")
    code, output = run("link", "-f", tmp_path / "empty.txt", "--kb", kb)
    assert code == 1 and "empty.txt: has no mentions" in output.replace("\n", "")


def gold(nlp, kb_ids):
    doc = nlp.make_doc(TEXT)
    spans = [(2, 4), (6, 7), (9, 10)]
    doc.ents = [
        spacy.tokens.Span(doc, start, end, label="problem", kb_id=one)
        for (start, end), one in zip(spans, kb_ids, strict=True)
    ]
    return doc


def test_a_linker_is_evaluated_on_gold_and_on_found_mentions(pipeline, kb, tmp_path):
    pytest.importorskip("scispacy")  # writes out the abbreviations
    nlp = spacy.blank("en")
    docs = [gold(nlp, ["C0008031", "C0009443", "C0011860"]), gold(nlp, ["C0015967", "D9", ""])]
    write_docs(docs, tmp_path / "gold.spacy")
    out = tmp_path / "report"
    code, _ = run("evaluate-linking", pipeline, tmp_path / "gold.spacy", out)
    assert code == 0
    figures = srsly.read_json(out / "linking.json")
    # "D9" is not in the knowledge base; of the four others the last, "chest pains", is no fever.
    assert figures["gold_mentions"]["mentions"] == 4
    assert 0.5 <= figures["gold_mentions"]["acc@1"] <= 0.75
    found = figures["found_mentions"]
    assert found["mentions"] == pytest.approx({"precision": 5 / 6, "recall": 1.0, "f1": 10 / 11})
    links = found["mentions with the right concept"]
    assert round(5 * links["recall"]) in (2, 3)
    assert "mentions left out (concept not in the knowledge base): 1" in (
        (out / "linking.md").read_text()
    )
    code, _ = run("evaluate-linking", kb, tmp_path / "gold.spacy", out)
    assert code == 0
    assert "found_mentions" not in srsly.read_json(out / "linking.json")


def test_the_old_order_of_arguments_works_with_a_warning(pipeline, kb, tmp_path):
    pytest.importorskip("scispacy")  # writes out the abbreviations
    data = tmp_path / "gold.spacy"
    write_docs([gold(spacy.blank("en"), ["C0008031", "C0009443", "C0011860"])], data)
    for model in (["-m", pipeline], ["--kb", kb]):
        code, output = run("evaluate-linking", data, tmp_path / "report", *model)
        assert code == 0 and "MODEL DATA OUTPUT" in output
        old = srsly.read_json(tmp_path / "report" / "linking.json")
        code, output = run("evaluate-linking", model[1], data, tmp_path / "report")
        assert code == 0 and "MODEL DATA OUTPUT" not in output
        assert srsly.read_json(tmp_path / "report" / "linking.json") == old
    code, output = run("evaluate-linking", data, tmp_path / "report")
    assert code == 1 and "give MODEL, DATA and OUTPUT" in output
    code, output = run("evaluate-linking", kb, data, tmp_path / "report", "-m", pipeline)
    assert code == 1 and "the model is the first argument" in output
    code, output = run("evaluate-linking", pipeline, data, tmp_path / "report", "--known", data)
    assert code == 1 and "--encoder and --known are for a knowledge base" in output


def test_concept_folders_and_equivalent_ids(kb, tmp_path):
    folder = tmp_path / "dev"
    folder.mkdir()
    (folder / "1.concept").write_text("1||0|5||Disease||Fever||D7\n1||6|9||Disease||rash||X\n")
    out = tmp_path / "report"
    code, output = run("evaluate-linking", kb, folder, out)
    assert code == 1 and "has no mention whose concept is in the knowledge base" in output
    (tmp_path / "ids.txt").write_text("C0015967|D7||fever\n")
    options = ["--equivalent-ids", tmp_path / "ids.txt"]
    code, output = run("evaluate-linking", kb, folder, out, *options)
    assert code == 0 and "100.00" in output
    assert srsly.read_json(out / "linking.json")["gold_mentions"]["mentions"] == 1


def test_training_from_the_command_line(kb, toy_bert, tmp_path):
    pytest.importorskip("scispacy")
    common = ["--paths.kb", str(kb), "--paths.weights", toy_bert, "--training.plot", "false"]
    config = ROOT / "configs" / "align.cfg"
    steps = ["--training.max_steps", "2", "--training.batch_size", "4"]
    code, output = run("align", config, "-o", tmp_path / "a", *common, *steps, "-q")
    assert code == 0, output
    mentions = tmp_path / "train.txt"
    mentions.write_text("1|t|warm fever\n1|a|x\n1\t0\t10\twarm fever\tproblem\tC0015967\n\n")
    config = ROOT / "configs" / "marginalize.cfg"
    paths = ["--paths.train", mentions, "--paths.dev", mentions, "--training.epochs", "1"]
    weights = ["--paths.weights", tmp_path / "a" / "model"]
    options = [*common[:2], *common[4:], *paths, *weights]
    code, output = run("marginalize", config, "-o", tmp_path / "m", *options)
    assert code == 0, output
    assert "acc@1" in output and "Saved" in output
    known = ["--known", tmp_path / "m" / "mentions.jsonl"]
    trained = ["--encoder", tmp_path / "m" / "model"]
    code, output = run("link", "warm  Fever", "--kb", kb, *trained, *known)
    assert code == 0 and "1.000 C0015967 warm fever" in output
    code, output = run("align", ROOT / "configs" / "align.cfg", "--training.step", "1")
    assert code == 1 and "not said where the result goes" in output


def test_sparse_vectors_beside_dense_ones(toy_bert, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("fever\nchest pain\n")
    out = ["-o", tmp_path / "v.npy", "--sparse", tmp_path / "s.npz", "-q"]
    code, output = run("embed", toy_bert, "--names", names, *out)
    assert code == 0 and "2 sparse vectors" in output
    sparse = load_npz(tmp_path / "s.npz")
    assert sparse.shape[0] == 2
    np.testing.assert_allclose(np.sqrt(sparse.multiply(sparse).sum(axis=1)), 1, rtol=1e-5)
    code, output = run("embed", toy_bert, "--names", names, *out[:2], "--sparse", "s.npy")
    assert code == 1 and "--sparse writes a .npz file" in output
