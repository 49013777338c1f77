"""What the components that listen to a transformer share."""

import warnings
from collections.abc import Sequence

from spacy.tokens import Doc
from thinc.api import Model

from spacy_umlsbert._compat import is_listener


def has_vectors(model: Model, docs: Sequence[Doc]) -> bool:
    """Whether a model listens to no transformer, or to one that has seen all of these Docs."""
    listens = any(map(is_listener, model.walk()))
    return not listens or all(doc._.trf_data is not None or not len(doc) for doc in docs)


def warn_if_no_vectors(component: str, model: Model, docs: Sequence[Doc]) -> None:
    """Warn that a component's model listens to a transformer which has not seen these Docs."""
    listens = any(map(is_listener, model.walk()))
    if listens and all(doc._.trf_data is None for doc in docs):
        warnings.warn(
            f"{component} finds nothing: no 'transformer' component ran before it on these Docs. "
            "Put the transformer that it was trained with before it (nlp.add_pipe("
            '"transformer", source=...)), or give it a copy of its own with '
            "nlp.replace_listeners.",
            UserWarning,
            stacklevel=3,
        )
