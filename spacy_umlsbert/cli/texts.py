"""A text that a command is given: as it is, in a file, or on standard input."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.texts import read_text

_FILE_NAME = re.compile(
    r"\S+\.(?:txt|text|md|rtf|csv|tsv|jsonl?|pdf|docx?)(?:\.gz)?", re.IGNORECASE
)


def text_of(argument: str) -> str:
    """The text that an argument is or names.

    Args:
        argument: A text, the name of a file, or ``-`` for standard input.

    Raises:
        InputError: If it is the name of a file that is not there, or that is no text.
    """
    if argument == "-":
        return sys.stdin.read()
    try:
        is_file = Path(argument).is_file()
    except (OSError, ValueError):  # too long for a name, or with a NUL
        is_file = False
    if is_file:
        return read_text(Path(argument)) or ""
    if _FILE_NAME.fullmatch(argument):
        raise InputError("there is no such file.", path=argument)
    return argument
