"""How well a backbone predicts hidden words of texts that it has not learned from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import torch
from torch.nn import functional as F

from spacy_umlsbert.files.progress import progress_bar
from spacy_umlsbert.model import UmlsBertForMaskedLM
from spacy_umlsbert.model.masked_lm import IGNORED
from spacy_umlsbert.pretraining.concept_vocabulary import ConceptVocabulary
from spacy_umlsbert.pretraining.masking import Batch, Collator, Example, Masking

TOP = 10
BATCH_SIZE = 64
MOST_HIDDEN = 0.15


class Examples(Protocol):
    """A corpus whose sequences can be asked for by number."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> Example: ...


class Evaluation(NamedTuple):
    """What `evaluate` has measured.

    Attributes:
        loss: Cross-entropy of the hidden words, in nats, whatever the training's loss is.
        perplexity: Its exponential.
        words: The number of hidden words it is averaged over.
        synonym_share: Of the medical words, how many have among the ten best predictions another
            word of the same concept.
        concept_share: The same, where the word itself counts too.
        medical_words: The number of words that these shares are of: occurrences of words whose
            concept has another word in the vocabulary.
    """

    loss: float
    perplexity: float
    words: int
    synonym_share: float
    concept_share: float
    medical_words: int


class Evaluator:
    """Hides words of held-out texts, always the same, and compares predictions with them.

    Every word to predict is replaced by [MASK], so that no prediction can be read off the input.
    For the loss, 15 % of the wordpieces of each sequence are hidden; which depends on the seed
    alone. For the medical words each of their occurrences is hidden once: at most 15 % of a
    sequence at a time, in as many passes as that takes.

    Args:
        corpus: The held-out sequences.
        tokenizer: The model's tokenizer.
        vocabulary: The words of each concept; without it no medical words are looked at.
        type_ids: As for `Masking`.
        span_types: Whether the model gets the semantic types of the sequences, from spans.
        limit: Look at the first so many sequences only.
        seed: For the choice of the hidden words.
    """

    def __init__(
        self,
        corpus: Examples,
        tokenizer: object,
        vocabulary: ConceptVocabulary | None = None,
        *,
        type_ids: torch.Tensor | None = None,
        span_types: bool = True,
        limit: int | None = None,
        seed: int = 0,
    ) -> None:
        masking = Masking(tokenizer, MOST_HIDDEN, type_ids=type_ids, masked=1.0, random=0.0)
        self._collator = Collator(tokenizer, masking, span_types)
        # The types in the examples that are made here belong to what the model will see.
        self._batches = Collator(tokenizer, masking, span_types or type_ids is not None)
        self._vocabulary = vocabulary
        n = min(len(corpus), limit or len(corpus))
        generator = torch.Generator().manual_seed(seed)
        self._any: list[Example] = []
        self._medical: list[Example] = []
        for i in range(n):
            # One by one, so that the choice does not depend on how they are batched.
            batch = self._collator.pad([corpus[i]])
            self._any += _examples(masking(batch, generator))
            if vocabulary is not None:
                self._medical += self._hide_medical(batch, vocabulary)
        self._any = _by_length(self._any)
        self._medical = _by_length(self._medical)

    def _hide_medical(self, batch: Batch, vocabulary: ConceptVocabulary) -> Iterator[Example]:
        medical = vocabulary.has_synonym.cpu()[batch["input_ids"]]
        places = torch.nonzero(medical[0]).squeeze(1)
        if not len(places):
            return
        passes = math.ceil(len(places) / max(1, int(MOST_HIDDEN * medical.shape[1])))
        for i in range(passes):
            chosen = torch.zeros_like(medical)
            chosen[0, places[i::passes]] = True
            yield from _examples(self._collator.masking.hide(batch, chosen))

    def __call__(self, model: UmlsBertForMaskedLM, progress: bool = False) -> Evaluation:
        """Measure a model.

        Args:
            model: The model; its mode (training or evaluation) is left as it is found.
            progress: Whether to show progress.
        """
        training = model.training
        model.eval()
        try:
            with torch.inference_mode(), progress_bar(unit="batches", show=progress) as bar:
                bar.total = -(-len(self._any) // BATCH_SIZE) - (-len(self._medical) // BATCH_SIZE)
                loss = words = 0.0
                for logits, hidden in self._predictions(model, self._any, bar):
                    loss += F.cross_entropy(logits, hidden, reduction="sum").item()
                    words += len(hidden)
                same = other = medical = 0
                for logits, hidden in self._predictions(model, self._medical, bar):
                    found_word, found_other = self._found(logits, hidden)
                    other += int(found_other.sum())
                    same += int((found_word | found_other).sum())
                    medical += len(hidden)
        finally:
            model.train(training)
        mean = loss / max(1.0, words)
        share = max(1, medical)
        return Evaluation(
            mean, math.exp(min(mean, 700)), int(words), other / share, same / share, medical
        )

    def _predictions(
        self, model: UmlsBertForMaskedLM, examples: Sequence[Example], bar: Any
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        device = next(model.parameters()).device
        for start in range(0, len(examples), BATCH_SIZE):
            batch = self._batches.pad(examples[start : start + BATCH_SIZE])
            batch = {key: value.to(device) for key, value in batch.items()}
            labels = batch.pop("labels")
            predicted = labels != IGNORED
            if predicted.any():
                yield model(**batch, predicted=predicted).logits.float(), labels[predicted]
            bar.update()

    def _found(
        self, logits: torch.Tensor, words: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Whether the word itself, and another word of its concept, is in the best predictions."""
        assert self._vocabulary is not None
        best = logits.topk(TOP).indices
        rows, targets = self._vocabulary.to(words.device).pairs(words)
        hit = (best[rows] == targets[:, None]).any(1)
        other = torch.zeros(len(words), dtype=torch.bool, device=words.device)
        other[rows[hit & (targets != words[rows])]] = True
        return (best == words[:, None]).any(1), other


def _examples(batch: Batch) -> Iterator[Example]:
    """Take a batch without padding apart again."""
    for i in range(len(batch["input_ids"])):
        yield {key: value[i].numpy() for key, value in batch.items() if key != "attention_mask"}


def _by_length(examples: Iterable[Example]) -> list[Example]:
    return sorted(examples, key=lambda example: len(example["input_ids"]))
