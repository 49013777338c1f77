"""`project.yml`: what is done is not done again."""

import compileall
import os
import shutil
from pathlib import Path

import pytest
import srsly
from spacy.cli.project.run import project_run

ROOT = Path(__file__).parent.parent
COMMANDS = srsly.read_yaml(ROOT / "project.yml")["commands"]


def modules_among(deps):
    """The folders of modules that a command depends on."""
    folders = [dep for dep in deps if (ROOT / dep).is_dir()]
    return [folder for folder in folders if any((ROOT / folder).rglob("*.py"))]


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
