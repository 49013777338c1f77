"""The names of an index: each distinct one once, with all its concepts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from spacy_umlsbert.files.storage import Files, write_array, write_table
from spacy_umlsbert.linking.known_mentions import KnownMention
from spacy_umlsbert.linking.name_normalizer import NameNormalizer
from spacy_umlsbert.linking.name_table import placed_names
from spacy_umlsbert.umls import KnowledgeBase
from spacy_umlsbert.umls.matching.hashing import hash_subtoken

FILE = "names.arrow"
_HASHES, _ORDER = "name_hashes.npy", "name_order.npy"
SCHEMA = pa.schema(
    [
        ("written", pa.string()),
        ("name", pa.string()),
        ("concepts", pa.list_(pa.int32())),
    ]
)


@dataclass
class IndexedNames:
    """Distinct names.

    Attributes:
        written: (names,) each as the knowledge base or the corpus writes it.
        names: (names,) as they are compared: see `NameNormalizer`.
        concepts: (names,) the concepts of each, by their rows in the knowledge base: those known
            from a corpus first, the most frequent before the others, then those that have the
            name in the knowledge base, the one first whose list of names has it first.
        of_concepts: For each concept of the knowledge base the rows of its names.
        n_known: How many of the first names are known from a corpus.
    """

    written: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    concepts: list[list[int]] = field(default_factory=list)
    of_concepts: list[list[int]] = field(default_factory=list)
    n_known: int = 0

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def gather(cls, kb: KnowledgeBase, known: Iterable[KnownMention]) -> IndexedNames:
        """The known mentions of concepts of a knowledge base, and its names."""
        result, normalize, rows = cls(), NameNormalizer(), dict[str, int]()
        places: list[list[int]] = []

        def add(written: str, concept: int, place: int) -> int | None:
            name = normalize(written)
            if not name:
                return None
            row = rows.setdefault(name, len(rows))
            if row == len(result):
                result.written.append(written)
                result.names.append(name)
                result.concepts.append([])
                places.append([])
            if concept not in result.concepts[row]:
                result.concepts[row].append(concept)
                places[row].append(place)
            return row

        for mention in known:
            for concept_id in mention.ids:
                if concept_id in kb:
                    add(mention.mention, kb.row(concept_id), -1)
        result.n_known = len(result)
        for place, name, _ in placed_names(kb):
            if place == 0:
                result.of_concepts.append([])
            if (row := add(name, len(result.of_concepts) - 1, place)) is not None:
                result.of_concepts[-1].append(row)
        for row, concepts in enumerate(result.concepts):
            if len(concepts) > 1:
                order = sorted(range(len(concepts)), key=places[row].__getitem__)
                result.concepts[row] = [concepts[i] for i in order]
        return result

    def write(self, directory: Path) -> None:
        """Write the files that `OpenedNames` reads."""
        columns = [self.written, self.names, self.concepts]
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
        self._written, self._names, concepts = (
            table[name].chunk(0) if table.num_rows else pa.array([], SCHEMA.field(name).type)
            for name in SCHEMA.names
        )
        self._starts, self._concepts = concepts.offsets.to_numpy(), concepts.values.to_numpy()
        self._order = files.array(_ORDER, np.int64)
        self._hashes = files.array(_HASHES, np.uint64)

    def __len__(self) -> int:
        return len(self._names)

    def written(self, row: int) -> str:
        """A name as the knowledge base writes it."""
        return str(self._written[row].as_py())

    def name(self, row: int) -> str:
        """A name as it is compared."""
        return str(self._names[row].as_py())

    def concepts(self, row: int) -> list[int]:
        """The concepts of a name, by their rows in the knowledge base."""
        found: list[int] = self._concepts[self._starts[row] : self._starts[row + 1]].tolist()
        return found

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
    return np.uint64(hash_subtoken(name))
