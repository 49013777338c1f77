"""Scores of `umls_values` in a pipeline, the figures of `umls evaluate-values`."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from spacy.tokens import Doc, Span
from spacy.training import Example

from spacy_umlsbert.annotations.attributes import install
from spacy_umlsbert.corpora.annotated.gold import gold_mentions
from spacy_umlsbert.errors import UsageError, safe
from spacy_umlsbert.evaluation.figures import figures_of
from spacy_umlsbert.evaluation.values.schemes import SCHEMES
from spacy_umlsbert.evaluation.values.scores import ValueScores, kinds_among
from spacy_umlsbert.evaluation.values.tied import (
    TiedValue,
    mentions_of_spans,
    values_found,
    values_of_doc,
)
from spacy_umlsbert.guard import without_text
from spacy_umlsbert.values.detector import ValueDetector

NO_SCORES = dict.fromkeys(
    ("values_p", "values_r", "values_f", "values_lenient_f", "values_spans_f", "values_per_kind")
)
"""There were no gold values."""


@without_text("the values cannot be scored")
def score_values(
    examples: Iterable[Example],
    *,
    detector: ValueDetector | None = None,
    label_scheme: str = "as-they-are",
    **_: Any,
) -> dict[str, Any]:
    """Precision, recall and F1 of what values are tied to, all kinds together and each.

    A relation is right if place and kind of the value and the place of what it belongs to are.
    The detector is given the gold mentions, whatever the pipeline found. Without one, or where it
    cannot read the Docs, what the pipeline wrote counts. Kinds that the gold values do not have
    are left out.

    Args:
        examples: Gold Docs with what the pipeline made of the texts.
        detector: What finds values.
        label_scheme: What kinds are compared as, one of `schemes.SCHEMES`.

    Returns:
        ``values_p``, ``values_r``, ``values_f`` and ``values_per_kind`` of strict relations,
        ``values_lenient_f`` of lenient ones, ``values_spans_f`` of strict spans.
    """
    install("readers")
    scheme = SCHEMES[label_scheme]
    pairs = [(example.predicted, example.reference) for example in examples]
    golden = [scheme(gold.text, values_of_doc(gold)) for _, gold in pairs]
    scores = ValueScores(kinds_among([one for of_doc in golden for one in of_doc]))
    if not scores.kinds:
        return dict(NO_SCORES)
    for (doc, gold), of_doc in zip(pairs, golden, strict=True):
        found = _found(doc, list(gold_mentions(gold)), detector)
        scores.add(scheme(doc.text, found), of_doc)
    relations = figures_of(scores.micro("relations", "strict"))
    per_kind = scores.kinds_of("relations", "strict")
    return {
        "values_p": relations["p"],
        "values_r": relations["r"],
        "values_f": relations["f"],
        "values_lenient_f": scores.micro("relations", "lenient").fscore,
        "values_spans_f": scores.micro("spans", "strict").fscore,
        "values_per_kind": {kind: figures_of(score) for kind, score in per_kind.items()},
    }


def given_mentions(doc: Doc, mentions: Iterable[Span], detector: ValueDetector) -> list[TiedValue]:
    """What a detector finds in a Doc that is told of mentions of another one of the same text."""
    spans = []
    for one in mentions:
        span = doc.char_span(
            one.start_char, one.end_char, label=one.label_, alignment_mode="expand"
        )
        if span is not None:
            spans.append(span)
    (found,) = detector.detect([doc], [spans])
    return values_found(found, mentions_of_spans(spans))


def _found(doc: Doc, mentions: list[Span], detector: ValueDetector | None) -> list[TiedValue]:
    if detector is not None and detector.can_read(doc):
        return given_mentions(doc, mentions, detector)
    return values_of_doc(doc)


def make_values_scorer(label_scheme: str = "as-they-are") -> Callable[..., dict[str, Any]]:
    """`spacy_umlsbert.values_scorer.v1`, see `score_values`.

    Args:
        label_scheme: What kinds are compared as: ``as-they-are``, ``n2c2-2018``, ``i2b2-2009`` or
            ``maccrobat``.

    Raises:
        UsageError: If it is none of these.
    """
    if label_scheme not in SCHEMES:
        raise UsageError(f"label_scheme: choose one of {safe(', '.join(SCHEMES))}.")
    return partial(score_values, label_scheme=label_scheme)
