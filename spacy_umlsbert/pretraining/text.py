"""Texts to learn from: JSONL and plain text files, read as a stream, document by document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.json_lines import JSON_LINES, read_json_lines
from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.streams import ending, require_file

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
        require_file(path)


def _is_jsonl(path: Path) -> bool:
    return ending(path) in (*JSON_LINES, ".json")


def _text_documents(path: Path) -> Iterator[Document]:
    document: Document = []
    for line in read_lines(path):
        if text := line.text.strip():
            document.append(text)
        else:
            yield document
            document = []
    yield document


def _jsonl_documents(path: Path, field: str, document_field: str | None) -> Iterator[Document]:
    document: Document = []
    current: object = None
    for number, row in read_json_lines(path):
        _check(path, number, row, field, document_field)
        if document_field is None or row[document_field] != current:
            yield document
            document = []
            current = None if document_field is None else row[document_field]
        if row[field].strip():
            document.append(row[field])
    yield document


def _check(
    path: Path, number: int, row: dict[str, Any], field: str, document_field: str | None
) -> None:
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
