"""Values, and what they belong to, by rules and a trained head together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.values import Value
from spacy_umlsbert.layers.heads.calibration import probabilities
from spacy_umlsbert.values.detector import DetectorByRules, ValueDetector
from spacy_umlsbert.values.kinds import Found
from spacy_umlsbert.values.questions import MOST_OPTIONS, Question, feature_rows, questions_of
from spacy_umlsbert.values.questions import windows_of as windows_of_questions

if TYPE_CHECKING:
    from spacy_umlsbert.layers.heads.windowed_rows import RowModel, WindowedRows

NEVER = -1e9
"""The score of an answer that a question does not have."""


class DetectorByHead(ValueDetector):
    """Finds values by rules; what they belong to say the rules, and a head to which that is told.

    `together` is how both become one answer.

    Args:
        rules: The rules.
        model: Gives scores (answers, 1).
        settings: ``temperature`` and ``certainty``, as they are when a Doc is read.
        candidates_key: The span group of what may be values besides those that the rules find;
            None for none.
        can_read: Whether the model has what it needs of these Docs; else the rules decide alone.
    """

    def __init__(
        self,
        rules: DetectorByRules,
        model: RowModel,
        settings: Mapping[str, Any],
        candidates_key: str | None,
        can_read: Callable[[Sequence[Doc]], bool],
    ) -> None:
        self.rules = rules
        self._model = model
        self._settings = settings
        self._key = candidates_key
        self._can_read = can_read

    def detect(self, docs: Sequence[Doc], spans: Sequence[Sequence[Span]]) -> list[list[Found]]:
        """Find the values of some Docs."""
        found = self.rules.detect(docs, spans)
        if not self._can_read(docs):
            return found
        asked = [
            questions_of(doc, of, self.rules.roles(of), by_rules, self.candidates(doc))
            for doc, of, by_rules in zip(docs, spans, found, strict=True)
        ]
        questions = [one for one, _ in asked]
        if not any(questions):
            return found
        scores = self._model.predict(self.rows(docs, spans, questions))
        answers = iter(by_question(self._model.ops.to_numpy(scores), questions))
        certainty, temperature = self._settings["certainty"], self._settings["temperature"]
        together_with_sure = []
        for doc, (of_doc, sure) in zip(docs, asked, strict=True):
            values = list(sure)
            for question in of_doc:
                row = probabilities(next(answers)[None], temperature)[0]
                value = together(question, doc, row[: 1 + len(question.owners)], certainty)
                values += [] if value is None else [value]
            together_with_sure.append(
                sorted(values, key=lambda one: (one.start, one.end, one.of or 0))
            )
        return together_with_sure

    def can_read(self, doc: Doc) -> bool:
        """Whether the model has what it needs of a Doc."""
        return self._can_read([doc])

    def candidates(self, doc: Doc) -> list[Span]:
        """What may be values of a Doc besides those that the rules find."""
        return [] if self._key is None else list(spans_of(doc, self._key))

    def rows(
        self,
        docs: Sequence[Doc],
        spans: Sequence[Sequence[Span]],
        questions: Sequence[Sequence[Question]],
    ) -> WindowedRows:
        """What the model reads: a row for each answer of each question of some Docs."""
        # Imported here for those who have rules alone.
        from spacy_umlsbert.layers.heads import windowed_rows as rows  # noqa: PLC0415

        width = self._model.attrs["window"]
        windows, features = [], []
        for doc, of, asked in zip(docs, spans, questions, strict=True):
            starts = rows.sentence_starts(doc) if asked else []
            places = [(one.start, one.end) for one in asked]
            around = rows.windows_around(places, starts, len(doc), width)
            windows.append(windows_of_questions(around, of, asked))
            features.append(feature_rows(doc, of, self.rules.roles(of), asked))
        return rows.rows_of(self._model.ops, list(docs), windows, features)


def by_question(
    scores: NDArray[np.floating], questions: Sequence[Sequence[Question]]
) -> NDArray[np.floating]:
    """The scores of each question's answers, none first: (questions, most answers)."""
    lengths = [1 + len(one.owners) for asked in questions for one in asked]
    width = max((MOST_OPTIONS, *lengths))
    rows = np.full((len(lengths), width), NEVER)
    at = 0
    for row, length in zip(rows, lengths, strict=True):
        row[:length] = scores[at : at + length, 0]
        at += length
    return rows


def together(
    question: Question, doc: Doc, probability: NDArray[np.floating], certainty: float
) -> Found | None:
    """What becomes of a value, from what the rules say and the probabilities of a head.

    The head, to which the answer of the rules is told, decides where it agrees with them, or gives
    another answer a probability of at least ``certainty``; else the rules do. A candidate that the
    rules did not find is a value if the head ties it to an entity with at least that. What the
    rules found in words alone ("stable") is none if the head ties it to nothing.

    Args:
        question: The question.
        doc: The Doc.
        probability: Of each answer: that it belongs to nothing, then of each entity.
        certainty: From 0, where the head decides alone, to above 1, where the rules do.

    Returns:
        The value; None if it is none.
    """
    best, found = int(np.argmax(probability)), question.found
    is_certain = bool(probability[best] >= certainty)
    chosen = best if found is None or is_certain else question.said
    of = None if chosen == 0 else question.owners[chosen - 1]
    said = float(probability[chosen])
    if found is None:
        if of is None or not is_certain:
            return None
        span = doc[question.start : question.end]
        value = Value(question.kind, span.text, probability=said)
        return Found(span.start_char, span.end_char, value, of)
    in_words = not found.value.numbers and found.of is not None
    if of is None and in_words:
        return None
    return found._replace(of=of, value=found.value._replace(probability=said))
