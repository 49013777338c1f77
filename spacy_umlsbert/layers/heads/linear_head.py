"""What the heads of all components end in: a linear layer, after a hidden one if wanted."""

from thinc.api import Dropout, Linear, Maxout, Model, chain, expand_window
from thinc.types import Floats2d

Layer = Model[Floats2d, Floats2d]


def linear_head(
    nO: int | None, dropout: float, hidden_width: int, window: int = 0
) -> tuple[Layer, Layer]:
    """A linear layer with dropout before it.

    Args:
        nO: Number of outputs.
        dropout: Share of the dimensions that are dropped in training.
        hidden_width: Width of a hidden layer (maxout, normalised); 0 for none.
        window: The hidden layer sees so many rows on either side.

    Returns:
        The whole, and the linear layer in it.
    """
    output: Layer = Linear(nO=nO)
    head: Layer = chain(Dropout(dropout), output)
    if hidden_width:
        hidden: Layer = Maxout(nO=hidden_width, nP=3, normalize=True, dropout=dropout)
        if window:
            hidden = chain(expand_window(window), hidden)
        head = chain(hidden, head)
    return head, output
