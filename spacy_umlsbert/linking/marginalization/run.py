"""A synonym marginalisation from its settings to the saved encoder."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from spacy_umlsbert.linking.encoder_files import save_name_encoder
from spacy_umlsbert.linking.gold_mentions import simple_mentions
from spacy_umlsbert.linking.known_mentions import KnownMention, write_known_mentions
from spacy_umlsbert.linking.marginalization.config import MarginalizationConfig
from spacy_umlsbert.linking.marginalization.learner import Learner, prepare_learner
from spacy_umlsbert.linking.marginalization.trainer import (
    CandidateCollator,
    MarginalizationTrainer,
    NewCandidates,
)
from spacy_umlsbert.training.run import TrainingRun

MENTIONS = "mentions.jsonl"


class Marginalization(TrainingRun[MarginalizationConfig]):
    """Mentions are drawn to all names of their concept.

    Sung et al., "Biomedical entity representations with synonym marginalization", ACL 2020
    (BioSyn). Beside what all trainings make, ``config.output`` holds ``mentions.jsonl``; it and
    ``model`` are for the settings ``mentions`` and ``encoder`` of `umls_linker`.
    """

    settings = MarginalizationConfig
    learner: Learner

    def own_arguments(self) -> dict[str, Any]:
        """Epochs; the held-out mentions are linked before the first one too."""
        measures = bool(self.config.corpus.dev)
        return {
            "num_train_epochs": self.config.training.epochs,
            "eval_strategy": "epoch" if measures else "no",
            "eval_on_start": measures,
            # Between epochs a training goes on exactly as if it had not been interrupted.
            "save_strategy": "epoch",
        }

    def prepare(self) -> None:
        """Load the encoder, the names and the mentions."""
        self.learner = prepare_learner(self.config, self.msg)

    def trainer(self, **shared: Any) -> MarginalizationTrainer:
        """The trainer, which finds candidates anew for each epoch."""
        learner = self.learner
        callbacks = [*shared.pop("callbacks"), NewCandidates(learner.retrieve)]
        return MarginalizationTrainer(
            model=learner.module,
            data_collator=CandidateCollator(learner.encoder.tokenizer, learner.encoder.max_length),
            train_dataset=learner.candidates,
            eval_dataset=learner.dev or None,
            callbacks=callbacks,
            temperature=self.config.objective.temperature,
            evaluator=learner.evaluate if learner.dev else None,
            **shared,
        )

    def facts(self) -> dict[str, Any]:
        """How many mentions there were, and the weights that were learned."""
        return {"mentions": len(self.learner.candidates), **self.learner.weights()}

    def save_model(self, folder: Path) -> None:
        """Save the encoder."""
        save_name_encoder(folder, self.learner.encoder)

    def save_more(self) -> None:
        """Save the mentions that were learned from, which the linker then knows."""
        learned = Counter(simple_mentions(self.learner.train)).most_common()
        known = (KnownMention(name, list(ids), count) for (name, ids), count in learned)
        write_known_mentions(self.config.output / MENTIONS, known)
