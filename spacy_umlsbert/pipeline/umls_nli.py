"""`umls_nli`: what follows from a text, what contradicts it, and what it leaves open."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
from spacy import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import minibatch
from thinc.api import Config, Model
from thinc.types import Floats2d

from spacy_umlsbert.annotations.pairs import LEFT_OUT, Judgement, gold_label, is_pair, make_pair
from spacy_umlsbert.errors import InputError, UsageError, UsageTypeError
from spacy_umlsbert.guard import without_text
from spacy_umlsbert.old_names import takes_old_names
from spacy_umlsbert.pipeline.labelled_pipe import LabelledPipe
from spacy_umlsbert.pipeline.listeners import warn_if_no_vectors

DEFAULT_CONFIG = Config().from_str("""
[umls_nli]
scorer = {"@scorers": "spacy_umlsbert.nli_scorer.v1"}

[umls_nli.model]
@architectures = "spacy_umlsbert.PairClassifier.v1"
dropout = 0.1

[umls_nli.model.tok2vec]
@architectures = "spacy_umlsbert.PairListener.v1"
grad_factor = 1.0
upstream = "*"
pooling = "cls"
""")["umls_nli"]

UNKNOWN = -1


class UmlsNli(LabelledPipe):
    """Judges pairs of a premise and a hypothesis, and writes all labels' probabilities.

    They are in ``doc.cats`` of a pair Doc (`annotations.pairs.make_pair`); other Docs pass through
    as they are, in training too. The labels are those of the training data.
    """

    def __init__(
        self,
        nlp: Language,
        model: Model[list[Doc], Floats2d],
        name: str,
        *,
        scorer: Callable[..., dict[str, Any]] | None,
    ) -> None:
        super().__init__(nlp.vocab, model, name, scorer=scorer)
        self.nlp = nlp

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        """Learn the labels and set up the model.

        Args:
            get_examples: Gives gold examples; those that are no pairs are not looked at.
            nlp: The pipeline.
            labels: The labels, if they are known, which spares reading the examples; else those
                of the examples, sorted.

        Raises:
            ValueError: If there are not at least two labels.
        """
        for label in labels or sorted(set(filter(None, map(_gold, get_examples())))):
            self.add_label(label)
        if len(self.labels) < 2:
            raise UsageError(
                f"{self.name}: {len(self.labels)} labels, and at least two are needed. The "
                "training examples must be pair Docs with a label, as the readers of pairs give "
                "them; .spacy files need the reader spacy_umlsbert.Corpus.v1, because spaCy's own "
                "forgets which Docs are pairs."
            )
        self.model.get_ref("output").set_dim("nO", len(self.labels))
        # For the widths of the layers, any pair will do.
        self.model.initialize(X=[make_pair(self.nlp, "Denies fever.", "The patient is febrile.")])

    @overload
    def predict(self, docs: Iterable[Doc]) -> list[Judgement | None]: ...
    @overload
    def predict(self, docs: Iterable[tuple[str, str]]) -> list[Judgement]: ...
    def predict(self, docs: Iterable[Any]) -> Sequence[Judgement | None]:
        """Judge pairs.

        Args:
            docs: Pairs of texts, (premise, hypothesis); or Docs that went through the components
                before this one.

        Returns:
            A judgement for each, in order. Of a pair that cannot be judged, such as one with an
            empty side, it says why, and the others are judged. Of a Doc that is no pair, None.

        Raises:
            ValueError: If the component is not trained or, for texts, not in the pipeline.
            TypeError: If it is a text, or one pair instead of several.
        """
        pairs = list(docs)
        if isinstance(docs, str) or (pairs and all(isinstance(one, str) for one in pairs)):
            raise UsageTypeError("predict takes several pairs: [(premise, hypothesis), …]")
        if all(isinstance(pair, Doc) for pair in pairs):
            return self._judge(pairs)
        return [one for batch in minibatch(pairs, self.nlp.batch_size) for one in self._read(batch)]

    def _read(self, pairs: Sequence[tuple[str, str]]) -> Iterator[Judgement]:
        """Judge a batch of texts, after the components that come before this one."""
        names = [name for name, pipe in self.nlp.pipeline if pipe is self]
        if not names:
            raise UsageError(f"{self.name} is not in the pipeline, or disabled: enable it first.")
        after = self.nlp.pipe_names[self.nlp.pipe_names.index(names[0]) :]
        problems: dict[int, str] = {}
        made: list[tuple[Doc, int]] = []
        for number, pair in enumerate(pairs):
            try:
                premise, hypothesis = _texts(pair)
                made.append((make_pair(self.nlp, premise, hypothesis), number))
            except InputError as error:
                problems[number] = error.problem
        processed = list(self.nlp.pipe(made, as_tuples=True, disable=after))
        judged = self._judge([doc for doc, _ in processed])
        found = {number: one for (_, number), one in zip(processed, judged, strict=True)}
        for number in range(len(pairs)):
            problem = problems.get(number, "a component before this one failed on it")
            yield found.get(number) or Judgement("", problem=problem)

    def _judge(self, docs: Sequence[Doc]) -> list[Judgement | None]:
        judgements: list[Judgement | None] = [None for _ in docs]
        pairs = [i for i, doc in enumerate(docs) if is_pair(doc)]
        if not pairs:
            return judgements
        self.require_labels()
        warn_if_no_vectors(self.name, self.model, [docs[i] for i in pairs])
        scores = self.model.predict([docs[i] for i in pairs])
        probabilities = self.model.ops.to_numpy(self.model.ops.softmax(scores, axis=-1))
        for i, row in zip(pairs, probabilities, strict=True):
            judgements[i] = Judgement(
                self.labels[int(row.argmax())],
                dict(zip(self.labels, row.tolist(), strict=True)),
                sum(map(len, docs[i].spans.get(LEFT_OUT, ()))),
            )
        return judgements

    def set_annotations(self, docs: Iterable[Doc], judgements: Sequence[Judgement | None]) -> None:
        """Write the probabilities to ``doc.cats`` of the Docs that are pairs.

        What did not fit and was not read is in ``doc.spans["left_out"]``.
        """
        for doc, judgement in zip(docs, judgements, strict=True):
            if judgement is not None:
                doc.cats.update(judgement.probabilities)

    def get_loss(self, examples: Iterable[Example], scores: Floats2d) -> tuple[float, Floats2d]:
        """Cross-entropy, averaged over the labelled pairs of the batch.

        An example does not count if it is no pair, has no label, or one that the component does
        not have, which is warned of.

        Args:
            examples: The batch.
            scores: (examples, labels), unnormalised.

        Returns:
            The sum of the loss over the pairs, and the gradient (examples, labels).
        """
        ops = self.model.ops
        gold = np.array([self._gold_number(example) for example in examples])
        known = np.flatnonzero(gold != UNKNOWN)
        probabilities = ops.to_numpy(ops.softmax(scores, axis=-1))
        gradient = np.zeros_like(probabilities)
        gradient[known] = probabilities[known]
        gradient[known, gold[known]] -= 1.0
        of_gold = probabilities[known, gold[known]]
        loss = -float(np.log(np.maximum(of_gold, 1e-10)).sum())
        return loss, ops.asarray2f(gradient / max(1, len(known)))

    def _gold_number(self, example: Example) -> int:
        label = _gold(example)
        if label is None:
            return UNKNOWN
        if label not in self.cfg["labels"]:
            warnings.warn(
                # Not which: a slip of who labelled may have put text there.
                f"{self.name}: training examples with a label that the component does not have do "
                f"not count; it has {', '.join(self.labels)}. Add it to the labels in "
                f"[initialize.components.{self.name}], or take it out of the corpus.",
                UserWarning,
                stacklevel=3,
            )
            return UNKNOWN
        return self.labels.index(label)


def _texts(pair: Any) -> tuple[str, str]:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise InputError("it is not a premise and a hypothesis.")
    if not all(isinstance(side, str) for side in pair):
        raise InputError("a side is no text.")
    return pair[0], pair[1]


def _gold(example: Example) -> str | None:
    return gold_label(example.reference) if is_pair(example.predicted) else None


@without_text("the pairs cannot be scored")
def score_pairs(examples: Iterable[Example], **_: Any) -> dict[str, Any]:
    """`spacy_umlsbert.nli_scorer.v1`: accuracy and macro-F1 of the pairs that have a gold label.

    None stands for no score: there was no such pair.
    """
    labelled = [(label, eg.predicted) for eg in examples if (label := _gold(eg)) is not None]
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
    """Create the scorer."""
    return score_pairs


@Language.factory(
    "umls_nli",
    assigns=["doc.cats"],
    default_config=DEFAULT_CONFIG,
    default_score_weights={"nli_acc": 1.0, "nli_macro_f": 0.0, "nli_per_label": None},
)
@takes_old_names("umls_nli", DEFAULT_CONFIG)
def make_umls_nli(
    nlp: Language,
    name: str,
    model: Model[list[Doc], Floats2d],
    scorer: Callable[..., dict[str, Any]] | None,
) -> UmlsNli:
    """Create an `umls_nli`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        model: Gives scores (Docs, labels), as `spacy_umlsbert.PairClassifier.v1` does.
        scorer: Scores the component; by default accuracy and macro-F1.
    """
    return UmlsNli(nlp, model, name, scorer=scorer)
