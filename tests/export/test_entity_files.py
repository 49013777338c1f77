"""`umls extract`: a row an entity; a note that fails costs no other; no text in any message."""

import csv
import json

import pyarrow.parquet as pq
import pytest
import spacy
from spacy.language import Language
from typer.testing import CliRunner

from spacy_umlsbert.annotations.rows import COLUMNS
from spacy_umlsbert.cli import app
from spacy_umlsbert.corpora.notes import Note, open_notes
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.export.entity_files import EntityExtractor, extract_to_file
from spacy_umlsbert.files.row_files import RowFile

CANARY = "Hollingsworth"
NOTES = [
    {"note_id": "a", "text": "No gout. On aspirin 81 mg daily."},
    {"note_id": "b", "text": f"{CANARY} fails."},
    {"note_id": "c", "text": "Possible gout."},
]


@Language.component("tests_fails_on_canary")
def fails_on_canary(doc):
    if CANARY in doc.text:
        raise ValueError(f"{CANARY} was too much")
    return doc


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(
        [{"label": "problem", "pattern": "gout"}, {"label": "treatment", "pattern": "aspirin"}]
    )
    nlp.add_pipe("tests_fails_on_canary")
    nlp.add_pipe("umls_assertion")
    nlp.add_pipe("umls_values")
    return nlp


