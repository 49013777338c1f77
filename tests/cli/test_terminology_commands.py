"""The commands as spaCy's command line runs them."""

import json
from pathlib import Path

import pytest
from spacy.cli._util import app
from typer.testing import CliRunner

import spacy_umlsbert.cli  # noqa: F401 (adds the commands; in use, an entry point does)

FIXTURE = str(Path(__file__).parents[1] / "fixtures" / "rrf")


def run(*args: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["umls", *map(str, args)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, " ".join(result.output.split())


def test_build_inspect_and_look_up(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    license = ["--version", "2024AB", "--license", "UMLS"]
    code, output = run("build-kb", kb, "--rrf", FIXTURE, "--semantic-type", "DISO", *license)
    assert code == 0
    assert "2024AB" in output and "MRCONSO.RRF" in output and "--open-license" in output

    code, output = run("inspect-kb", kb, "--verify")
    assert code == 0 and "match their checksums" in output
    code, output = run("inspect-kb", kb, "--json")
    assert json.loads(output)["license"] == "UMLS"

    code, output = run("lookup", kb, "denies chest pain")
    assert code == 0 and "C0008031" in output and "T184" in output
    code, output = run("lookup", kb, "C0008031")
    assert code == 0 and "Thoracic pain" in output and "parents C0030193" in output
    code, output = run("lookup", kb, "C9999999")
    assert code == 1 and "no concept C9999999" in output
    code, output = run("lookup", kb, "fever", "--lang", "xx9")
    assert code == 1 and "no language" in output
    code, output = run("build-kb", kb, "--rrf", FIXTURE)
    assert code == 1 and "exists already" in output and "--overwrite" in output
    code, output = run("lookup", kb, "nothing of the kind")
    assert code == 0 and "No names" in output


def test_other_sources_with_types(tmp_path: Path) -> None:
    dictionary = tmp_path / "names.txt"
    dictionary.write_text("D1||gout\n")
    settings = tmp_path / "matcher.json"
    settings.write_text(json.dumps({"plural": False}))
    kb = tmp_path / "kb"
    code, output = run(
        "build-kb", kb, "--dictionary", f"{dictionary}=T047", "--matcher", settings, "-q"
    )
    assert code == 0 and "No --version or --license" in output
    meta = json.loads(run("inspect-kb", kb, "--json")[1])
    assert meta["semantic_types"] == ["T047"]
    assert meta["matcher"]["plural"] is False


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["build-kb", "KB", "--rrf", "missing"], "no such file"),
        (["build-kb", "KB"], "at least one of --rrf"),
        (["build-kb", "KB", "--rrf", FIXTURE, "--semantic-type", "XXXX"], "not a semantic group"),
        (
            ["build-kb", "KB", "--rrf", FIXTURE, "--semantic-type", "T999"],
            "'T999' is not a semantic type",
        ),
        (["build-kb", "KB", "--semantic-type", "T047"], "no effect without --rrf"),
        (["build-kb", "KB", "--rrf", f"{FIXTURE}/MRCONSO.RRF"], "Give the META directory"),
        (["build-kb", "KB", "--obo", "x.obo", "--types-below", "DOID:162"], "write TERM=TUI"),
        (["build-kb", "KB", "--rrf", FIXTURE, "--matcher", "missing.json"], "no such file"),
        (["inspect-kb", "KB"], "Check the path"),
        (["lookup", "KB", "fever"], "no such knowledge base"),
    ],
)
def test_errors_are_messages(tmp_path: Path, args: list[str], message: str) -> None:
    code, output = run(*(str(tmp_path / "kb") if arg == "KB" else arg for arg in args))
    assert code == 1
    assert message in output and "Traceback" not in output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('{"misspellings": "no"}', "'misspellings' must be true or false"),
        ('{"min_length": "3"}', "'min_length' must be a whole number"),
        ('{"min_length": -3}', "'min_length' must be a whole number"),
        ('{"stop_names": "abc"}', "'stop_names' must be a list of texts"),
        ('{"plurals": true}', "unknown matcher setting"),
        ('{"plural": true,\n}', "line 2: not valid JSON"),
        ("[]", "must hold an object"),
    ],
)
def test_matcher_settings_are_checked(tmp_path: Path, settings: str, message: str) -> None:
    file = tmp_path / "matcher.json"
    file.write_text(settings)
    code, output = run("build-kb", tmp_path / "kb", "--rrf", FIXTURE, "--matcher", file)
    assert code == 1 and message in output
    assert not (tmp_path / "kb").exists()


def test_concepts_without_types_are_mentioned(tmp_path: Path) -> None:
    dictionary = tmp_path / "names.txt"
    dictionary.write_text("D1||gout\nD2||fever\n")
    code, output = run("build-kb", tmp_path / "kb", "--dictionary", dictionary, "-q")
    assert code == 0 and "2 concepts have no semantic type" in output


def test_damage_is_found(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    run("build-kb", kb, "--rrf", FIXTURE, "-q")
    file = kb / "names.arrow"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert run("inspect-kb", kb)[0] == 0
    code, output = run("inspect-kb", kb, "--verify")
    assert code == 1 and "names.arrow" in output
