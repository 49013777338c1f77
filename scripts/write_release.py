"""Write the demo terminology in UMLS's Rich Release Format.

Reads `assets/umls/concepts.tsv`, the one place where the terminology is edited, and writes
MRCONSO.RRF, MRSTY.RRF and MRDEF.RRF. The same table always gives the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from spacy_umlsbert.umls import TerminologyError, semantic_type

ASSETS = Path(__file__).resolve().parent.parent / "assets" / "umls"
COLUMNS = (
    "cui",
    "tuis",
    "role",
    "name",
    "synonyms",
    "abbreviations",
    "lay_names",
    "definition",
    "evidence",
)
ROLES = ("problem", "test", "treatment", "drug", "anatomy", "other")
SOURCE = "UMLSBERT-DEMO"
_CUI = re.compile(r"C\d{7}")
_EDIT = "Edit the table by hand; assets/umls/README.md describes its columns."


@dataclass(frozen=True, slots=True)
class Row:
    """One concept: a line of the table."""

    line: int
    cui: str
    tuis: tuple[str, ...]
    role: str
    name: str
    synonyms: tuple[str, ...]
    abbreviations: tuple[str, ...]
    lay_names: tuple[str, ...]
    definition: str
    evidence: tuple[str, ...]

    def names(self) -> list[tuple[str, str]]:
        """Every name with its term type (TTY), the preferred one first."""
        return [
            (self.name, "PT"),
            *((name, "SY") for name in self.synonyms),
            *((name, "AB") for name in self.abbreviations),
            *((name, "CMN") for name in self.lay_names),
        ]


def read_table(path: Path) -> list[Row]:
    """Read and check the table of concepts.

    Raises:
        TerminologyError: If it cannot be used; names the file, the line and what is wrong.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TerminologyError("cannot be read as UTF-8 text.", path=path) from error
    if lines[0].split("\t") != list(COLUMNS):
        remedy = f"Its columns are {', '.join(COLUMNS)}, with tabs between."
        raise TerminologyError("wrong header.", path=path, line=1, remedy=remedy)
    if lines[-1]:
        raise TerminologyError("the last line has no end of line.", path=path, line=len(lines))
    rows: list[Row] = []
    line_of: dict[str, int] = {}
    for number, text in enumerate(lines[1:-1], start=2):
        cells = text.split("\t")
        problem = _problem(cells)
        if problem is None and cells[0] in line_of:
            problem = f"the CUI is that of line {line_of[cells[0]]}."
        if problem is not None:
            raise TerminologyError(problem, path=path, line=number, remedy=_EDIT)
        line_of[cells[0]] = number
        rows.append(_row(number, cells))
    return rows


def _row(number: int, cells: list[str]) -> Row:
    cui, tuis, role, name, synonyms, abbreviations, lay_names, definition, evidence = cells
    return Row(
        line=number,
        cui=cui,
        tuis=tuple(tuis.split("|")),
        role=role,
        name=name,
        synonyms=_values(synonyms),
        abbreviations=_values(abbreviations),
        lay_names=_values(lay_names),
        definition=definition,
        evidence=_values(evidence),
    )


def _values(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(" | ")) if cell else ()


def _problem(cells: list[str]) -> str | None:
    """What is wrong with the cells of a line, None if nothing is."""
    if len(cells) != len(COLUMNS):
        return f"{len(cells)} columns instead of {len(COLUMNS)}."
    row = _row(0, cells)
    names = [name for name, _ in row.names()]
    values = [*names, *row.evidence, row.definition]
    checks = [
        (_CUI.fullmatch(row.cui), "the CUI is not a C with seven digits."),
        (list(row.tuis) == sorted(set(row.tuis)), "the TUIs are not sorted, or one is repeated."),
        (row.role in ROLES, f"the role is none of {', '.join(ROLES)}."),
        (row.name and row.evidence, "name and evidence must not be empty."),
        (
            all(v == " ".join(v.split()) and "|" not in v for v in values) and all(names),
            "an empty value, a space too many, or a '|' without a space on both sides.",
        ),
        (len({n.lower() for n in names}) == len(names), "a name is given twice."),
    ]
    for passed, problem in checks:
        if not passed:
            return problem
    try:
        for tui in row.tuis:
            semantic_type(tui)
    except TerminologyError as error:
        return error.problem
    return None


class Identifiers:
    """Term, string, atom and attribute identifiers: a letter code and a hash of what they name."""

    def __init__(self) -> None:
        self._named: dict[str, tuple[str, ...]] = {}

    def make(self, prefix: str, *parts: str) -> str:
        """The identifier of these parts; two different things never get the same one.

        Raises:
            TerminologyError: If the hashes of two things collide.
        """
        digest = hashlib.sha256("\x1f".join((prefix, *parts)).encode()).digest()
        identifier = f"{prefix}{int.from_bytes(digest[:8], 'big') % 10**10:010d}"
        if self._named.setdefault(identifier, parts) != parts:
            raise TerminologyError(f"{identifier} would name two things: lengthen the hash.")
        return identifier


def mrconso(rows: list[Row]) -> Iterator[str]:
    """The lines of MRCONSO.RRF: one for each name."""
    ids = Identifiers()
    for row in sorted(rows, key=lambda row: row.cui):
        for rank, (name, term_type) in enumerate(row.names()):
            fields = [
                row.cui,
                "ENG",
                "S" if rank else "P",
                ids.make("L", name.lower()),
                "PF",
                ids.make("S", name),
                "Y",
                ids.make("A", row.cui, name),
                "",
                row.cui,
                "",
                SOURCE,
                term_type,
                row.cui,
                name,
                "0",
                "N",
                "",
            ]
            yield _line(fields)


def mrsty(rows: list[Row]) -> Iterator[str]:
    """The lines of MRSTY.RRF: one for each semantic type of each concept."""
    ids = Identifiers()
    for row in sorted(rows, key=lambda row: row.cui):
        for tui in row.tuis:
            found = semantic_type(tui)
            attribute = ids.make("AT", row.cui, tui)
            yield _line([row.cui, tui, found.tree_number, found.name, attribute, ""])


def mrdef(rows: list[Row]) -> Iterator[str]:
    """The lines of MRDEF.RRF: one for each definition, attached to the preferred name's atom."""
    ids = Identifiers()
    for row in sorted(rows, key=lambda row: row.cui):
        if row.definition:
            atom = ids.make("A", row.cui, row.name)
            attribute = ids.make("AT", row.cui, "definition")
            yield _line([row.cui, atom, attribute, "", SOURCE, row.definition, "N", ""])


def _line(fields: list[str]) -> str:
    return "|".join([*fields, "\n"])


def write_release(rows: list[Row], directory: Path) -> list[Path]:
    """Write the three files into a directory, which is made if it does not exist."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name, lines in (("MRCONSO", mrconso), ("MRSTY", mrsty), ("MRDEF", mrdef)):
        path = directory / f"{name}.RRF"
        path.write_bytes("".join(lines(rows)).encode())
        written.append(path)
    return written


def main(
    table: Annotated[Path, typer.Argument()] = ASSETS / "concepts.tsv",
    output: Annotated[Path, typer.Argument()] = ASSETS / "META",
) -> None:
    """Write MRCONSO.RRF, MRSTY.RRF and MRDEF.RRF of TABLE into OUTPUT."""
    try:
        rows = read_table(table)
        for path in write_release(rows, output):
            typer.echo(f"{path}: {path.read_text('utf-8').count(chr(10))} lines")
    except (TerminologyError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    typer.run(main)
