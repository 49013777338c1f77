"""Judges the gold mentions of a corpus with a detector, and scores what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from spacy.language import Language
from spacy.tokens import Doc

from spacy_umlsbert.annotations.assertions import assertion, flags, spans_at
from spacy_umlsbert.annotations.attributes import unaligned_mentions
from spacy_umlsbert.assertion.detector import AssertionDetector
from spacy_umlsbert.assertion.verdicts import classes_among
from spacy_umlsbert.corpora.annotated.gold import gold_assertions
from spacy_umlsbert.evaluation.assertion.scores import AssertionScores
from spacy_umlsbert.evaluation.ner.scores import predictions


def evaluate_assertions(
    nlp: Language,
    detector: AssertionDetector,
    gold: Iterable[Doc],
    *,
    classes: Collection[str] | None = None,
    labels: Collection[str] = (),
    n_process: int = 1,
    batch_size: int | None = None,
) -> AssertionScores:
    """Score what a detector says of gold mentions.

    The pipeline runs on the texts, for their sentences and sections; its own entities do not
    count.

    Args:
        nlp: The pipeline, without what judges.
        detector: What judges.
        gold: Gold Docs; mentions of which nothing is said are left out.
        classes: The classes to tell apart; by default those that the gold mentions have.
        labels: Labels of the mentions that count; all if none.
        n_process: As for ``nlp.pipe``.
        batch_size: The same.
    """
    pairs = [(doc, list(gold_assertions(doc, labels))) for doc in gold]
    if classes is None:
        classes = classes_among({str(assertion(span)) for _, spans in pairs for span in spans})
    scores = AssertionScores(list(classes))
    docs = predictions(nlp, (doc for doc, _ in pairs), n_process, batch_size)
    for (reference, mentions), (doc, _) in zip(pairs, docs, strict=True):
        spans = spans_at(doc, ((one.start_char, one.end_char) for one in mentions))
        (findings,) = detector.detect([doc], [spans])
        should = ((str(assertion(one)), frozenset(flags(one))) for one in mentions)
        scores.add(should, findings.verdicts)
        scores.left_out += len(unaligned_mentions(reference))
    return scores
