"""The names of an index: each distinct one once, with all its concepts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from ...umls import KnowledgeBase
from ...umls.hashing import hash_piece
from ...umls.storage import Files, write_array, write_table
from ..known_mentions import KnownMention
from ..name_table import placed_names
from ..names import NameNormalizer

FILE = "names.arrow"
_HASHES, _ORDER = "name_hashes.npy", "name_order.npy"
SCHEMA = pa.schema(
    [
        ("written", pa.string()),
        ("name", pa.string()),
        ("concept_ids", pa.list_(pa.string())),
    ]
)


@dataclass
class IndexedNames:
    """Distinct names.

    Attributes:
        written: (names,) each as the knowledge base or the corpus writes it.
        names: (names,) as they are compared: see `NameNormalizer`.
        concept_ids: (names,) the concepts of each: those known from a corpus first, the most
            frequent before the others, then those of the knowledge base: the one first whose
            list of names has it first.
        of_concepts: For each concept of the knowledge base the rows of its names.
        n_known: How many of the first names are known from a corpus.
    """

    written: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    concept_ids: list[list[str]] = field(default_factory=list)
    of_concepts: list[list[int]] = field(default_factory=list)
    n_known: int = 0

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def gather(cls, kb: KnowledgeBase, known: Iterable[KnownMention]) -> IndexedNames:
        """The known mentions of concepts of a knowledge base, and its names."""
        result, normalize, rows = cls(), NameNormalizer(), dict[str, int]()
        places: list[list[int]] = []

        def add(written: str, concept_id: str, place: int) -> int | None:
            name = normalize(written)
            if not name:
                return None
            row = rows.setdefault(name, len(rows))
            if row == len(result):
                result.written.append(written)
                result.names.append(name)
                result.concept_ids.append([])
                places.append([])
            if concept_id not in result.concept_ids[row]:
                result.concept_ids[row].append(concept_id)
                places[row].append(place)
            return row

        for mention in known:
            for concept_id in mention.ids:
                if concept_id in kb:
                    add(mention.mention, concept_id, -1)
        result.n_known = len(result)
        for place, name, concept_id in placed_names(kb):
            if place == 0:
                result.of_concepts.append([])
            if (row := add(name, concept_id, place)) is not None:
                result.of_concepts[-1].append(row)
        for row, ids in enumerate(result.concept_ids):
            if len(ids) > 1:
                order = sorted(range(len(ids)), key=places[row].__getitem__)
                result.concept_ids[row] = [ids[i] for i in order]
        return result

    def write(self, directory: Path) -> None:
        """Write the files that `OpenedNames` reads."""
        columns = [self.written, self.names, self.concept_ids]
        arrays = [pa.array(c, t) for c, t in zip(columns, SCHEMA.types, strict=True)]
        write_table(directory, FILE, pa.Table.from_arrays(arrays, schema=SCHEMA))
        hashes = np.fromiter((_hash(name) for name in self.names), dtype=np.uint64)
        order = np.argsort(hashes, kind="stable")
        write_array(directory, _HASHES, hashes[order])
        write_array(directory, _ORDER, order.astype(np.int64))


class OpenedNames:
    """The names of an index, read when they are asked for."""

    def __init__(self, files: Files) -> None:
        table = files.table(FILE, SCHEMA)
        self._columns = [table[name].combine_chunks() for name in SCHEMA.names]
        self._order = files.array(_ORDER, np.int64)
        self._hashes = files.array(_HASHES, np.uint64)

    def __len__(self) -> int:
        return len(self._columns[0])

    def written(self, row: int) -> str:
        """A name as the knowledge base writes it."""
        return str(self._columns[0][row].as_py())

    def name(self, row: int) -> str:
        """A name as it is compared."""
        return str(self._columns[1][row].as_py())

    def concept_ids(self, row: int) -> list[str]:
        """The concepts of a name."""
        return list(self._columns[2][row].as_py())

    def find(self, name: str) -> int | None:
        """The row of a name, as it is compared; None if there is none."""
        wanted = _hash(name)
        at = int(np.searchsorted(self._hashes, wanted))
        while at < len(self._hashes) and self._hashes[at] == wanted:
            row = int(self._order[at])
            if self.name(row) == name:
                return row
            at += 1
        return None


def _hash(name: str) -> np.uint64:
    return np.uint64(hash_piece(name))
