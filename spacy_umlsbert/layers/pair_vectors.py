"""One vector per pair out of a transformer's windows."""

from collections.abc import Callable
from typing import Any, Literal

from spacy.tokens import Doc
from spacy_transformers.data_classes import FullTransformerBatch, TransformerData
from spacy_transformers.layers import TransformerListener
from spacy_transformers.layers.split_trf import split_trf_batch
from thinc.api import Model, chain
from thinc.types import Floats2d, Floats3d
from transformers.utils import ModelOutput

Pooling = Literal["cls", "sides"]
PairVectors = Model[list[Doc], Floats2d]


def pair_listener(
    upstream: str = "*", grad_factor: float = 1.0, pooling: Pooling = "cls"
) -> PairVectors:
    """`spacy_umlsbert.PairListener.v1`: a vector per pair, of the pipeline's `transformer`.

    Args:
        upstream: Name of the `transformer` component to listen to; ``*`` for any.
        grad_factor: Multiplies the gradient that reaches the transformer.
        pooling: ``cls`` is the vector of [CLS] (Devlin et al. 2019; Clinical BERT and UmlsBERT for
            MedNLI). ``sides`` has beside it the mean of the premise's vectors, that of the
            hypothesis's, their difference (absolute) and their product (Conneau et al. 2017,
            InferSent, section 3.1): for backbones that were trained to compare sentences by
            their mean, and for few data.

    Returns:
        A model that gives an array (Docs, width), or (Docs, 5 × width) for ``sides``. That of a
        Doc which is no pair means nothing.
    """
    return chain(TransformerListener(upstream_name=upstream), pair_vectors(pooling, grad_factor))


def pair_umlsbert(
    transformer: Model[list[Doc], FullTransformerBatch],
    grad_factor: float = 1.0,
    pooling: Pooling = "cls",
) -> PairVectors:
    """`spacy_umlsbert.PairUmlsBert.v1`: the same with an UmlsBERT that belongs to one component.

    `nlp.replace_listeners` writes it in place of a `PairListener`.

    Args:
        transformer: As `umlsbert_transformer` makes it.
        grad_factor: Multiplies the gradient that reaches the transformer.
        pooling: See `pair_listener`.
    """
    # A chain of a chain, as a listener is after nlp.replace_listeners.
    return chain(chain(transformer, split_trf_batch()), pair_vectors(pooling, grad_factor))


def pair_vectors(pooling: Pooling, grad_factor: float) -> Model[list[TransformerData], Floats2d]:
    """Pool the first window of each Doc; a Doc without windows has a vector of zeros.

    Raises:
        ValueError: If there is no such pooling.
    """
    if pooling not in ("cls", "sides"):
        raise ValueError(f"pooling = {pooling!r}: use 'cls' or 'sides'")
    return Model(
        "pair_vectors", _forward, attrs={"grad_factor": grad_factor, "sides": pooling == "sides"}
    )


def _forward(
    model: Model[list[TransformerData], Floats2d], docs: list[TransformerData], is_train: bool
) -> tuple[Floats2d, Callable[[Floats2d], list[TransformerData]]]:
    ops, sides = model.ops, model.attrs["sides"]
    rows: list[Any] = []
    backprops: list[Callable[[Any], Any]] = []
    filled = [doc for doc in docs if _states(doc) is not None]
    width = _states(filled[0]).shape[-1] if filled else 0
    for doc in docs:
        states = _states(doc)
        if states is None:
            rows.append(ops.alloc1f(width * (5 if sides else 1)))
            continue
        row, backprop_row = _sides(ops.xp, doc, states) if sides else _cls(ops.xp, states)
        rows.append(row)
        backprops.append(backprop_row)

    def backprop(d_rows: Floats2d) -> list[TransformerData]:
        # As in trfs2arrays: a Doc that the transformer left out gets no gradient.
        of_filled = [d for d, doc in zip(d_rows, docs, strict=True) if _states(doc) is not None]
        return [
            TransformerData(
                wordpieces=doc.wordpieces,
                model_output=ModelOutput(last_hidden_state=back(d * model.attrs["grad_factor"])),
                align=doc.align,
            )
            for doc, d, back in zip(filled, of_filled, backprops, strict=True)
        ]

    return ops.xp.stack(rows), backprop


def _states(doc: TransformerData) -> Any:
    """The vectors of a Doc's windows, (windows, length, width); None if there are none."""
    states = doc.model_output.get("last_hidden_state")
    return states if states is not None and states.size else None


def _cls(xp: Any, states: Floats3d) -> tuple[Any, Callable[[Any], Floats3d]]:
    def backprop(d_row: Any) -> Floats3d:
        d_states = xp.zeros_like(states)
        d_states[0, 0] = d_row
        return d_states

    return states[0, 0], backprop


def _sides(xp: Any, doc: TransformerData, states: Floats3d) -> tuple[Any, Callable]:
    segments = doc.wordpieces.token_type_ids
    mask = xp.asarray(doc.wordpieces.attention_mask)[0] > 0
    second = mask & (xp.asarray(segments)[0] > 0) if segments is not None else mask & False
    weights = [_mean_weights(xp, side) for side in (mask & ~second, second)]
    p, h = (states[0].T @ w for w in weights)

    def backprop(d_row: Any) -> Floats3d:
        d_cls, d_p, d_h, d_difference, d_product = xp.split(d_row, 5)
        sign = xp.sign(p - h)
        d_p = d_p + sign * d_difference + h * d_product
        d_h = d_h - sign * d_difference + p * d_product
        d_states = xp.zeros_like(states)
        d_states[0] = xp.outer(weights[0], d_p) + xp.outer(weights[1], d_h)
        d_states[0, 0] += d_cls
        return d_states

    return xp.concatenate([states[0, 0], p, h, xp.abs(p - h), p * h]), backprop


def _mean_weights(xp: Any, of_side: Any) -> Any:
    return of_side.astype("f") / xp.maximum(of_side.sum(), 1)
