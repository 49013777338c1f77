"""What can be wrong with a file, and what becomes of it: an error, or a count and the next line.

Readers hand what they cannot read to a `ProblemHandler` and go on behind it. `Strict` raises an
`InputError`; `Problems` counts. A problem has a kind, a place and a message, never content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from spacy_umlsbert.errors import InputError, TerminologyError

T = TypeVar("T")
ErrorT = TypeVar("ErrorT", bound=InputError)

CUT_SHORT = "the file is cut short or damaged"
NOT_UTF8 = "invalid UTF-8"
HAS_NUL = "a NUL character"
TOO_LARGE = "the line is too long"
NOT_CSV = "the row is not valid CSV"
OPEN_QUOTES = "the quotes of the row do not close"
WRONG_WIDTH = "the row has another number of fields than the header"

PLACES_KEPT = 5
"""So many problems of each kind are kept with their places."""


class FileKind(str, Enum):
    """What can be wrong with a file of any format. The values say what became of it."""

    UNREADABLE = "files or parts of files left out because they cannot be read"
    EMPTY = "empty files or texts left out"
    ENCODING = "files, lines or rows left out because they are not valid Unicode"
    NUL = "files, lines or rows left out because they hold a NUL character"
    TOO_LARGE = "files, lines or rows left out because of their size"
    MALFORMED = "lines, rows or elements left out because they are not in the format"
    REPAIRED = "files read after repairing their markup"


@dataclass(frozen=True)
class Problem:
    """One problem. The message has positions, never text of a document.

    Attributes:
        kind: Its kind.
        path: The file.
        line: The line of the file, 1-based; 0 if unknown.
        message: What is wrong.
    """

    kind: Enum
    path: str | Path
    line: int
    message: str

    @property
    def place(self) -> str:
        """Where it is: the file, and the line if it is known."""
        return f"{self.path}, line {self.line}" if self.line else str(self.path)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "kind": self.kind.name.lower(),
            "path": str(self.path),
            "line": self.line,
            "message": self.message,
        }


class ProblemHandler(Protocol):
    """Says what becomes of a problem."""

    def add(self, kind: FileKind, path: str | Path, line: int, message: str) -> None:
        """Take note of a problem; the reader goes on behind it unless this raises an error.

        Args:
            kind: Its kind.
            path: The file.
            line: The line, 1-based; 0 if unknown.
            message: What is wrong: without content of the file, and without a full stop.
        """


class Strict(Generic[ErrorT]):
    """Makes an error of every problem.

    Args:
        error: Its type.
        remedy: What to do about it.
    """

    def __init__(self, error: type[ErrorT], remedy: str | None = None) -> None:
        self.error = error
        self.remedy = remedy

    def add(self, kind: Enum, path: str | Path, line: int, message: str) -> None:
        """Raise the error.

        Raises:
            InputError: Always.
        """
        raise self.error_of(path, line, message)

    def error_of(self, path: str | Path, line: int, message: str) -> ErrorT:
        """The error of a problem."""
        return self.error(f"{message}.", path=path, line=line or None, remedy=self.remedy)


STRICT = Strict(InputError)
TERMINOLOGY = Strict(TerminologyError, remedy="Get the file again, or take the line out.")
"""For sources of concepts."""


@dataclass
class Problems:
    """Counts problems, and keeps the first of each kind.

    Attributes:
        counts: How often each kind was met.
        first: The first few of each kind.
    """

    counts: Counter[Enum] = field(default_factory=Counter)
    first: dict[Enum, list[Problem]] = field(default_factory=dict)

    def add(self, kind: Enum, path: str | Path, line: int, message: str) -> None:
        """Count a problem."""
        self.counts[kind] += 1
        kept = self.first.setdefault(kind, [])
        if len(kept) < PLACES_KEPT:
            kept.append(Problem(kind, path, line, message))


class _Collector:
    def __init__(self) -> None:
        self.found: list[InputError] = []

    def add(self, kind: Enum, path: str | Path, line: int, message: str) -> None:
        self.found.append(InputError(f"{message}.", path=path, line=line or None))

    def take(self) -> Iterator[InputError]:
        found, self.found = self.found, []
        yield from found


def errors_in_place(read: Callable[[ProblemHandler], Iterator[T]]) -> Iterator[T | InputError]:
    """What a reader gives, and in place of what it cannot read an error, which is not raised.

    Args:
        read: Reads with the handler that it is given.
    """
    collector = _Collector()
    for item in read(collector):
        yield from collector.take()
        yield item
    yield from collector.take()
