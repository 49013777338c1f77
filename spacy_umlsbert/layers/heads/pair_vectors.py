"""One vector per pair out of a transformer's windows."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from spacy.tokens import Doc
from thinc.api import Model, chain
from thinc.types import Floats2d

from spacy_umlsbert import _compat
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.layers.heads.cross_attention import compared_by_attention
from spacy_umlsbert.layers.heads.pair_states import PairStates, gradients, pair_states

if TYPE_CHECKING:
    from spacy_umlsbert._compat import TransformerData

Transformer = Model[list[Doc], Any]
"""From Docs to the `FullTransformerBatch` of spacy-transformers, which is not imported for this."""

Pooling = Literal["cls", "sides", "aligned"]
PairVectors = Model[list[Doc], Floats2d]


def pair_listener(
    upstream: str = "*", grad_factor: float = 1.0, pooling: Pooling = "cls", width: int = 128
) -> PairVectors:
    """`spacy_umlsbert.PairListener.v1`: a vector per pair, of the pipeline's `transformer`.

    Args:
        upstream: Name of the `transformer` component to listen to; ``*`` for any.
        grad_factor: Multiplies the gradient that reaches the transformer.
        pooling: ``cls`` is the vector of [CLS] (Devlin et al. 2019; Clinical BERT and UmlsBERT for
            MedNLI). ``sides`` has beside it the mean of the premise's vectors, that of the
            hypothesis's, their difference (absolute) and their product (Conneau et al. 2017,
            InferSent, section 3.1): for backbones that were trained to compare sentences by
            their mean. ``aligned`` compares each wordpiece of the hypothesis with what it
            attends to in the premise (`cross_attention`), which learns from fewer pairs.
        width: Width of the comparison of ``aligned``.

    Returns:
        A model that gives an array (Docs, width of the transformer), for ``sides`` five times as
        wide, for ``aligned`` (Docs, 2 × width). That of a Doc which is no pair means nothing.
    """
    with _compat.needed_for("spacy_umlsbert.PairListener.v1"):
        listener = _compat.TransformerListener(upstream_name=upstream)
    return chain(listener, pair_vectors(pooling, grad_factor, width))


def pair_umlsbert(
    transformer: Transformer,
    grad_factor: float = 1.0,
    pooling: Pooling = "cls",
    width: int = 128,
) -> PairVectors:
    """`spacy_umlsbert.PairUmlsBert.v1`: the same with an UmlsBERT that belongs to one component.

    `nlp.replace_listeners` writes it in place of a `PairListener`.

    Args:
        transformer: As `umlsbert_transformer` makes it.
        grad_factor: Multiplies the gradient that reaches the transformer.
        pooling: See `pair_listener`.
        width: See `pair_listener`.
    """
    # A chain of a chain, as a listener is after nlp.replace_listeners.
    own: Model[list[Doc], list[TransformerData]] = chain(transformer, _compat.split_trf_batch())
    return chain(own, pair_vectors(pooling, grad_factor, width))


def pair_vectors(
    pooling: Pooling, grad_factor: float, width: int = 128
) -> "Model[list[TransformerData], Floats2d]":
    """Pool the first window of each Doc; a Doc without windows has a vector of zeros.

    Raises:
        ValueError: If there is no such pooling.
    """
    if pooling == "aligned":
        return compared_by_attention(width, grad_factor)
    if pooling not in _POOLINGS:
        raise UsageError(f"pooling = {pooling!r}: use 'cls', 'sides' or 'aligned'")
    return Model("pair_vectors", _forward, attrs={"grad_factor": grad_factor, "pooling": pooling})


def _forward(
    model: "Model[list[TransformerData], Floats2d]", docs: "list[TransformerData]", is_train: bool
) -> "tuple[Floats2d, Callable[[Floats2d], list[TransformerData]]]":
    ops = model.ops
    vectors, pool = _POOLINGS[model.attrs["pooling"]]
    pairs = [pair_states(ops.xp, doc) for doc in docs]
    width = next((pair.states.shape[-1] for pair in pairs if pair is not None), 0)
    rows: list[Any] = []
    backprops: list[Callable[[Any], Any] | None] = []
    for pair in pairs:
        row, back = (ops.alloc1f(width * vectors), None) if pair is None else pool(ops.xp, pair)
        rows.append(row)
        backprops.append(back)

    def backprop(d_rows: Floats2d) -> "list[TransformerData]":
        return gradients(ops, docs, list(d_rows), backprops, model.attrs["grad_factor"])

    return ops.xp.stack(rows), backprop


def _cls(xp: Any, pair: PairStates) -> tuple[Any, Callable[[Any], Any]]:
    def backprop(d_row: Any) -> Any:
        d_states = xp.zeros_like(pair.states)
        d_states[0] = d_row
        return d_states

    return pair.states[0], backprop


def _sides(xp: Any, pair: PairStates) -> tuple[Any, Callable[[Any], Any]]:
    weights = [_mean_weights(xp, side) for side in (pair.premise, pair.hypothesis)]
    p, h = (pair.states.T @ w for w in weights)

    def backprop(d_row: Any) -> Any:
        d_cls, d_p, d_h, d_difference, d_product = xp.split(d_row, 5)
        sign = xp.sign(p - h)
        d_p = d_p + sign * d_difference + h * d_product
        d_h = d_h - sign * d_difference + p * d_product
        d_states = xp.outer(weights[0], d_p) + xp.outer(weights[1], d_h)
        d_states[0] += d_cls
        return d_states

    return xp.concatenate([pair.states[0], p, h, xp.abs(p - h), p * h]), backprop


def _mean_weights(xp: Any, of_side: Any) -> Any:
    return of_side.astype("f") / xp.float32(max(1, int(of_side.sum())))


_POOLINGS: dict[str, tuple[int, Callable[..., Any]]] = {"cls": (1, _cls), "sides": (5, _sides)}
"""How many vectors wide, and the function."""
