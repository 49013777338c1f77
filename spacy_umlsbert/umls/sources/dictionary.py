"""Plain dictionaries of names: BioSyn's format, in which MEDIC is distributed with BioSyn too.

A line is ``id||name|name…`` or, with alternative ids, ``id|id…||name|name…``. An id may have
several lines. The ids of a line are codes of its concept: MeSH's ("D012345", "MESH:D012345"),
OMIM's ("613097"), any with a prefix, and of others those whose vocabulary is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.streams import require_file
from spacy_umlsbert.umls.concept import Concept
from spacy_umlsbert.umls.sources.concepts import ConceptSource
from spacy_umlsbert.umls.vocabularies import codes_of_ids


def name_dictionary(
    path: str | Path,
    default_types: Sequence[str] = (),
    alternative_ids: bool = False,
    vocabulary: str | None = None,
) -> ConceptSource:
    """The concepts of a BioSyn dictionary or of MEDIC.

    Args:
        path: The file, which may be compressed.
        default_types: TUIs for the concepts; the format has none.
        alternative_ids: Whether alternative ids become concepts too, with the same names.
            Otherwise the first id of a line is the concept.
        vocabulary: The vocabulary of ids without a prefix, in place of MeSH and OMIM.

    Raises:
        TerminologyError: If the file is missing; and later, while reading, if it is damaged.
    """
    path = require_file(path, TERMINOLOGY)
    description = {
        "kind": "dictionary",
        "files": [path.name],
        "alternative_ids": alternative_ids,
        "vocabulary": vocabulary,
    }
    return ConceptSource(
        lambda: _concepts(path, alternative_ids, vocabulary), default_types, description
    )


def _concepts(path: Path, alternative_ids: bool, vocabulary: str | None) -> Iterator[Concept]:
    for number, line, *_ in read_lines(path, TERMINOLOGY):
        if not line.strip():
            continue
        ids, separator, rest = line.partition("||")
        concept_ids = [part.strip() for part in ids.split("|") if part.strip()]
        names = [part.strip() for part in rest.split("|") if part.strip()]
        if not separator or not concept_ids or not names:
            raise TERMINOLOGY.error_of(path, number, "the line is not 'id||name|name'")
        codes = codes_of_ids(concept_ids, vocabulary)
        for concept_id in concept_ids if alternative_ids else concept_ids[:1]:
            yield Concept(concept_id, names[0], names[1:], [], None, codes)
