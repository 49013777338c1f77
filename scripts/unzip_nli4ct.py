"""Unpack NLI4CT: train.json, dev.json and the trials in 'CT json', wherever in it they are."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

import typer
from wasabi import msg

from spacy_umlsbert.corpora.pairs.formats.nli4ct import TRIALS
from spacy_umlsbert.files.atomic import atomic_file

STATEMENTS = ("train.json", "dev.json")


def main(archive: Path, target: Path) -> None:
    """Unpack ARCHIVE into the folder TARGET."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = wanted(opened.namelist())
            for name, member in members.items():
                with atomic_file(target / name) as partial:
                    partial.write_bytes(opened.read(member))
    except (OSError, zipfile.BadZipFile) as error:
        msg.fail(f"{archive} cannot be unpacked", str(error), exits=1)
        return
    found = {name.partition("/")[0] for name in members}
    missing = [name for name in (*STATEMENTS, TRIALS) if name not in found]
    if missing:
        msg.fail(f"There is no {', no '.join(missing)} in {archive}", exits=1)
    msg.good(f"{len(members)} files in {target}")


def wanted(members: list[str]) -> dict[str, str]:
    """The names that files of an archive get, with their names in it.

    Of several with the same name it is the one that is in the fewest folders.
    """
    chosen: dict[str, str] = {}
    for member in sorted(members, key=lambda name: (name.count("/"), name)):
        *folders, name = PurePosixPath(member).parts
        if "__MACOSX" in folders or member.endswith("/"):
            continue
        if name in STATEMENTS and TRIALS not in folders:
            chosen.setdefault(name, member)
        elif name.endswith(".json") and not name.startswith(".") and folders[-1:] == [TRIALS]:
            chosen.setdefault(f"{TRIALS}/{name}", member)
    return chosen


if __name__ == "__main__":
    typer.run(main)
