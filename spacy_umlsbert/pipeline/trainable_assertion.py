"""`umls_assertion` with a head on the transformer, beside its rules."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from spacy import Vocab
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Model
from thinc.types import Floats2d

from spacy_umlsbert.annotations.assertions import assertion, flags, spans_at
from spacy_umlsbert.assertion.by_head import FLAG, DetectorByHead, Outputs
from spacy_umlsbert.assertion.by_rules import DetectorByRules
from spacy_umlsbert.assertion.detector import AssertionDetector
from spacy_umlsbert.assertion.verdicts import IMPLIED, classes_among
from spacy_umlsbert.corpora.annotated.gold import gold_assertions
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.layers.heads.calibration import probabilities
from spacy_umlsbert.pipeline.head_beside_rules import HeadBesideRules, Lesson, first_with_tokens
from spacy_umlsbert.pipeline.umls_assertion import UmlsAssertion

UNKNOWN = -1


class TrainableUmlsAssertion(HeadBesideRules, UmlsAssertion):
    """Judges spans by rules and by a head to which what the rules found is told.

    `assertion.by_head.together` is how both become one verdict. Labels are the classes of the
    training data, and ``is_historical`` and other flags that hold there beside a class that does
    not say so.

    A tenth of the training Docs, chosen by their text, is not trained on; with the mentions in
    these the probabilities are calibrated.
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Model[Any, Floats2d],
        name: str,
        detector: DetectorByRules,
        *,
        certainty: float,
        scorer: Callable[..., dict[str, Any]] | None,
        **settings: Any,
    ) -> None:
        UmlsAssertion.__init__(self, name, detector, scorer=scorer, **settings)
        self.set_up_head(vocab, model, name, certainty=certainty, scorer=scorer)

    @property
    def detector(self) -> AssertionDetector:
        """What judges spans."""
        self.calibrate()
        return self._head()

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        """Learn the labels and set up the model.

        Args:
            get_examples: Gives gold examples; mentions without an assertion are not looked at.
            nlp: The pipeline.
            labels: The labels, if they are known, which spares reading the examples.

        Raises:
            UsageError: If there are not at least two classes.
        """
        for label in labels or _labels_of(get_examples()):
            self.add_label(label)
        if len(Outputs.of(self.labels).classes) < 2:
            raise UsageError(
                f"{self.name}: {len(Outputs.of(self.labels).classes)} classes, and at least two "
                "are needed. The training examples must have mentions with span._.assertion, as "
                "the readers of corpora with assertions give them; .spacy files keep them with "
                "store_user_data. Without training, set model to null: rules alone decide."
            )
        self.model.get_ref("output").set_dim("nO", len(self.labels))
        doc = Doc(self.vocab if nlp is None else nlp.vocab, words=["Denies", "fever", "."])
        found = self.by_rules.detect([doc], [[doc[1:2]]])
        self.model.initialize(X=self._head().mentions([doc], [[doc[1:2]]], found))

    def lesson(self, examples: Sequence[Example]) -> Lesson:
        """What is learnt of the gold mentions of some examples."""
        docs = [example.predicted for example in examples]
        gold = [list(gold_assertions(example.reference)) for example in examples]
        spans = [_aligned(doc, of) for doc, of in zip(docs, gold, strict=True)]
        nothing = not any(spans)
        if nothing:  # the transformer waits for a gradient all the same
            first = first_with_tokens(docs)
            spans[first] = [docs[first][0:1]]
        rows = self._head().mentions(docs, spans, self.by_rules.detect(docs, spans))
        return Lesson(rows, None if nothing else lambda scores: self.get_loss(examples, scores))

    def get_loss(self, examples: Iterable[Example], scores: Floats2d) -> tuple[float, Floats2d]:
        """Cross-entropy of classes and of flags, averaged over the gold mentions of the batch.

        Args:
            examples: The batch.
            scores: (mentions, labels), unnormalised.

        Returns:
            The sum of the loss over the mentions, and the gradient (mentions, labels).
        """
        outputs = Outputs.of(self.labels)
        columns = list(outputs.classes.values())
        rows: NDArray[np.floating] = self.model.ops.to_numpy(scores)
        gradient = np.zeros_like(rows)
        loss = 0.0
        i = counted = 0
        of_classes = probabilities(rows[:, columns], 1.0)
        for example in examples:
            held_back = self.is_held_back(example.reference)
            for span in gold_assertions(example.reference):
                number = self._number(str(assertion(span)), outputs)
                if number != UNKNOWN and held_back:
                    self.hold_back(rows[i, columns], number)
                elif number != UNKNOWN:
                    counted += 1
                    loss -= float(np.log(max(of_classes[i, number], 1e-10)))
                    gradient[i, columns] = of_classes[i]
                    gradient[i, columns[number]] -= 1
                    holds = set(flags(span))
                    for flag, column in outputs.flags.items():
                        probability = 1 / (1 + np.exp(-float(rows[i, column])))
                        is_so = float(flag in holds)
                        gradient[i, column] = probability - is_so
                        loss -= float(np.log(max(abs(1 - is_so - probability), 1e-10)))
                i += 1
        return loss, self.model.ops.asarray2f(cast("Floats2d", gradient / max(1, counted)))

    def _head(self) -> DetectorByHead:
        return DetectorByHead(self.by_rules, self.model, self.cfg, self.can_read)

    def _number(self, label: str, outputs: Outputs) -> int:
        if label not in outputs.classes:
            self.warn_of_unknown("mentions of a class", outputs.classes)
            return UNKNOWN
        return list(outputs.classes).index(label)


def _labels_of(examples: Iterable[Example]) -> list[str]:
    classes, also = set(), set()
    for example in examples:
        for span in gold_assertions(example.reference):
            label = str(assertion(span))
            classes.add(label)
            also.update(set(flags(span)).difference(IMPLIED.get(label, ())))
    return [*classes_among(classes), *(FLAG + flag for flag in sorted(also))]


def _aligned(doc: Doc, mentions: Sequence[Span]) -> list[Span]:
    spans = spans_at(doc, ((one.start_char, one.end_char) for one in mentions))
    if len(spans) != len(mentions):
        raise UsageError("gold mentions lie outside of the text of their example.")
    return spans
