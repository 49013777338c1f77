"""What a knowledge base answers about its hierarchy: parents, children, ancestors, roll-up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.umls.code_store import CodeStore
from spacy_umlsbert.umls.icd import icd_level, is_icd
from spacy_umlsbert.umls.matching.hashing import Int64Array
from spacy_umlsbert.umls.vocabularies import fold_code

if TYPE_CHECKING:
    import pyarrow as pa

    from spacy_umlsbert.files.storage import Files


class WithHierarchy:
    """The part of a knowledge base that is about what is above and below a concept."""

    concept_ids: pa.Array
    _files: Files
    _codes: CodeStore

    if TYPE_CHECKING:

        def row(self, concept_id: str) -> int:
            """The row of a concept."""
            ...

    def parents(self, concept_id: str) -> list[str]:
        """Ids of a concept's parents, sorted; none where the sources have no hierarchy.

        Raises:
            UnknownConceptError: A ``KeyError``, if there is no such concept.
        """
        return self._ids_of(self._related("parents", self.row(concept_id)))

    def children(self, concept_id: str) -> list[str]:
        """Ids of a concept's children, sorted; see ``parents``.

        Raises:
            UnknownConceptError: A ``KeyError``, if there is no such concept.
        """
        return self._ids_of(self._related("children", self.row(concept_id)))

    def ancestors(self, concept_id: str) -> list[str]:
        """Ids of all concepts above a concept: its parents first, then theirs, by id in a level.

        Each is there once, at its least distance; the concept itself is not, even where the
        sources' hierarchy leads back to it.

        Raises:
            UnknownConceptError: A ``KeyError``, if there is no such concept.
        """
        return self._ids_of(
            [row for level in self._levels_above([self.row(concept_id)]) for row in level]
        )

    def roll_up(
        self,
        vocabulary: str,
        code: str,
        *,
        level: str | int | None = None,
        to: Collection[str] | None = None,
    ) -> list[str]:
        """The codes that a code is counted under, at a level or among chosen ones.

        Args:
            vocabulary: The vocabulary of the code.
            code: The code, written as `with_code` understands it.
            level: "category" or "chapter" of ICD-10-CM, ICD-10 and ICD-9-CM, which need no
                hierarchy: "E11.65" is in "E11" and in "IV" (`icd.icd_chapters` has the names of
                chapters). Or a depth in the hierarchy of this
                knowledge base, of which the top has depth 0; a code above that depth stays as it
                is.
            to: Chosen codes of the vocabulary. Those that a concept of the code has, or else the
                nearest above it in the hierarchy of this knowledge base.

        Returns:
            The codes, sorted. There are several where a concept has several parents, and none where
            no concept has the code, or nothing chosen is above it.

        Raises:
            TerminologyError: If the knowledge base has no such vocabulary, for all but the levels
                of ICD; it names those there are.
            UsageError: If the level is none, or not one of ``level`` and ``to`` is given.
        """
        if (level is None) == (to is None):
            raise UsageError("roll_up: give either level or to")
        if isinstance(level, str):
            if not is_icd(vocabulary):
                raise UsageError(
                    "roll_up: levels with names are those of ICD10CM, ICD10 and ICD9CM. Give a "
                    "depth as a number, or the codes to roll up to."
                )
            return icd_level(vocabulary, code, level)
        number = self._codes.number_of(vocabulary)
        concepts = self._codes.concept_of(self._codes.find(number, code))
        if to is not None:
            name = self._codes.vocabularies[number]
            wanted = {fold_code(name, one) for one in to}
            return self._nearest(concepts, number, wanted)
        if level is None or level < 0:
            raise UsageError("roll_up: the level is a depth, 0 or more")
        return self._at_depth(concepts, number, level)

    def _nearest(self, concepts: list[int], number: int, wanted: set[str]) -> list[str]:
        vocabulary = self._codes.vocabularies[number]
        for level in (concepts, *self._levels_above(concepts)):
            found = self._codes_in(level, number)
            chosen = {code for code in found if fold_code(vocabulary, code) in wanted}
            if chosen:
                return sorted(chosen)
        return []

    def _at_depth(self, concepts: list[int], number: int, depth: int) -> list[str]:
        """The codes of a vocabulary at a depth above concepts, or the concepts' own if higher."""
        found: set[str] = set()
        for concept in concepts:
            lineage = [concept, *(row for rows in self._levels_above([concept]) for row in rows)]
            depths = self._depths(lineage)
            wanted = min(depth, depths[concept])
            found.update(self._codes_in((row for row in lineage if depths[row] == wanted), number))
        return sorted(found)

    def _depths(self, lineage: list[int]) -> dict[int, int]:
        """How far below the top some concepts are, which are all above the first, and it."""
        depths: dict[int, int] = {}
        inside = set(lineage)
        level = [row for row in lineage if not self._related("parents", row)]
        depth = 0
        while level:
            depths.update(dict.fromkeys(level, depth))
            below = {child for row in level for child in self._related("children", row)}
            level = [row for row in below & inside if row not in depths]
            depth += 1
        # A circle has no top.
        return {row: depths.get(row, 0) for row in lineage}

    def _codes_in(self, concepts: Iterable[int], number: int) -> list[str]:
        """The codes of a vocabulary that concepts have."""
        vocabulary = self._codes.vocabularies[number]
        return [
            code
            for concept in concepts
            for code in self._codes.by_vocabulary(concept).get(vocabulary, ())
        ]

    def _levels_above(self, rows: list[int]) -> Iterator[list[int]]:
        """The concepts above some, level by level, each once."""
        seen, level = set(rows), rows
        while True:
            above = {parent for row in level for parent in self._related("parents", row)}
            level = sorted(above - seen)
            if not level:
                return
            seen.update(level)
            yield level

    def _related(self, kind: str, row: int) -> list[int]:
        offsets, links = self._links[kind]
        rows: list[int] = links[int(offsets[row]) : int(offsets[row + 1])].tolist()
        return rows

    @cached_property
    def _links(self) -> dict[str, tuple[Int64Array, NDArray[np.int32]]]:
        """Where the parents and the children of each concept begin, and these."""
        return {
            kind: (
                self._files.array(f"{kind}_offsets.npy", np.int64),
                self._files.array(f"{kind}.npy", np.int32),
            )
            for kind in ("parents", "children")
        }

    def _ids_of(self, rows: list[int]) -> list[str]:
        return [self.concept_ids[row].as_py() for row in rows]
