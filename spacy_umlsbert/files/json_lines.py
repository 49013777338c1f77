"""Reads JSON lines: an object a line.

An array, or an object over several lines, is one problem and not one for each of its lines; and
nothing inside it is taken for a line of its own.
"""

from __future__ import annotations

import json
import re
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
NOT_JSON = "not valid JSON"
_ARRAY = (
    f"{NO_OBJECT}: a JSON array begins here, and JSON lines have an object a line instead; "
    "jq -c '.[]' makes them of it"
)
_OVER_LINES = f"{NO_OBJECT}: one that goes over several lines begins here; put it on one"
_COMMA = f"{NO_OBJECT}: there is a comma behind it"
_SEVERAL = f"{NO_OBJECT}: there is more than one on the line"

_BLANK = " \t\r\n\ufeff"
"""Around an object. Files that were joined have byte order marks within."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


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
    first = True
    opened = _Opened()
    for line in sound_lines(lines, path, problems):
        text = line.text.strip(_BLANK)
        if not text:
            continue
        value, duplicate = None, ""
        try:
            value = _loads(text)
        except _DuplicateError as error:
            duplicate = str(error)
        except (ValueError, RecursionError):
            pass
        complete = value is not None or bool(duplicate)
        if opened.holds(line.text, complete):
            continue
        if isinstance(value, dict):
            yield NumberedRow(line.number, value)
        elif duplicate:
            problems.add(FileKind.MALFORMED, path, line.number, duplicate)
        else:
            opened = _Opened() if complete else _Opened(line.text)
            message = _why_none(text, value, opened.depth)
            problems.add(FileKind.MALFORMED, path, line.number, message)
            if first and message == _ARRAY and not complete:
                return  # the file is one array
        first = False


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
        line = getattr(error, "lineno", 0)
        problems.add(FileKind.UNREADABLE, path, line, _why_invalid(text))
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
        raise _DuplicateError(duplicate_names([pair[0] for pair in pairs], "fields"))
    return fields


class _Opened:
    """An object or array that a line begins and does not end.

    Args:
        line: The line; without it nothing is open.

    Attributes:
        depth: How many brackets are open.
    """

    def __init__(self, line: str = "") -> None:
        text = line.strip(_BLANK)
        self.indent = _indent(line)
        self.depth = max(0, _brackets(text)) if text.startswith(("{", "[")) else 0

    def holds(self, line: str, complete: bool) -> bool:
        """Whether a line is inside, which it is until as many brackets are closed.

        What is not indented and is, or begins, a value of its own is not: or a line that was cut
        short would take along all that follow.

        Args:
            line: The line.
            complete: It is JSON by itself.
        """
        begins = complete or line.lstrip(_BLANK).startswith(("{", "["))
        if not self.depth or (begins and _indent(line) <= self.indent):
            self.depth = 0
            return False
        self.depth = max(0, self.depth + _brackets(line))
        return True


def _indent(line: str) -> int:
    line = line.lstrip("\ufeff")
    return len(line) - len(line.lstrip(_BLANK))


def _brackets(text: str) -> int:
    """How many more brackets are opened than closed. A string that is cut short counts for none."""
    bare = _STRING.sub("", text)
    if '"' in bare:
        return 0
    return sum(map(bare.count, "{[")) - sum(map(bare.count, "}]"))


def _why_none(text: str, value: Any, depth: int) -> str:
    """What is wrong with a line that is no object.

    Args:
        text: The line.
        value: What it holds, if it is JSON.
        depth: How many brackets it leaves open.
    """
    if isinstance(value, list):
        return _ARRAY if value and all(isinstance(one, dict) for one in value) else NO_OBJECT
    if value is not None:
        return NO_OBJECT
    if text[0] == "[" and text[1:].lstrip()[:1] in ("", "{"):
        return _ARRAY
    if text[0] != "{":
        return NO_OBJECT
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        # What ends otherwise is more likely a line that was cut short.
        return _OVER_LINES if depth and text.endswith(("{", "[", ",", ":")) else NO_OBJECT
    rest = text[end:].strip()
    return _COMMA if rest == "," else _SEVERAL if rest[:1] == "{" else NO_OBJECT


def _why_invalid(text: str) -> str:
    """What is wrong with a JSON text."""
    first, _, rest = text.strip(_BLANK).partition("\n")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return NOT_JSON
    return f"{NOT_JSON}: these are JSON lines, and one value is wanted" if rest else NOT_JSON
