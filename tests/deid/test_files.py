"""`umls deid`: all of a file, or nothing; other columns stay; nothing of a note in any message."""

import csv
import gzip
import json
import logging
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import spacy.cli  # registers spaCy's commands
from spacy.cli._util import app
from typer.testing import CliRunner

import spacy_umlsbert.cli  # noqa: F401 - registers ours
from spacy_umlsbert.corpora.annotated.formats.marked import marked_reader
from spacy_umlsbert.deid.labels import LABELS
from spacy_umlsbert.deid.note_files import SafeNote, deidentify_file
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.row_files import RowFile

CANARY = "Hollingsworth"
TEXT = f"Mr. {CANARY}, seen on 3/4/2009,\nis well."
SAFE = "Mr. [NAME], seen on [DATE],\nis well."
ROWS = [
    {"id": "1", "text": TEXT, "ward": "4 West, B"},
    {"id": "2", "text": "", "ward": ""},
    {"id": "3", "text": 'No "fever".', "ward": "x"},
]


def write(path, rows=ROWS):
    if path.suffix == ".txt":
        path.write_text(rows[0]["text"])
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        with path.open("w", newline="") as file:
            out = csv.DictWriter(file, rows[0], delimiter="," if path.suffix == ".csv" else "\t")
            out.writeheader()
            out.writerows(rows)
    return path


def read(path):
    return [row for _, row in RowFile(path).rows()]


def deid(*arguments):
    return CliRunner().invoke(app, ["umls", "deid", *map(str, arguments)])


@pytest.mark.parametrize("ending", ["jsonl", "csv", "tsv", "parquet"])
def test_texts_are_rewritten_and_other_columns_stay(ending, tmp_path):
    source = write(tmp_path / f"notes.{ending}")
    target, audit = tmp_path / f"safe.{ending}", tmp_path / "audit.json"
    result = deid(source, target, "--audit", audit, "-q")
    assert result.exit_code == 0, result.output
    assert read(target) == [{**ROWS[0], "text": SAFE}, *ROWS[1:]]
    assert json.loads(audit.read_text()) == {
        "documents": 2,
        "empty": 1,
        "phi": 2,
        "labels": {"DATE": 1, "PATIENT": 1},
        "failed": [],
    }
    assert CANARY not in audit.read_text() + result.output


@pytest.mark.parametrize("ending", ["jsonl", "csv", "tsv"])
def test_compressed_files(ending, tmp_path):
    plain = write(tmp_path / f"notes.{ending}")
    source = tmp_path / f"notes.{ending}.gz"
    source.write_bytes(gzip.compress(b"\xef\xbb\xbf" + plain.read_bytes()))
    for target in (tmp_path / f"safe.{ending}.gz", tmp_path / f"safe.{ending}"):
        result = deid(source, target, "-q")
        assert result.exit_code == 0, result.output
        assert read(target) == [{**ROWS[0], "text": SAFE}, *ROWS[1:]]
    gzip.decompress((tmp_path / f"safe.{ending}.gz").read_bytes())
    assert deid(source, tmp_path / "safe.txt.gz", "-q").exit_code == 1


def test_a_text_file(tmp_path):
    target = tmp_path / "safe.txt"
    assert deid(write(tmp_path / "note.txt"), target, "-q").exit_code == 0
    assert target.read_text() == SAFE


