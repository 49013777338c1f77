"""`umls_nli`: what follows from a text, what contradicts it, and what it leaves open."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from spacy import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import minibatch
from thinc.api import Config, Model
from thinc.types import Floats2d

from spacy_umlsbert.annotations.pairs import NliPrediction, gold_label, is_pair, make_pair
from spacy_umlsbert.errors import UsageError, UsageTypeError
from spacy_umlsbert.nli.predictor import predict_texts, prediction_of
from spacy_umlsbert.old_names import takes_old_names, warn_of_old_name
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
    """Predicts the label of pairs of a premise and a hypothesis, and writes all probabilities.

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

    def predict(self, docs: Iterable[Doc]) -> list[NliPrediction | None]:
        """The predictions for Docs that went through the components before this one.

        For pairs of texts there is `predict_pairs`.

        Returns:
            A prediction for each, in order; None for a Doc that is no pair.

        Raises:
            UsageError: If the component is not trained.
        """
        found = list(docs)
        if all(isinstance(doc, Doc) for doc in found):
            return self._predict(found)
        warn_of_old_name("predict of pairs of texts", "predict_pairs", where=self.name)
        texts: Any = found
        return list(self.predict_pairs(texts))

    def predict_pairs(self, pairs: Iterable[tuple[str, str]]) -> list[NliPrediction]:
        """The predictions for pairs of texts, after the components that come before this one.

        Args:
            pairs: Premises and hypotheses.

        Returns:
            A prediction for each, in order. Of a pair without one, such as one with an empty side,
            it says why, and the others have theirs.

        Raises:
            UsageError: If the component is not trained, or not in the pipeline.
            UsageTypeError: If it is a text, or one pair instead of several.
        """
        texts = list(pairs)
        if isinstance(pairs, str) or (texts and all(isinstance(one, str) for one in texts)):
            raise UsageTypeError("predict_pairs takes several pairs: [(premise, hypothesis), …]")
        names = [name for name, pipe in self.nlp.pipeline if pipe is self]
        if not names:
            raise UsageError(f"{self.name} is not in the pipeline, or disabled: enable it first.")
        after = self.nlp.pipe_names[self.nlp.pipe_names.index(names[0]) :]
        return [
            one
            for batch in minibatch(texts, self.nlp.batch_size)
            for one in predict_texts(self.nlp, batch, self._predictions, disable=after)
        ]

    def _predictions(self, docs: Iterable[Doc]) -> list[NliPrediction]:
        return [one for one in self._predict(list(docs)) if one is not None]

    def _predict(self, docs: Sequence[Doc]) -> list[NliPrediction | None]:
        predictions: list[NliPrediction | None] = [None for _ in docs]
        pairs = [i for i, doc in enumerate(docs) if is_pair(doc)]
        if not pairs:
            return predictions
        self.require_labels()
        warn_if_no_vectors(self.name, self.model, [docs[i] for i in pairs])
        scores = self.model.predict([docs[i] for i in pairs])
        probabilities = self.model.ops.to_numpy(self.model.ops.softmax(scores, axis=-1))
        for i, row in zip(pairs, probabilities, strict=True):
            of_labels = dict(zip(self.labels, row.tolist(), strict=True))
            predictions[i] = prediction_of(docs[i], of_labels)
        return predictions

    def set_annotations(
        self, docs: Iterable[Doc], predictions: Sequence[NliPrediction | None]
    ) -> None:
        """Write the probabilities to ``doc.cats`` of the Docs that are pairs.

        What did not fit and was not read is in ``doc.spans["left_out"]``.
        """
        for doc, prediction in zip(docs, predictions, strict=True):
            if prediction is not None:
                doc.cats.update(prediction.probabilities)

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
            # Not which: a slip of who labelled may have put text there.
            self.warn_of_unknown("training examples with a label", self.labels)
            return UNKNOWN
        return self.labels.index(label)


def _gold(example: Example) -> str | None:
    return gold_label(example.reference) if is_pair(example.predicted) else None


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
