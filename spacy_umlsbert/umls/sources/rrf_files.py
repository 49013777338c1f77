"""Files in Rich Release Format: found whole, compressed or in parts, and read as Arrow tables.

The columns are those of the UMLS Reference Manual (chapter 3, "Metathesaurus - Rich Release
Format"). The UMLS ships its large files in compressed parts (``MRCONSO.RRF.aa.gz``,
``MRCONSO.RRF.ab.gz`` …), which are read one after the other as one file; a part may end in the
middle of a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from string import ascii_lowercase

import pyarrow as pa

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.umls.sources.delimited import DelimitedFile

COLUMNS = {
    "MRCONSO.RRF": (
        "CUI LAT TS LUI STT SUI ISPREF AUI SAUI SCUI SDUI SAB TTY CODE STR SRL SUPPRESS CVF"
    ).split(),
    "MRSTY.RRF": "CUI TUI STN STY ATUI CVF".split(),
    "MRDEF.RRF": "CUI AUI ATUI SATUI SAB DEF SUPPRESS CVF".split(),
    "MRREL.RRF": (
        "CUI1 AUI1 STYPE1 REL CUI2 AUI2 STYPE2 RELA RUI SRUI SAB SL RG DIR SUPPRESS CVF"
    ).split(),
}

_PART_NAMES = ["".join(letters) for letters in product(ascii_lowercase, repeat=2)]


class RrfFile:
    """One of the files of a release.

    Args:
        name: Its name ("MRCONSO.RRF").
        parts: The files that hold it: one, or its parts in order.
    """

    def __init__(self, name: str, parts: list[Path]) -> None:
        self.name = name
        self.parts = parts
        self._table = DelimitedFile(parts, "|", closes=True)

    @classmethod
    def find(cls, directory: Path, name: str) -> RrfFile | None:
        """The file of this name in a folder: as it is, ``.gz``, or in parts; None if there is none.

        Raises:
            TerminologyError: If one of its parts is missing or there twice.
        """
        for path in (directory / name, directory / f"{name}.gz"):
            if path.is_file():
                return cls(name, [path])
        pattern = re.compile(rf"{re.escape(name)}\.([a-z]{{2}})(?:\.gz)?")
        found: dict[str, Path] = {}
        for path in sorted(directory.glob(f"{name}.*")):
            match = pattern.fullmatch(path.name)
            if match is None or not path.is_file():
                continue
            if match[1] in found:
                raise TerminologyError(
                    "is there twice, compressed and not.", path=path, remedy="Remove one of them."
                )
            found[match[1]] = path
        for part, (letters, path) in zip(_PART_NAMES, sorted(found.items()), strict=False):
            if part != letters:
                missing = directory / path.name.replace(f"{name}.{letters}", f"{name}.{part}")
                raise TerminologyError(
                    f"there is no such file, but {path.name} is there.",
                    path=missing,
                    remedy="Get the missing part again: all parts of a file are needed, in order.",
                )
        return cls(name, [found[letters] for letters in sorted(found)]) if found else None

    @property
    def path(self) -> Path:
        """The file, or its first part."""
        return self.parts[0]

    @property
    def file_names(self) -> list[str]:
        """The names of the file, or of its parts."""
        return [part.name for part in self.parts]

    def read(self, wanted: list[str]) -> Iterator[pa.Table]:
        """The wanted columns, as strings, block by block.

        Raises:
            TerminologyError: If it is damaged; it names the line.
        """
        return self._table.read(COLUMNS[self.name], wanted)

    def first_bad_line(
        self, is_bad: Callable[[list[bytes]], bool], otherwise: str
    ) -> TerminologyError:
        """An error that names the first bad line.

        Args:
            is_bad: Whether a line is bad whose columns are sound, by these.
            otherwise: What is wrong with such a line, or with the file if no line is bad.
        """
        return self._table.first_bad_line(len(COLUMNS[self.name]), is_bad, otherwise)
