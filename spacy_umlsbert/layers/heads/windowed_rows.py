"""What the heads that judge places of a text share: rows of windows, and a layer on their means."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from spacy.ml.extract_spans import extract_spans
from spacy.tokens import Doc
from thinc.api import Model, chain, list2ragged, reduce_mean, with_getitem
from thinc.types import Floats2d, Ragged

from spacy_umlsbert.layers.heads.linear_head import linear_head

AROUND = 3
"""Windows of a place: itself, what stands before it, what stands after it."""


class WindowedRows(NamedTuple):
    """What is judged in some Docs: a row each.

    Attributes:
        docs: The Docs.
        windows: First token and token after the last of the windows of each row, a Doc after the
            other: (windows × rows, 2), with the number of windows of each Doc as lengths. None is
            empty.
        features: What else is known of each: (rows, features).
    """

    docs: list[Doc]
    windows: Ragged
    features: Floats2d


RowModel: TypeAlias = "Model[WindowedRows, Floats2d]"


def row_classifier(
    tok2vec: Model[list[Doc], list[Floats2d]],
    n_windows: int,
    *,
    nO: int | None,
    dropout: float,
    hidden_width: int,
    window: int,
) -> RowModel:
    """Scores for each row: the means of its windows' vectors and its features, through a layer.

    Args:
        tok2vec: Gives an array (tokens, width) per Doc, such as a `TransformerListener`.
        n_windows: So many windows each row has.
        nO: Number of outputs.
        dropout: Share of the vector's dimensions that are dropped in training.
        hidden_width: Width of the hidden layer (maxout, normalised); 0 for none.
        window: So many tokens before a place count, and so many after it; for the component.

    Returns:
        A model that gives unnormalised scores (rows, outputs).
    """
    head, output = linear_head(nO, dropout, hidden_width)
    ragged: Model[Any, Any] = chain(tok2vec, list2ragged())
    means: Model[Any, Any] = chain(with_getitem(0, ragged), extract_spans(), reduce_mean())
    beside: RowModel = Model(
        "row_vectors", _forward, init=_init, layers=[means], attrs={"n_windows": n_windows}
    )
    model: RowModel = chain(beside, head)
    model.attrs["window"] = window
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("output", output)
    return model


def rows_of(
    ops: Any, docs: list[Doc], windows: list[NDArray[np.int32]], features: list[NDArray[np.float32]]
) -> WindowedRows:
    """The rows of some Docs from the arrays of each: (windows, 2) and (rows, features)."""
    lengths = np.array([len(one) for one in windows], dtype=np.int32)
    places = Ragged(ops.asarray2i(np.concatenate(windows)), ops.asarray1i(lengths))
    return WindowedRows(docs, places, ops.asarray2f(np.concatenate(features)))


def windows_around(
    places: list[tuple[int, int]], sentence_starts: list[int], n_tokens: int, width: int
) -> NDArray[np.int32]:
    """The windows of the places of a Doc: (places, 3, 2).

    Those before and after a place share a token with it, so that none is empty.

    Args:
        places: First token and token after the last of each.
        sentence_starts: The first tokens of sentences, in their order; none if it is not known.
        n_tokens: How many tokens the Doc has.
        width: So many tokens before a place count, and so many after it.
    """
    borders = np.array([0, *sentence_starts, n_tokens])
    found = np.array(places, dtype=np.int64).reshape(-1, 2)
    first, last = found[:, 0], found[:, 1] - 1
    begin = borders[np.searchsorted(borders[:-1], first, side="right") - 1]
    stop = borders[np.searchsorted(borders[:-1], last, side="right")]
    rows = np.empty((len(found), AROUND, 2), dtype=np.int32)
    rows[:, 0] = found
    rows[:, 1, 0], rows[:, 1, 1] = np.maximum(begin, first - width), first + 1
    rows[:, 2, 0], rows[:, 2, 1] = last, np.minimum(stop, last + 1 + width)
    return rows


def sentence_starts(doc: Doc) -> list[int]:
    """The first tokens of the sentences of a Doc; none if they are not known."""
    if not doc.has_annotation("SENT_START"):
        return []
    return [token.i for token in doc if token.is_sent_start]


def _forward(
    model: Model[WindowedRows, Floats2d], rows: WindowedRows, is_train: bool
) -> tuple[Floats2d, Callable[[Floats2d], WindowedRows]]:
    means, backprop = model.layers[0]((rows.docs, rows.windows), is_train)
    n_rows, (n_windows, width) = len(rows.features), means.shape
    joined = model.attrs["n_windows"] * width
    of_windows = model.ops.reshape2f(means, n_rows, joined)

    def back(d_rows: Floats2d) -> WindowedRows:
        d_means = model.ops.as_contig(d_rows[:, :joined])
        backprop(model.ops.reshape2f(d_means, n_windows, width))
        return rows  # nothing is learnt before the vectors

    return model.ops.xp.hstack([of_windows, rows.features]), back


def _init(
    model: Model[WindowedRows, Floats2d],
    X: WindowedRows | None = None,
    Y: Floats2d | None = None,
) -> None:
    model.layers[0].initialize(X=None if X is None else (X.docs, X.windows))
