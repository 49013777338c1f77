"""Lists and tables that are part of this package."""

from __future__ import annotations

from importlib import resources


def package_lines(package: str, name: str) -> list[str]:
    """The lines of a text file of a package, without empty ones and those that begin with ``#``.

    Args:
        package: The package, such as ``__package__``.
        name: The file.
    """
    text = resources.files(package).joinpath(name).read_text("utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def package_rows(package: str, name: str) -> list[list[str]]:
    """The fields of each line of a tab-separated table of a package."""
    return [line.split("\t") for line in package_lines(package, name)]


def package_table(package: str, name: str) -> list[dict[str, str]]:
    """The rows of a tab-separated table of a package, by the names in its header."""
    header, *rows = package_rows(package, name)
    return [dict(zip(header, row, strict=True)) for row in rows]


def package_words(package: str, name: str) -> frozenset[str]:
    """The words of a list of a package, any number a line."""
    return frozenset(word for line in package_lines(package, name) for word in line.split())
