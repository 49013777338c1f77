"""What components share that have a trained head on the transformer beside their rules."""

import warnings
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from zlib import crc32

import numpy as np
import srsly
from numpy.typing import NDArray
from spacy import Vocab
from spacy.tokens import Doc
from spacy.training import Example, validate_examples
from thinc.api import Model, Optimizer, set_dropout_rate
from thinc.types import Floats2d

from spacy_umlsbert.layers.heads.calibration import fitted_temperature
from spacy_umlsbert.layers.heads.windowed_rows import WindowedRows
from spacy_umlsbert.pipeline.labelled_pipe import LabelledPipe
from spacy_umlsbert.pipeline.listeners import has_vectors
from spacy_umlsbert.pipeline.rules_pipe import RulesPipe

HELD_BACK = 10
"""One Doc of so many is not trained on: the probabilities are calibrated with it."""

_REMEMBERED = 1000

PipeT = TypeVar("PipeT", bound="HeadBesideRules")


class Lesson(NamedTuple):
    """What a head learns of a batch.

    Attributes:
        rows: What its model reads; there is always a row.
        loss: Gives the loss and the gradient of its scores; None if there is nothing to learn.
    """

    rows: WindowedRows
    loss: Callable[[Floats2d], tuple[float, Floats2d]] | None


def first_with_tokens(docs: Sequence[Doc]) -> int:
    """The number of the first Doc that has tokens."""
    return next(i for i, doc in enumerate(docs) if len(doc))


class HeadBesideRules(LabelledPipe, RulesPipe):
    """A component with rules, and a head to which what the rules found is told.

    A tenth of the training Docs, chosen by their text, is not trained on; with these the
    probabilities are calibrated.
    """

    def set_up_head(
        self,
        vocab: Vocab,
        model: Model[Any, Any],
        name: str,
        *,
        certainty: float,
        scorer: Callable[..., dict[str, Any]] | None,
    ) -> None:
        """Add the head to a component that has its rules."""
        LabelledPipe.__init__(self, vocab, model, name, scorer=scorer)
        self.cfg |= {"certainty": certainty, "temperature": 1.0}
        self._held_back: deque[tuple[NDArray[np.floating], int]] = deque(maxlen=_REMEMBERED)
        self._calibrated = True

    def predict(self, docs: Iterable[Doc]) -> list[Any]:
        """What is found in each Doc; nothing is written.

        It warns if the transformer has not seen the Docs: then the rules judge alone.
        """
        found = list(docs)
        if self.labels and not has_vectors(self.model, found):
            warnings.warn(
                f"{self.name} judges by its rules alone: no 'transformer' component ran before it "
                "on these Docs. Put the transformer that it was trained with before it "
                '(nlp.add_pipe("transformer", source=...)), or give it a copy of its own with '
                "nlp.replace_listeners.",
                UserWarning,
                stacklevel=3,
            )
        return RulesPipe.predict(self, found)

    @abstractmethod
    def lesson(self, examples: Sequence[Example]) -> Lesson:
        """What is learnt of some examples, of which one Doc at least has tokens."""

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from the gold of some examples.

        Args:
            examples: The examples; their predicted Docs have gone through the components before.
            drop: The dropout rate.
            sgd: The optimizer.
            losses: Where the loss is added.

        Returns:
            The losses.
        """
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        batch = list(examples)
        validate_examples(batch, f"{type(self).__name__}.update")
        if not any(len(example.predicted) for example in batch):
            return losses
        lesson = self.lesson(batch)
        set_dropout_rate(self.model, drop)
        scores, backprop = self.model.begin_update(lesson.rows)
        if lesson.loss is None:
            backprop(self.model.ops.xp.zeros_like(scores))
        else:
            loss, d_scores = lesson.loss(scores)
            backprop(d_scores)
            losses[self.name] += loss
        if sgd is not None:
            self.finish_update(sgd)
        return losses

    def set_annotations(self, docs: Iterable[Doc], found: Sequence[Any]) -> None:
        """Write what was found on each Doc, as the component with rules alone does."""
        super(LabelledPipe, self).set_annotations(docs, found)  # type: ignore[safe-super]

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """The scores of the component's scorer, as of the one with rules alone."""
        return super(LabelledPipe, self).score(examples, **kwargs)

    def can_read(self, docs: Sequence[Doc]) -> bool:
        """Whether the head is trained and has what it needs of these Docs."""
        return bool(self.labels) and has_vectors(self.model, docs)

    def is_held_back(self, doc: Doc) -> bool:
        """Whether a gold Doc is not trained on."""
        return crc32(doc.text.encode("utf-8", "surrogatepass")) % HELD_BACK == 0

    def hold_back(self, scores: NDArray[np.floating], gold: int) -> None:
        """Keep the scores of the answers to a question, and which is right, for calibration."""
        self._held_back.append((scores, gold))
        self._calibrated = False

    def calibrate(self) -> None:
        """Work out the temperature, if something was held back since."""
        if not self._calibrated:
            scores, gold = zip(*self._held_back, strict=True)
            self.cfg["temperature"] = fitted_temperature(np.array(scores), np.array(gold))
            self._calibrated = True

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Save rules and model to a folder."""
        self.calibrate()
        LabelledPipe.to_disk(self, path, exclude=exclude)
        RulesPipe.to_disk(self, path, exclude=exclude)

    def from_disk(self: PipeT, path: str | Path, *, exclude: Iterable[str] = ()) -> PipeT:
        """Load rules and model from a folder.

        Raises:
            InputError: If the rules cannot be read.
        """
        LabelledPipe.from_disk(self, path, exclude=exclude)
        RulesPipe.from_disk(self, path, exclude=exclude)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Rules and model as bytes."""
        self.calibrate()
        rules = RulesPipe.to_bytes(self, exclude=exclude)
        return srsly.msgpack_dumps([rules, LabelledPipe.to_bytes(self, exclude=exclude)])

    def from_bytes(self: PipeT, data: bytes, *, exclude: Iterable[str] = ()) -> PipeT:
        """Load rules and model from bytes."""
        rules, model = srsly.msgpack_loads(data)
        LabelledPipe.from_bytes(self, model, exclude=exclude)
        RulesPipe.from_bytes(self, rules, exclude=exclude)
        return self
