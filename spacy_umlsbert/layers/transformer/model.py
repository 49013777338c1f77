"""The model of the `transformer` component: Docs in, UmlsBERT vectors per window out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import numpy as np
from spacy.tokens import Doc
from thinc.api import Model, chain, torch2xp, xp2torch
from thinc.types import ArgsKwargs, Ragged

from spacy_umlsbert._compat import (
    BaseModelOutput,
    FullTransformerBatch,
    ModelOutput,
    TransformerData,
    TransformerModel,
    WordpieceBatch,
    pytorch_forward,
    split_trf_batch,
)
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.layers.transformer.encode_docs import encode_docs
from spacy_umlsbert.layers.transformer.encoded_doc import SPECIAL_WORDPIECES, EncodedDoc, ragged
from spacy_umlsbert.layers.transformer.pair_window import PAIR_SPECIAL_WORDPIECES
from spacy_umlsbert.layers.transformer.semantic_types import SemanticTypeLookup, make_lookup
from spacy_umlsbert.layers.transformer.shim import UmlsBertShim
from spacy_umlsbert.layers.transformer.wordpiece_alignment import Ints
from spacy_umlsbert.model import UmlsBertModel, warm_start

ALONE = {"spacy_umlsbert.PairListener.v1": "spacy_umlsbert.PairUmlsBert.v1"}
"""The counterparts of our own listeners, for a component that has a transformer to itself."""


@dataclass(frozen=True)
class TransformerSettings:
    """What the architecture was configured with; see `architectures.umlsbert_transformer`."""

    name: str
    semantic_types: tuple[str, ...]
    lookup_key: str
    window: int
    stride: int
    pair_window: int
    batch_wordpieces: int
    learn_rate_factor: float
    freeze_word_embeddings: bool
    tokenizer_config: dict[str, Any]
    transformer_config: dict[str, Any]
    mixed_precision: bool
    grad_scaler_config: dict[str, Any]
    semantic_type_lookup: str


@dataclass
class UmlsBertBatch(FullTransformerBatch):
    """`FullTransformerBatch` that knows the windows of each Doc, so that it splits exactly."""

    doc_aligns: list[Ragged] = field(default_factory=list)

    def split_by_doc(self) -> list[TransformerData]:
        """One `TransformerData` per Doc; that of a Doc without tokens is empty."""
        hidden = torch2xp(self.model_output.last_hidden_state)
        result = []
        start = 0
        for spans, align in zip(self.spans, self.doc_aligns, strict=True):
            end = start + len(spans)
            if not spans:
                result.append(TransformerData.empty())
                continue
            result.append(
                TransformerData(
                    wordpieces=self.wordpieces[start:end],
                    model_output=ModelOutput(last_hidden_state=hidden[start:end]),
                    align=align,
                )
            )
            start = end
        return result


class UmlsBertTransformer(TransformerModel):
    """spacy-transformers' `TransformerModel` for an UmlsBERT.

    Differs from it in three ways: every wordpiece carries the semantic-type id of its token, a
    Doc is cut into windows of wordpieces (so that nothing is truncated, however long a token or
    line), and windows are encoded without padding.
    """

    def __init__(self, settings: TransformerSettings) -> None:
        self.settings = settings
        shim = UmlsBertShim(
            settings.batch_wordpieces,
            settings.learn_rate_factor,
            settings.freeze_word_embeddings,
            settings.mixed_precision,
            settings.grad_scaler_config,
        )
        wrapper: Model = Model(
            "umlsbert-pytorch",
            pytorch_forward,
            attrs={"convert_inputs": _convert_inputs, "convert_outputs": _convert_outputs},
            shims=[shim],
            dims={"nI": None, "nO": None},
        )
        Model.__init__(
            self,
            "umlsbert_transformer",
            partial(_forward, settings),
            init=partial(_init, settings),
            layers=[wrapper],
            dims={"nO": None},
            attrs={
                "has_transformer": False,
                "replace_listener": _replace_listener,
                "replace_listener_cfg": _replace_listener_cfg,
            },
        )

    @property
    def shim(self) -> UmlsBertShim:
        """The shim that holds the backbone and the tokenizer."""
        return self.layers[0].shims[0]

    @property
    def backbone(self) -> UmlsBertModel:
        """The Hugging Face model."""
        return self.shim.backbone

    @property
    def semantic_type_lookup(self) -> SemanticTypeLookup | None:
        """Gives wordpieces their semantic types; none if the model is to be plain BERT.

        Raises:
            ValueError: If the backbone does not have what the configured lookup needs.
        """
        if not self.shim.lookups:
            backbone = self.backbone
            lookup = None
            if self.settings.semantic_types and backbone.config.semantic_types:
                lookup = make_lookup(
                    self.settings.semantic_type_lookup,
                    backbone.config,
                    self.tokenizer,
                    self.settings.lookup_key,
                )
            self.shim.lookups.append(lookup)
        return self.shim.lookups[0]

    def copy(self) -> "UmlsBertTransformer":
        """A deep copy with an id of its own."""
        copied = UmlsBertTransformer(self.settings)
        for name in filter(self.has_dim, self.dim_names):
            copied.set_dim(name, self.get_dim(name))
        copied.attrs.update(self.attrs)
        copied.layers[0] = self.layers[0].copy()
        return copied


def _init(
    settings: TransformerSettings, model: UmlsBertTransformer, X: Any = None, Y: Any = None
) -> None:
    if model.attrs["has_transformer"]:
        return
    backbone, tokenizer = warm_start(
        settings.name,
        settings.semantic_types,
        model_class=UmlsBertModel,
        tokenizer_config=settings.tokenizer_config,
        transformer_config=settings.transformer_config,
    )
    if not tokenizer.is_fast:
        raise UsageError(
            f"the tokenizer of {settings.name!r} gives no character offsets; a fast tokenizer "
            "(tokenizer.json, or use_fast = true in tokenizer_config) is needed"
        )
    positions = backbone.config.max_position_embeddings
    for name, window, special in (
        ("window", settings.window, SPECIAL_WORDPIECES),
        ("pair_window", settings.pair_window, PAIR_SPECIAL_WORDPIECES),
    ):
        if window > positions - special:
            raise UsageError(
                f"a {name} of {window} wordpieces is too long for {settings.name!r}: set "
                f"{name} to {positions - special} or less"
            )
    model.shim.set_backbone(backbone, tokenizer)
    _ = model.semantic_type_lookup  # that it cannot be made is an error now, not at the first text
    model.attrs["has_transformer"] = True
    model.set_dim("nO", backbone.config.hidden_size)


def _pack(encoded: list[EncodedDoc], tokenizer: Any) -> tuple[WordpieceBatch, Ints]:
    """All windows as one padded batch: wordpieces, and semantic-type ids of the same shape."""
    flat = [(doc, window) for doc in encoded for window in doc.windows]
    lengths = [len(window) + SPECIAL_WORDPIECES for _, window in flat]
    shape = (len(flat), max(lengths))
    input_ids = np.full(shape, tokenizer.pad_token_id, dtype=np.int64)
    mask = np.zeros(shape, dtype="f")
    type_ids = np.zeros(shape, dtype=np.int64)
    segment_ids = np.zeros(shape, dtype=np.int64)
    strings = []
    for row, ((doc, window), length) in enumerate(zip(flat, lengths, strict=True)):
        piece = slice(window.start, window.end)
        input_ids[row, 0] = tokenizer.cls_token_id
        input_ids[row, 1 : length - 1] = doc.ids[piece]
        input_ids[row, length - 1] = tokenizer.sep_token_id
        type_ids[row, 1 : length - 1] = doc.semantic_type_ids[piece]
        segment_ids[row, 1 : length - 1] = doc.segment_ids[piece]
        segment_ids[row, length - 1] = segment_ids[row, length - 2]
        mask[row, :length] = 1
        padding = [tokenizer.pad_token] * (shape[1] - length)
        strings.append([tokenizer.cls_token, *doc.strings[piece], tokenizer.sep_token, *padding])
    batch = WordpieceBatch(
        strings=strings,
        input_ids=input_ids,
        attention_mask=mask,
        lengths=lengths,
        token_type_ids=segment_ids,
    )
    return batch, type_ids


def _forward(
    settings: TransformerSettings, model: UmlsBertTransformer, docs: list[Doc], is_train: bool
) -> tuple[UmlsBertBatch, Callable]:
    if not model.attrs["has_transformer"]:
        raise UsageError(
            "the transformer has no weights yet: call nlp.initialize(), which takes them from "
            f"{settings.name!r}, or load a trained pipeline"
        )
    tokenizer = model.tokenizer
    lookup = model.semantic_type_lookup
    if lookup is not None:
        lookup.check(docs)
    config = model.backbone.config
    encoded = encode_docs(
        docs,
        tokenizer,
        lookup,
        settings.window,
        settings.stride,
        settings.pair_window or config.max_position_embeddings - PAIR_SPECIAL_WORDPIECES,
        min(1, config.type_vocab_size - 1),
        parallel=model.backbone.device.type == "cuda",
    )
    wordpieces, type_ids = _pack(encoded, tokenizer)
    inputs = (wordpieces, None if lookup is None else type_ids)
    output, backprop_windows = model.layers[0](inputs, is_train)
    width = wordpieces.input_ids.shape[1]
    aligns = [doc.alignment(width) for doc in encoded]
    first_rows = np.cumsum([0, *(len(doc.windows) * width for doc in encoded)])
    batch = UmlsBertBatch(
        spans=[doc.spans() for doc in encoded],
        wordpieces=wordpieces,
        model_output=output,
        align=ragged(
            np.concatenate(
                [a.dataXd + first for a, first in zip(aligns, first_rows, strict=False)]
            ),
            np.concatenate([a.lengths for a in aligns]),
        ),
        doc_aligns=aligns,
    )

    def backprop(d_batch: FullTransformerBatch) -> list[Doc]:
        backprop_windows(d_batch.model_output)
        return docs

    return batch, backprop


def _convert_inputs(
    model: Model, inputs: tuple[WordpieceBatch, Ints | None], is_train: bool
) -> tuple[ArgsKwargs, Callable]:
    wordpieces, type_ids = inputs
    device = cast(UmlsBertShim, model.shims[0]).device

    def tensor(array: Any) -> Any:
        return xp2torch(model.ops.asarray(array), device=device)

    kwargs = {
        "input_ids": tensor(wordpieces.input_ids),
        "attention_mask": tensor(wordpieces.attention_mask),
        "token_type_ids": tensor(wordpieces.token_type_ids),
    }
    if type_ids is not None:
        kwargs["semantic_type_ids"] = tensor(type_ids)
    return ArgsKwargs(args=(), kwargs=kwargs), lambda d_inputs: []


def _convert_outputs(
    model: Model, inputs_outputs: tuple[Any, BaseModelOutput], is_train: bool
) -> tuple[BaseModelOutput, Callable]:
    _, output = inputs_outputs

    def backprop(d_output: ModelOutput) -> ArgsKwargs:
        return ArgsKwargs(
            args=(output.last_hidden_state,), kwargs={"grad_tensors": d_output.values()}
        )

    return output, backprop


def _replace_listener(model: UmlsBertTransformer) -> Model:
    return chain(model, split_trf_batch())


def _replace_listener_cfg(
    transformer_cfg: dict[str, Any], listener_cfg: dict[str, Any]
) -> dict[str, Any]:
    """The config of a component that got a copy of the transformer in place of its listener."""
    architecture = ALONE.get(listener_cfg["@architectures"], "spacy_umlsbert.Tok2VecUmlsBert.v1")
    shared: dict[str, Any] = {
        key: listener_cfg[key] for key in ("pooling", "grad_factor", "width") if key in listener_cfg
    }
    return {"@architectures": architecture, "transformer": transformer_cfg, **shared}
