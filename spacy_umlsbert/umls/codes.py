"""What a knowledge base answers about codes: those of a concept, concepts of one, crosswalks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from spacy_umlsbert.umls.code_store import Code, CodeStore
from spacy_umlsbert.umls.crosswalk import CrosswalkRow, crosswalk
from spacy_umlsbert.umls.vocabularies import code_of, find_vocabulary, is_known

if TYPE_CHECKING:
    import pyarrow as pa

_OWN = "UMLS"
"""The vocabulary whose codes are CUIs."""


class WithCodes:
    """The part of a knowledge base that is about codes."""

    concept_ids: pa.Array
    _codes: CodeStore

    if TYPE_CHECKING:

        def row(self, concept_id: str) -> int:
            """The row of a concept."""
            ...

        def _row(self, concept_id: str) -> int | None: ...

    @property
    def vocabularies(self) -> dict[str, int]:
        """The vocabularies that the codes are of, sorted, and how many codes each has.

        A code of several concepts counts in each. Empty where no source has codes.
        """
        return dict(self._codes.counts)

    def vocabulary(self, name: str) -> str:
        """The vocabulary that a name means, in whichever usual way it is written.

        Raises:
            TerminologyError: If there is no such vocabulary; it names those there are.
        """
        return self._codes.vocabularies[self._codes.number_of(name)]

    def codes_by_vocabulary(self, concept_id: str) -> dict[str, tuple[str, ...]]:
        """The codes of a concept, as ``Concept.codes`` has them, without reading its names.

        Returns:
            The codes; none if there is no such concept.
        """
        row = self._row(concept_id)
        return {} if row is None else self._codes.by_vocabulary(row)

    def codes_of(self, concept_id: str, vocabulary: str | None = None) -> list[Code]:
        """The codes of a concept, with kind of mapping, term type and name.

        A code is there once for each of its names. They come by vocabulary and code.

        Args:
            concept_id: The concept.
            vocabulary: Only the codes of this vocabulary.

        Raises:
            UnknownConceptError: A ``KeyError``, if there is no such concept.
            TerminologyError: If there is no such vocabulary; it names those there are.
        """
        rows = self._codes.rows_of(self.row(concept_id))
        if vocabulary is None:
            return [self._codes[row] for row in rows]
        number = self._codes.number_of(vocabulary)
        return [self._codes[row] for row in rows if self._codes.vocabulary_of[row] == number]

    def with_code(self, vocabulary: str, code: str) -> list[str]:
        """Ids of the concepts that have a code: by kind of mapping, exact ones first, then by id.

        The usual ways of writing a code are understood: case, dots and blanks do not matter, and
        neither does the vocabulary before it ("I10", "i10", "ICD10CM:I10"; "E119" is "E11.9").
        Where codes differ in nothing else, that which is written as given is meant. The vocabulary
        may be written in its usual ways too ("ICD-10-CM", "SNOMED CT", "MeSH").

        Args:
            vocabulary: The vocabulary.
            code: The code.

        Returns:
            The ids; none if no concept has the code.

        Raises:
            TerminologyError: If there is no such vocabulary; it names those there are.
        """
        store = self._codes
        rows = store.find(store.number_of(vocabulary), code)
        concepts = zip(store.mapping_of[rows].tolist(), store.concept_of(rows), strict=True)
        ranked = [concept for _, concept in sorted(concepts)]
        return [self.concept_ids[concept].as_py() for concept in dict.fromkeys(ranked)]

    def with_any_code(self, text: str) -> list[str] | None:
        """Ids of the concepts of a code that is written with its vocabulary: "ICD10CM:I10".

        "UMLS:C0020538" is the concept itself.

        Returns:
            The ids, as `with_code` gives them; None if the text is no such code.

        Raises:
            TerminologyError: If this knowledge base has no such vocabulary, but others have.
        """
        found = code_of(text)
        if found is None or " " in found.code:
            return None
        if found.vocabulary == _OWN and self._row(found.code) is not None:
            return [found.code]
        here = find_vocabulary(found.vocabulary, self._codes.vocabularies)
        if here is None and not is_known(found.vocabulary):
            return None
        return self.with_code(found.vocabulary, found.code)

    def crosswalk(self, source: str, target: str) -> Iterator[CrosswalkRow]:
        """All pairs of codes of two vocabularies that a concept has, by code and concept.

        Args:
            source: The vocabulary to map from.
            target: The vocabulary to map to.

        Raises:
            TerminologyError: If there is no such vocabulary; it names those there are.
        """
        store = self._codes
        pairs = crosswalk(store, store.number_of(source), store.number_of(target))
        for concept, row in pairs:
            yield row._replace(concept_id=self.concept_ids[concept].as_py())
