"""Sources from the options of a command: file names, with types after them, and filters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from spacy_umlsbert.errors import TerminologyError, safe
from spacy_umlsbert.umls.sources import (
    CodeTable,
    Icd10Cm,
    MeshDescriptors,
    OboOntology,
    RrfRelease,
    Source,
    SssomMapping,
    UniiMedicines,
    name_dictionary,
    scispacy_jsonl,
)
from spacy_umlsbert.umls.sources.wrapped import LicensedSource

_FILES = ("rrf", "jsonl", "dictionary", "obo", "sssom", "icd10cm", "unii", "mesh", "codes")
_FILTERS = {
    "rrf": ("language", "source", "term_type", "semantic_type", "suppressible"),
    "obo": ("scope", "types_below", "keep_unmapped"),
    "dictionary": ("alternative_ids", "id_vocabulary"),
}
"""Options that say what is taken of the files of another option."""


@dataclass(frozen=True)
class SourceOptions:
    """What a knowledge base is made of, as options of a command.

    ``FILE=T047,T048`` names semantic types after a file: for concepts that no source states types
    of. Lists with commas are lists.

    Attributes:
        rrf: META directory of a UMLS release.
        jsonl: scispaCy's files, with types.
        dictionary: Dictionaries, with types.
        obo: OBO ontologies, with types.
        sssom: SSSOM mappings, with types.
        icd10cm: The tabular list of ICD-10-CM.
        unii: The FDA's list of names, with types.
        mesh: The table of MeSH's descriptors.
        codes: Tables of codes.
        language: RRF: languages.
        source: RRF: source vocabularies.
        term_type: RRF: term types.
        semantic_type: RRF: semantic types or groups.
        suppressible: RRF: suppressible names too.
        code_vocabulary: Vocabularies whose codes are kept.
        scope: OBO: scopes of synonyms.
        types_below: OBO: types of the terms below a term, ``TERM=TUI``.
        keep_unmapped: OBO: terms without a CUI too.
        alternative_ids: Dictionary: alternative ids are concepts too.
        id_vocabulary: Dictionary: the vocabulary of its plain ids.
        source_license: Licences of sources that state none, ``FILE=LICENCE``.
    """

    rrf: Path | None = None
    jsonl: Sequence[str] = ()
    dictionary: Sequence[str] = ()
    obo: Sequence[str] = ()
    sssom: Sequence[str] = ()
    icd10cm: Path | None = None
    unii: str | None = None
    mesh: Path | None = None
    codes: Sequence[str] = ()
    language: Sequence[str] = ()
    source: Sequence[str] = ()
    term_type: Sequence[str] = ()
    semantic_type: Sequence[str] = ()
    suppressible: bool = False
    code_vocabulary: Sequence[str] = ()
    scope: Sequence[str] = ()
    types_below: Sequence[str] = ()
    keep_unmapped: bool = False
    alternative_ids: bool = False
    id_vocabulary: str = ""
    source_license: Sequence[str] = ()

    @classmethod
    def of(cls, values: dict[str, Any]) -> SourceOptions:
        """Those among the options of a command; those not given are None."""
        names = {field.name for field in fields(cls)}
        given = {name: value for name, value in values.items() if value is not None}
        return cls(**{name: given[name] for name in names & given.keys()})

    @property
    def code_vocabularies(self) -> list[str] | None:
        """The vocabularies whose codes are kept; None for all."""
        return _apart(self.code_vocabulary)

    def sources(self) -> list[Source]:
        """The sources, the first having precedence.

        Raises:
            TerminologyError: If there is none, an option has no effect or cannot be understood,
                or a file is missing.
        """
        self._check()
        licenses = _values("--source-license", self.source_license, "FILE=LICENCE, as in x.obo=MIT")
        sources = []
        for file, source in self._files_and_sources():
            license = licenses.pop(str(file), "")
            sources.append(LicensedSource(source, license) if license else source)
        if licenses:
            raise TerminologyError(
                "--source-license: no source is read from this file.",
                path=next(iter(licenses)),
                remedy="Write it as in the option of the source.",
            )
        return sources

    def _files_and_sources(self) -> Iterator[tuple[Path, Source]]:
        """Each source, and where it is read from."""
        if self.rrf is not None:
            yield self.rrf, self._release(self.rrf)
        for file, types in map(_file_and_types, self.jsonl):
            yield file, scispacy_jsonl(file, types)
        for file, types in map(_file_and_types, self.dictionary):
            ids = (self.alternative_ids, self.id_vocabulary or None)
            yield file, name_dictionary(file, types, *ids)
        ancestors = _types_by_ancestor(self.types_below)
        for file, types in map(_file_and_types, self.obo):
            yield file, self._ontology(file, types, ancestors)
        for file, types in map(_file_and_types, self.sssom):
            yield file, SssomMapping(file, default_types=types)
        if self.icd10cm is not None:
            yield self.icd10cm, Icd10Cm(self.icd10cm)
        if self.unii is not None:
            file, types = _file_and_types(self.unii)
            yield file, UniiMedicines(file, **({"default_types": types} if types else {}))
        if self.mesh is not None:
            yield self.mesh, MeshDescriptors(self.mesh)
        for item in self.codes:
            yield Path(item), CodeTable(item)

    def _check(self) -> None:
        for file, filters in _FILTERS.items():
            given = [_option(name) for name in filters if getattr(self, name)]
            if given and not getattr(self, file):
                raise TerminologyError(f"{', '.join(given)} has no effect without {_option(file)}.")
        if not any(getattr(self, name) for name in _FILES):
            *first, last = map(_option, _FILES[:-1])
            raise TerminologyError(
                "there is nothing to build a knowledge base from.",
                remedy=f"Give at least one of {', '.join(first)} and {last}.",
            )

    def _release(self, folder: Path) -> RrfRelease:
        return RrfRelease(
            folder,
            languages=self.language or ("ENG",),
            sources=self.source or None,
            term_types=self.term_type or None,
            include_suppressible=self.suppressible,
            semantic_types=_apart(self.semantic_type),
            code_vocabularies=self.code_vocabularies,
        )

    def _ontology(
        self, file: Path, types: list[str], ancestors: dict[str, list[str]]
    ) -> OboOntology:
        return OboOntology(
            file,
            scopes=self.scope or ["EXACT"],  # type: ignore[arg-type]
            default_types=types,
            types_by_ancestor=ancestors,
            keep_unmapped=self.keep_unmapped,
        )


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _apart(items: Sequence[str]) -> list[str] | None:
    """Options that were given several times, or once with commas."""
    if not items:
        return None
    return [part.strip() for item in items for part in item.split(",") if part.strip()]


def _file_and_types(item: str) -> tuple[Path, list[str]]:
    """Take ``FILE=T047,T048`` apart."""
    file, _, types = item.partition("=")
    return Path(file), _apart([types]) or []


def _types_by_ancestor(items: Sequence[str]) -> dict[str, list[str]]:
    given = _values("--types-below", items, "TERM=TUI, as in DOID:162=T191")
    return {term: _apart([types]) or [] for term, types in given.items()}


def _values(option: str, items: Sequence[str], form: str) -> dict[str, str]:
    """Take options of the form ``KEY=VALUE`` apart."""
    values = {}
    for item in items:
        one, _, value = item.partition("=")
        if not one.strip() or not value.strip(" ,"):
            raise TerminologyError(f"{option} {safe(item)!r}: write {form}.")
        values[one.strip()] = value.strip()
    return values
