"""UmlsBERT with a masked-LM head."""

from typing import Any, ClassVar

import torch
from torch import nn
from torch.nn import functional as F

from spacy_umlsbert._compat import BertOnlyMLMHead, MaskedLMOutput
from spacy_umlsbert.model.configuration import UmlsBertConfig
from spacy_umlsbert.model.modeling import UmlsBertModel, UmlsBertPreTrainedModel

IGNORED = -100
"""The label of a position that has nothing to predict, as everywhere in the library."""


class UmlsBertForMaskedLM(UmlsBertPreTrainedModel):
    """`transformers.BertForMaskedLM` with a semantic-type id for every wordpiece.

    The names of the weights are those of `BertForMaskedLM`, so that any BERT loads. The decoder is
    tied to the word embeddings; a checkpoint without a head gets a new one on top of its own word
    embeddings.

    The head is the largest layer of a small BERT (a row of logits has an entry for every word of
    the vocabulary), and only one position in seven is masked. It is therefore applied only where
    there is something to predict, if that is known.
    """

    _tied_weights_keys: ClassVar = [
        "cls.predictions.decoder.bias",
        "cls.predictions.decoder.weight",
    ]

    def __init__(self, config: UmlsBertConfig) -> None:
        super().__init__(config)
        self.bert = UmlsBertModel(config, add_pooling_layer=False)
        self.cls = BertOnlyMLMHead(config)
        self.post_init()

    def get_output_embeddings(self) -> nn.Linear:
        """The decoder; the library ties it to the word embeddings."""
        return self.cls.predictions.decoder

    def set_output_embeddings(self, new_embeddings: nn.Linear) -> None:
        """Replace the decoder."""
        self.cls.predictions.decoder = new_embeddings
        self.cls.predictions.bias = new_embeddings.bias

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        token_type_ids: torch.Tensor | None = None,
        position_ids: torch.Tensor | None = None,
        semantic_type_ids: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
        predicted: torch.Tensor | None = None,
        **kwargs: Any,
    ) -> MaskedLMOutput:
        """Predict words.

        Args:
            input_ids: (batch, length) wordpiece ids.
            attention_mask: (batch, length), 1 for a wordpiece and 0 for padding.
            token_type_ids: (batch, length) segment ids.
            position_ids: (batch, length).
            semantic_type_ids: (batch, length), as for `UmlsBertModel`.
            inputs_embeds: (batch, length, width) in place of ``input_ids``.
            labels: (batch, length) wordpiece ids to predict, -100 where there is none. Gives the
                cross-entropy, averaged over the positions that have a label.
            predicted: (batch, length) booleans: where to predict words. Where there are labels,
                if not given; everywhere, if there are no labels either.
            **kwargs: As for `transformers.BertModel`.

        Returns:
            ``logits``: (n, vocabulary) for the n positions to predict, in the order of the batch;
            (batch, length, vocabulary) if neither ``labels`` nor ``predicted`` are given.
            ``loss``: if ``labels`` are given.
        """
        kwargs["return_dict"] = True
        outputs = self.bert(
            input_ids=input_ids,
            attention_mask=attention_mask,
            token_type_ids=token_type_ids,
            position_ids=position_ids,
            semantic_type_ids=semantic_type_ids,
            inputs_embeds=inputs_embeds,
            **kwargs,
        )
        hidden = outputs.last_hidden_state
        if predicted is None and labels is not None:
            predicted = labels != IGNORED
        if predicted is not None:
            hidden = hidden[predicted]
        logits = self.cls(hidden)
        loss = None
        if labels is not None and predicted is not None:
            loss = F.cross_entropy(logits.float(), labels[predicted], ignore_index=IGNORED)
        return MaskedLMOutput(
            loss=loss,
            logits=logits,
            hidden_states=outputs.hidden_states,
            attentions=outputs.attentions,
        )
