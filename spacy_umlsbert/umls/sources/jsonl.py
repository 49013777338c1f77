"""scispaCy's knowledge-base files: one JSON object a line, with the fields of its ``Entity``.

These have no codes, but an id may be one (MeSH, HPO). Beside scispaCy's fields an object may have
``codes``: ``{"ICD10CM": ["I10"]}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from spacy_umlsbert.files.json_lines import read_json_lines
from spacy_umlsbert.files.problems import TERMINOLOGY
from spacy_umlsbert.files.streams import require_file
from spacy_umlsbert.umls.concept import Concept
from spacy_umlsbert.umls.sources.concepts import ConceptSource
from spacy_umlsbert.umls.vocabularies import codes_of_ids, vocabulary_name


def scispacy_jsonl(path: str | Path, default_types: Sequence[str] = ()) -> ConceptSource:
    """The concepts of a scispaCy knowledge base (``umls_2022_ab_cat0129.jsonl`` and the like).

    Args:
        path: The file, which may be compressed (``.jsonl.gz``).
        default_types: TUIs for concepts that have none.

    Raises:
        TerminologyError: If the file is missing; and later, while reading, if it is damaged.
    """
    path = require_file(path, TERMINOLOGY)
    description = {"kind": "scispacy-jsonl", "files": [path.name]}
    return ConceptSource(lambda: _concepts(path), default_types, description)


def _concepts(path: Path) -> Iterator[Concept]:
    for number, values in read_json_lines(path, TERMINOLOGY):
        try:
            yield _concept(values)
        except (KeyError, TypeError, AttributeError):
            message = (
                "the object does not have concept_id, canonical_name and aliases of texts, and "
                "codes of lists of texts by vocabulary if it has any"
            )
            raise TERMINOLOGY.error_of(path, number, message) from None


def _concept(values: dict[str, Any]) -> Concept:
    concept_id = values["concept_id"]
    codes = codes_of_ids([concept_id])
    for vocabulary, of in (values.get("codes") or {}).items():
        codes.setdefault(vocabulary_name(vocabulary), []).extend(_texts(of))
    concept = Concept(
        concept_id=concept_id,
        canonical_name=values["canonical_name"],
        aliases=list(values.get("aliases") or ()),
        types=list(values.get("types") or ()),
        definition=values.get("definition"),
        codes=codes,
    )
    strings = [concept.concept_id, concept.canonical_name, *concept.aliases, *concept.types]
    if not all(isinstance(value, str) for value in strings):
        raise TypeError
    return concept


def _texts(values: Any) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError
    return values
