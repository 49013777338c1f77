"""Errors that a user can act on: what is wrong, where, and what to do about it.

None of their messages holds text of a document; `tests/test_messages.py` checks that.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class SafeError(Exception):
    """An error whose message holds no text of a document.

    The package raises no others: what it raises passes the guard (`spacy_umlsbert.guard`) as it is.
    """


class InputError(SafeError, ValueError):
    """A file or directory that cannot be used.

    The message names the file, the line where there is one, and the remedy. It never quotes the
    content of a line.

    Attributes:
        problem: What is wrong.
        path: The file or directory at fault, if any.
        line: The 1-based line number in ``path``, if any.
        remedy: What to do about it, if anything general can be said.
    """

    def __init__(
        self,
        problem: str,
        *,
        path: str | Path | None = None,
        line: int | None = None,
        remedy: str | None = None,
    ) -> None:
        self.problem = problem
        self.path = None if path is None else Path(path)
        self.line = line
        self.remedy = remedy
        where = "" if path is None else f"{path}: "
        if line is not None:
            where = f"{path}, line {line}: "
        super().__init__(f"{where}{problem}{f' {remedy}' if remedy else ''}")

    def __reduce__(self) -> tuple:
        """Keep the keyword arguments when the error crosses a process boundary."""
        return _rebuild, (type(self), self.problem, self.path, self.line, self.remedy)


class UnexpectedError(InputError):
    """An error of a library, or of this package, without its own text, which may quote a document.

    Attributes:
        kind: The name of its class.
        places: Where it was raised: the innermost call last.
    """

    kind: str = "Exception"
    places: tuple[str, ...] = ()

    def __reduce__(self) -> tuple:
        """Keep kind and places too."""
        return (*super().__reduce__(), {"kind": self.kind, "places": self.places})


class TerminologyError(InputError):
    """A release, a source file or a knowledge base that cannot be used."""


class UsageError(SafeError, ValueError):
    """A setting or an argument that cannot be used, or a component that is not ready for use."""


class UsageTypeError(UsageError, TypeError):
    """An argument of the wrong type."""


class UnknownConceptError(SafeError, KeyError):
    """A concept id that is not in the knowledge base."""

    def __init__(self, concept_id: str, knowledge_base: str) -> None:
        self.concept_id = concept_id
        self.knowledge_base = knowledge_base
        super().__init__(concept_id, knowledge_base)

    def __str__(self) -> str:
        return f"concept {self.concept_id!r} is not in the knowledge base {self.knowledge_base!r}"


class MissingPackageError(SafeError, ModuleNotFoundError):
    """A package that is not installed, and that something needs which was asked for.

    Attributes:
        what: What needs it.
        name: The package, as it is imported.
        install: The command that installs it.
    """

    def __init__(self, what: str, package: str, install: str) -> None:
        self.what = what
        self.install = install
        super().__init__(
            f"{what} needs the package {package}, which is not installed. Install it with: "
            f"{install}",
            name=package,
        )

    def __reduce__(self) -> tuple:
        """Keep the parts when the error crosses a process boundary."""
        return type(self), (self.what, self.name, self.install)


def safe(value: T) -> T:
    """Mark what stands in a message as something that cannot be text of a document.

    Names of settings, components, columns, files and labels of a config are such; what was read
    from a note, and what a library says in an error, is not. The test of messages asks for the
    mark where it cannot tell by itself.
    """
    return value


def _rebuild(
    cls: type[InputError], problem: str, path: Path | None, line: int | None, remedy: str | None
) -> InputError:
    return cls(problem, path=path, line=line, remedy=remedy)
