"""The terminology: read a release, build and open a knowledge base, find names in text.

Needs neither torch nor a pipeline. A name is imported when it is first asked for.
"""

from typing import TYPE_CHECKING

from spacy_umlsbert._lazy import lazy_exports

if TYPE_CHECKING:
    from spacy_umlsbert.errors import TerminologyError, UnknownConceptError
    from spacy_umlsbert.umls.code_store import Code
    from spacy_umlsbert.umls.concept import Concept
    from spacy_umlsbert.umls.crosswalk import CrosswalkRow, write_crosswalk
    from spacy_umlsbert.umls.icd import icd_chapters
    from spacy_umlsbert.umls.kb import KnowledgeBase
    from spacy_umlsbert.umls.matching.match_cache import MATCH_KINDS
    from spacy_umlsbert.umls.matching.matcher import Match
    from spacy_umlsbert.umls.matching.settings import MatcherSettings
    from spacy_umlsbert.umls.merging import merged
    from spacy_umlsbert.umls.meta import Meta
    from spacy_umlsbert.umls.notice import license_notice
    from spacy_umlsbert.umls.semantic_types import (
        SEMANTIC_GROUPS,
        SemanticType,
        all_tuis,
        expand_tuis,
        group_code,
        group_of,
        group_tuis,
        is_semantic_type,
        semantic_type,
    )
    from spacy_umlsbert.umls.source_options import SourceOptions
    from spacy_umlsbert.umls.sources import (
        CodeTable,
        ConceptSource,
        Icd10Cm,
        MeshDescriptors,
        OboOntology,
        RrfRelease,
        Source,
        SourceWithCodes,
        SssomMapping,
        UniiMedicines,
        name_dictionary,
        scispacy_jsonl,
    )
    from spacy_umlsbert.umls.vocabularies import vocabulary_name

__all__ = [
    "MATCH_KINDS",
    "SEMANTIC_GROUPS",
    "Code",
    "CodeTable",
    "Concept",
    "ConceptSource",
    "CrosswalkRow",
    "Icd10Cm",
    "KnowledgeBase",
    "Match",
    "MatcherSettings",
    "MeshDescriptors",
    "Meta",
    "OboOntology",
    "RrfRelease",
    "SemanticType",
    "Source",
    "SourceOptions",
    "SourceWithCodes",
    "SssomMapping",
    "TerminologyError",
    "UniiMedicines",
    "UnknownConceptError",
    "all_tuis",
    "expand_tuis",
    "group_code",
    "group_of",
    "group_tuis",
    "icd_chapters",
    "is_semantic_type",
    "license_notice",
    "merged",
    "name_dictionary",
    "scispacy_jsonl",
    "semantic_type",
    "vocabulary_name",
    "write_crosswalk",
]

if not TYPE_CHECKING:  # so that mypy knows the names, and no others
    __getattr__, __dir__ = lazy_exports(
        __name__,
        {
            "spacy_umlsbert.errors": ["TerminologyError", "UnknownConceptError"],
            "spacy_umlsbert.umls.code_store": ["Code"],
            "spacy_umlsbert.umls.concept": ["Concept"],
            "spacy_umlsbert.umls.crosswalk": ["CrosswalkRow", "write_crosswalk"],
            "spacy_umlsbert.umls.vocabularies": ["vocabulary_name"],
            "spacy_umlsbert.umls.icd": ["icd_chapters"],
            "spacy_umlsbert.umls.kb": ["KnowledgeBase"],
            "spacy_umlsbert.umls.matching.matcher": ["Match"],
            "spacy_umlsbert.umls.matching.settings": ["MatcherSettings"],
            "spacy_umlsbert.umls.matching.match_cache": ["MATCH_KINDS"],
            "spacy_umlsbert.umls.merging": ["merged"],
            "spacy_umlsbert.umls.meta": ["Meta"],
            "spacy_umlsbert.umls.notice": ["license_notice"],
            "spacy_umlsbert.umls.source_options": ["SourceOptions"],
            "spacy_umlsbert.umls.semantic_types": [
                "SEMANTIC_GROUPS",
                "SemanticType",
                "all_tuis",
                "expand_tuis",
                "group_code",
                "group_of",
                "group_tuis",
                "is_semantic_type",
                "semantic_type",
            ],
            "spacy_umlsbert.umls.sources": [
                "CodeTable",
                "ConceptSource",
                "Icd10Cm",
                "MeshDescriptors",
                "MeshDescriptors",
                "OboOntology",
                "RrfRelease",
                "Source",
                "SourceWithCodes",
                "SssomMapping",
                "UniiMedicines",
                "name_dictionary",
                "scispacy_jsonl",
            ],
        },
    )
