"""What a token is told of beside its vector: the mention it is in, and how it is written.

Both are rows of zeros and ones, to be put beside a transformer's vectors (`concatenate_tok2vec`).
They give the tagging head what an uncased backbone does not see, and what an input embedding says
only once it is trained.
"""

from collections.abc import Callable
from itertools import chain
from typing import cast

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Token
from thinc.api import Model, concatenate
from thinc.types import Floats2d

from spacy_umlsbert.annotations.extensions import ABBREVIATION, install_lookup_extensions
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
        return _features("no_features", 0, lambda doc: np.zeros((len(doc), 0), dtype="f"))
    from spacy_umlsbert.umls import MATCH_KINDS  # noqa: PLC0415 - takes a while

    install_lookup_extensions()
    column = {tui: i for i, tui in enumerate(all_tuis())}
    kinds = {kind: len(column) + i for i, kind in enumerate((*MATCH_KINDS, ABBREVIATION))}
    inside = len(column) + len(kinds)
    width = inside + 4

    def features(doc: Doc) -> NDArray[np.float32]:
        found = np.zeros((len(doc), width), dtype="f")
        for span in doc.spans.get(lookup_key, ()):
            of_all = [column[tui] for tui in span._.tuis if tui in column]
            found[span.start : span.end, [*of_all, kinds[span._.match_kind], inside]] = 1
            found[span.start, inside + 1] = 1
            found[span.end - 1, inside + 2] = 1
            found[span.start + 1 : span.end - 1, inside + 3] = 1
        return found

    return _features("mention_features", width, features)


def shape_features() -> Tok2Vec:
    """`spacy_umlsbert.ShapeFeatures.v1`: how a token is written.

    Capitals, digits, signs, length and the space after it: what an uncased backbone loses, and with
    it the look of an acronym.

    Returns:
        A model that gives an array (tokens, 13) of zeros and ones per Doc.
    """
    known: dict[tuple[int, bool], list[bool]] = {}

    def of_token(token: Token) -> list[bool]:
        key = (token.orth, bool(token.whitespace_))
        row = known.get(key)
        if row is None:
            if len(known) > 1 << 17:
                known.clear()
            row = known[key] = [is_so(token) for is_so in _SHAPES]
        return row

    def features(doc: Doc) -> NDArray[np.float32]:
        rows = chain.from_iterable(map(of_token, doc))
        flat = np.fromiter(rows, dtype="f", count=len(doc) * len(_SHAPES))
        return flat.reshape(len(doc), len(_SHAPES))

    return _features("shape_features", len(_SHAPES), features)


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
        raise ValueError("spacy_umlsbert.Concatenate.v1 needs at least one model to concatenate")
    return concatenate(*map(_returns_a_gradient, tok2vecs))


def _returns_a_gradient(tok2vec: Tok2Vec) -> Tok2Vec:
    """What is concatenated must return a gradient, and all listeners but the last give None."""

    def forward(
        model: Tok2Vec, docs: list[Doc], is_train: bool
    ) -> tuple[list[Floats2d], Callable[[list[Floats2d]], list[Doc]]]:
        vectors, backprop = model.layers[0](docs, is_train)
        return vectors, lambda d_vectors: backprop(d_vectors) or []

    def init(model: Tok2Vec, X: list[Doc] | None = None, Y: list[Floats2d] | None = None) -> None:
        model.layers[0].initialize(X=X, Y=Y)

    return Model("returns_a_gradient", forward, init=init, layers=[tok2vec])


def _features(name: str, width: int, features: Callable[[Doc], NDArray[np.float32]]) -> Tok2Vec:
    def forward(
        model: Tok2Vec, docs: list[Doc], is_train: bool
    ) -> tuple[list[Floats2d], Callable[[list[Floats2d]], list[Doc]]]:
        arrays = [model.ops.asarray2f(cast("Floats2d", features(doc))) for doc in docs]
        return arrays, lambda _: []

    return Model(name, forward, dims={"nO": width})
