"""BERT whose input embeddings have a semantic-type embedding added to them.

Michalopoulos et al., "UmlsBERT: Clinical Domain Knowledge Augmentation of Contextual Embeddings
Using the Unified Medical Language System Metathesaurus", NAACL 2021, section 3.2.2.
"""

from typing import Any

import torch
from torch import nn
from transformers import BertModel, BertPreTrainedModel

from spacy_umlsbert._compat import BaseModelOutputWithPoolingAndCrossAttentions
from spacy_umlsbert.model.attention import fast_attention
from spacy_umlsbert.model.configuration import UmlsBertConfig

# Name of the one parameter that plain BERT does not have.
SEMANTIC_TYPE_WEIGHT = "embeddings.semantic_type_embeddings.weight"


class SemanticTypeEmbedding(nn.Embedding):
    """One vector per semantic type. Row 0, "no semantic type", is zero and stays zero."""

    def __init__(self, n_types: int, width: int) -> None:
        super().__init__(n_types + 1, width, padding_idx=0)


class UmlsBertPreTrainedModel(BertPreTrainedModel):
    """Initialises a semantic-type embedding with zeros, so that a warm start equals plain BERT."""

    config_class = UmlsBertConfig
    base_model_prefix = "bert"

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, SemanticTypeEmbedding):
            module.weight.data.zero_()
        else:
            super()._init_weights(module)


class UmlsBertModel(UmlsBertPreTrainedModel, BertModel):
    """`transformers.BertModel` with a semantic-type id for every wordpiece.

    The semantic-type embedding is added to the word, position and segment embeddings before the
    layer norm. While it is zero, the output equals that of the BERT it was started from exactly.
    """

    config: UmlsBertConfig

    def __init__(self, config: UmlsBertConfig, add_pooling_layer: bool = True) -> None:
        super().__init__(config, add_pooling_layer=add_pooling_layer)
        self.embeddings.semantic_type_embeddings = SemanticTypeEmbedding(
            len(config.semantic_types), config.hidden_size
        )
        self.post_init()

    def embed_wordpieces(
        self,
        input_ids: torch.Tensor | None,
        semantic_type_ids: torch.Tensor | None,
        inputs_embeds: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Word embeddings with semantic-type embeddings added: the ``inputs_embeds`` of a BERT.

        Adding to the word embedding is the same sum as adding beside position and segment, and
        leaves the forward pass of the library as it is.

        Args:
            input_ids: (...) wordpiece ids.
            semantic_type_ids: (...), of the same shape; None without semantic types.
            inputs_embeds: (..., width) word embeddings in place of ``input_ids``.

        Returns:
            (..., width).
        """
        if inputs_embeds is None:
            inputs_embeds = self.embeddings.word_embeddings(input_ids)
        if semantic_type_ids is None:
            return inputs_embeds
        return inputs_embeds + self.embeddings.semantic_type_embeddings(semantic_type_ids)

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        token_type_ids: torch.Tensor | None = None,
        position_ids: torch.Tensor | None = None,
        semantic_type_ids: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        **kwargs: Any,
    ) -> BaseModelOutputWithPoolingAndCrossAttentions | tuple[torch.Tensor, ...]:
        """Encode a batch.

        Args:
            input_ids: (batch, length) wordpiece ids.
            attention_mask: (batch, length), 1 for a wordpiece and 0 for padding.
            token_type_ids: (batch, length) segment ids, 0 or 1.
            position_ids: (batch, length).
            semantic_type_ids: (batch, length), 0 … len(config.semantic_types); 0 or the
                argument left out mean that there is no semantic type.
            inputs_embeds: (batch, length, width) in place of ``input_ids``.
            **kwargs: As for `transformers.BertModel`.

        Returns:
            As `transformers.BertModel` does: ``last_hidden_state`` (batch, length, width),
            ``pooler_output`` (batch, width), …
        """
        if semantic_type_ids is not None:
            inputs_embeds = self.embed_wordpieces(input_ids, semantic_type_ids, inputs_embeds)
            input_ids = None
        given = input_ids if inputs_embeds is None else inputs_embeds
        length = 0 if given is None else given.shape[1]  # without either, BertModel complains
        with fast_attention(length, self.device, self.training):
            return super().forward(
                input_ids=input_ids,
                attention_mask=attention_mask,
                token_type_ids=token_type_ids,
                position_ids=position_ids,
                inputs_embeds=inputs_embeds,
                **kwargs,
            )
