"""`umls_values` with a head on the transformer, beside its rules."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from spacy import Vocab
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Model
from thinc.types import Floats2d

from spacy_umlsbert.corpora.annotated.gold import GoldValue, gold_mentions, gold_values
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.layers.heads.calibration import probabilities
from spacy_umlsbert.pipeline.head_beside_rules import HeadBesideRules, Lesson, first_with_tokens
from spacy_umlsbert.pipeline.umls_values import UmlsValues
from spacy_umlsbert.values.by_head import DetectorByHead, by_question
from spacy_umlsbert.values.detector import DetectorByRules, ValueDetector
from spacy_umlsbert.values.mentions import IGNORED
from spacy_umlsbert.values.questions import MOST_OPTIONS, Question, questions_of

OF = "of"
"""The label of the one output: that a value belongs to an entity."""


class _Asked(NamedTuple):
    """What is asked of an example in training."""

    owners: list[Span]
    questions: list[Question]
    right: list[list[int] | None]
    """The numbers of the right answers of each question; None if they are not known."""
    is_held_back: bool


class TrainableUmlsValues(HeadBesideRules, UmlsValues):
    """Finds values by rules; what each belongs to say these and a head together.

    `values.by_head.together` is how both become one answer. It learns from gold Docs with gold
    values (``doc.spans["values"]`` with ``span._.of``) what the values that the rules find, and
    those of the gold, belong to; others do not count.

    A tenth of the training Docs, chosen by their text, is not trained on; with the values in these
    the probabilities are calibrated.
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Model[Any, Floats2d],
        name: str,
        detector: DetectorByRules,
        *,
        certainty: float,
        candidates_key: str | None,
        scorer: Callable[..., dict[str, Any]] | None = None,
        **settings: Any,
    ) -> None:
        UmlsValues.__init__(self, name, detector, **settings)
        self.set_up_head(vocab, model, name, certainty=certainty, scorer=scorer)
        self.candidates_key = candidates_key

    @property
    def detector(self) -> ValueDetector:
        """What finds values."""
        self.calibrate()
        return self._head()

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        """Set up the model.

        Args:
            get_examples: Gives gold examples, some of them with gold values.
            nlp: The pipeline.
            labels: What `label_data` gives, which spares looking for gold values.

        Raises:
            UsageError: If no value of the examples belongs to anything.
        """
        if not labels and not any(
            value.of for example in get_examples() for value in gold_values(example.reference) or ()
        ):
            raise UsageError(
                f"{self.name}: no training example has a value that belongs to something. The "
                'examples must have doc.spans["values"] with span._.of, as the readers of corpora '
                "with values give them; .spacy files keep them with store_user_data. Without "
                "training, set model to null: rules alone decide."
            )
        self.add_label(OF)
        self.model.get_ref("output").set_dim("nO", 1)
        doc = Doc(self.vocab if nlp is None else nlp.vocab, words=["Aspirin", "81", "mg", "."])
        owners = [Span(doc, 0, 1, "treatment")]
        question = Question(1, 3, "strength", None, (0,))
        self.model.initialize(X=self._head().rows([doc], [owners], [[question]]))

    def lesson(self, examples: Sequence[Example]) -> Lesson:
        """What is learnt of the gold values of some examples."""
        docs = [example.predicted for example in examples]
        asked = [self._asked(example) for example in examples]
        questions = [one.questions for one in asked]
        nothing = not any(questions)
        if nothing:  # the transformer waits for a gradient all the same
            questions[first_with_tokens(docs)] = [Question(0, 1, "", None, ())]
        rows = self._head().rows(docs, [one.owners for one in asked], questions)
        return Lesson(rows, None if nothing else lambda scores: self._loss(asked, scores))

    def get_loss(self, examples: Iterable[Example], scores: Floats2d) -> tuple[float, Floats2d]:
        """Cross-entropy of the answers, averaged over the questions of the batch.

        Args:
            examples: The batch.
            scores: (answers, 1), unnormalised.

        Returns:
            The sum of the loss over the questions, and the gradient (answers, 1).
        """
        return self._loss([self._asked(example) for example in examples], scores)

    def _loss(self, asked: Sequence[_Asked], scores: Floats2d) -> tuple[float, Floats2d]:
        plain: NDArray[np.floating] = self.model.ops.to_numpy(scores)
        rows = by_question(plain, [one.questions for one in asked])
        of_answers = probabilities(rows, 1.0)
        gradient = np.zeros_like(plain)
        loss, counted, i, at = 0.0, 0, 0, 0
        for one in asked:
            for question, right in zip(one.questions, one.right, strict=True):
                answers = 1 + len(question.owners)
                if right is not None and one.is_held_back:
                    self.hold_back(rows[i, :MOST_OPTIONS], right[0])
                elif right is not None:
                    counted += 1
                    probability = of_answers[i, :answers]
                    gradient[at : at + answers, 0] = probability
                    gradient[[at + number for number in right], 0] -= 1 / len(right)
                    loss -= float(np.log(np.maximum(probability[right], 1e-10)).mean())
                i += 1
                at += answers
        return loss, self.model.ops.asarray2f(cast("Floats2d", gradient / max(1, counted)))

    def _asked(self, example: Example) -> _Asked:
        """The questions about an example, and the right answers; none without gold values."""
        doc, gold = example.predicted, gold_values(example.reference)
        if gold is None or not len(doc):
            return _Asked([], [], [], False)
        owners = [
            span
            for mention in gold_mentions(example.reference)
            if (span := _on(doc, mention)) is not None
        ]
        roles = self.by_rules.roles(owners)
        owners = [span for span, role in zip(owners, roles, strict=True) if role != IGNORED]
        (found,) = self.by_rules.detect([doc], [owners])
        spans = [span for one in gold if (span := _on(doc, one.span)) is not None]
        candidates = [*spans, *self._head().candidates(doc)]
        questions, _ = questions_of(doc, owners, self.by_rules.roles(owners), found, candidates)
        numbers = {(span.start_char, span.end_char): i for i, span in enumerate(owners)}
        right = [_right(doc, question, gold, numbers) for question in questions]
        return _Asked(owners, questions, right, self.is_held_back(example.reference))

    def _head(self) -> DetectorByHead:
        return DetectorByHead(
            self.by_rules, self.model, self.cfg, self.candidates_key, self.can_read
        )


def _on(doc: Doc, span: Span) -> Span | None:
    """A span of a gold Doc on the tokens of another one."""
    return doc.char_span(span.start_char, span.end_char, label=span.label_, alignment_mode="expand")


def _right(
    doc: Doc,
    question: Question,
    gold: Sequence[GoldValue],
    numbers: dict[tuple[int, int], int],
) -> list[int] | None:
    """The right answers to a question: that of the gold value that it touches most, else none."""
    span = doc[question.start : question.end]
    start, end = span.start_char, span.end_char
    touched = max(
        gold,
        key=lambda one: min(end, one.span.end_char) - max(start, one.span.start_char),
        default=None,
    )
    if touched is None or touched.span.start_char >= end or touched.span.end_char <= start:
        return [0]
    if not touched.of:
        return [0]
    wanted = {numbers.get((one.start_char, one.end_char)) for one in touched.of}
    right = [i for i, owner in enumerate(question.owners, 1) if owner in wanted]
    return right or None
