"""The head of `umls_assertion`: a linear layer on what stands in a mention and around it."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from spacy.ml.extract_spans import extract_spans
from spacy.tokens import Doc
from thinc.api import Model, chain, list2ragged, reduce_mean, with_getitem
from thinc.types import Floats2d, Ragged

from spacy_umlsbert.layers.heads.linear_head import linear_head

WINDOWS = 3
"""A mention has three windows of tokens: itself, what stands before it, what stands after it."""


class Mentions(NamedTuple):
    """The mentions of some Docs.

    Attributes:
        docs: The Docs.
        windows: First token and token after the last of the windows of each mention, a Doc after
            the other: (3 × mentions, 2), with 3 × the number of mentions of each Doc as lengths.
            None is empty.
        features: What else is known of each: (mentions, features).
    """

    docs: list[Doc]
    windows: Ragged
    features: Floats2d


MentionModel: TypeAlias = "Model[Mentions, Floats2d]"


def mention_classifier(
    tok2vec: Model[list[Doc], list[Floats2d]],
    nO: int | None = None,
    dropout: float = 0.1,
    hidden_width: int = 128,
    window: int = 10,
) -> MentionModel:
    """`spacy_umlsbert.MentionClassifier.v1`: scores for each mention of some Docs.

    The mean of the mention's vectors, those of the vectors before and after it in its sentence, and
    the features that the component gives (what the rules found), through a hidden layer.

    Args:
        tok2vec: Gives an array (tokens, width) per Doc, such as a `TransformerListener`.
        nO: Number of outputs; the component sets it from its labels.
        dropout: Share of the vector's dimensions that are dropped in training. The value of
            ``training.dropout`` replaces it, as everywhere in spaCy.
        hidden_width: Width of the hidden layer (maxout, normalised); 0 for none.
        window: So many tokens before a mention count, and so many after it.

    Returns:
        A model that gives unnormalised scores (mentions, outputs).
    """
    head, output = linear_head(nO, dropout, hidden_width)
    ragged: Model[Any, Any] = chain(tok2vec, list2ragged())
    means: Model[Any, Any] = chain(with_getitem(0, ragged), extract_spans(), reduce_mean())
    beside: MentionModel = Model("mention_vectors", _forward, init=_init, layers=[means])
    model: MentionModel = chain(beside, head)
    model.attrs["window"] = window
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("output", output)
    return model


def windows(
    mentions: list[tuple[int, int]], sentence_starts: list[int], n_tokens: int, width: int
) -> NDArray[np.int32]:
    """The windows of the mentions of a Doc: (3 × mentions, 2).

    Those before and after a mention share a token with it, so that none is empty.

    Args:
        mentions: First token and token after the last of each.
        sentence_starts: The first tokens of sentences, in their order; none if it is not known.
        n_tokens: How many tokens the Doc has.
        width: So many tokens before a mention count, and so many after it.
    """
    borders = np.array([0, *sentence_starts, n_tokens])
    found = np.array(mentions, dtype=np.int64).reshape(-1, 2)
    first, last = found[:, 0], found[:, 1] - 1
    begin = borders[np.searchsorted(borders[:-1], first, side="right") - 1]
    stop = borders[np.searchsorted(borders[:-1], last, side="right")]
    rows = np.empty((len(found), WINDOWS, 2), dtype=np.int32)
    rows[:, 0] = found
    rows[:, 1, 0], rows[:, 1, 1] = np.maximum(begin, first - width), first + 1
    rows[:, 2, 0], rows[:, 2, 1] = last, np.minimum(stop, last + 1 + width)
    return rows.reshape(-1, 2)


def _forward(
    model: Model[Mentions, Floats2d], mentions: Mentions, is_train: bool
) -> tuple[Floats2d, Callable[[Floats2d], Mentions]]:
    means, backprop = model.layers[0]((mentions.docs, mentions.windows), is_train)
    n_mentions, (n_rows, width) = len(mentions.features), means.shape
    of_windows = model.ops.reshape2f(means, n_mentions, WINDOWS * width)

    def back(d_rows: Floats2d) -> Mentions:
        d_means = model.ops.as_contig(d_rows[:, : WINDOWS * width])
        backprop(model.ops.reshape2f(d_means, n_rows, width))
        return mentions  # nothing is learnt before the vectors

    return model.ops.xp.hstack([of_windows, mentions.features]), back


def _init(
    model: Model[Mentions, Floats2d], X: Mentions | None = None, Y: Floats2d | None = None
) -> None:
    model.layers[0].initialize(X=None if X is None else (X.docs, X.windows))
