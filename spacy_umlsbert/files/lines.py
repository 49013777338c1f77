"""Reads the lines of a text file that may be compressed, with errors that name the line."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from spacy_umlsbert.errors import TerminologyError

_LONGEST_LINE = 1 << 24
_DAMAGED = "Get the file again, or take the line out."


def require(path: str | Path) -> Path:
    """The path of a file that must exist.

    Raises:
        TerminologyError: If it doesn't.
    """
    path = Path(path)
    if path.is_dir():
        raise TerminologyError("is a directory, not a file.", path=path)
    if not path.is_file():
        raise TerminologyError("there is no such file.", path=path, remedy="Check the path.")
    return path


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The number and text of each line, without its line end. ``.gz`` files are decompressed.

    Raises:
        TerminologyError: At invalid UTF-8, a line of more than 16 MB, or a damaged ``.gz`` file.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            number = 0
            while raw := stream.readline(_LONGEST_LINE):
                number += 1
                if len(raw) == _LONGEST_LINE:
                    raise damaged(path, number, f"the line has more than {_LONGEST_LINE} bytes.")
                try:
                    line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError:
                    raise damaged(path, number, "invalid UTF-8.") from None
                yield number, line.rstrip("\r\n")
    except (OSError, EOFError) as error:
        raise TerminologyError("is cut short or damaged.", path=path, remedy=_DAMAGED) from error


def damaged(path: Path, line: int, problem: str) -> TerminologyError:
    """The error for a line that cannot be read."""
    return TerminologyError(problem, path=path, line=line, remedy=_DAMAGED)
