"""Scores of `umls_linker` while a pipeline is trained."""

from collections.abc import Callable, Iterable
from typing import Any

from spacy.pipeline import EntityLinker
from spacy.scorer import Scorer
from spacy.training import Example

from spacy_umlsbert.guard import without_text


@without_text("the links cannot be scored")
def score_links(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """SpaCy's scores of links, NIL not counted."""
    return Scorer.score_links(examples, negative_labels=[EntityLinker.NIL, ""], **kwargs)


def make_linker_scorer() -> Callable[..., dict[str, Any]]:
    """`spacy_umlsbert.linker_scorer.v1`, see `score_links`."""
    return score_links
