"""The FDA's list of substances and their names (UNII), of which the medicines are taken.

The list has a name a line: the name, its kind (``of`` official, ``bn`` brand, ``cn`` common, ``cd``
code, ``sys`` systematic), the substance's identifier and its display name. A name may end in the
list it comes from: "METFORMIN [USAN]". Most of the 160,000 substances are reagents, plants and
ingredients of cosmetics; medicines are those that a list of medicines names.

Source: https://precision.fda.gov/uniisearch/archive (in the public domain).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.streams import require_file
from spacy_umlsbert.files.tables import refuse_duplicates
from spacy_umlsbert.umls.sources.base import CODES, DEFINITIONS, NAMES, PARENTS, TYPES
from spacy_umlsbert.umls.sources.concepts import check_types, to_table
from spacy_umlsbert.umls.sources.delimited import DelimitedFile
from spacy_umlsbert.umls.sources.everyday import everyday_words

LICENSE = "public domain (US government work)"
VOCABULARY = "MTHSPL"  # as the UMLS calls it
COLUMNS = ("Name", "TYPE", "UNII", "Display Name")

MEDICINES = (
    "VANDF",
    "ORANGE BOOK",
    "PURPLE BOOK CDER",
    "INN",
    "USAN",
    "JAN",
    "EMA EPAR",
    "MART.",
)
"""Lists of medicines: the Veterans Affairs' national drug file, the FDA's approved drugs and
biologicals, the names that the WHO, the USA and Japan have given to medicines, those approved in
Europe, and Martindale's reference."""

_LIST = re.compile(r" \[([A-Z][^\[\]]*)\]$")
_OF_A_COMBINATION = " COMPONENT "
FOODS = ("LANGUAL",)
"""Lists of foods (LanguaL): what one names is a food, unless it is a medicine in the FDA's or WHO's
lists too."""

_SURELY_MEDICINES = ("ORANGE BOOK", "PURPLE BOOK CDER", "INN", "USAN")
_FOOD = "T168"

# What nobody writes in a note: structures, impurities, names in Latin and the like.
_NOT_WRITTEN = re.compile(
    r"[{}()]|[A-Z\d],[A-Z\d]|\.(?:ALPHA|BETA|GAMMA|DELTA)\.|, .*-$|, .*,|IMPURITY|^FOOD - "
    r"|^(?:INS|EC|FEMA|DEA) (?:NO)?"
    # Vertebrae, numbers of births and the like ("C3", "G4"); a Greek letter alone.
    r"|^[A-Z][ -]?\d{1,2}$|^(?:ALPHA|BETA|GAMMA|DELTA)[ -]?\d*$"
)
# A code has three digits ("A-33547"), or two letters and two digits ("TMX-67").
_CODE = re.compile(r"(?=(?:.*\d){3}|(?=(?:.*[A-Z]){2})(?:.*\d){2})")
_LONGEST = 60
_RANKS = {"of": 1, "bn": 2, "cn": 3, "cd": 4}
_MAY_BE_ACRONYM = 5


