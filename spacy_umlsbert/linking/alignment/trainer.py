"""Hugging Face's Trainer for self-alignment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from pytorch_metric_learning.losses import MultiSimilarityLoss
from pytorch_metric_learning.miners import TripletMarginMiner
from transformers import PreTrainedTokenizerBase

from spacy_umlsbert.linking.alignment.config import ObjectiveSettings
from spacy_umlsbert.linking.alignment.pairs import Pair
from spacy_umlsbert.linking.trainable_encoder import name_batch
from spacy_umlsbert.training.trainer import ResumableTrainer


class AlignmentTrainer(ResumableTrainer):
    """Trainer with multi-similarity loss and online hard mining.

    Args:
        objective: Of the loss and the mining.
        **kwargs: As for `ResumableTrainer`.
    """

    def __init__(self, *args: Any, objective: ObjectiveSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loss = MultiSimilarityLoss(objective.alpha, objective.beta, objective.base)
        self.miner = TripletMarginMiner(objective.margin, type_of_triplets="all")
        self.hard_mining = objective.hard_mining

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """The loss of the names of a batch; zero if nothing in it is hard."""
        labels = inputs["labels"]
        vectors = model(inputs["input_ids"], inputs["lengths"])
        hard = self.miner(vectors.detach(), labels) if self.hard_mining else None
        loss = self.loss(vectors, labels, hard)
        return (loss, vectors) if return_outputs else loss


class PairCollator:
    """Makes a batch of pairs of names: all their names, labelled by concept."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, max_length: int) -> None:
        self.tokenizer = tokenizer
        self.max_length = max_length

    def __call__(self, pairs: Sequence[Pair]) -> dict[str, Any]:
        """Tokenize; a name that is in several pairs of the batch is in it once."""
        concepts = {name: concept for *names, concept in pairs for name in names}
        batch = name_batch(self.tokenizer, list(concepts), self.max_length)
        return {**batch, "labels": torch.tensor(list(concepts.values()))}
