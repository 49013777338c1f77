"""Writes text, JSON and JSON lines: under their name only once they are complete."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, cast

from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.files.streams import is_compressed


@contextmanager
def text_writer(path: str | Path) -> Iterator[TextIO]:
    """A text file to write to, in UTF-8, which takes its name when the block ends.

    Args:
        path: The file; it is compressed if its name ends in ``.gz``.

    Raises:
        InputError: If ``path`` is a folder, or below a file.
    """
    with atomic_file(path) as partial, open_text(partial) as stream:
        yield stream


def open_text(path: Path) -> TextIO:
    """A text file to write to, in UTF-8, compressed if its name ends in ``.gz``.

    Line ends are written as they are given.
    """
    if is_compressed(path):
        return cast("TextIO", gzip.open(path, "wt", encoding="utf-8", newline=""))
    return path.open("w", encoding="utf-8", newline="")


def json_line(value: Any) -> str:
    """A value as a line of JSON, with its end.

    Half a surrogate pair, which UTF-8 does not have, is escaped; what JSON does not know (a date
    of a Parquet file) becomes text.
    """
    line = json.dumps(value, ensure_ascii=False, default=str)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        line = json.dumps(value, default=str)
    return line + "\n"


def write_json_lines(path: str | Path, values: Iterable[Any]) -> None:
    """Write a line for each value; the file takes its name when all are written."""
    with text_writer(path) as stream:
        stream.writelines(map(json_line, values))


def write_json(path: str | Path, value: Any) -> None:
    """Write a value as JSON with indents; the file takes its name when it is written."""
    with text_writer(path) as stream:
        stream.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
