"""The vectors of a pair in a transformer's output, and the way back to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy_umlsbert import _compat

if TYPE_CHECKING:
    from spacy_umlsbert._compat import TransformerData


class PairStates(NamedTuple):
    """The first window of a Doc.

    Attributes:
        states: (length, width) the vectors.
        premise: (length,) which of them are of the first segment, [CLS] and [SEP] included.
        hypothesis: (length,) which are of the second one; none if the Doc is no pair.
    """

    states: Any
    premise: Any
    hypothesis: Any


def pair_states(xp: Any, doc: TransformerData) -> PairStates | None:
    """The vectors of a Doc; None if the transformer left it out or has not seen it."""
    if not has_states(doc):
        return None
    states = doc.model_output["last_hidden_state"][0]
    mask = xp.asarray(doc.wordpieces.attention_mask)[0] > 0
    segments = doc.wordpieces.token_type_ids
    second = mask & (xp.asarray(segments)[0] > 0) if segments is not None else mask & False
    return PairStates(states, mask & ~second, second)


def has_states(doc: TransformerData) -> bool:
    """Whether the transformer gave vectors."""
    states = doc.model_output.get("last_hidden_state")
    return states is not None and states.size > 0


def gradients(
    ops: Any,
    docs: Sequence[TransformerData],
    d_rows: Sequence[Any],
    backprops: Sequence[Callable[[Any], Any] | None],
    factor: float,
) -> list[TransformerData]:
    """The gradients of Docs, as a transformer takes them.

    As in spacy-transformers' `trfs2arrays`, a Doc that the transformer left out has none.

    Args:
        ops: The model's operations.
        docs: The Docs' output.
        d_rows: For each Doc the gradient of what was made of it.
        backprops: For each Doc, gradient -> gradient (length, width) of its first window; None
            for no gradient.
        factor: Multiplies them.
    """
    result = []
    for doc, d_row, backprop in zip(docs, d_rows, backprops, strict=True):
        if not has_states(doc):
            continue
        d_states = ops.xp.zeros_like(doc.model_output["last_hidden_state"])
        if backprop is not None:
            d_states[0] = backprop(d_row) * factor
        output = _compat.ModelOutput(last_hidden_state=d_states)
        result.append(_compat.TransformerData(doc.wordpieces, output, doc.align))
    return result
