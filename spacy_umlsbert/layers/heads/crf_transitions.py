"""What a tag says of the next one: the weights of a linear-chain conditional random field."""

from collections.abc import Callable

from thinc.api import Model
from thinc.types import Floats2d

Scores = list[Floats2d]
PARAM = "transitions"


def tag_transitions(nO: int | None = None) -> Model[Scores, Scores]:
    """A score for every pair of neighbouring tags; token scores pass through as they are.

    The tagging component reads the scores when it decodes and gives them their gradient when it
    computes the loss (`spacy_umlsbert.layers.heads.crf_loss`).

    Args:
        nO: Number of tags.

    Returns:
        A model with the parameter ``transitions`` (tags, tags): from row to column; zero at first.
    """
    return Model(PARAM, _forward, init=_init, params={PARAM: None}, dims={"nO": nO})


def _forward(
    model: Model[Scores, Scores], scores: Scores, is_train: bool
) -> tuple[Scores, Callable[[Scores], Scores]]:
    return scores, lambda d_scores: d_scores


def _init(model: Model[Scores, Scores], X: Scores | None = None, Y: Scores | None = None) -> None:
    if not model.has_param(PARAM):
        n = model.get_dim("nO")
        model.set_param(PARAM, model.ops.alloc2f(n, n))
