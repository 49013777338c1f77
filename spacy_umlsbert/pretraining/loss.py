"""What a masked position costs: cross-entropy, or the paper's loss over all words of a concept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch.nn import functional as F

from spacy_umlsbert.pretraining.concept_vocabulary import ConceptVocabulary

OtherWords = Literal["binary_cross_entropy", "cross_entropy"]
VocabularyReduction = Literal["mean", "sum"]

MaskedLmLoss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""(n, vocabulary) logits and the (n,) words that were masked -> the loss, a scalar."""


def cross_entropy(logits: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """Plain masked LM: cross-entropy, averaged over the n positions (0 if there are none)."""
    return F.cross_entropy(logits, words, reduction="sum") / max(1, len(words))


class ConceptLoss:
    """The multi-label loss of UmlsBERT (Michalopoulos et al. 2021, section 3.2.1).

    Every word of the vocabulary that has the concept of the masked word is a target, the masked
    word itself always; the loss is the binary cross-entropy of every word of the vocabulary being
    one. With logits x and targets T that is the sum of softplus(x) over the vocabulary less the sum
    of x over T, so the targets are never written out: there are only some more of them than words.

    The published code takes this loss for every masked position, also of words without a concept,
    whose only target is themselves, and averages it over the vocabulary. These are the defaults.
    The average is about as many times smaller than a cross-entropy as the vocabulary has words:
    where both are mixed, ``vocabulary_reduction="sum"`` puts them on one scale.

    Args:
        vocabulary: The words of each concept.
        other_words: The loss of words that have no concept.
        vocabulary_reduction: Whether the binary cross-entropy is averaged over the vocabulary or
            summed. Adam's step does not depend on the scale of a loss; clipping by norm and half
            precision do.
    """

    def __init__(
        self,
        vocabulary: ConceptVocabulary,
        other_words: OtherWords = "binary_cross_entropy",
        vocabulary_reduction: VocabularyReduction = "mean",
    ) -> None:
        self.vocabulary = vocabulary
        self.other_words = other_words
        self.vocabulary_reduction = vocabulary_reduction

    def __call__(self, logits: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
        """The loss, averaged over the masked positions.

        Args:
            logits: (n, vocabulary).
            words: (n,) the words that were masked.

        Returns:
            A scalar; 0 if n is 0.
        """
        if self.vocabulary.offsets.device != words.device:
            self.vocabulary.to(words.device)
        if self.other_words == "binary_cross_entropy":
            loss = self._binary_cross_entropy(logits, words)
        else:
            with_concept = self.vocabulary.has_concept[words]
            without = ~with_concept
            loss = self._binary_cross_entropy(logits[with_concept], words[with_concept])
            loss = loss + F.cross_entropy(logits[without], words[without], reduction="sum")
        return loss / max(1, len(words))

    def _binary_cross_entropy(self, logits: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
        """Summed over the positions."""
        loss = _SparseBinaryCrossEntropy.apply(logits, *self.vocabulary.pairs(words))
        return loss / logits.shape[1] if self.vocabulary_reduction == "mean" else loss


class _SparseBinaryCrossEntropy(torch.autograd.Function):
    """Sum of softplus(logits) less that of the logits of the targets.

    Written out because the gradient, sigmoid(logits) less one at the targets, then needs one array
    of the logits' size; autograd would make three.
    """

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx,
        logits: torch.Tensor,
        rows: torch.Tensor,
        targets: torch.Tensor,
    ) -> torch.Tensor:
        ctx.save_for_backward(logits, rows, targets)
        return F.softplus(logits).sum() - logits[rows, targets].sum()

    @staticmethod
    def backward(ctx, d_loss: torch.Tensor) -> tuple[torch.Tensor, None, None]:  # type: ignore
        logits, rows, targets = ctx.saved_tensors
        gradient = torch.sigmoid(logits)
        gradient[rows, targets] -= 1  # a target occurs once in its row
        return gradient.mul_(d_loss), None, None
