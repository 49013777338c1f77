"""The backbone: BERT with a semantic-type embedding, as plain Hugging Face classes.

Importing this module registers the classes with the Auto classes, so that
``AutoModel.from_pretrained(directory)`` works. It imports no spaCy.
"""

from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForMaskedLM,
    AutoTokenizer,
    BertTokenizer,
    BertTokenizerFast,
)

from spacy_umlsbert.model.configuration import UmlsBertConfig
from spacy_umlsbert.model.masked_lm import UmlsBertForMaskedLM
from spacy_umlsbert.model.modeling import (
    SEMANTIC_TYPE_WEIGHT,
    UmlsBertModel,
    UmlsBertPreTrainedModel,
)
from spacy_umlsbert.model.warm_start import resolve_source, warm_start

AutoConfig.register(UmlsBertConfig.model_type, UmlsBertConfig, exist_ok=True)
AutoModel.register(UmlsBertConfig, UmlsBertModel, exist_ok=True)
AutoModelForMaskedLM.register(UmlsBertConfig, UmlsBertForMaskedLM, exist_ok=True)
AutoTokenizer.register(UmlsBertConfig, BertTokenizer, BertTokenizerFast, exist_ok=True)

__all__ = [
    "SEMANTIC_TYPE_WEIGHT",
    "UmlsBertConfig",
    "UmlsBertForMaskedLM",
    "UmlsBertModel",
    "UmlsBertPreTrainedModel",
    "resolve_source",
    "warm_start",
]
