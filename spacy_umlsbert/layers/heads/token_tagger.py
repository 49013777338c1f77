"""The tagging head: a linear layer over token vectors."""

from spacy.tokens import Doc
from thinc.api import Model, chain, with_array
from thinc.types import Floats2d

from spacy_umlsbert.layers.heads.crf_transitions import tag_transitions
from spacy_umlsbert.layers.heads.linear_head import linear_head


def token_tagger(
    tok2vec: Model[list[Doc], list[Floats2d]],
    nO: int | None = None,
    dropout: float = 0.1,
    hidden_width: int = 0,
    window: int = 0,
    transitions: bool = False,
) -> Model[list[Doc], list[Floats2d]]:
    """`spacy_umlsbert.TokenTagger.v1`: one score per token and tag.

    By default a single linear layer, as Clinical BERT (Alsentzer et al. 2019, section 3.3) and
    UmlsBERT use for NER and de-identification. A hidden layer before it pays where the vectors hold
    features of tokens, whose meaning depends on the others and on the neighbours'.

    Args:
        tok2vec: Gives an array (tokens, width) per Doc, such as a `TransformerListener`.
        nO: Number of tags; the component sets it from its labels.
        dropout: Share of the vector's dimensions that are dropped in training. The value of
            ``training.dropout`` replaces it, as everywhere in spaCy.
        hidden_width: Width of a hidden layer (maxout, normalised); 0 for none.
        window: The hidden layer sees so many tokens on either side.
        transitions: Learn which tags follow which, and the loss of whole sequences: a conditional
            random field in place of a decision for each token.

    Returns:
        A model that gives unnormalised scores (tokens, tags) per Doc.
    """
    head, output = linear_head(nO, dropout, hidden_width, window)
    # Padding keeps the windows of one Doc from reaching into the next.
    model: Model[list[Doc], list[Floats2d]] = chain(tok2vec, with_array(head, pad=window))
    if transitions:
        follows = tag_transitions(nO)
        model = chain(model, follows)
        model.set_ref("transitions", follows)
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("output", output)
    return model