def test_surrogates_of_a_patient_are_the_same_in_all_rows(tmp_path):
    rows = [{"who": who, "a": "Mr. Hale.", "b": "Mr. Hale!"} for who in ("1", "2", "1")]
    source = write(tmp_path / "notes.csv", rows)
    (tmp_path / "key").write_text("a secret of at least 16 bytes")
    options = ["--text-column", "a", "--text-column", "b", "--patient-column", "who", "-q"]
    result = deid(
        source, tmp_path / "safe.csv", *options, "--output", "surrogate", "--key-file",
        tmp_path / "key",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    one, two, three = read(tmp_path / "safe.csv")
    assert one == three and one["a"][:-1] == one["b"][:-1] != two["a"][:-1]
    assert "Hale" not in (tmp_path / "safe.csv").read_text()


def test_surrogates_without_a_key_are_an_error(tmp_path, monkeypatch):
    monkeypatch.delenv("SPACY_UMLSBERT_DEID_KEY", raising=False)
    result = deid(write(tmp_path / "n.csv"), tmp_path / "s.csv", "--output", "surrogate", "-q")
    assert result.exit_code == 1 and "SPACY_UMLSBERT_DEID_KEY" in result.output
    assert not (tmp_path / "s.csv").exists()


def fails_at(word):
    def deidentify(notes):
        for note in notes:
            if word in note.text:
                raise ValueError(f"cannot process {note.text}")
            yield SafeNote(note.text.upper(), ("DATE",))

    return deidentify


def test_a_row_that_fails_stops_all_and_leaves_nothing(tmp_path, caplog):
    source = RowFile(write(tmp_path / "notes.csv"))
    target = tmp_path / "safe.csv"
    with caplog.at_level(logging.DEBUG), pytest.raises(InputError, match="line 2") as caught:
        deidentify_file(source, target, fails_at(CANARY), text_columns=["text"])
    assert not target.exists() and not list(tmp_path.glob(".*"))
    chain = [caught.value, caught.value.__cause__]
    assert CANARY not in "".join(map(str, chain)) + caplog.text
    assert caught.value.__suppress_context__


def test_a_row_that_fails_can_be_left_out(tmp_path):
    source = RowFile(write(tmp_path / "notes.csv"))
    audit = deidentify_file(
        source, tmp_path / "safe.csv", fails_at(CANARY), text_columns=["text"], skip_failed=True
    )
    assert audit.failed == [(2, "ValueError")]
    assert audit.documents == 1 and audit.labels == {"DATE": 1}
    assert [row["id"] for row in read(tmp_path / "safe.csv")] == ["2", "3"]


BROKEN = {
    "short.csv": f'id,text\n1,"{CANARY}"\n2\n',
    "quote.csv": f'id,text\n1,"{CANARY}\n2,x\n',
    "bytes.csv": b"id,text\n1,\xff" + CANARY.encode(),
    "cut.jsonl": f'{{"text": "ok"}}\n{{"text": "{CANARY}',
    "list.jsonl": f'["{CANARY}"]\n',
    "number.jsonl": f'{{"text": 3, "name": "{CANARY}"}}\n',
    "bytes.txt": CANARY.encode() + b"\xff",
    "none.parquet": CANARY.encode(),
    "column.csv": f"id,body\n1,{CANARY}\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_damaged_files_are_errors_that_quote_nothing(name, tmp_path):
    content = BROKEN[name]
    source = tmp_path / name
    source.write_bytes(content if isinstance(content, bytes) else content.encode())
    target = tmp_path / f"safe{source.suffix}"
    result = deid(source, target, "-q")
    assert result.exit_code == 1
    assert name in result.output and CANARY not in result.output
    assert not target.exists()


def test_other_files_and_pipelines_are_refused(tmp_path):
    source = write(tmp_path / "notes.csv")
    assert "ending" in deid(source, tmp_path / "safe.jsonl").output
    (tmp_path / "notes.doc").write_text("x")
    assert ".parquet" in deid(tmp_path / "notes.doc", tmp_path / "safe.doc").output
    assert "no such file" in deid(tmp_path / "absent.csv", tmp_path / "safe.csv").output
    spacy.blank("en").to_disk(tmp_path / "blank")
    result = deid(source, tmp_path / "safe.csv", "-m", tmp_path / "blank")
    assert result.exit_code == 1 and "umls_deid" in result.output


def test_an_evaluation_names_what_leaks_only_where_it_is_asked_for(tmp_path):
    (tmp_path / "note.txt").write_text(
        f"Mr. [[{CANARY}|PATIENT]] and [[Zebadiah|PATIENT]], seen on [[3/4/2009|DATE]]."
    )
    runner, data = CliRunner(), tmp_path / "gold.spacy"
    convert = ["umls", "convert", "marked", str(tmp_path / "note.txt"), str(data)]
    assert runner.invoke(app, convert).exit_code == 0
    leaks = tmp_path / "leaks.jsonl"
    evaluate = ["umls", "evaluate-deid", "rules", str(data), str(tmp_path / "report")]
    result = runner.invoke(app, [*evaluate, "--leaks", str(leaks)])
    assert result.exit_code == 0, result.output
    figures = json.loads((tmp_path / "report" / "phi.json").read_text())
    assert round(figures["all"]["mention_recall"], 3) == 0.667 and figures["leaking_documents"] == 1
    exact = json.loads((tmp_path / "report" / "entities.json").read_text())
    assert round(exact["micro"]["r"], 3) == 0.667 and exact["micro"]["p"] == 1
    report = b"".join(path.read_bytes() for path in (tmp_path / "report").iterdir())
    for name in (CANARY, "Zebadiah"):
        assert name.encode() not in report + result.output.encode()
    (leak,) = map(json.loads, leaks.read_text().splitlines())
    assert (leak["text"], leak["label"]) == ("Zebadiah", "PATIENT")


def test_evaluate_deid_takes_the_old_order_and_the_old_option(tmp_path):
    (tmp_path / "note.txt").write_text("Mr. [[Hale|PATIENT]], seen on [[3/4/2009|DATE]].")
    runner, data = CliRunner(), str(tmp_path / "gold.spacy")
    convert = ["umls", "convert", "marked", str(tmp_path / "note.txt"), data]
    assert runner.invoke(app, convert).exit_code == 0
    report = str(tmp_path / "report")
    old = ["umls", "evaluate-deid", data, report, "--labels", "category"]
    result = runner.invoke(app, old)
    assert result.exit_code == 0 and "MODEL DATA OUTPUT" in result.output
    assert "--label-scheme" in result.output
    figures = (tmp_path / "report" / "entities.json").read_text()
    new = ["umls", "evaluate-deid", "rules", data, report, "--label-scheme", "category"]
    result = runner.invoke(app, new)
    assert result.exit_code == 0 and "MODEL DATA OUTPUT" not in result.output
    assert (tmp_path / "report" / "entities.json").read_text() == figures and "NAME" in figures


def test_the_hand_labelled_notes_can_be_read():
    folder = Path(__file__).parents[2] / "benchmarks" / "deid" / "notes"
    corpus = marked_reader(folder)
    texts = list(corpus.texts())
    assert len(texts) >= 20 and not corpus.report.problems
    assert {a.label for text in texts for a in text.annotations} <= {x.name for x in LABELS}


def test_a_file_is_never_written_over_itself(tmp_path):
    source = tmp_path / "notes.jsonl"
    source.write_text('{"text": "Seen by Dr. Ferris."}\n', encoding="utf8")
    before = source.read_bytes()
    result = CliRunner().invoke(app, ["umls", "deid", str(source), str(source)])
    assert result.exit_code == 1
    assert "another name" in " ".join(result.output.split())
    assert source.read_bytes() == before
