"""Commands that run a pipeline: on which device, in how many processes, how much at a time."""

import inspect
import json
import re
import sys
import tarfile
from importlib.util import find_spec
from pathlib import Path

import pytest
import spacy
from spacy.cli._util import app as spacy_app
from spacy.language import Language
from typer.main import get_command
from typer.testing import CliRunner

import spacy_umlsbert.cli  # noqa: F401 (adds the commands; in use, an entry point does)
from spacy_umlsbert.annotations.assertions import Assertion, set_assertions
from spacy_umlsbert.annotations.pairs import make_pair, set_label
from spacy_umlsbert.annotations.values import VALUES, Value, set_values
from spacy_umlsbert.cli.app import PANELS, app
from spacy_umlsbert.corpora.docbin import write_docs
from spacy_umlsbert.deid.note_files import ROWS_AT_A_TIME as FEW_NOTES
from spacy_umlsbert.nli.pair_files import ROWS_AT_A_TIME as FEW_PAIRS

SAVED = Path(__file__).parents[1] / "fixtures" / "saved_by_0_1" / "pipelines.tar.xz"
LOADERS = {"load_pipeline", "pipeline_or_rules", "load_deid", "searcher"}
RUN_TEXTS = {
    "deid",
    "extract",
    "nli",
    "evaluate-assertion",
    "evaluate-ner",
    "evaluate-deid",
    "evaluate-nli",
    "evaluate-linking",
    "evaluate-values",
}
TEXTS = [
    "Mr. Hollingsworth has chest pain and a cold, on metformin.\nSeen by Dr. Adeyemi on 3/4/2019.",
    "The patient denies fever and cough. Call 216-555-0142.",
    "Congestive heart failure (CHF), no T2DM; blood glucose high.",
    "No thoracic painz since 2011. On aspirin.",
]
PAIRS = [
    ("The patient denies fever .", "The patient has fever ."),
    ("On metformin and aspirin .", "The patient has cough ."),
]


def test_help_shows_every_command_in_its_place_and_what_is_required():
    commands = get_command(app).commands
    assert set(commands) == {name for names in PANELS.values() for name in names}
    shown = CliRunner().invoke(app, ["--help"]).output
    places = [shown.index(f" {name} ") for names in PANELS.values() for name in names]
    assert places == sorted(places)
    for name in commands:
        if name.startswith("evaluate-"):
            shown = CliRunner().invoke(app, [name, "--help"]).output.strip()
            usage = re.split(r"\n\s*\n", shown)[0].upper()
            assert "OUTPUT" in usage and "[OUTPUT]" not in usage, name


def test_one_thing_has_one_name():
    names = {}
    for command in get_command(app).commands.values():
        for option in command.params:
            if option.param_type_name == "option" and not option.hidden:
                for short in (one for one in option.opts if len(one) == 2):
                    names.setdefault(short, set()).update(set(option.opts) - {short})
    assert {short: of for short, of in names.items() if len(of) > 1} == {}


