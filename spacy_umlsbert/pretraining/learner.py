"""The model of a pretraining, and what it knows of concepts and semantic types."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import PreTrainedTokenizerBase

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.model import UmlsBertForMaskedLM, warm_start
from spacy_umlsbert.model.published.vocabulary import read_vocabulary
from spacy_umlsbert.model.published.wordpiece_types import wordpiece_type_ids
from spacy_umlsbert.pretraining.concept_vocabulary import ConceptVocabulary
from spacy_umlsbert.pretraining.config import ModelSettings, PretrainingConfig
from spacy_umlsbert.umls import KnowledgeBase, all_tuis, expand_tuis
from spacy_umlsbert.umls.concept_types import ConceptTypes


@dataclass
class Learner:
    """What learns.

    Attributes:
        model: The model.
        tokenizer: Its tokenizer.
        vocabulary: The words of each concept; None without a source of concepts.
        type_ids: (vocabulary,) the semantic-type id of each wordpiece, if types are looked up so.
        by_span: Whether semantic types come from spans.
        kb: The knowledge base, if there is one.
    """

    model: UmlsBertForMaskedLM
    tokenizer: PreTrainedTokenizerBase
    vocabulary: ConceptVocabulary | None
    type_ids: torch.Tensor | None
    by_span: bool
    kb: KnowledgeBase | None

    @property
    def use_types(self) -> bool:
        """Whether the model gets semantic types."""
        return self.by_span or self.type_ids is not None


def prepare_learner(config: PretrainingConfig) -> Learner:
    """Load the model and what it knows of concepts and semantic types.

    Raises:
        InputError: If the weights or the source of concepts cannot be used, or there is none.
    """
    kb = KnowledgeBase.open(config.concepts.kb) if config.concepts.kb else None
    try:
        model, tokenizer = warm_start(
            config.model.weights,
            _semantic_types(config.model),
            model_class=UmlsBertForMaskedLM,
            tokenizer_config=config.model.tokenizer_config,
            transformer_config=config.model.transformer_config,
        )
    except ValueError as error:
        raise InputError(str(error)) from None
    if not tokenizer.is_fast:
        raise InputError(f"the tokenizer of {config.model.weights!r} is no fast tokenizer.")
    if config.corpus.max_length > model.config.max_position_embeddings:
        raise InputError(
            f"corpus.max_length is {config.corpus.max_length}, but {config.model.weights!r} reads "
            f"at most {model.config.max_position_embeddings} wordpieces at once."
        )
    vocabulary = _concept_vocabulary(config, tokenizer, kb)
    if config.objective.concepts and vocabulary is None:
        raise InputError(
            "the loss over concepts needs to know the concepts.",
            remedy="Set concepts.kb to a knowledge base ('umls build-kb' makes one), or "
            "objective.concepts to false for plain masked LM.",
        )
    type_ids, by_span = None, False
    if config.model.semantic_type_embeddings is not False:
        if _lookup(config.model, model) == "wordpieces":
            type_ids = _wordpiece_types(model, tokenizer, vocabulary, kb)
        elif kb is None:
            raise InputError(
                "semantic types are found with a knowledge base, and there is none.",
                remedy="Set concepts.kb, or model.semantic_type_embeddings to false.",
            )
        else:
            by_span = True
    return Learner(model, tokenizer, vocabulary, type_ids, by_span, kb)


def _semantic_types(settings: ModelSettings) -> list[str]:
    if isinstance(settings.semantic_type_embeddings, bool):
        return all_tuis() if settings.semantic_type_embeddings else []
    return expand_tuis(settings.semantic_type_embeddings)


def _lookup(settings: ModelSettings, model: UmlsBertForMaskedLM) -> str:
    trained_with = "wordpieces" if model.config.wordpiece_semantic_types else "spans"
    return settings.semantic_type_lookup or trained_with


def _concept_vocabulary(
    config: PretrainingConfig, tokenizer: PreTrainedTokenizerBase, kb: KnowledgeBase | None
) -> ConceptVocabulary | None:
    wordpieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    if config.concepts.vocabulary is not None:
        entries = read_vocabulary(config.concepts.vocabulary)
        return ConceptVocabulary.from_entries(((e.wordpiece, e.cui) for e in entries), wordpieces)
    if kb is not None:
        return ConceptVocabulary.from_knowledge_base(kb, wordpieces, tokenizer.all_special_tokens)
    return None


def _wordpiece_types(
    model: UmlsBertForMaskedLM,
    tokenizer: PreTrainedTokenizerBase,
    vocabulary: ConceptVocabulary | None,
    kb: KnowledgeBase | None,
) -> torch.Tensor:
    """Semantic types by wordpiece: the model's own, or those of the words' concepts.

    They become part of the model's config, so that whoever uses it looks them up in the same way.
    """
    if not model.config.wordpiece_semantic_types:
        if kb is None or vocabulary is None:
            raise InputError(
                "the weights have no semantic types of wordpieces, and there is no knowledge base "
                "to take them from.",
                remedy="Set concepts.kb.",
            )
        known = model.config.semantic_type_ids
        types = ConceptTypes(kb)
        model.config.wordpiece_semantic_types = {
            tokenizer.convert_ids_to_tokens(i): tui
            for i, cui in enumerate(vocabulary.concept_ids)
            if cui and cui in kb and (tui := types.first(cui)) in known
        }
    return torch.from_numpy(wordpiece_type_ids(model.config, tokenizer))
