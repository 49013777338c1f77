"""Each wordpiece of a hypothesis beside what it attends to in the premise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from thinc.api import Model, chain, concatenate, reduce_max, reduce_mean, with_array
from thinc.layers import Maxout
from thinc.types import Floats2d, Ragged

from spacy_umlsbert.layers.heads.pair_states import PairStates, gradients, pair_states

if TYPE_CHECKING:
    from spacy_umlsbert._compat import TransformerData

Comparison: TypeAlias = "Model[list[TransformerData], Floats2d]"


def compared_by_attention(width: int, grad_factor: float) -> Comparison:
    """Compare the sides of a pair wordpiece by wordpiece.

    Attend, compare and aggregate, as Parikh et al. 2016 ("A decomposable attention model for
    natural language inference", section 3), with the difference and product of Chen et al. 2017
    (ESIM, section 3.2) and both kinds of its pooling (section 3.3), on a transformer's vectors.

    Args:
        width: Width of the comparison.
        grad_factor: Multiplies the gradient that reaches the transformer.

    Returns:
        A model that gives an array (Docs, 2 × width).
    """
    compare: Model[Floats2d, Floats2d] = Maxout(nO=width, nP=3, normalize=True)
    pool: Model[Ragged, Floats2d] = concatenate(reduce_max(), reduce_mean())
    return chain(cross_attention(grad_factor), with_array(compare), pool)


def cross_attention(grad_factor: float) -> Model[list[TransformerData], Ragged]:
    """For each wordpiece h of a hypothesis: h, a, h - a, h * a.

    a is the mean of the premise's vectors, weighted by the softmax of their scaled products with h.

    Returns:
        A model that gives rows (wordpieces of the hypothesis, 4 × width) per Doc; one of zeros for
        a Doc that is no pair.
    """
    return Model("cross_attention", _forward, attrs={"grad_factor": grad_factor})


def _forward(
    model: Model[list[TransformerData], Ragged], docs: list[TransformerData], is_train: bool
) -> tuple[Ragged, Callable[[Ragged], list[TransformerData]]]:
    ops = model.ops
    pairs = [pair_states(ops.xp, doc) for doc in docs]
    width = next((pair.states.shape[-1] for pair in pairs if pair is not None), 0)
    blocks: list[Any] = []
    backprops: list[Callable[[Any], Any] | None] = []
    for pair in pairs:
        if pair is None or not pair.hypothesis.any():
            blocks.append(ops.alloc2f(1, 4 * width))
            backprops.append(None)
        else:
            block, back = _attend(ops, pair)
            blocks.append(block)
            backprops.append(back)
    lengths = [len(block) for block in blocks]

    def backprop(d_rows: Ragged) -> list[TransformerData]:
        d_blocks = ops.unflatten(d_rows.dataXd, ops.asarray1i(lengths))
        return gradients(ops, docs, d_blocks, backprops, model.attrs["grad_factor"])

    return Ragged(ops.flatten(blocks), ops.asarray1i(lengths)), backprop


def _attend(ops: Any, pair: PairStates) -> tuple[Any, Callable[[Any], Any]]:
    xp = ops.xp
    p, h = pair.states[pair.premise], pair.states[pair.hypothesis]
    scale = h.shape[1] ** -0.5
    weights = ops.softmax(scale * (h @ p.T), axis=-1)
    a = weights @ p

    def backprop(d_block: Any) -> Any:
        d_1, d_2, d_difference, d_product = xp.split(d_block, 4, axis=1)
        d_a = d_2 - d_difference + d_product * h
        d_weights = d_a @ p.T
        d_scores = weights * (d_weights - (d_weights * weights).sum(axis=1, keepdims=True)) * scale
        d_states = xp.zeros_like(pair.states)
        d_states[pair.hypothesis] = d_1 + d_difference + d_product * a + d_scores @ p
        d_states[pair.premise] = weights.T @ d_a + d_scores.T @ h
        return d_states

    return xp.concatenate([h, a, h - a, h * a], axis=1), backprop
