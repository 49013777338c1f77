"""The head of `umls_values`: a linear layer on a value, what it may belong to, and around both."""

from spacy.tokens import Doc
from thinc.api import Model
from thinc.types import Floats2d

from spacy_umlsbert.layers.heads.windowed_rows import AROUND, RowModel, row_classifier

WINDOWS = AROUND + 2
"""The value, before and after it, what it may belong to, and what stands between both."""


def value_attacher(
    tok2vec: Model[list[Doc], list[Floats2d]],
    nO: int | None = None,
    dropout: float = 0.1,
    hidden_width: int = 128,
    window: int = 6,
) -> RowModel:
    """`spacy_umlsbert.ValueAttacher.v1`: a score for each value and each entity near it.

    The means of the vectors of the value, of those before and after it in its sentence, of the
    entity, and of those between, with the features that the component gives (what the rules found,
    how far they are), through a hidden layer. That a value belongs to none of them has a row too.

    Args:
        tok2vec: Gives an array (tokens, width) per Doc, such as a `TransformerListener`.
        nO: Number of outputs, which is 1; the component sets it.
        dropout: Share of the vector's dimensions that are dropped in training. The value of
            ``training.dropout`` replaces it, as everywhere in spaCy.
        hidden_width: Width of the hidden layer (maxout, normalised); 0 for none.
        window: So many tokens before a value count, and so many after it.

    Returns:
        A model that gives unnormalised scores (rows, 1).
    """
    return row_classifier(
        tok2vec, WINDOWS, nO=nO, dropout=dropout, hidden_width=hidden_width, window=window
    )
