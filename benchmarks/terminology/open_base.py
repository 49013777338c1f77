"""The knowledge base of open ontologies that the measurements use."""

from __future__ import annotations

from pathlib import Path

from spacy_umlsbert.umls import (
    KnowledgeBase,
    MatcherSettings,
    OboOntology,
    SssomMapping,
    name_dictionary,
)
from spacy_umlsbert.umls.sources import Source

DISEASE_ONTOLOGY = (
    "NCIthesaurus.obo",
    "DO_rare_slim.obo",
    "DO_cancer_slim.obo",
    "DO_infectious_disease_slim.obo",
)
MONDO = "mondo_exactmatch_umls.sssom.tsv"

# Cancers, and mental health.
DISEASE_TYPES = {"DOID:162": ["T191"], "DOID:14566": ["T191"], "DOID:150": ["T048"]}
# Of HPO only what is below "phenotypic abnormality" is a finding; the rest are modes of
# inheritance, onsets, severities and the like.
PHENOTYPE_TYPES = {"HP:0000118": ["T033"], "HP:0002664": ["T191"]}


def build_open_base(
    path: Path,
    ontologies: Path,
    hpo: Path,
    matcher: MatcherSettings | None = None,
    medic: Path | None = None,
) -> KnowledgeBase:
    """Build it from the Disease Ontology's files, Mondo's mapping and HPO, in this order.

    MEDIC, if it is given, comes first.

    Args:
        path: The knowledge base to make.
        ontologies: The directory with the files of the Disease Ontology and Mondo.
        hpo: ``hp.obo``.
        matcher: Settings of the matcher.
        medic: MEDIC's dictionary.
    """
    sources: list[Source] = [name_dictionary(medic, ["T047"])] if medic else []
    sources += [
        OboOntology(ontologies / name, default_types=["T047"], types_by_ancestor=DISEASE_TYPES)
        for name in DISEASE_ONTOLOGY
    ]
    return KnowledgeBase.build(
        path,
        *sources,
        SssomMapping(ontologies / MONDO, default_types=["T047"]),
        OboOntology(hpo, default_types=["T080"], types_by_ancestor=PHENOTYPE_TYPES),
        name="open-ontologies",
        version="",
        license="CC0-1.0, CC-BY-4.0, HPO licence" + ", CTD's terms" * (medic is not None),
        open_license=True,
        overwrite=True,
        matcher=matcher,
    )
