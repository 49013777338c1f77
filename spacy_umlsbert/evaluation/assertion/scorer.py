"""Scores of `umls_assertion` in a pipeline, the figures of `umls evaluate-assertion`."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from spacy.tokens import Doc, Span
from spacy.training import Example

from spacy_umlsbert.annotations.assertions import assertion, flags, spans_at
from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.assertion.detector import AssertionDetector
from spacy_umlsbert.assertion.verdicts import Verdict, classes_among
from spacy_umlsbert.corpora.annotated.gold import gold_assertions
from spacy_umlsbert.guard import without_text

NO_SCORES = {"assertion_acc": None, "assertion_macro_f": None, "assertion_per_class": None}
"""There were no gold mentions of which anything is said."""


@without_text("the assertions cannot be scored")
def score_assertions(
    examples: Iterable[Example], *, detector: AssertionDetector | None = None, **_: Any
) -> dict[str, Any]:
    """The share of gold mentions with the right class, and the macro-F1 of the classes.

    The detector judges the gold mentions, whatever the pipeline found. Without one, or where the
    transformer's vectors are gone from the Docs, only those mentions count that the pipeline found
    with the same borders.

    Args:
        examples: Gold Docs with what the pipeline made of the texts.
        detector: What judges.
    """
    judged: list[tuple[list[tuple[str, frozenset[str]]], list[Verdict]]] = []
    for example in examples:
        mentions = list(gold_assertions(example.reference))
        found = list(_judged(example.predicted, mentions, detector))
        should = [
            (str(assertion(one)), frozenset(flags(one)))
            for one, verdict in zip(mentions, found, strict=True)
            if verdict is not None
        ]
        judged.append((should, [verdict for verdict in found if verdict is not None]))
    known = {label for should, _ in judged for label, _ in should}
    if not known:
        return dict(NO_SCORES)
    from spacy_umlsbert.evaluation.assertion.scores import AssertionScores  # noqa: PLC0415 - heavy

    scores = AssertionScores(classes_among(known))
    for should, verdicts in judged:
        scores.add(should, verdicts)
    figures = scores.as_dict()
    return {
        "assertion_acc": figures["micro"],
        "assertion_macro_f": figures["macro"]["f"],
        "assertion_per_class": figures["per_class"],
    }


def _judged(
    doc: Doc, mentions: list[Span], detector: AssertionDetector | None
) -> Iterator[Verdict | None]:
    if detector is not None and mentions and detector.can_read(doc):
        spans = spans_at(doc, ((one.start_char, one.end_char) for one in mentions))
        (findings,) = detector.detect([doc], [spans])
        yield from findings.verdicts
        return
    found: dict[tuple[int, int], Verdict] = {}
    for span in (*doc.ents, *(one for key in doc.spans for one in spans_of(doc, key))):
        label = assertion(span)
        if label is not None:
            place = (span.start_char, span.end_char)
            found.setdefault(place, Verdict(label, frozenset(flags(span))))
    yield from (found.get((one.start_char, one.end_char)) for one in mentions)


def make_assertion_scorer() -> Callable[..., dict[str, Any]]:
    """`spacy_umlsbert.assertion_scorer.v1`, see `score_assertions`."""
    return score_assertions
