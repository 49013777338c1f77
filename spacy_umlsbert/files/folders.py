"""A folder as bytes, and folders that are removed when nobody needs them any more."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from multiprocessing.context import get_spawning_popen
from pathlib import Path
from typing import Any

from spacy_umlsbert.errors import InputError


def read_files(folder: str | Path) -> dict[str, bytes]:
    """The content of all files of a folder and the folders in it, by their paths in it."""
    folder = Path(folder)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def write_files(folder: str | Path, files: Mapping[str, bytes]) -> None:
    """Write what `read_files` gave.

    Raises:
        InputError: If a path leads out of the folder.
    """
    folder = Path(folder).resolve()
    for name, content in files.items():
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            raise InputError("a file in these bytes has a path that leads out of its folder.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


class TemporaryFolder:
    """A folder that is removed with the object, or at the latest when the process ends.

    Copies are the same folder. A process that gets it as an argument when it is started uses the
    folder of its parent; unpickled anywhere else it is a new folder with the same files.

    Args:
        files: What is to be in it, as `read_files` gives it.

    Raises:
        InputError: As `write_files`.
    """

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="spacy-umlsbert-"))
        weakref.finalize(self, _remove, self.path, os.getpid())
        write_files(self.path, files or {})

    def __copy__(self) -> TemporaryFolder:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> TemporaryFolder:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if get_spawning_popen() is not None:
            return _of_parent, (self.path,)
        return TemporaryFolder, (read_files(self.path),)


def _of_parent(path: Path) -> TemporaryFolder:
    folder = TemporaryFolder.__new__(TemporaryFolder)
    folder.path = path
    return folder


def _remove(path: Path, made_by: int) -> None:
    if os.getpid() == made_by:  # and not a process that was forked from it
        shutil.rmtree(path, ignore_errors=True)
