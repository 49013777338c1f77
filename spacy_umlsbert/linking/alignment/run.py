"""A self-alignment from its settings to the saved encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.linking.alignment.config import AlignmentConfig
from spacy_umlsbert.linking.alignment.pairs import NamePairs
from spacy_umlsbert.linking.dense_encoder import NameEncoder
from spacy_umlsbert.linking.encoder_files import save_name_encoder
from spacy_umlsbert.linking.trainable_encoder import TrainableEncoder
from spacy_umlsbert.training.run import TrainingRun
from spacy_umlsbert.training.trainer import ResumableTrainer
from spacy_umlsbert.umls import KnowledgeBase, expand_tuis


class Alignment(TrainingRun[AlignmentConfig]):
    """Names of a concept are drawn together.

    Liu et al., "Self-alignment pretraining for biomedical entity representations", NAACL 2021.
    ``model`` is for the setting ``encoder`` of `umls_linker`.
    """

    settings = AlignmentConfig
    needs = ("accelerate", "pytorch_metric_learning")
    encoder: NameEncoder
    pairs: NamePairs

    def own_arguments(self) -> dict[str, Any]:
        """Epochs, or steps in their place."""
        training = self.config.training
        return {
            "num_train_epochs": training.epochs,
            "max_steps": training.max_steps or -1,
            "save_strategy": "steps",
            "save_steps": training.save_steps,
        }

    def prepare(self) -> None:
        """Load the encoder, and pair the names of the knowledge base."""
        self.encoder = self.config.model.load()
        concepts = self.config.concepts
        self.pairs = NamePairs(
            KnowledgeBase.open(concepts.kb),
            expand_tuis(concepts.semantic_types),
            concepts.pairs_per_concept,
            self.config.training.seed,
        )
        if not len(self.pairs):
            raise InputError(
                "no concept has two names that are its own: there is nothing to learn from.",
                path=concepts.kb,
            )
        self.msg.info(f"{len(self.pairs):,} pairs of names")

    def trainer(self, **shared: Any) -> ResumableTrainer:
        """The trainer, with the loss over pairs."""
        # Not before it was seen that pytorch-metric-learning is installed.
        from spacy_umlsbert.linking.alignment.trainer import (  # noqa: PLC0415
            AlignmentTrainer,
            PairCollator,
        )

        return AlignmentTrainer(
            model=TrainableEncoder(self.encoder, learn_weights=False),
            data_collator=PairCollator(self.encoder.tokenizer, self.encoder.max_length),
            train_dataset=self.pairs,
            objective=self.config.objective,
            **shared,
        )

    def facts(self) -> dict[str, Any]:
        """How many pairs there were."""
        return {"pairs": len(self.pairs)}

    def save_model(self, folder: Path) -> None:
        """Save the encoder."""
        save_name_encoder(folder, self.encoder)
