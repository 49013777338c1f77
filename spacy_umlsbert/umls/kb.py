"""The knowledge base: concepts and their names, opened memory-mapped from a directory."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from spacy.tokens import Doc

from spacy_umlsbert.errors import TerminologyError, UnknownConceptError, UsageTypeError
from spacy_umlsbert.files.storage import Files
from spacy_umlsbert.umls.arrow_strings import Strings
from spacy_umlsbert.umls.build import CONCEPTS_SCHEMA, NAMES_SCHEMA, build_directory
from spacy_umlsbert.umls.code_store import CodeStore
from spacy_umlsbert.umls.codes import WithCodes
from spacy_umlsbert.umls.concept import Concept
from spacy_umlsbert.umls.concepts_by_id import ConceptsById
from spacy_umlsbert.umls.group_counts import count_by_group
from spacy_umlsbert.umls.hierarchy import WithHierarchy
from spacy_umlsbert.umls.matching.match_cache import NameLookup
from spacy_umlsbert.umls.matching.matcher import Match, Matcher
from spacy_umlsbert.umls.matching.name_index import NameIndex
from spacy_umlsbert.umls.matching.name_variants import VariantRules
from spacy_umlsbert.umls.matching.settings import MatcherSettings
from spacy_umlsbert.umls.meta import Meta
from spacy_umlsbert.umls.sources import Source

_BATCH = 1 << 14


class KnowledgeBase(WithCodes, WithHierarchy):
    """Concepts with names, semantic types, definitions and codes, and a matcher of their names.

    Made by ``KnowledgeBase.build`` or ``KnowledgeBase.open``. Opened from a directory it is
    memory-mapped: opening reads next to nothing, and processes share the pages. It never changes,
    and pickling it passes its path (or its bytes, if it came from bytes). Concept ids are opaque.
    """

    def __init__(self, files: Files, path: Path | None) -> None:
        """Used by ``open`` and ``from_bytes``."""
        self.path = path
        self._files = files
        self.meta = Meta.of(files)
        concepts = files.table("concepts.arrow", CONCEPTS_SCHEMA)
        self.concept_ids: pa.Array = _one_chunk(concepts["concept_id"])
        """The sorted concept ids; a concept's row is its place here."""
        self._ids = Strings(self.concept_ids)
        self._types = _one_chunk(concepts["types"])
        self._definitions = _one_chunk(concepts["definition"])
        self.name_table: pa.Table = files.table("names.arrow", NAMES_SCHEMA)
        """All names: ``name``, ``concept`` (row); sorted by concept, the canonical name first."""
        self._names = _one_chunk(self.name_table["name"])
        self._name_concepts = _one_chunk(self.name_table["concept"]).to_numpy()
        self._name_starts = files.array("concept_names.npy", np.int64)
        self._check()
        names_by_row = Strings(self._names)
        self._codes = CodeStore(files, names_by_row)
        rules = VariantRules(self.meta.matcher, self.meta.normalization_version)
        lookup = NameLookup(
            name=names_by_row.__getitem__,
            concept_id=self._ids.__getitem__,
        )
        self._matcher = Matcher(NameIndex(files), rules, lookup)

    @classmethod
    def build(
        cls,
        path: str | Path,
        *sources: Source,
        name: str,
        version: str,
        license: str,
        open_license: bool = False,
        matcher: MatcherSettings | None = None,
        code_vocabularies: Sequence[str] | None = None,
        overwrite: bool = False,
        progress: bool = True,
    ) -> KnowledgeBase:
        """Build a knowledge base from sources and open it.

        The directory appears only when everything is in it; after an error or an interrupt nothing
        is left. Sources are merged by concept id: the canonical name and the definition come from
        the first source that has one.

        Args:
            path: The directory to make.
            sources: Where the concepts come from, for example ``RrfRelease(...)``.
            name: A name for it.
            version: Its version, for example "2024AB".
            license: The licence of the content, for example "UMLS" or "CC0-1.0".
            open_license: Whether the content may be passed on, for example in a packaged pipeline.
            matcher: Settings of the name matcher; the defaults if not given.
            code_vocabularies: Vocabularies whose codes to keep; all if not given.
            overwrite: Whether to replace a knowledge base that is there.
            progress: Whether to show progress.

        Raises:
            TerminologyError: If a source is damaged, has no names, or ``path`` is taken; or if no
                source has codes of a vocabulary that is named.
        """
        build_directory(
            Path(path),
            sources,
            name=name,
            version=version,
            license=license,
            open_license=open_license,
            settings=matcher or MatcherSettings(),
            code_vocabularies=code_vocabularies,
            overwrite=overwrite,
            progress=progress,
        )
        return cls.open(path)

    @classmethod
    def open(cls, path: str | Path, verify: bool = False) -> KnowledgeBase:
        """Open a knowledge base directory.

        Args:
            path: The directory.
            verify: Whether to compare all content with the checksums, which reads everything.
                Otherwise ``meta.json``, the presence, sizes and structure of all files are
                checked.

        Raises:
            TerminologyError: If there is none, it is damaged, or of a newer format.
        """
        path = Path(path)
        files = Files.from_directory(path)
        if verify:
            files.verify()
        return cls(files, path.absolute())

    @staticmethod
    def is_directory(path: str | Path) -> bool:
        """Whether there is a directory with a knowledge base, damaged or not."""
        return (Path(path) / "concepts.arrow").is_file()

    @classmethod
    def from_bytes(cls, data: bytes) -> KnowledgeBase:
        """Open, in memory, what ``to_bytes`` gave.

        Raises:
            TerminologyError: If it is damaged or of a newer format.
        """
        return cls(Files.from_bytes(data), None)

    def to_bytes(self) -> bytes:
        """The whole knowledge base as bytes; mind its size."""
        return self._files.to_bytes()

    def copy_to(self, path: str | Path, overwrite: bool = True) -> None:
        """Copy to another directory, atomically.

        Args:
            path: The directory to make.
            overwrite: Whether to replace a knowledge base that is there.

        Raises:
            TerminologyError: If ``path`` is taken.
        """
        self._files.copy_to(Path(path), overwrite=overwrite)

    def verify(self, progress: Callable[[str], None] | None = None) -> None:
        """Compare all content with the checksums.

        Args:
            progress: Called with the name of each file before it is read.

        Raises:
            TerminologyError: Naming the first file that differs.
        """
        self._files.verify(progress)

    @property
    def fingerprint(self) -> str:
        """A hash of the content: equal for equal content, whenever and wherever it was built."""
        files = self._files.meta["files"]
        content = {name: entry["sha256"] for name, entry in sorted(files.items())}
        text = json.dumps([content, self._files.meta["matcher"]], sort_keys=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    @property
    def semantic_types(self) -> list[str]:
        """The sorted TUIs of its concepts."""
        return list(self.meta.semantic_types)

    def __len__(self) -> int:
        """The number of concepts."""
        return len(self.concept_ids)

    def __iter__(self) -> Iterator[str]:
        """The concept ids, sorted."""
        for start in range(0, len(self), _BATCH):
            yield from self.concept_ids.slice(start, _BATCH).to_pylist()

    def __contains__(self, concept_id: object) -> bool:
        return isinstance(concept_id, str) and self._row(concept_id) is not None

    def __getitem__(self, concept_id: str) -> Concept:
        """The concept of an id.

        Raises:
            UnknownConceptError: A ``KeyError``, if there is none.
        """
        return self.concept(self.row(concept_id))

    def __repr__(self) -> str:
        return f"<KnowledgeBase {self.meta.name} {self.meta.version}: {len(self)} concepts>"

    def __reduce__(self) -> tuple[Any, ...]:
        if self.path is None:
            return KnowledgeBase.from_bytes, (self.to_bytes(),)
        return _reopen, (self.path, self.fingerprint)

    def __copy__(self) -> KnowledgeBase:
        return self  # it never changes

    def __deepcopy__(self, memo: dict[int, Any]) -> KnowledgeBase:
        return self

    def get(self, concept_id: str, default: Concept | None = None) -> Concept | None:
        """The concept of an id, or a default."""
        row = self._row(concept_id)
        return default if row is None else self.concept(row)

    @property
    def cui_to_entity(self) -> Mapping[str, Concept]:
        """All concepts by id, read when asked for; named as in scispaCy's knowledge base."""
        return ConceptsById(self)

    def row(self, concept_id: str) -> int:
        """The row of a concept.

        Raises:
            UnknownConceptError: A ``KeyError``, if there is none.
        """
        row = self._row(concept_id)
        if row is None:
            raise UnknownConceptError(concept_id, self.meta.name)
        return row

    def concept(self, row: int) -> Concept:
        """The concept of a row of ``concept_ids``."""
        start, end = int(self._name_starts[row]), int(self._name_starts[row + 1])
        names = self._names.slice(start, end - start).to_pylist()
        return Concept(
            concept_id=self.concept_ids[row].as_py(),
            canonical_name=names[0],
            aliases=names[1:],
            types=self._types[row].as_py(),
            definition=self._definitions[row].as_py(),
            codes=self._codes.by_vocabulary(row),
        )

    def types_of(self, concept_id: str) -> list[str]:
        """The sorted TUIs of a concept, without reading its names.

        Raises:
            UnknownConceptError: A ``KeyError``, if there is none.
        """
        types: list[str] = self._types[self.row(concept_id)].as_py()
        return types

    def has_definition(self, concept_id: str) -> bool:
        """Whether a concept has a definition, without reading it.

        Raises:
            UnknownConceptError: A ``KeyError``, if there is no such concept.
        """
        return bool(self._definitions[self.row(concept_id)].as_py())

    def types(self) -> Iterator[list[str]]:
        """The sorted TUIs of all concepts, in the order of their ids."""
        for start in range(0, len(self), _BATCH):
            yield from self._types.slice(start, _BATCH).to_pylist()

    def count_by_group(self) -> dict[str, int]:
        """Numbers of concepts by code of their semantic group.

        A concept of several groups counts in each; "" is for those without a current type.
        """
        return count_by_group(self._types)

    def names(self) -> Iterator[tuple[str, str]]:
        """All names with the id of their concept, in the order of ``name_table``."""
        for start in range(0, len(self._names), _BATCH):
            concepts = pa.array(self._name_concepts[start : start + _BATCH])
            yield from zip(
                self._names.slice(start, _BATCH).to_pylist(),
                self.concept_ids.take(concepts).to_pylist(),
                strict=True,
            )

    def find(self, name: str, *, as_in_text: bool = False) -> list[str]:
        """Ids of the concepts that have a name, after normalisation, best first.

        The order is that of ``match``; case, minimum lengths and the stop list of the matcher only
        decide the order here.

        Args:
            name: The name.
            as_in_text: Whether they decide too what is a name, as in ``match``: "all" is none of
                the concept "ALL" then.
        """
        return self._matcher.find(name, as_in_text=as_in_text)

    def match(self, docs: Sequence[Doc]) -> list[list[Match]]:
        """The longest names in each Doc, in order and without overlaps.

        Matches begin and end at token boundaries. Of overlapping matches the one of more tokens is
        kept, and of equally long ones the first. White space, line breaks, hyphens and slashes
        inside a name do not matter, but no name reaches across a blank line. The concepts of a
        match are ordered by how close one of their names is to the text (the same, but for a
        capital of the text that begins a word; apart from case; after normalisation), canonical
        names before others, then concepts with more names, then by concept id.

        Raises:
            TypeError: If a Doc is given in place of a list of Docs.
        """
        if isinstance(docs, Doc):
            raise UsageTypeError("match takes a list of Docs, many at once: kb.match([doc])")
        return self._matcher.match(docs)

    def _row(self, concept_id: str) -> int | None:
        row = bisect_left(range(len(self)), concept_id, key=self._ids.__getitem__)
        return row if row < len(self) and self._ids[row] == concept_id else None

    def _check(self) -> None:
        """Cheap checks that the files belong together."""
        counts = self.meta.counts
        if (
            len(self.concept_ids) != counts["concepts"]
            or len(self._names) != counts["names"]
            or len(self._name_starts) != counts["concepts"] + 1
            or int(self._name_starts[-1]) != counts["names"]
        ):
            raise TerminologyError(
                f"the files of the knowledge base in {self._files.location} do not belong "
                "together.",
                remedy="Build it again with 'python -m spacy umls build-kb'.",
            )


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _reopen(path: Path, fingerprint: str) -> KnowledgeBase:
    """Open a knowledge base in another process, and see that it is still the same."""
    kb = KnowledgeBase.open(path)
    if kb.fingerprint != fingerprint:
        raise TerminologyError(
            "the knowledge base has been replaced since it was pickled.",
            path=path,
            remedy="Start again with the knowledge base that is there now.",
        )
    return kb
