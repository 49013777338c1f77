"""The head of `umls_nli`: a linear layer on the vector of a pair."""

from thinc.api import chain

from spacy_umlsbert.layers.heads.linear_head import linear_head
from spacy_umlsbert.layers.heads.pair_vectors import PairVectors


def pair_classifier(
    tok2vec: PairVectors, nO: int | None = None, dropout: float = 0.1, hidden_width: int = 0
) -> PairVectors:
    """`spacy_umlsbert.PairClassifier.v1`: one score per pair and label.

    By default a single linear layer, as in Clinical BERT (Alsentzer et al. 2019, section 3.3) and
    UmlsBERT.

    Args:
        tok2vec: Gives an array (Docs, width), such as a `PairListener`. The name is that which
            `nlp.replace_listeners` looks for.
        nO: Number of labels; the component sets it from its labels.
        dropout: Share of the vector's dimensions that are dropped in training. The value of
            ``training.dropout`` replaces it, as everywhere in spaCy.
        hidden_width: Width of a hidden layer (maxout, normalised); 0 for none.

    Returns:
        A model that gives unnormalised scores (Docs, labels).
    """
    head, output = linear_head(nO, dropout, hidden_width)
    model: PairVectors = chain(tok2vec, head)
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("output", output)
    return model