def test_every_command_that_runs_a_pipeline_has_the_options():
    options = {
        command.name: set(inspect.signature(command.callback).parameters)
        for command in app.registered_commands
        if LOADERS & vars(sys.modules[command.callback.__module__]).keys()
    }
    assert options.keys() == {*RUN_TEXTS, "link", "show"}
    assert all("gpu_id" in names for names in options.values())
    for name in RUN_TEXTS:  # 'link' has the linker alone look for names, 'show' has one text
        assert {"n_process", "batch_size"} <= options[name], name


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A toy pipeline with every component, and what the commands read."""
    folder = tmp_path_factory.mktemp("files")
    with tarfile.open(SAVED) as archive:
        archive.extractall(folder, filter="data")
    nlp = spacy.load(folder / "demo")
    # Fewer go through one process whatever is asked.
    some_texts = TEXTS * (FEW_NOTES // len(TEXTS) + 1)
    some_pairs = PAIRS * (FEW_PAIRS // len(PAIRS) + 1)
    notes = list(nlp.pipe(TEXTS * 6))
    notes[0].ents = notes[0].ents[1:]  # so that not all scores are 1
    pairs = [make_pair(nlp, *pair) for pair in some_pairs]
    for i, pair in enumerate(pairs):
        set_label(pair, nlp.get_pipe("umls_nli").labels[i % 3])
    write_docs(notes, folder / "notes.spacy")
    write_docs(pairs, folder / "pairs.spacy")
    for note in notes:
        said = (Assertion("absent" if ent.start % 2 else "present") for ent in note.ents)
        set_assertions(note, zip(note.ents, said, strict=True))
    write_docs(notes, folder / "said.spacy")
    for note in notes:
        set_values(note, [(note[:1], Value("dose", note[:1].text), note.ents[0])], VALUES)
    write_docs(notes, folder / "valued.spacy")
    rows = {
        "notes.jsonl": [{"text": text} for text in some_texts],
        "pairs.jsonl": [{"premise": p, "hypothesis": h} for p, h in some_pairs],
    }
    for name, of_file in rows.items():
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in of_file))
    return folder


def rounded(path):
    lines = path.read_text("utf-8").splitlines() if path.suffix == ".jsonl" else [path.read_text()]
    return [json.loads(line, parse_float=lambda number: round(float(number), 3)) for line in lines]


@pytest.mark.parametrize(
    "command",
    [
        "deid notes.jsonl {out}/notes.jsonl -m demo",
        "nli pairs.jsonl {out}/pairs.jsonl -m demo",
        "evaluate-assertion rules said.spacy {out}",
        "evaluate-ner demo notes.spacy {out}",
        "evaluate-values rules valued.spacy {out}",
        "extract demo notes.jsonl {out}/rows.jsonl",
        "evaluate-deid demo notes.spacy {out}",
        "evaluate-nli demo pairs.spacy {out}",
        pytest.param(
            "evaluate-linking demo notes.spacy {out}",
            marks=pytest.mark.skipif(not find_spec("scispacy"), reason="needs scispaCy"),
        ),
    ],
)
def test_two_processes_write_what_one_writes(command, files, tmp_path, monkeypatch):
    asked = []

    def pipe(self, *args, **kwargs):
        asked.append((kwargs.get("n_process", 1), kwargs.get("batch_size")))
        return whole(self, *args, **kwargs)

    whole = Language.pipe
    monkeypatch.setattr(Language, "pipe", pipe)
    monkeypatch.chdir(files)
    written = []
    for processes in (1, 2):
        out = tmp_path / str(processes)
        out.mkdir()
        options = ["--n-process", str(processes), "--batch-size", "8", "-q"]
        result = CliRunner().invoke(spacy_app, ["umls", *command.format(out=out).split(), *options])
        assert result.exit_code == 0, result.output
        assert (processes, 8) in asked
        found = {p.relative_to(out): rounded(p) for p in sorted(out.rglob("*.json*"))}
        shown = result.output.replace(str(out), "").split()
        written.append((found, shown))
    assert written[0] == written[1]
    assert written[0][0]


def test_old_names_of_options_work_with_a_warning(files, tmp_path, monkeypatch):
    monkeypatch.chdir(files)
    for command, new in (
        ("prepare-notes notes.jsonl {out}/notes.jsonl --processes 1 -q", "--n-process"),
        ("evaluate-assertion rules said.spacy {out} --classes present,absent -q", "--class"),
    ):
        done = CliRunner().invoke(app, command.format(out=tmp_path).split())
        assert done.exit_code == 0 and f"is now {new}" in " ".join(done.output.split()), command
        current = command.replace("--processes", "--n-process")
        current = current.replace("--classes present,absent", "--class present --class absent")
        done = CliRunner().invoke(app, current.format(out=tmp_path).split())
        assert done.exit_code == 0 and "is now" not in done.output
