"""The head of `umls_assertion`: a linear layer on what stands in a mention and around it."""

from spacy.tokens import Doc
from thinc.api import Model
from thinc.types import Floats2d

from spacy_umlsbert.layers.heads.windowed_rows import AROUND, RowModel, row_classifier


def mention_classifier(
    tok2vec: Model[list[Doc], list[Floats2d]],
    nO: int | None = None,
    dropout: float = 0.1,
    hidden_width: int = 128,
    window: int = 10,
) -> RowModel:
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
    return row_classifier(
        tok2vec, AROUND, nO=nO, dropout=dropout, hidden_width=hidden_width, window=window
    )
