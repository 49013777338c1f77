"""Settings that the trainings of name encoders share."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.linking.dense_encoder import NameEncoder
from spacy_umlsbert.linking.encoder_files import read_settings
from spacy_umlsbert.model import UmlsBertModel, warm_start
from spacy_umlsbert.model.embed import Pooling
from spacy_umlsbert.training.settings import Section


class EncoderConfig(Section):
    """``[model]``: what to start from."""

    weights: str
    """A BERT, UmlsBERT or SapBERT: a folder, a name on the Hugging Face hub, or
    package:<module>/<folder>"""
    pooling: Pooling | None = None
    """"cls" or "mean"; null for what the weights were trained with"""
    max_length: int = Field(default=32, gt=2)
    """Most wordpieces of a name"""
    tokenizer_config: dict[str, Any] = Field(default_factory=dict)
    transformer_config: dict[str, Any] = Field(default_factory=dict)

    def load(self) -> NameEncoder:
        """The encoder to start from.

        Raises:
            InputError: If the weights cannot be used.
        """
        model: UmlsBertModel
        try:
            model, tokenizer = warm_start(
                self.weights,
                (),
                tokenizer_config=self.tokenizer_config,
                transformer_config=self.transformer_config,
            )
        except ValueError as error:
            raise InputError(str(error)) from None
        if self.max_length > model.config.max_position_embeddings:
            raise InputError(
                f"model.max_length is {self.max_length}, but {self.weights!r} reads at most "
                f"{model.config.max_position_embeddings} wordpieces at once."
            )
        before = read_settings(self.weights)
        return NameEncoder(
            model,
            tokenizer,
            self.pooling or before.pooling,
            self.max_length,
            before.sparse_weight,
            before.prior_weight,
            before.concept_weight,
        )
