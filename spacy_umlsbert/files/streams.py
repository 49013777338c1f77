"""Bytes of files that may be compressed: a name that ends in ``.gz`` means gzip."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any, BinaryIO, cast

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.problems import STRICT, Strict

READ_ERRORS = (OSError, EOFError, zlib.error)
"""What opening and reading raise: no right to, a damaged disk, a damaged or shortened ``.gz``."""


def is_compressed(path: Path) -> bool:
    """Whether a file's name ends in ``.gz``."""
    return path.suffix.lower() == ".gz"


def ending(path: str | Path) -> str:
    """The ending in small letters, that before ``.gz`` if there is one: ``a.CSV.gz`` → ``.csv``."""
    path = Path(path)
    return (Path(path.stem) if is_compressed(path) else path).suffix.lower()


def require_file(path: str | Path, strict: Strict[Any] = STRICT) -> Path:
    """The path of a file that must exist.

    Raises:
        InputError: If it doesn't; of the type of ``strict``.
    """
    path = Path(path)
    if path.is_dir():
        raise strict.error("is a folder, not a file.", path=path)
    if not path.is_file():
        raise strict.error("there is no such file.", path=path, remedy="Check the path.")
    return path


def open_bytes(path: Path) -> BinaryIO:
    """The bytes of a file, decompressed. Reading may raise `READ_ERRORS`.

    Raises:
        InputError: If there is no such file.
        OSError: If it cannot be opened.
    """
    require_file(path)
    return decompressed(path.open("rb"), path)


def decompressed(stream: BinaryIO, path: Path) -> BinaryIO:
    """The bytes of an open file, decompressed if its name says that they are compressed."""
    return cast("BinaryIO", gzip.GzipFile(fileobj=stream)) if is_compressed(path) else stream


def refuse_same_file(source: Path, target: Path, what: str) -> None:
    """Make sure that a file is not written over by what is made of it.

    Args:
        source: The file that is read.
        target: The file to write.
        what: What it would be written over by.

    Raises:
        InputError: If they are the same file.
    """
    if target.exists() and target.samefile(source):
        raise InputError(
            f"would be written over by {what}.", path=source, remedy="Give the output another name."
        )
