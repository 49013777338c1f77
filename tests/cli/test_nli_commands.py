"""`umls nli` and `umls evaluate-nli`, as spaCy's command line runs them."""

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import spacy
from spacy.cli._util import app
from spacy.training import Example
from typer.testing import CliRunner

import spacy_umlsbert.cli  # noqa: F401 (adds the commands; in use, an entry point does)
from spacy_umlsbert.annotations.pairs import make_pair, set_label
from spacy_umlsbert.corpora.docbin import write_docs
from spacy_umlsbert.pipeline.umls_nli import UmlsNli

CANARY = "Hollingsworth"
TRAIN = [
    ("The patient has chest pain .", "The patient has pain .", "entailment"),
    ("The patient has chest pain .", "The patient denies pain .", "contradiction"),
    ("The patient denies fever .", "The patient has fever .", "contradiction"),
    ("On metformin and aspirin .", "The patient has cough .", "neutral"),
    ("On metformin and aspirin .", "On insulin .", "neutral"),
]
LABELS = ("contradiction", "entailment", "neutral")
ROWS = [{"id": str(i), "premise": p, "hypothesis": h} for i, (p, h, _) in enumerate(TRAIN)]


def gold_doc(nlp, premise, hypothesis, label):
    doc = make_pair(nlp, premise, hypothesis)
    if label:
        set_label(doc, label)
    return doc


@pytest.fixture(scope="module")
def nlp(toy_bert):
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    model = {"@architectures": "spacy_umlsbert.UmlsBertTransformer.v2", "name": toy_bert}
    options = {"window": 20, "stride": 12, "semantic_type_embeddings": False}
    nlp.add_pipe("transformer", config={"model": {**model, **options}})
    nlp.add_pipe("umls_nli")
    examples = [Example(make_pair(nlp, *pair[:2]), gold_doc(nlp, *pair)) for pair in TRAIN]
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.01
    for _ in range(100):
        nlp.update(examples, sgd=optimizer)
    return nlp


@pytest.fixture(scope="module")
def pipeline(nlp, tmp_path_factory):
    path = tmp_path_factory.mktemp("nli") / "pipeline"
    nlp.to_disk(path)
    return path


