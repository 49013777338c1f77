"""The loss over concepts written out plainly: dense targets, a Python loop over the tokens.

What the sparse implementation is compared with, in the way in which such a loss is first written.
"""

from __future__ import annotations

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from spacy_umlsbert.model import UmlsBertForMaskedLM
from spacy_umlsbert.model.masked_lm import IGNORED
from spacy_umlsbert.pretraining.concept_vocabulary import ConceptVocabulary


class DenseConceptLoss:
    """Words of a concept as lists, targets as rows of zeros and ones.

    Args:
        vocabulary: The words of each concept.
    """

    def __init__(self, vocabulary: ConceptVocabulary) -> None:
        self.concept_of = {i: cui for i, cui in enumerate(vocabulary.concept_ids) if cui}
        self.words_of: dict[str, list[int]] = {}
        for word, cui in self.concept_of.items():
            self.words_of.setdefault(cui, []).append(word)

    def __call__(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The loss of a batch.

        Args:
            logits: (positions, vocabulary), of every position of the batch.
            labels: (positions,), -100 where there is nothing to predict.
        """
        targets, masked = [], []
        for i in range(len(labels)):
            word = labels[i].item()
            if word == IGNORED:
                continue
            target = torch.zeros(logits.shape[1])
            target[word] = 1.0
            if word in self.concept_of:
                target[self.words_of[self.concept_of[word]]] = 1.0
            targets.append(target)
            masked.append(i)
        return binary_cross_entropy_with_logits(logits[masked], torch.stack(targets))


class EverywhereDenseConceptLoss(DenseConceptLoss):
    """With targets for every position; those that are not masked weigh nothing."""

    def __call__(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """See `DenseConceptLoss`."""
        targets = torch.zeros_like(logits)
        weights = torch.zeros(len(labels), 1)
        for i in range(len(labels)):
            word = labels[i].item()
            if word == IGNORED:
                continue
            weights[i] = 1.0
            targets[i, word] = 1.0
            if word in self.concept_of:
                for other in self.words_of[self.concept_of[word]]:
                    targets[i, other] = 1.0
        loss = binary_cross_entropy_with_logits(logits, targets, weights, reduction="sum")
        return loss / (weights.sum() * logits.shape[1])


def dense_step_loss(
    model: UmlsBertForMaskedLM, batch: dict[str, torch.Tensor], loss: DenseConceptLoss
) -> torch.Tensor:
    """The loss of a batch with the head applied everywhere, as `BertForMaskedLM` does."""
    inputs = dict(batch)
    labels = inputs.pop("labels")
    logits = model(**inputs).logits
    return loss(logits.view(-1, logits.shape[-1]), labels.view(-1))
