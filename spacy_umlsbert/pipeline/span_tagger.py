"""What the tagging components share: labels, loss and decoding over a linear tagging head."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from spacy import Language
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Model
from thinc.types import Floats2d

from spacy_umlsbert.annotations.pairs import is_pair
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.layers.heads.crf_loss import sequence_loss
from spacy_umlsbert.layers.heads.iob import (
    BREAK,
    MISSING,
    OUTSIDE,
    SPACE,
    TEXT,
    IobScheme,
    SpanOffsets,
)
from spacy_umlsbert.pipeline.labelled_pipe import LabelledPipe
from spacy_umlsbert.pipeline.listeners import warn_if_no_vectors
from spacy_umlsbert.pipeline.span_borders import within_sentences

Ints = NDArray[np.int64]

_SAMPLE = 10
"""Docs to set up a model with."""


def token_kinds(doc: Doc) -> NDArray[np.int8]:
    """What the tokens of a Doc are to `IobScheme.decode`, as an array (tokens,)."""
    kinds = np.full(len(doc), TEXT, dtype=np.int8)
    for token in doc:
        if token.is_space:
            kinds[token.i] = BREAK if token.text.count("\n") > 1 else SPACE
    return kinds


class SpanTagger(LabelledPipe):
    """Finds labelled, non-overlapping spans by tagging tokens with IOB.

    A subclass says where gold spans come from and where found spans go. A token with a missing
    annotation does not count in training.
    """

    recall_bias: float = 0.0
    """Added to the scores (log-odds) of all tags but that of no span, before decoding."""

    in_sentences: bool = True
    """Whether found spans end where their sentence does; see `span_borders`."""

    @abstractmethod
    def gold_labels(self, docs: Iterable[Doc]) -> Iterator[str]:
        """The labels of the gold spans on reference Docs."""

    @abstractmethod
    def gold_biluo(self, example: Example) -> Sequence[str | None]:
        """The gold BILUO tag of every token of ``example.predicted``; None where unknown."""

    @property
    def _transitions(self) -> Model[Any, Any] | None:
        """The layer with the scores of neighbouring tags, if the model has one."""
        return self.model.maybe_get_ref("transitions")

    @property
    def scheme(self) -> IobScheme:
        """The tags of the labels."""
        return IobScheme(self.labels)

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        """Learn the labels and set up the model.

        Args:
            get_examples: Gives gold examples.
            nlp: The pipeline.
            labels: The labels, if they are known, which spares reading all examples; else those
                of the examples, sorted.

        Raises:
            ValueError: If there is no label.
        """
        found: set[str] = set()
        sample: list[Doc] = []  # a corpus may be larger than memory
        for example in get_examples():
            if labels and len(sample) == _SAMPLE:
                break
            found.update(self.gold_labels([example.reference]))
            if len(sample) < _SAMPLE and len(example.x):
                sample.append(example.x)
        for label in labels or sorted(found):
            self.add_label(label)
        if not self.labels:
            raise UsageError(
                f"{self.name}: no labels: none of the training examples has an annotated span. "
                "Check the training corpus, or give the labels in "
                f"[initialize.components.{self.name}]"
            )
        self.model.get_ref("output").set_dim("nO", len(self.scheme))
        if self._transitions is not None:
            self._transitions.set_dim("nO", len(self.scheme))
        self.model.initialize(X=sample or None)

    def predict(self, docs: Iterable[Doc]) -> list[list[SpanOffsets]]:
        """The spans of each Doc: first token, token after the last, label; none of a pair's."""
        docs = list(docs)
        filled = [i for i, doc in enumerate(docs) if len(doc) and not is_pair(doc)]
        if not filled:
            return [[] for _ in docs]
        self.require_labels()
        warn_if_no_vectors(self.name, self.model, [docs[i] for i in filled])
        scores = self.model.predict([docs[i] for i in filled])
        favour = self.recall_bias * (np.arange(len(self.scheme), dtype="f") != OUTSIDE)
        decoded = self.scheme.decode(
            [self.model.ops.to_numpy(s) + favour for s in scores],
            [token_kinds(docs[i]) for i in filled],
            None if self._transitions is None else self._transition_scores(self._transitions),
        )
        spans: list[list[SpanOffsets]] = [[] for _ in docs]
        for i, doc_spans in zip(filled, decoded, strict=True):
            spans[i] = within_sentences(docs[i], doc_spans) if self.in_sentences else doc_spans
        return spans

    def _transition_scores(self, layer: Model[Any, Any]) -> NDArray[np.float32]:
        return self.model.ops.to_numpy(layer.get_param("transitions"))

    def get_loss(
        self, examples: Iterable[Example], scores: Sequence[Floats2d]
    ) -> tuple[float, list[Floats2d]]:
        """Cross-entropy, averaged over the annotated tokens of the batch.

        That of each token's tag, or of each Doc's tag sequence if the model has transitions.

        Args:
            examples: The batch.
            scores: (tokens, tags) per example, unnormalised.

        Returns:
            The sum of the loss over tokens, and the gradient (tokens, tags) per example.

        Raises:
            ValueError: If a gold span has a label that the component does not have.
        """
        ops = self.model.ops
        gold = [self._gold_tags(example) for example in examples]
        n_known = max(1, sum(int((tags != MISSING).sum()) for tags in gold))
        if self._transitions is not None:
            return self._sequence_loss(self._transitions, gold, scores, n_known)
        loss = 0.0
        gradients: list[Floats2d] = []
        for tags, doc_scores in zip(gold, scores, strict=True):
            known = tags != MISSING
            d_scores = ops.to_numpy(ops.softmax(doc_scores, axis=-1))
            rows = np.flatnonzero(known)
            p_gold = d_scores[rows, tags[rows]]
            loss -= float(np.log(np.maximum(p_gold, 1e-10)).sum())
            d_scores[rows, tags[rows]] -= 1.0
            d_scores[~known] = 0.0
            gradients.append(self._as_floats(d_scores / n_known))
        return loss, gradients

    def _sequence_loss(
        self,
        layer: Model[Any, Any],
        gold: Sequence[Ints],
        scores: Sequence[Floats2d],
        n_known: int,
    ) -> tuple[float, list[Floats2d]]:
        ops, scheme = self.model.ops, self.scheme
        every_tag = np.arange(len(scheme))
        found = sequence_loss(
            [ops.to_numpy(doc_scores) for doc_scores in scores],
            [(tags[:, None] == every_tag) | (tags[:, None] == MISSING) for tags in gold],
            self._transition_scores(layer),
            scheme.valid_first,
            scheme.valid_next,
        )
        layer.inc_grad("transitions", self._as_floats(found.d_transitions / n_known))
        return found.loss, [self._as_floats(d / n_known) for d in found.d_scores]

    def _as_floats(self, array: NDArray[np.floating]) -> Floats2d:
        return self.model.ops.asarray2f(cast("Floats2d", array))

    def _gold_tags(self, example: Example) -> Ints:
        begin = self.scheme.begin
        tags = np.full(len(example.predicted), MISSING, dtype=np.int64)
        for i, biluo in enumerate(self.gold_biluo(example)):
            if biluo == "O":
                tags[i] = OUTSIDE
            elif biluo:
                position, _, label = biluo.partition("-")
                if label not in begin:
                    raise UsageError(
                        f"{self.name}: a training example has a span with an unknown label; the "
                        # Not which: a slip of who labelled a note may have put text there.
                        f"component knows {', '.join(self.labels)}. Add it to the labels in "
                        f"[initialize.components.{self.name}], or take it out of the corpus."
                    )
                tags[i] = begin[label] + (position not in "BU")
        return tags