class UniiMedicines:
    """The medicines of the FDA's list of names, a concept for each substance (``UNII:9100L32L2N``).

    Names are in capitals in the list. Ingredients become small letters ("metformin"), brands get
    capital initials ("Accutane"), codes and short names that no longer name contains ("APAP") stay.
    A name that is an everyday word ("Today", "cream") is left out, unless it is the
    display name ("water").
    A salt has the substance it is a salt of as its parent ("morphine sulfate", "morphine"). A brand
    of several substances ("PERCOCET COMPONENT ACETAMINOPHEN") is a name of each of them.

    Args:
        path: The file (``UNII_Names.txt``), which may be compressed.
        lists: Substances are taken that one of these lists names.
        default_types: TUIs for the concepts, where no other source states any; foods have that of
            foods.

    Raises:
        TerminologyError: If the file is missing; and later, while reading, if it is damaged.
    """

    def __init__(
        self,
        path: str | Path,
        lists: Sequence[str] = MEDICINES,
        default_types: Sequence[str] = ("T121",),
    ) -> None:
        check_types(default_types)
        self.path = require_file(path, TERMINOLOGY)
        self._file = DelimitedFile([self.path], "\t")
        self.lists = list(lists)
        self.default_types = list(default_types)
        self._names: list[tuple[str, str, int]] | None = None
        self._display: dict[str, str] = {}
        self._foods: frozenset[str] = frozenset()

    def describe(self) -> dict[str, Any]:
        """The file and the choices made."""
        return {
            "kind": "unii",
            "title": "Names of substances (UNII) of the FDA",
            "files": [self.path.name],
            "license": LICENSE,
            "lists": self.lists,
            "default_types": self.default_types,
        }

    def names(self) -> Iterator[pa.Table]:
        """Display names first, then official names, brands, common names and codes."""
        yield to_table([(_id(unii), name, rank) for unii, name, rank in self._read()], NAMES)

    def types(self) -> Iterator[pa.Table]:
        """The default types, or that of foods, as assumed."""
        self._read()
        rows = [
            (_id(unii), tui, 1)
            for unii in self._display
            for tui in ((_FOOD,) if unii in self._foods else self.default_types)
        ]
        yield to_table(rows, TYPES)

    def definitions(self) -> Iterator[pa.Table]:
        """None."""
        yield DEFINITIONS.empty_table()

    def parents(self) -> Iterator[pa.Table]:
        """The substance of each salt, known by the first words of its name."""
        self._read()
        of_name = {name: unii for unii, name in self._display.items()}
        rows = []
        for unii, name in self._display.items():
            words = name.split()
            for end in range(len(words) - 1, 0, -1):
                above = of_name.get(" ".join(words[:end]))
                if above is not None:
                    rows.append((_id(unii), _id(above)))
                    break
        yield to_table(rows, PARENTS)

    def codes(self) -> Iterator[pa.Table]:
        """The identifiers."""
        self._read()
        rows = [
            (_id(unii), VOCABULARY, unii, "exact", "PT", name)
            for unii, name in self._display.items()
        ]
        yield to_table(rows, CODES)

    def _read(self) -> list[tuple[str, str, int]]:
        """Substance, name and rank of each name; and the display names."""
        if self._names is None:
            table = self._medicines()
            whole = self._words_of_longer_names(table["Display Name"])
            display = dict(
                zip(table["UNII"].to_pylist(), table["Display Name"].to_pylist(), strict=True)
            )
            self._display = {
                unii: written(name, "of", whole) for unii, name in display.items() if unii
            }
            words = everyday_words()
            names = [(unii, name, 0) for unii, name in self._display.items()]
            columns = (table[column].to_pylist() for column in COLUMNS[:3])
            for listed, kind, unii in zip(*columns, strict=True):
                brand = kind == "bn" or _OF_A_COMBINATION in listed
                name = _LIST.sub("", listed.partition(_OF_A_COMBINATION)[0])
                if kind in _RANKS and is_written(name, kind) and name.lower() not in words:
                    names.append(
                        (unii, written(name, "bn" if brand else kind, whole), _RANKS[kind])
                    )
            if not names:
                raise TerminologyError(
                    "has no medicines.", path=self.path, remedy="Give the list of names of the FDA."
                )
            self._names = list(dict.fromkeys(names))  # several lists name a substance alike
        return self._names

    def _medicines(self) -> pa.Table:
        """The rows of the substances that a list of medicines names."""
        table = self._table()
        lists = pc.extract_regex(table["Name"], pattern=r" \[(?P<list>[A-Z][^\[\]]*)\]$")
        lists = pc.struct_field(lists, "list")

        def named(by: Sequence[str]) -> pa.Array:
            rows = pc.fill_null(pc.is_in(lists, value_set=pa.array(by, pa.string())), False)
            return pc.unique(table["UNII"].filter(rows))

        medicines = {*named(_SURELY_MEDICINES).to_pylist()}
        self._foods = frozenset(named(FOODS).to_pylist()) - medicines
        return table.filter(pc.is_in(table["UNII"], value_set=named(self.lists)))

    def _table(self) -> pa.Table:
        header = self._file.header()
        refuse_duplicates(header, self.path, 1, TERMINOLOGY)
        missing = [column for column in COLUMNS if column not in header]
        if missing:
            raise TERMINOLOGY.error_of(self.path, 1, f"no column {', '.join(missing)}")
        parts = self._file.read(header, COLUMNS, header=True)
        none = pa.schema([(column, pa.string()) for column in COLUMNS]).empty_table()
        return pa.concat_tables([none, *parts])

    @staticmethod
    def _words_of_longer_names(names: pa.ChunkedArray) -> frozenset[str]:
        """The words of names of several words, which are no acronyms."""
        distinct = pc.unique(names)
        several = distinct.filter(pc.match_substring(distinct, " "))
        words = pc.list_flatten(pc.split_pattern(several, " "))
        return frozenset(pc.unique(words).to_pylist())


def is_written(name: str, kind: str = "of") -> bool:
    """Whether somebody may write a name in a note.

    Args:
        name: The name, in capitals.
        kind: Its kind: ``of``, ``bn``, ``cn`` or ``cd``.
    """
    if kind == "cd" and _CODE.match(name) is None:
        return False
    return 2 < len(name) <= _LONGEST and _NOT_WRITTEN.search(name) is None


def written(name: str, kind: str, words: frozenset[str]) -> str:
    """A name as it stands in a sentence.

    Args:
        name: The name, in capitals.
        kind: Its kind: ``of``, ``bn``, ``cn`` or ``cd``.
        words: Words that are no acronyms.
    """
    if kind == "cd":
        return name
    if kind == "bn":
        return " ".join(word.capitalize() if len(word) > 3 else word for word in name.split())
    if kind == "cn" and name.isalpha() and len(name) <= _MAY_BE_ACRONYM and name not in words:
        return name
    return name.lower()


def _id(unii: str) -> str:
    return f"UNII:{unii}"
