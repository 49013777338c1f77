"""Rules that users write: tables of them, tab-separated with a header, and rows in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from spacy_umlsbert.errors import InputError, UsageError, UsageTypeError, safe
from spacy_umlsbert.files.lines import read_lines

R = TypeVar("R")
PathOrPaths = str | Path | Sequence[str | Path] | None
"""What a setting holds that names files of rules."""


@dataclass(frozen=True)
class RuleKind(Generic[R]):
    """A kind of rules: how one is made, and when it can be used.

    Attributes:
        make: Makes a rule of its fields, by the names of the columns.
        columns: The names of the columns, which are the keys in Python too.
        problem_of: Says what is wrong with a rule; nothing if it can be used.
        needed: How many columns each row needs: they come first, in this order.
        name: What one is called in messages.
    """

    make: Callable[..., R]
    columns: tuple[str, ...]
    problem_of: Callable[[R], str]
    needed: int = 2
    name: str = "rule"

    def rules(self, rows: Any) -> list[R]:
        """Rules from what a user writes in Python; see `rule`.

        Raises:
            UsageError: If one cannot be used: which, and why.
        """
        return [self.rule(row, number) for number, row in enumerate(rows_of(rows), 1)]

    def rule(self, row: Any, number: int, name: str = "") -> R:
        """A rule from what a user writes in Python: a rule, a dict, or the fields of a row.

        Args:
            row: The rule, the dict or the fields.
            number: Which of the rules that are given it is.
            name: What it is called in messages, if not as others of the kind.

        Raises:
            UsageError: If it cannot be used: which, and why.
        """
        where = f"{name or self.name} {number}"
        if problem := self._problem_of_row(row):
            first, more = self.columns[: self.needed], self.columns[self.needed :]
            raise UsageError(
                f"{safe(where)}: {safe(problem)}. It needs {safe(' and '.join(first))}, and may "
                f"have {safe(', '.join(more))}."
            )
        rule = self.make(**row) if isinstance(row, Mapping) else self.make(*row)
        if problem := self.problem_of(rule):
            raise UsageError(f"{safe(where)}: {safe(problem)}.")
        return rule

    def _problem_of_row(self, row: Any) -> str:
        if isinstance(row, Mapping):
            unknown = [str(key) for key in row if key not in self.columns]
            if unknown:
                return f"it has the key {unknown[0]}, which no such rule has"
            values = dict(row)
        elif isinstance(row, str | bytes) or not isinstance(row, Sequence):
            return "it is neither a dict nor a list of fields"
        elif len(row) > len(self.columns):
            return "it has too many fields"
        else:
            values = dict(zip(self.columns, row, strict=False))
        missing = [name for name in self.columns[: self.needed] if name not in values]
        if missing:
            return f"it has no {missing[0]}"
        odd = [name for name, value in values.items() if not isinstance(value, str)]
        return f"its {odd[0]} is no string" if odd else ""


def rows_of(rows: Any) -> list[Any]:
    """The rows that a user gives, of which there may be one alone.

    Raises:
        UsageTypeError: If there are none.
    """
    if isinstance(rows, Mapping) or hasattr(rows, "_fields"):
        return [rows]
    if isinstance(rows, str | bytes) or not isinstance(rows, Iterable):
        raise UsageTypeError("rules are a list of dicts, or the path of a file.")
    return list(rows)


def is_path(rules: Any) -> bool:
    """Whether what is given as rules is a file of them."""
    return isinstance(rules, str | Path)


def paths_of(files: PathOrPaths) -> list[Path]:
    """The files that a setting names: none, one or several."""
    if files is None:
        return []
    return [Path(one) for one in ([files] if isinstance(files, str | Path) else files)]


def missing_of(files: PathOrPaths) -> Path | None:
    """The first of the files that a setting names that is not there."""
    return next((path for path in paths_of(files) if not path.exists()), None)


def read_rule_table(path: str | Path, *kinds: RuleKind[R]) -> list[R]:
    """The rules of a file. Lines that begin with ``#`` are comments.

    Args:
        path: The file.
        *kinds: The kinds of rules it may have; the first column tells which.

    Raises:
        InputError: If a row cannot be used: the file, the line, and what to do.
    """
    header: list[str] = []
    kind = kinds[0]
    rules = []
    for line in read_lines(path):
        if not line.text.strip() or line.text.startswith("#"):
            continue
        fields = [field.strip() for field in line.text.split("\t")]
        if not header:
            header = fields
            kind = next((one for one in kinds if one.columns[0] == header[0]), kind)
            needed = kind.columns[: kind.needed]
            if tuple(header[: kind.needed]) != needed or not set(header) <= set(kind.columns):
                ways = ", or ".join(", ".join(one.columns) for one in kinds)
                count = {1: "first", 2: "first two"}.get(kind.needed, f"first {kind.needed}")
                raise InputError(
                    "the first row has not the names of the columns.",
                    path=path,
                    line=safe(line.number),
                    remedy=f"Write {safe(ways)}, with tabs between; the {safe(count)} must be.",
                )
            continue
        values = {name: field for name, field in zip(header, fields, strict=False) if field}
        first = kind.columns[: kind.needed]
        problem = "there are more fields than columns" if len(fields) > len(header) else ""
        if not set(first) <= set(values):
            problem = f"there is no {', or no '.join(first)}"
        if not problem:
            rule = kind.make(**values)
            rules.append(rule)
            problem = kind.problem_of(rule)
        if problem:
            remedy = "Correct the row, or take it out."
            raise InputError(f"{safe(problem)}.", path=path, line=safe(line.number), remedy=remedy)
    return rules
