"""Reads JSON lines: an object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from spacy_umlsbert.files.lines import Line, LineReader, sound_lines
from spacy_umlsbert.files.problems import STRICT, FileKind, ProblemHandler
from spacy_umlsbert.files.tables import duplicate_names
from spacy_umlsbert.files.texts import read_text
from spacy_umlsbert.guard import hide_in_repr

JSON_LINES = (".jsonl", ".ndjson")
"""Endings."""

NO_OBJECT = "this is no JSON object"
_COLONS = ('":', " :", "\t:", "\r:")
_ARRAY = f"{NO_OBJECT}: a JSON array begins here, and JSON lines have an object a line instead"
_OVER_LINES = f"{NO_OBJECT}: one that goes over several lines begins here; put it on one"


@hide_in_repr("row")
class NumberedRow(NamedTuple):
    """A row, and the line it begins at (in Parquet: its number), counted from one."""

    line: int
    row: dict[str, Any]


def read_json_lines(path: str | Path, problems: ProblemHandler = STRICT) -> Iterator[NumberedRow]:
    """The objects of a file; lines that are none are handed to ``problems``.

    Args:
        path: The file; ``.gz`` files are decompressed.
        problems: What becomes of problems.

    Raises:
        InputError: If there is no such file; and at the first problem, if ``problems`` is strict.
    """
    with LineReader(path, problems) as lines:
        yield from json_objects(lines, path, problems)


def json_objects(
    lines: Iterable[Line], path: str | Path, problems: ProblemHandler = STRICT
) -> Iterator[NumberedRow]:
    """The object of each line; those that hold none are handed to ``problems``.

    Args:
        lines: The lines; empty ones are left out.
        path: What they are called in problems.
        problems: What becomes of problems.
    """
    for number, text, *_ in sound_lines(lines, path, problems):
        if not text or text.isspace():
            continue
        try:
            value = _loads(text)
        except _DuplicateError as error:
            problems.add(FileKind.MALFORMED, path, number, str(error))
            continue
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            yield NumberedRow(number, value)
        else:
            problems.add(FileKind.MALFORMED, path, number, _why_none(text.strip()))


def read_json(path: Path, problems: ProblemHandler = STRICT, **options: Any) -> Any:
    """What a JSON file holds.

    Args:
        path: The file; ``.gz`` files are decompressed.
        problems: What becomes of a file that cannot be read.
        options: Those of `json.loads`.

    Returns:
        The value; None if it cannot be read.

    Raises:
        InputError: If there is no such file; and if it cannot be read, if ``problems`` is strict.
    """
    text = read_text(path, problems)
    return None if text is None else parse_json(text, path, problems, **options)


def parse_json(
    text: str, path: str | Path, problems: ProblemHandler = STRICT, **options: Any
) -> Any:
    """The value of a JSON text; None if it is not valid, which is handed to ``problems``."""
    try:
        return json.loads(text, **options)
    except (ValueError, RecursionError) as error:
        problems.add(FileKind.UNREADABLE, path, getattr(error, "lineno", 0), "not valid JSON")
    return None


class _DuplicateError(Exception):
    """An object with two fields of the same name, of which one would be lost."""


def _loads(line: str) -> Any:
    """The value of a line. To see that no field is lost takes twice the time, so some need not."""
    if line.count("{") == 1:
        value = json.loads(line)
        # Each field has a colon, behind a quote or white space; others are in its texts.
        if isinstance(value, dict) and (
            len(value) == line.count(":") or len(value) == sum(map(line.count, _COLONS))
        ):
            return value
    return json.loads(line, object_pairs_hook=_distinct)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _DuplicateError(duplicate_names([name for name, _ in pairs], "fields"))
    return fields


def _why_none(text: str) -> str:
    # A whole array on a line is a value like another one; what is wrong is the line.
    if text == "[" or text.startswith("[{"):
        return _ARRAY
    return _OVER_LINES if text == "{" else NO_OBJECT