def run(*args, stdin=None):
    """Exit code, and what was shown, on both streams."""
    result = CliRunner().invoke(app, ["umls", *map(str, args)], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert CANARY not in result.output
    return result.exit_code, " ".join(result.output.split())


def json_lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def read(path):
    return [json.loads(line) for line in path.read_text("utf8").splitlines()]


def write(path, rows=ROWS):
    if path.suffix == ".jsonl":
        path.write_text(json_lines(rows))
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        with path.open("w", newline="") as file:
            out = csv.DictWriter(file, rows[0], delimiter="," if path.suffix == ".csv" else "\t")
            out.writeheader()
            out.writerows(rows)
    return path


@pytest.mark.parametrize("ending", ["jsonl", "csv", "tsv", "parquet"])
def test_a_file_of_pairs(ending, pipeline, tmp_path):
    out = tmp_path / "out" / "judged.jsonl"
    code, output = run("nli", write(tmp_path / f"pairs.{ending}"), out, "-m", pipeline, "-q")
    assert code == 0 and "Judged 5 pairs, and wrote" in output
    judged = read(out)
    assert [{k: row[k] for k in ROWS[0]} for row in judged] == ROWS
    assert [row["label"] for row in judged] == [label for *_, label in TRAIN]
    for row in judged:
        assert set(row["probabilities"]) == set(LABELS)
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert max(row["probabilities"], key=row["probabilities"].get) == row["label"]


def test_standard_input_and_output(pipeline, capfd):
    args = ["nli", "-", "-m", str(pipeline)]
    result = CliRunner().invoke(app, ["umls", *args], input=json_lines([*ROWS, {"premise": "x"}]))
    # Records alone on stdout: older versions of click mix stderr in, where messages and progress go
    lines = [line for line in result.stdout.splitlines() if line.startswith("{")]
    assert [json.loads(line).get("label") for line in lines] == [*(x for *_, x in TRAIN), None]
    assert result.exit_code == 1
    if "Judged" not in result.stdout:
        assert len(lines) == len(result.stdout.splitlines())
        assert "standard input, line 6" in result.stderr


def test_one_pair_is_shown(pipeline):
    code, output = run("nli", "-m", pipeline, "--premise", TRAIN[0][0], "--hypothesis", TRAIN[0][1])
    assert code == 0
    assert next(word for word in output.split() if word in LABELS) == "entailment"
    code, output = run("nli", "-m", pipeline, "--premise", f"Mr. {CANARY}", "--hypothesis", " ")
    assert code == 1 and "hypothesis is empty" in output


BAD = f'{{"premise": "{CANARY}"\n["{CANARY}"]\n{{"premise": "", "hypothesis": "{CANARY}"}}\n'


def test_broken_lines_are_reported_and_the_rest_is_judged(pipeline, tmp_path):
    source = tmp_path / "pairs.jsonl"
    source.write_text(json_lines(ROWS[:1]) + BAD + json_lines(ROWS[1:]))
    out = tmp_path / "judged.jsonl"
    code, output = run("nli", source, out, "-m", pipeline, "-q")
    assert code == 1
    assert all(f"line {line}: not judged" in output for line in (2, 3, 4))
    assert "3 rows were not judged" in output and "Judged 5 pairs" in output
    judged = read(out)
    assert ["problem" in row for row in judged] == [False, True, True, True, *[False] * 4]
    assert judged[1] == {"line": 2, "problem": "this is no JSON object."}
    assert judged[3]["hypothesis"] == CANARY
    code, output = run("nli", source, out, "-m", pipeline, "-q", "--skip-failed")
    assert code == 0 and "3 rows were left out" in output
    assert read(out) == [row for row in judged if "problem" not in row]


def test_nothing_judged_is_no_success(pipeline, tmp_path):
    source = write(tmp_path / "pairs.jsonl", [{"sentence1": "x", "sentence2": "y"}])
    code, output = run("nli", source, "-m", pipeline, "-q", "--skip-failed")
    assert code == 1 and "no field 'premise'" in output
    columns = ["--premise-column", "sentence1", "--hypothesis-column", "sentence2"]
    assert run("nli", source, "-m", pipeline, "-q", *columns)[0] == 0


def test_what_does_not_fit_is_said(pipeline, tmp_path):
    source = write(tmp_path / "pairs.jsonl", [{"premise": "pain " * 200, "hypothesis": "pain"}])
    code, output = run("nli", source, tmp_path / "out.jsonl", "-m", pipeline, "-q")
    assert code == 0 and "1 pairs did not fit" in output
    assert 100 < read(tmp_path / "out.jsonl")[0]["left_out"] < 200


def test_text_that_is_no_unicode_loses_nothing(pipeline, tmp_path):
    rows = [{"premise": "\ud83d", "hypothesis": "x"}, {**ROWS[0], "note": "é \ud83d"}]
    source, out = write(tmp_path / "pairs.jsonl", rows), tmp_path / "out.jsonl"
    assert run("nli", source, out, "-m", pipeline, "-q")[0] == 1
    first, second = read(out)
    assert "Unicode" in first["problem"] and first["premise"] == "\ud83d"
    assert second["label"] == "entailment" and second["note"] == "é \ud83d"


def test_an_error_leaves_the_old_output_and_quotes_nothing(pipeline, tmp_path, monkeypatch):
    def broken(self, pairs):
        raise ValueError(f"cannot read {pairs[0]}")

    monkeypatch.setattr(UmlsNli, "predict", broken)
    source = write(tmp_path / "p.jsonl", [{**ROWS[0], "premise": CANARY}])
    code, output = run("nli", source, "-m", pipeline, "-q", tmp_path / "out.jsonl")
    assert code == 1 and "ValueError in test_nli_commands.py" in output
    before = (tmp_path / "out.jsonl").read_bytes()

    def stopped(self, pairs):
        raise KeyboardInterrupt

    monkeypatch.setattr(UmlsNli, "predict", stopped)
    CliRunner().invoke(
        app, ["umls", "nli", str(source), str(tmp_path / "out.jsonl"), "-m", str(pipeline)]
    )
    assert (tmp_path / "out.jsonl").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"p.jsonl", "out.jsonl"}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "give a file, or both"),
        (["--premise", "x"], "give a file, or both"),
        (["p.jsonl", "--premise", "x", "--hypothesis", "y"], "give a file, or both"),
        (["absent.jsonl"], "no such file"),
        (["note.txt"], "a text file has no pairs"),
        (["p.csv", "--premise-column", "text"], "no column 'text' among its 3"),
        (["p.jsonl", "out.csv"], "Call it .jsonl or .ndjson"),
        (["p.jsonl", "p.jsonl"], "Give the output another name"),
        (["p.jsonl", "-m", "blank"], "has no umls_nli"),
        (["p.jsonl", "-m", "untrained"], "is not trained"),
        (["p.jsonl", "-m", "absent"], "cannot be loaded"),
    ],
)
def test_errors_are_messages(args, message, pipeline, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = write(tmp_path / "p.jsonl").read_bytes()
    write(tmp_path / "p.csv")
    (tmp_path / "note.txt").write_text(CANARY)
    spacy.blank("en").to_disk("blank")
    untrained = spacy.blank("en")
    untrained.add_pipe("umls_nli")
    untrained.to_disk("untrained")
    there = set(tmp_path.iterdir())
    code, output = run("nli", *([] if "-m" in args else ["-m", pipeline]), *args)
    assert code == 1 and message in output and "Traceback" not in output
    assert set(tmp_path.iterdir()) == there
    assert (tmp_path / "p.jsonl").read_bytes() == source


def test_evaluation_beside_baselines(nlp, pipeline, tmp_path):
    data, train = tmp_path / "test.spacy", tmp_path / "train.spacy"
    gold = [gold_doc(nlp, *pair) for pair in TRAIN]
    write_docs(gold, train)
    others = [(f"Mr. {CANARY} has pain .", "On insulin .", label) for label in ("unrelated", "")]
    write_docs(
        [*gold, nlp.make_doc("An ordinary text."), *(gold_doc(nlp, *o) for o in others)], data
    )
    folder = tmp_path / "report"
    code, output = run("evaluate-nli", pipeline, data, folder, "--train", train, "--title", "Toy")
    assert code == 0 and "pipeline 83.33" in output and "majority label 33.33" in output
    assert "Labels that the pipeline does not know count as wrong" in " ".join(output.split())
    figures = json.loads((folder / "pairs.json").read_text("utf8"))
    assert figures["title"] == "Toy" and figures["pairs"] == 6
    assert figures["accuracy"] == pytest.approx(5 / 6)
    assert figures["per_label"]["unrelated"]["gold"] == 1
    assert len(figures["baselines"]) == 3
    assert figures["left out: documents that are no pairs"] == "1"
    assert figures["left out: pairs without a label"] == "1"
    assert figures["pairs with a label that the pipeline does not know"] == "1"
    assert all(CANARY.encode() not in path.read_bytes() for path in folder.iterdir())
    code, output = run("evaluate-nli", pipeline, data, tmp_path / "plain")
    assert code == 0
    assert "baselines" not in json.loads((tmp_path / "plain" / "pairs.json").read_text("utf8"))


def test_evaluation_of_what_cannot_be(nlp, pipeline, tmp_path, monkeypatch):
    data = tmp_path / "test.spacy"
    write_docs([nlp.make_doc("An ordinary text.")], data)
    code, output = run("evaluate-nli", pipeline, data, tmp_path / "report")
    assert code == 1 and "has no pairs with labels" in output
    code, output = run("evaluate-nli", pipeline, data, data)
    assert code == 1 and "needs a folder" in output
    write_docs([gold_doc(nlp, CANARY, "x", "neutral")], data)
    monkeypatch.setattr(UmlsNli, "predict", lambda self, pairs: {}[pairs[0]])
    code, output = run("evaluate-nli", pipeline, data, tmp_path / "report")
    assert code == 1 and "no label was predicted for any pair" in output and "KeyError" in output
    assert not (tmp_path / "report").exists()
