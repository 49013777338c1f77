"""Tables of rules that users write: tab-separated, the names of the columns in the first row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from spacy_umlsbert.errors import InputError, UsageError, safe
from spacy_umlsbert.files.lines import read_lines

R = TypeVar("R")


def read_rule_table(
    path: str | Path,
    columns: Sequence[str],
    needed: int,
    make: Callable[..., R],
    problem_of: Callable[[R], str],
) -> list[R]:
    """The rules of a file. Lines that begin with ``#`` are comments.

    Args:
        path: The file.
        columns: The names of the columns.
        needed: How many of them each row needs: they come first, in this order.
        make: Makes a rule of the fields of a row, by the names of the columns.
        problem_of: Says what is wrong with a rule; nothing if it can be used.

    Raises:
        InputError: If a row cannot be used: the file, the line, and what to do.
    """
    header: list[str] = []
    first = list(columns[:needed])
    rules = []
    for line in read_lines(path):
        if not line.text.strip() or line.text.startswith("#"):
            continue
        fields = [field.strip() for field in line.text.split("\t")]
        if not header:
            header = fields
            if header[:needed] != first or not set(header) <= set(columns):
                count = {1: "first", 2: "first two"}.get(needed, f"first {needed}")
                raise InputError(
                    "the first row has not the names of the columns.",
                    path=path,
                    line=safe(line.number),
                    remedy=f"Write {safe(', '.join(columns))}, with tabs between; "
                    f"the {safe(count)} must be.",
                )
            continue
        values = {name: field for name, field in zip(header, fields, strict=False) if field}
        problem = "there are more fields than columns" if len(fields) > len(header) else ""
        if not set(first) <= set(values):
            problem = f"there is no {', or no '.join(first)}"
        if not problem:
            rule = make(**values)
            rules.append(rule)
            problem = problem_of(rule)
        if problem:
            remedy = "Correct the row, or take it out."
            raise InputError(f"{safe(problem)}.", path=path, line=safe(line.number), remedy=remedy)
    return rules


def rule_of_row(
    row: R | Mapping[str, str] | Sequence[str],
    make: Callable[..., R],
    problem_of: Callable[[R], str],
    name: str,
    needs: str,
) -> R:
    """A rule from what a user writes in Python: a rule, a mapping, or the fields of a row.

    Args:
        row: The rule, the mapping or the fields.
        make: Makes a rule of its fields.
        problem_of: Says what is wrong with a rule; nothing if it can be used.
        name: What a rule is called in messages.
        needs: Its fields, as words.

    Raises:
        UsageError: If it cannot be used.
    """
    fields: Any = row
    try:
        rule = make(**fields) if isinstance(row, Mapping) else make(*fields)
    except TypeError:
        raise UsageError(f"{safe(name)} needs {safe(needs)}.") from None
    if problem := problem_of(rule):
        raise UsageError(f"{safe(name)} cannot be used: {safe(problem)}.")
    return rule
