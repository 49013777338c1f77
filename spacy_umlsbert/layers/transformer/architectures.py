"""The registered architectures that turn Docs into UmlsBERT vectors."""

from typing import Any, Literal

from spacy.tokens import Doc
from thinc.api import Model, chain
from thinc.types import Floats2d, Ragged

from spacy_umlsbert import _compat
from spacy_umlsbert.umls.semantic_types import all_tuis

Transformer = Model[list[Doc], Any]
"""From Docs to the `FullTransformerBatch` of spacy-transformers, which is not imported for this."""


def umlsbert_transformer(
    name: str,
    semantic_type_embeddings: bool = True,
    lookup_key: str = "umls",
    window: int = 126,
    stride: int = 96,
    pair_window: int = 0,
    batch_wordpieces: int = 4096,
    learn_rate_factor: float = 1.0,
    freeze_word_embeddings: bool = False,
    tokenizer_config: dict[str, Any] | None = None,
    transformer_config: dict[str, Any] | None = None,
    mixed_precision: bool = False,
    grad_scaler_config: dict[str, Any] | None = None,
    semantic_type_lookup: Literal["spans", "wordpieces", "whole_words"] = "spans",
) -> Transformer:
    """`spacy_umlsbert.UmlsBertTransformer.v2`, for spacy-transformers' component `transformer`.

    Args:
        name: A BERT or UmlsBERT: a folder, a name on the Hugging Face hub, or
            ``package:<module>/<folder>`` (weights inside an installed Python package).
        semantic_type_embeddings: Add the semantic-type embedding to the input. Without it the
            model is plain BERT.
        lookup_key: The span group with the concept mentions, as `umls_lookup` writes it.
        window: Most wordpieces that are encoded together, [CLS] and [SEP] not counted.
        stride: Wordpieces between the starts of two windows of a long text.
        pair_window: Most wordpieces of a premise and a hypothesis, which are encoded together;
            [CLS] and [SEP] not counted. By default as many as the model has positions for.
        batch_wordpieces: Most wordpieces, padding included, in one forward pass. Less needs less
            memory.
        learn_rate_factor: Multiplies the learning rate of the pretrained weights. What starts
            from nothing (the semantic-type embedding, heads of other components) learns at the
            full rate, which in a short training should be about ten times higher.
        freeze_word_embeddings: Leave the word embeddings as they are: half of the weights of a
            small model, and a good part of the time of a training step on a CPU.
        tokenizer_config: Settings for the Hugging Face tokenizer.
        transformer_config: Settings for the Hugging Face model, such as
            ``{"hidden_dropout_prob": 0.2}``.
        mixed_precision: Half precision where it pays: float16 on a GPU, bfloat16 on a CPU that has
            it in hardware (twice as fast, for texts and in training); on others float32.
        grad_scaler_config: Settings of thinc's ``PyTorchGradScaler`` for mixed precision on a GPU.
        semantic_type_lookup: Where the semantic types come from: ``spans`` is the span group
            (multi-word names, any knowledge base). The other two are for a checkpoint that
            `umls import-checkpoint` made, need no `umls_lookup`, and repeat the published model:
            ``wordpieces`` looks up every wordpiece by itself, as its pretraining and MedNLI did,
            and ``whole_words`` those that are a whole token, as its NER did.
    """
    with _compat.needed_for("spacy_umlsbert.UmlsBertTransformer"):
        from spacy_umlsbert.layers.transformer.model import (  # noqa: PLC0415 - heavy
            TransformerSettings,
            UmlsBertTransformer,
        )
    settings = TransformerSettings(
        name=name,
        semantic_types=tuple(all_tuis()) if semantic_type_embeddings else (),
        lookup_key=lookup_key,
        window=window,
        stride=stride,
        pair_window=pair_window,
        batch_wordpieces=batch_wordpieces,
        learn_rate_factor=learn_rate_factor,
        freeze_word_embeddings=freeze_word_embeddings,
        tokenizer_config=dict(tokenizer_config or {}),
        transformer_config=dict(transformer_config or {}),
        mixed_precision=mixed_precision,
        grad_scaler_config=dict(grad_scaler_config or {}),
        semantic_type_lookup=semantic_type_lookup,
    )
    return UmlsBertTransformer(settings)


def tok2vec_umlsbert(
    transformer: Transformer,
    pooling: Model[Ragged, Floats2d],
    grad_factor: float = 1.0,
) -> Model[list[Doc], list[Floats2d]]:
    """`spacy_umlsbert.Tok2VecUmlsBert.v1`: an UmlsBERT that belongs to one component alone.

    `nlp.replace_listeners` writes it in place of a `TransformerListener`.

    Args:
        transformer: As `umlsbert_transformer` makes it.
        pooling: Makes one vector per token of those of its wordpieces.
        grad_factor: Multiplies the gradient that reaches the transformer.

    Returns:
        A model that gives an array (tokens, width) per Doc.
    """
    # A chain of a chain, as a listener is after nlp.replace_listeners.
    own: Model[list[Doc], Any] = chain(transformer, _compat.split_trf_batch())
    return chain(own, _compat.trfs2arrays(pooling, grad_factor))
