"""Finds the values of gold Docs, given the gold mentions and given the pipeline's own entities."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.attributes import unaligned_mentions
from spacy_umlsbert.corpora.annotated.gold import gold_mentions
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.evaluation.ner.scores import predictions
from spacy_umlsbert.evaluation.values.entries import EntryScores
from spacy_umlsbert.evaluation.values.schemes import SCHEMES, Scheme
from spacy_umlsbert.evaluation.values.scorer import given_mentions
from spacy_umlsbert.evaluation.values.scores import ValueScores, kinds_among
from spacy_umlsbert.evaluation.values.tied import (
    Place,
    TiedValue,
    mentions_of_spans,
    values_of_doc,
)
from spacy_umlsbert.values.detector import ValueDetector
from spacy_umlsbert.values.kinds import DRUG
from spacy_umlsbert.values.mentions import role_of

BY_ENTRY = ("i2b2-2009",)
"""Schemes of corpora that are scored by entry too."""


@dataclass
class PartScores:
    """Scores of values, given some mentions.

    Attributes:
        values: Spans and relations.
        entries: Medications with their fields, if the corpus is scored so.
    """

    values: ValueScores
    entries: EntryScores | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain figures."""
        figures = self.values.as_dict()
        if self.entries is not None:
            figures["entries"] = self.entries.as_dict()
        return figures


@dataclass
class ValueEvaluation:
    """Scores of values.

    Attributes:
        given: Given the gold mentions: how well values are found and tied.
        own: Given the entities that the pipeline finds, which count too; None if it finds none.
    """

    given: PartScores
    own: PartScores | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain figures."""
        own = None if self.own is None else self.own.as_dict()
        return {"given": self.given.as_dict(), "own": own}


@dataclass
class _Gold:
    doc: Doc
    mentions: list[Span]
    values: list[TiedValue]
    entities: list[TiedValue]


def evaluate_values(
    nlp: Language,
    detector: ValueDetector,
    gold: Iterable[Doc],
    *,
    own_spans: Callable[[Doc], Sequence[Span]] | None = None,
    label_scheme: str = "as-they-are",
    kinds: Collection[str] = (),
    n_process: int = 1,
    batch_size: int | None = None,
) -> ValueEvaluation:
    """Score the values that a detector finds in the texts of gold Docs.

    Args:
        nlp: The pipeline, without what finds values.
        detector: What finds values.
        gold: Gold Docs.
        own_spans: Gives what values may belong to, of what the pipeline found; None if it finds
            no entities.
        label_scheme: What kinds are compared as, one of `schemes.SCHEMES`.
        kinds: The kinds that count; by default those that gold values have.
        n_process: As for ``nlp.pipe``.
        batch_size: The same.

    Raises:
        UsageError: If there is no gold value.
    """
    scheme = SCHEMES[label_scheme]
    golden = [_gold(doc, scheme) for doc in gold]
    known = kinds_among([value for one in golden for value in one.values])
    wanted = list(kinds) or known
    if not known:
        raise UsageError(
            "no gold Doc has values: the corpus must be of a format with values, such as "
            "n2c2-2018, or be read with value_labels (brat)."
        )
    labels = sorted({one.kind for of in golden for one in of.entities})
    by_entry = label_scheme in BY_ENTRY
    given = PartScores(ValueScores(wanted), EntryScores(wanted) if by_entry else None)
    own = PartScores(ValueScores([*labels, *wanted]), EntryScores(wanted) if by_entry else None)
    docs = predictions(nlp, (one.doc for one in golden), n_process, batch_size)
    for one, (doc, _) in zip(golden, docs, strict=True):
        found = given_mentions(doc, one.mentions, detector)
        _add(given, doc.text, scheme(doc.text, found), one.values, one.mentions, one)
        if own_spans is not None:
            spans = list(own_spans(doc))
            entities = [TiedValue(s.start_char, s.end_char, s.label_) for s in spans]
            found = [*scheme(doc.text, given_mentions(doc, spans, detector)), *entities]
            _add(own, doc.text, found, [*one.values, *one.entities], spans, one)
    return ValueEvaluation(given, own if own_spans is not None else None)


def _gold(doc: Doc, scheme: Scheme) -> _Gold:
    mentions = list(gold_mentions(doc))
    entities = [TiedValue(one.start_char, one.end_char, one.label_) for one in mentions]
    entities += [TiedValue(a, b, label) for a, b, label, _ in unaligned_mentions(doc)]
    return _Gold(doc, mentions, scheme(doc.text, values_of_doc(doc)), entities)


def _add(
    scores: PartScores,
    text: str,
    found: Sequence[TiedValue],
    golden: Sequence[TiedValue],
    mentions: Sequence[Span],
    gold: _Gold,
) -> None:
    scores.values.add(found, golden)
    if scores.entries is not None:
        drugs = {(one.start, one.end) for one in mentions_of_spans(mentions) if one.role == DRUG}
        scores.entries.count(text, found, gold.values, (drugs, _drugs(gold.entities)))


def _drugs(entities: Iterable[TiedValue]) -> set[Place]:
    return {(one.start, one.end) for one in entities if role_of(one.kind) == DRUG}