@pytest.fixture(scope="module")
def pipeline(nlp, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pipeline") / "nlp"
    nlp.to_disk(folder)
    return folder


def write(path, notes=NOTES):
    path.write_text("".join(json.dumps(note) + "\n" for note in notes))
    return path


def extract(*arguments):
    return CliRunner().invoke(app, ["extract", *map(str, arguments), "--quiet"])


def read(path):
    return [row for _, row in RowFile(path).rows()]


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet", "csv.gz"])
def test_a_row_an_entity_in_each_format(ending, pipeline, tmp_path):
    target = tmp_path / f"rows.{ending}"
    done = extract(pipeline, write(tmp_path / "notes.jsonl", NOTES[::2]), target)
    assert done.exit_code == 0, done.output
    rows = read(target)
    assert [(row["note_id"], row["text"], row["assertion"]) for row in rows] == [
        ("a", "gout", "absent"), ("a", "aspirin", "present"), ("c", "gout", "possible"),
    ]  # fmt: skip
    assert [float(row["strength"] or 0) for row in rows] == [0, 81, 0]
    assert list(rows[0]) == [column.name for column in COLUMNS]


def test_parquet_has_the_types_even_without_rows(pipeline, tmp_path):
    source = write(tmp_path / "notes.jsonl", [{"text": "Nothing."}])
    assert extract(pipeline, source, tmp_path / "rows.parquet").exit_code == 0
    schema = pq.read_schema(tmp_path / "rows.parquet")
    types = {name: str(kind) for name, kind in zip(schema.names, schema.types, strict=True)}
    assert (types["start"], types["strength"]) == ("int64", "double")
    assert (types["is_negated"], types["text"]) == ("bool", "string")


def test_a_note_that_fails_is_reported_and_the_others_are_written(pipeline, tmp_path):
    source, target = write(tmp_path / "notes.jsonl"), tmp_path / "rows.csv"
    with source.open("a") as file:
        file.write("no JSON\n")
    done = extract(pipeline, source, target)
    assert done.exit_code == 1
    with target.open(newline="") as file:
        assert [row["note_id"] for row in csv.DictReader(file)] == ["a", "a", "c"]
    said = " ".join(done.output.split())
    assert "line 2" in said and "ValueError" in said and "without rows: 2" in said
    assert CANARY not in done.output


def test_several_processes_give_the_same(nlp, tmp_path):
    source = write(tmp_path / "notes.jsonl", [NOTES[0], NOTES[2]] * 40)
    extractor = EntityExtractor(nlp, n_process=2)
    for name, extract_rows in (("one", EntityExtractor(nlp)), ("two", extractor)):
        report = extract_to_file(
            open_notes(source), tmp_path / f"{name}.csv", extract_rows, notes_at_a_time=80
        )
        assert (report.notes, report.entities, report.failed) == (80, 120, 0)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_rows_are_written_as_notes_are_read(nlp, tmp_path):
    source = write(tmp_path / "notes.jsonl", [NOTES[0]] * 50)
    held = []

    def watched(notes):
        held.append(len(notes))
        return EntityExtractor(nlp)(notes)

    extract_to_file(open_notes(source), tmp_path / "rows.csv", watched, notes_at_a_time=20)
    assert held == [20, 20, 10]


def test_nothing_is_left_of_a_run_that_breaks(nlp, tmp_path):
    source = write(tmp_path / "notes.jsonl")

    def breaks(notes):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_to_file(open_notes(source), tmp_path / "rows.csv", breaks)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.jsonl"]


def test_a_span_group_in_place_of_entities(nlp, tmp_path):
    def group(doc):
        doc.spans["drugs"] = [ent for ent in doc.ents if ent.label_ == "treatment"]
        return doc

    Language.component("tests_drugs", func=group)
    other = spacy.blank("en", vocab=nlp.vocab)
    other.add_pipe("entity_ruler", source=nlp)
    other.add_pipe("tests_drugs")
    (rows,) = EntityExtractor(other, "drugs")([Note("a", NOTES[0]["text"])])
    assert [row["text"] for row in rows] == ["aspirin"]
    assert EntityExtractor(other, "others")([Note("a", "x")]) == [[]]


def test_a_folder_of_notes(pipeline, tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "first.txt").write_text("No gout.")
    target = tmp_path / "rows.jsonl"
    assert extract(pipeline, folder, target).exit_code == 0
    assert [row["note_id"] for row in read(target)] == ["first"]


@pytest.mark.parametrize("target", ["rows.xlsx", "rows.parquet.gz", "notes.jsonl"])
def test_what_cannot_be_written_is_refused_before_a_note_is_read(target, nlp, tmp_path):
    source = write(tmp_path / "notes.jsonl")
    with pytest.raises(InputError):
        extract_to_file(open_notes(source), tmp_path / target, EntityExtractor(nlp))
    assert source.read_text().count("\n") == 3


def test_values_of_no_entity_have_rows_of_their_own(pipeline, tmp_path):
    notes = write(tmp_path / "notes.jsonl", [{"id": "a", "text": "BP 168/94. On aspirin 81 mg."}])
    assert extract(pipeline, notes, tmp_path / "rows.jsonl").exit_code == 0
    pressure, aspirin = read(tmp_path / "rows.jsonl")
    assert (pressure["label"], pressure["of"]) == ("blood_pressure", None)
    assert (pressure["systolic"], pressure["diastolic"]) == (168, 94)
    assert (aspirin["text"], aspirin["strength"]) == ("aspirin", 81)
    assert extract(pipeline, notes, tmp_path / "v.csv", "--spans-key", "values").exit_code == 0
    rows = read(tmp_path / "v.csv")
    assert [(row["label"], row["of"]) for row in rows] == [
        ("blood_pressure", ""),
        ("strength", "aspirin"),
    ]
    assert rows[1]["strength"] == "81.0" and rows[1]["strength_unit"] == "mg"


def test_a_group_that_nothing_makes_is_no_success(pipeline, tmp_path):
    done = extract(pipeline, write(tmp_path / "n.jsonl", NOTES[:1]), tmp_path / "r.csv",
                   "--spans-key", "drgus")  # fmt: skip
    assert done.exit_code == 1 and "'drgus'" in done.output


def test_what_is_left_out_and_how_notes_are_numbered_is_said(pipeline, tmp_path):
    notes = write(tmp_path / "n.jsonl", [{"text": None}, {"text": " "}, {"text": "Gout."}])
    done = extract(pipeline, notes, tmp_path / "r.csv")
    assert done.exit_code == 0
    assert "empty, 2" in done.output and "--id-column" in done.output


def test_the_columns_are_listed():
    done = CliRunner().invoke(app, ["extract", "--columns"])
    assert done.exit_code == 0
    assert all(column.name in done.output for column in COLUMNS)
