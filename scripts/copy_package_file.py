"""Copy a data file out of an installed Python package."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

import typer
from wasabi import msg


def main(package: str, file: str, target: Path) -> None:
    """Copy FILE, a path inside PACKAGE, to TARGET."""
    spec = find_spec(package)  # finds without importing
    if spec is None or spec.origin is None:
        msg.fail(f"The package {package} is not installed", exits=1)
        return
    source = Path(spec.origin).parent / file
    if not source.is_file():
        msg.fail(f"There is no {source}", exits=1)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    msg.good(f"{target}")


if __name__ == "__main__":
    typer.run(main)
