"""The tagging head: a linear layer over token vectors."""

from spacy.tokens import Doc
from thinc.api import Dropout, Linear, Model, chain, with_array
from thinc.types import Floats2d


def token_tagger(
    tok2vec: Model[list[Doc], list[Floats2d]], nO: int | None = None, dropout: float = 0.1
) -> Model[list[Doc], list[Floats2d]]:
    """`spacy_umlsbert.TokenTagger.v1`: one score per token and tag.

    A single linear layer, as Clinical BERT (Alsentzer et al. 2019, section 3.3) and UmlsBERT use
    for NER and de-identification.

    Args:
        tok2vec: Gives an array (tokens, width) per Doc, such as a `TransformerListener`.
        nO: Number of tags; the component sets it from its labels.
        dropout: Share of the vector's dimensions that are dropped in training. The value of
            ``training.dropout`` replaces it, as everywhere in spaCy.

    Returns:
        A model that gives unnormalised scores (tokens, tags) per Doc.
    """
    output: Model[Floats2d, Floats2d] = Linear(nO=nO)
    head: Model[Floats2d, Floats2d] = chain(Dropout(dropout), output)
    model: Model[list[Doc], list[Floats2d]] = chain(tok2vec, with_array(head))
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("output", output)
    return model
