"""Errors that a user can act on: what is wrong, where, and what to do about it."""

from __future__ import annotations

import traceback
from pathlib import Path


class InputError(ValueError):
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


class TerminologyError(InputError):
    """A release, a source file or a knowledge base that cannot be used."""


class UnknownConceptError(KeyError):
    """A concept id that is not in the knowledge base."""

    def __init__(self, concept_id: str, knowledge_base: str) -> None:
        self.concept_id = concept_id
        self.knowledge_base = knowledge_base
        super().__init__(concept_id, knowledge_base)

    def __str__(self) -> str:
        return f"concept {self.concept_id!r} is not in the knowledge base {self.knowledge_base!r}"


class MissingPackageError(ModuleNotFoundError):
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


def _rebuild(
    cls: type[InputError], problem: str, path: Path | None, line: int | None, remedy: str | None
) -> InputError:
    return cls(problem, path=path, line=line, remedy=remedy)


def kind_and_place(error: BaseException) -> str:
    """What kind of error it is, and where it was raised: not its text, which may quote a note."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place
