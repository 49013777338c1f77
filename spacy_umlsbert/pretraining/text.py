"""Texts to learn from: JSONL and plain text files, read as a stream, document by document."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from spacy_umlsbert.errors import InputError

Document = list[str]
"""The texts of a document, in order: sentences, sections, or all of it in one."""


def read_documents(
    paths: Sequence[Path], field: str = "text", document_field: str | None = None
) -> Iterator[Document]:
    """Read documents; only one is in memory at a time.

    Args:
        paths: Files, also compressed ones (``.gz``). ``.jsonl`` files have an object a line. All
            others are plain text: a sentence or paragraph a line, documents apart by empty lines.
        field: JSONL: the field that holds the text.
        document_field: JSONL: the field that tells documents apart: neighbouring lines with the
            same value belong to one. If not given, every line is a document.

    Yields:
        Documents that have any text.

    Raises:
        InputError: If a file cannot be read, a line is no JSON object, or it lacks a field.
    """
    for path in paths:
        documents = (
            _jsonl_documents(path, field, document_field)
            if _is_jsonl(path)
            else _text_documents(path)
        )
        for document in documents:
            if document:
                yield document


def check_files(paths: Sequence[Path]) -> None:
    """See that there are files to read before any work begins.

    Raises:
        InputError: Naming the first that is missing.
    """
    for path in paths:
        if not path.is_file():
            problem = "is a folder." if path.is_dir() else "there is no such file."
            raise InputError(
                problem,
                path=path,
                remedy="Give text files or JSONL files ('umls prepare-notes' makes them).",
            )


def _is_jsonl(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith((".jsonl", ".json"))


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        with _open(path) as file:
            for number, line in enumerate(file, start=1):
                yield number, line.strip()
    except UnicodeDecodeError:
        raise InputError("invalid UTF-8 near here.", path=path, line=number + 1) from None
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or "damaged"
        raise InputError(f"cannot be read: {reason}.", path=path) from None


def _text_documents(path: Path) -> Iterator[Document]:
    document: Document = []
    for _, line in _lines(path):
        if line:
            document.append(line)
        else:
            yield document
            document = []
    yield document


def _jsonl_documents(path: Path, field: str, document_field: str | None) -> Iterator[Document]:
    document: Document = []
    current: object = None
    for number, line in _lines(path):
        if not line:
            continue
        row = _row(path, number, line, field, document_field)
        if document_field is None or row[document_field] != current:
            yield document
            document = []
            current = None if document_field is None else row[document_field]
        if row[field].strip():
            document.append(row[field])
    yield document


def _row(
    path: Path, number: int, line: str, field: str, document_field: str | None
) -> dict[str, str]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise InputError("not a JSON object.", path=path, line=number)
    if not isinstance(row.get(field), str):
        raise InputError(
            f"there is no text in the field {field!r}.",
            path=path,
            line=number,
            remedy="Set corpus.field to the name of the field that holds the text.",
        )
    if document_field is not None and document_field not in row:
        raise InputError(
            f"there is no field {document_field!r}.",
            path=path,
            line=number,
            remedy="Set corpus.document_field to null if every line is a document.",
        )
    return row
