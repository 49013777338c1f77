"""What the trainable components share: labels, which come from the training data."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from spacy import Vocab
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc
from thinc.api import Model

from spacy_umlsbert.errors import UsageError, safe
from spacy_umlsbert.layers.heads.blas import use_numpy_blas
from spacy_umlsbert.pipeline.guarded_pipe import GuardedPipe


class LabelledPipe(GuardedPipe, TrainablePipe):
    """A trainable component with labels; its model has a layer ``output`` for them."""

    def __init__(
        self,
        vocab: Vocab,
        model: Model[Any, Any],
        name: str,
        *,
        scorer: Callable[..., dict[str, Any]] | None,
    ) -> None:
        self.vocab = vocab
        self.model = use_numpy_blas(model)
        self.name = name
        self.scorer = scorer
        self.cfg: dict[str, Any] = {"labels": []}

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Annotate Docs in place."""
        self.set_annotations(docs, self.predict(docs))

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the model's outputs."""
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> list[str]:
        """What `python -m spacy init labels` writes, and ``initialize(labels=…)`` takes."""
        return list(self.labels)

    def add_label(self, label: str) -> int:
        """Add a label before the model is initialised.

        Returns:
            1 if the label is new, else 0.

        Raises:
            ValueError: If the model has its outputs already.
        """
        if label in self.cfg["labels"]:
            return 0
        if self.model.has_dim("nO") or self.model.get_ref("output").has_dim("nO"):
            raise UsageError(
                f"{self.name}: cannot add a label: the model has its outputs already. "
                "Add all labels before nlp.initialize(), or initialise the component again."
            )
        self.cfg["labels"].append(label)
        self.vocab.strings.add(label)
        return 1

    def require_labels(self) -> None:
        """Make sure that the component is trained.

        Raises:
            ValueError: If it has no labels.
        """
        if not self.labels:
            raise UsageError(
                f"{self.name} has no labels: it is not trained. Train it, load a pipeline that has "
                f'one, or take it from one with nlp.add_pipe("{self.name}", source=...)'
            )

    def warn_of_unknown(self, what: str, known: Iterable[str]) -> None:
        """Warn of examples that do not count because the component does not have their label.

        Args:
            what: What does not count.
            known: What the component has.
        """
        warnings.warn(
            f"{self.name}: {safe(what)} that the component does not have do not count in training; "
            f"it has {safe(', '.join(known))}. Add it to the labels in "
            f"[initialize.components.{self.name}], or take it out of the corpus.",
            UserWarning,
            stacklevel=4,
        )
