"""Semantic-type ids of tokens, from the spans that `umls_lookup` leaves on a Doc."""

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc


def token_semantic_type_ids(doc: Doc, spans_key: str, ids: Mapping[str, int]) -> NDArray[np.int64]:
    """The semantic-type id of every token.

    Args:
        doc: A Doc of n tokens.
        spans_key: The span group that holds the concept mentions, labelled with their TUI.
        ids: TUI -> id, as `UmlsBertConfig.semantic_type_ids`.

    Returns:
        (n,) ids; 0 where there is no mention, or its TUI has no id.
    """
    result = np.zeros(len(doc), dtype=np.int64)
    for span in doc.spans.get(spans_key, ()):
        result[span.start : span.end] = ids.get(span.label_, 0)
    return result


def warn_if_no_lookup(docs: Sequence[Doc], spans_key: str) -> None:
    """Warn that a backbone with semantic types is being used without a lookup before it."""
    if docs and not any(spans_key in doc.spans for doc in docs):
        warnings.warn(
            f"The transformer uses semantic types, but no Doc has doc.spans[{spans_key!r}]: its "
            "vectors are those of plain BERT. Add the component 'umls_lookup' before "
            "'transformer' (and to training.annotating_components), or set semantic_types = "
            "false in the transformer's model.",
            UserWarning,
            stacklevel=2,
        )
