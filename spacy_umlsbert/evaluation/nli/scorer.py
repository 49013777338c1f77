"""Scores of `umls_nli` while it is trained, the figures of `umls evaluate-nli`."""

from collections.abc import Callable, Iterable
from typing import Any

from spacy.training import Example

from spacy_umlsbert.annotations.pairs import gold_label, is_pair
from spacy_umlsbert.guard import without_text


@without_text("the pairs cannot be scored")
def score_pairs(examples: Iterable[Example], **_: Any) -> dict[str, Any]:
    """Accuracy and macro-F1 of the pairs that have a gold label.

    None stands for no score: there was no such pair.
    """
    labelled = [
        (label, example.predicted)
        for example in examples
        if is_pair(example.predicted) and (label := gold_label(example.reference)) is not None
    ]
    if not labelled:
        return {"nli_acc": None, "nli_macro_f": None, "nli_per_label": None}
    from spacy_umlsbert.evaluation.nli.scores import UNJUDGED, PairScores  # noqa: PLC0415 - heavy

    gold, docs = zip(*labelled, strict=True)
    figures = PairScores(gold, [gold_label(doc) or UNJUDGED for doc in docs]).as_dict()
    return {
        "nli_acc": figures["accuracy"],
        "nli_macro_f": figures["macro_f"],
        "nli_per_label": figures["per_label"],
    }


def make_nli_scorer() -> Callable[..., dict[str, Any]]:
    """`spacy_umlsbert.nli_scorer.v1`, see `score_pairs`."""
    return score_pairs
