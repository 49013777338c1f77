"""Clinical NER, de-identification, inference, concept lookup and linking for spaCy on UmlsBERT.

Everything that is registered with spaCy (factories, architectures, ...) is an entry point, so
nothing has to be imported before ``spacy.load``. What else users need can be imported from here:
it is looked up when it is first asked for, and importing this package imports nothing else.

What is where. A folder imports only those above it here; `make lint` checks that.

- `errors`: every error that a user may catch; `guard`: keeps text of documents out of messages
- `_compat`: private and version-bound names of spaCy, thinc, transformers and torch
- `old_names`: old names of settings; `batching`, `worker_threads`, `_lazy`: small helpers
- `files`: how files are read and written
- `text`: plain text: sentences, abbreviations, replacing parts of it
- `annotations`: every attribute that is written on a Doc
- `umls`: the terminology: sources, knowledge base, matching of names
- `model`: the backbone as a Hugging Face model, and the vectors it gives
- `layers`: thinc layers: the transformer, features of tokens, heads
- `training`: what all trainings with Hugging Face's Trainer share
- `pretraining`: masked LM that knows concepts
- `assertion`: whether what is named is there, absent, possible, somebody else's; rules
- `deid`: finds protected health information (PHI) and writes text in its place
- `nli`: predictions for pairs of texts, and for files of them
- `corpora`: readers of annotated texts, of pairs and of notes
- `evaluation`: scores and reports
- `linking`: encoders of names, their trainings, the index and the linker
- `pipeline`: the spaCy components
- `cli`: ``python -m spacy umls …``
"""

from typing import TYPE_CHECKING

from spacy_umlsbert._lazy import lazy_exports

if TYPE_CHECKING:
    from spacy_umlsbert.annotations.pairs import make_pair
    from spacy_umlsbert.errors import (
        InputError,
        MissingPackageError,
        TerminologyError,
        UnknownConceptError,
    )
    from spacy_umlsbert.model import (
        UmlsBertConfig,
        UmlsBertForMaskedLM,
        UmlsBertModel,
        warm_start,
    )
    from spacy_umlsbert.pipeline.umls_assertion import UmlsAssertion
    from spacy_umlsbert.pipeline.umls_deid import UmlsDeid
    from spacy_umlsbert.pipeline.umls_linker import UmlsLinker
    from spacy_umlsbert.pipeline.umls_lookup import UmlsLookup
    from spacy_umlsbert.pipeline.umls_ner import UmlsNer
    from spacy_umlsbert.pipeline.umls_nli import UmlsNli
    from spacy_umlsbert.pipeline.umls_values import UmlsValues
    from spacy_umlsbert.umls import (
        CodeTable,
        Concept,
        Icd10Cm,
        KnowledgeBase,
        Match,
        MatcherSettings,
        OboOntology,
        RrfRelease,
        SemanticType,
        SssomMapping,
        UniiMedicines,
        merged,
        name_dictionary,
        scispacy_jsonl,
        semantic_type,
    )

__version__ = "0.2.0"

__all__ = [
    "CodeTable",
    "Concept",
    "Icd10Cm",
    "InputError",
    "KnowledgeBase",
    "Match",
    "MatcherSettings",
    "MissingPackageError",
    "OboOntology",
    "RrfRelease",
    "SemanticType",
    "SssomMapping",
    "TerminologyError",
    "UmlsAssertion",
    "UmlsBertConfig",
    "UmlsBertForMaskedLM",
    "UmlsBertModel",
    "UmlsDeid",
    "UmlsLinker",
    "UmlsLookup",
    "UmlsNer",
    "UmlsNli",
    "UmlsValues",
    "UniiMedicines",
    "UnknownConceptError",
    "__version__",
    "make_pair",
    "merged",
    "name_dictionary",
    "scispacy_jsonl",
    "semantic_type",
    "warm_start",
]

if not TYPE_CHECKING:  # so that mypy knows the names, and no others
    __getattr__, __dir__ = lazy_exports(
        __name__,
        {
            "spacy_umlsbert.annotations.pairs": ["make_pair"],
            "spacy_umlsbert.errors": [
                "InputError",
                "MissingPackageError",
                "TerminologyError",
                "UnknownConceptError",
            ],
            "spacy_umlsbert.model": [
                "UmlsBertConfig",
                "UmlsBertForMaskedLM",
                "UmlsBertModel",
                "warm_start",
            ],
            "spacy_umlsbert.pipeline.umls_assertion": ["UmlsAssertion"],
            "spacy_umlsbert.pipeline.umls_deid": ["UmlsDeid"],
            "spacy_umlsbert.pipeline.umls_linker": ["UmlsLinker"],
            "spacy_umlsbert.pipeline.umls_lookup": ["UmlsLookup"],
            "spacy_umlsbert.pipeline.umls_ner": ["UmlsNer"],
            "spacy_umlsbert.pipeline.umls_nli": ["UmlsNli"],
            "spacy_umlsbert.pipeline.umls_values": ["UmlsValues"],
            "spacy_umlsbert.umls": [
                "CodeTable",
                "Concept",
                "Icd10Cm",
                "KnowledgeBase",
                "Match",
                "MatcherSettings",
                "OboOntology",
                "RrfRelease",
                "SemanticType",
                "SssomMapping",
                "UniiMedicines",
                "merged",
                "name_dictionary",
                "scispacy_jsonl",
                "semantic_type",
            ],
        },
    )
