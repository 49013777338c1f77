"""Where the concepts of a knowledge base come from: one module for each kind of source.

A source is anything with the methods of ``Source`` (`base`), and if it has codes with those of
``SourceWithCodes``; they yield Arrow tables, so that a release of millions of names is never held
as Python objects. Where that is no matter, a function
that yields ``Concept`` after ``Concept`` is enough (`concepts`, and for example `dictionary`).

To add one: write its module, export it from here, from `spacy_umlsbert.umls` and, if users make
it themselves, from `spacy_umlsbert`, and give it an option in `umls.source_options` and
`cli.build_kb`.
"""

from spacy_umlsbert.umls.sources.base import Source, SourceWithCodes
from spacy_umlsbert.umls.sources.code_table import CodeTable
from spacy_umlsbert.umls.sources.concepts import ConceptSource
from spacy_umlsbert.umls.sources.dictionary import name_dictionary
from spacy_umlsbert.umls.sources.icd10cm import Icd10Cm
from spacy_umlsbert.umls.sources.jsonl import scispacy_jsonl
from spacy_umlsbert.umls.sources.mesh import MeshDescriptors
from spacy_umlsbert.umls.sources.obo import OboOntology
from spacy_umlsbert.umls.sources.rrf import RrfRelease
from spacy_umlsbert.umls.sources.sssom import SssomMapping
from spacy_umlsbert.umls.sources.unii import UniiMedicines

__all__ = [
    "CodeTable",
    "ConceptSource",
    "Icd10Cm",
    "MeshDescriptors",
    "OboOntology",
    "RrfRelease",
    "Source",
    "SourceWithCodes",
    "SssomMapping",
    "UniiMedicines",
    "name_dictionary",
    "scispacy_jsonl",
]
