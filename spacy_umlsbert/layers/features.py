"""What a token is told of beside its vector: the mention it is in, and how it is written.

Both are rows of zeros and ones, to be put beside a transformer's vectors (`concatenate_tok2vec`).
They give the tagging head what an uncased backbone does not see, and what an input embedding says
only once it is trained.
"""

from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import cast

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Token
from thinc.api import Model, concatenate
from thinc.types import Floats2d

from spacy_umlsbert.annotations.attributes import ABBREVIATION, install
from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.umls.semantic_types import all_tuis

Tok2Vec = Model[list[Doc], list[Floats2d]]

_SHAPES: tuple[Callable[[Token], bool], ...] = (
    lambda token: token.is_upper,
    lambda token: token.is_title,
    lambda token: token.is_lower,
    lambda token: token.is_alpha,
    lambda token: token.is_digit,
    lambda token: token.is_punct,
    lambda token: token.is_space,
    lambda token: any(map(str.isdigit, token.text)),
    lambda token: any(map(str.isupper, token.text[1:])),
    lambda token: len(token) == 1,
    lambda token: len(token) == 2,
    lambda token: 3 <= len(token) <= 5,
    lambda token: bool(token.whitespace_),
)


def mention_features(lookup_key: str = "umls", enabled: bool = True) -> Tok2Vec:
    """`spacy_umlsbert.MentionFeatures.v2`: the lookup's mention that a token is in.

    All semantic types of a mention's concepts (an ambiguous name has several, of which the
    backbone's input sees the first only), how the name was matched (``span._.match_kind``), and
    whether the token is the first, the last or another one of the mention.

    Args:
        lookup_key: The span group that `umls_lookup` writes.
        enabled: False for no features at all, so that a config can train with and without.

    Returns:
        A model that gives an array (tokens, 136) of zeros and ones per Doc; (tokens, 0) if not
        enabled.
    """
    if not enabled:
        return _features("no_features", 0, _no_features)
    install("umls_lookup")
    rows = _MentionRows(lookup_key)
    return _features("mention_features", rows.width, rows)


def _no_features(doc: Doc) -> NDArray[np.float32]:
    return np.zeros((len(doc), 0), dtype="f")


class _MentionRows:
    """The mention that each token of a Doc is in, as rows of zeros and ones."""

    def __init__(self, lookup_key: str) -> None:
        self._lookup_key = lookup_key
        from spacy_umlsbert.umls import MATCH_KINDS  # noqa: PLC0415 - takes a while

        self._column = {tui: i for i, tui in enumerate(all_tuis())}
        kinds = (*MATCH_KINDS, ABBREVIATION)
        self._kinds = {kind: len(self._column) + i for i, kind in enumerate(kinds)}
        self._inside = len(self._column) + len(self._kinds)
        self.width = self._inside + 4

    def __call__(self, doc: Doc) -> NDArray[np.float32]:
        found = np.zeros((len(doc), self.width), dtype="f")
        inside = self._inside
        for span in spans_of(doc, self._lookup_key):
            of_all = [self._column[tui] for tui in span._.tuis if tui in self._column]
            found[span.start : span.end, [*of_all, self._kinds[span._.match_kind], inside]] = 1
            found[span.start, inside + 1] = 1
            found[span.end - 1, inside + 2] = 1
            found[span.start + 1 : span.end - 1, inside + 3] = 1
        return found


def shape_features() -> Tok2Vec:
    """`spacy_umlsbert.ShapeFeatures.v1`: how a token is written.

    Capitals, digits, signs, length and the space after it: what an uncased backbone loses, and with
    it the look of an acronym.

    Returns:
        A model that gives an array (tokens, 13) of zeros and ones per Doc.
    """
    return _features("shape_features", len(_SHAPES), _ShapeRows())


class _ShapeRows:
    """How each token of a Doc is written, as rows of zeros and ones; remembers those it has made.

    What it remembers are words of texts: they are neither pickled nor copied with the model.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, bool], list[bool]] = {}

    def __reduce__(self) -> tuple[type["_ShapeRows"], tuple[()]]:
        return _ShapeRows, ()

    def __call__(self, doc: Doc) -> NDArray[np.float32]:
        rows = chain.from_iterable(map(self._row, doc))
        flat = np.fromiter(rows, dtype="f", count=len(doc) * len(_SHAPES))
        return flat.reshape(len(doc), len(_SHAPES))

    def _row(self, token: Token) -> list[bool]:
        key = (token.orth, bool(token.whitespace_))
        row = self._known.get(key)
        if row is None:
            if len(self._known) > 1 << 17:
                self._known.clear()
            row = self._known[key] = [is_so(token) for is_so in _SHAPES]
        return row


def concatenate_tok2vec(*tok2vecs: Tok2Vec) -> Tok2Vec:
    """`spacy_umlsbert.Concatenate.v1`: the vectors of several models side by side.

    Args:
        *tok2vecs: Each gives an array (tokens, width) per Doc.

    Returns:
        A model that gives an array (tokens, sum of the widths) per Doc.

    Raises:
        ValueError: If there are none.
    """
    if not tok2vecs:
        raise UsageError("spacy_umlsbert.Concatenate.v1 needs at least one model to concatenate")
    return concatenate(*map(_returns_a_gradient, tok2vecs))


def _returns_a_gradient(tok2vec: Tok2Vec) -> Tok2Vec:
    """What is concatenated must return a gradient, and all listeners but the last give None."""
    return Model("returns_a_gradient", _forward_inner, init=_init_inner, layers=[tok2vec])


def _forward_inner(
    model: Tok2Vec, docs: list[Doc], is_train: bool
) -> tuple[list[Floats2d], Callable[[list[Floats2d]], list[Doc]]]:
    vectors, backprop = model.layers[0](docs, is_train)
    return vectors, lambda d_vectors: backprop(d_vectors) or []


def _init_inner(
    model: Tok2Vec, X: list[Doc] | None = None, Y: list[Floats2d] | None = None
) -> None:
    model.layers[0].initialize(X=X, Y=Y)


def _features(name: str, width: int, features: Callable[[Doc], NDArray[np.float32]]) -> Tok2Vec:
    # Functions of the module, so that the model can be pickled.
    return Model(name, partial(_forward_features, features), dims={"nO": width})


def _forward_features(
    features: Callable[[Doc], NDArray[np.float32]], model: Tok2Vec, docs: list[Doc], is_train: bool
) -> tuple[list[Floats2d], Callable[[list[Floats2d]], list[Doc]]]:
    return [model.ops.asarray2f(cast("Floats2d", features(doc))) for doc in docs], lambda _: []
