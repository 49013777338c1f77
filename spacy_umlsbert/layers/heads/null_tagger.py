"""In place of a tagging head where rules alone do the work."""

from collections.abc import Callable

from spacy.tokens import Doc
from thinc.api import Model
from thinc.types import Floats2d

NAME = "no_tagger"  # as in the models that are saved


def null_tagger() -> Model[list[Doc], list[Floats2d]]:
    """`spacy_umlsbert.NullTagger.v1`: finds nothing and learns nothing.

    Returns:
        A model that gives an array (tokens, 1) of zeros per Doc.
    """
    return Model(NAME, _forward)


def _forward(
    model: Model[list[Doc], list[Floats2d]], docs: list[Doc], is_train: bool
) -> tuple[list[Floats2d], Callable[[list[Floats2d]], list[Doc]]]:
    return [model.ops.alloc2f(len(doc), 1) for doc in docs], lambda _: []
