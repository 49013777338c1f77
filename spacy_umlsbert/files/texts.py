"""Reads whole texts."""

from __future__ import annotations

from pathlib import Path

from spacy_umlsbert.files.problems import (
    CUT_SHORT,
    HAS_NUL,
    NOT_UTF8,
    STRICT,
    FileKind,
    ProblemHandler,
)
from spacy_umlsbert.files.streams import READ_ERRORS, open_bytes


def read_text(
    path: Path, problems: ProblemHandler = STRICT, *, fallback: str | None = None
) -> str | None:
    """The text of a file, without a byte order mark; line ends stay as they are.

    Args:
        path: The file; ``.gz`` files are decompressed.
        problems: What becomes of a file that is damaged, is not UTF-8 or holds a NUL.
        fallback: As what to read a file that is not UTF-8, which is a problem all the same.

    Returns:
        The text, or None if it cannot be read.

    Raises:
        InputError: If there is no such file; and if it cannot be read, if ``problems`` is strict.
    """
    text = decode_file(path, problems, fallback=fallback)
    if text is not None and "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        problems.add(FileKind.NUL, path, line, HAS_NUL)
        return None
    return text


def decode_file(
    path: Path, problems: ProblemHandler = STRICT, *, fallback: str | None = None
) -> str | None:
    """The same, in which NULs are nothing special."""
    try:
        with open_bytes(path) as stream:
            data = stream.read()
    except READ_ERRORS:
        problems.add(FileKind.UNREADABLE, path, 0, CUT_SHORT)
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(FileKind.ENCODING, path, line, NOT_UTF8)
    return data.decode(fallback, errors="replace") if fallback is not None else None
