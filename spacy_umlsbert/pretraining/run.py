"""A pretraining from its settings to the saved model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from spacy_umlsbert.pretraining.config import PretrainingConfig
from spacy_umlsbert.pretraining.corpora import prepare_corpora
from spacy_umlsbert.pretraining.corpus import EncodedCorpus, StreamedCorpus
from spacy_umlsbert.pretraining.evaluate import Evaluator
from spacy_umlsbert.pretraining.learner import Learner, prepare_learner
from spacy_umlsbert.pretraining.loss import ConceptLoss, MaskedLmLoss, cross_entropy
from spacy_umlsbert.pretraining.masking import Collator, Masking
from spacy_umlsbert.pretraining.text import check_files
from spacy_umlsbert.pretraining.trainer import PretrainingTrainer
from spacy_umlsbert.pretraining.unigram import has_new_head, start_bias, word_counts
from spacy_umlsbert.training.run import TrainingRun


class Pretraining(TrainingRun[PretrainingConfig]):
    """Masked LM with concepts and semantic types.

    Beside what all trainings make, ``config.output`` holds ``data``, the encoded texts; ``model``
    is the model with its tokenizer.
    """

    settings = PretrainingConfig
    learner: Learner
    train: EncodedCorpus | StreamedCorpus
    dev: EncodedCorpus | None

    def own_arguments(self) -> dict[str, Any]:
        """Steps, not epochs; the held-out texts are looked at before the first step too."""
        training, corpus = self.config.training, self.config.corpus
        return {
            "max_steps": training.max_steps,
            "gradient_accumulation_steps": training.accumulate_gradient,
            "group_by_length": training.group_by_length and not corpus.stream,
            "eval_strategy": "steps" if corpus.dev else "no",
            "eval_on_start": bool(corpus.dev),
            "eval_steps": training.eval_steps,
            "save_strategy": "steps",
            "save_steps": training.save_steps,
            "dataloader_num_workers": corpus.workers,
        }

    def check_inputs(self) -> None:
        """See that the texts are there."""
        check_files([*self.config.corpus.train, *self.config.corpus.dev])

    def prepare(self) -> None:
        """Load the model; encode the texts, in one process alone."""
        self.learner = prepare_learner(self.config)
        self._describe_learner()
        with self.arguments.main_process_first(desc="encoding texts"):
            self.train, self.dev = prepare_corpora(
                self.config, self.learner, progress=not self.msg.no_print
            )
        self._describe_corpora()

    def start_anew(self) -> None:
        """A head that was never trained starts at the frequencies of words."""
        model = self.learner.model
        if self.config.model.unigram_bias and has_new_head(model):
            start_bias(model, word_counts(self.train, model.config.vocab_size))

    def trainer(self, **shared: Any) -> PretrainingTrainer:
        """The trainer, with the loss of the objective."""
        return PretrainingTrainer(
            model=self.learner.model,
            data_collator=self._collator(),
            train_dataset=self.train,
            eval_dataset=self.dev,
            loss=self._loss(),
            evaluator=self._evaluator(),
            **shared,
        )

    def save_model(self, folder: Path) -> None:
        """Save the model and its tokenizer."""
        self.learner.model.save_pretrained(folder)
        self.learner.tokenizer.save_pretrained(folder)

    def _collator(self) -> Collator:
        masking = Masking(
            self.learner.tokenizer,
            self.config.objective.masking,
            self.config.objective.whole_words,
            type_ids=self.learner.type_ids,
        )
        multiple = 8 if torch.cuda.is_available() else 1
        return Collator(self.learner.tokenizer, masking, self.learner.by_span, multiple)

    def _loss(self) -> MaskedLmLoss:
        objective = self.config.objective
        if not objective.concepts or self.learner.vocabulary is None:
            return cross_entropy
        return ConceptLoss(
            self.learner.vocabulary, objective.other_words, objective.vocabulary_reduction
        )

    def _evaluator(self) -> Callable[[], dict[str, Any]] | None:
        if self.dev is None:
            return None
        evaluator = Evaluator(
            self.dev,
            self.learner.tokenizer,
            self.learner.vocabulary,
            type_ids=self.learner.type_ids,
            span_types=self.learner.by_span,
            limit=self.config.evaluation.limit,
            seed=self.config.evaluation.seed,
        )
        progress = not self.msg.no_print
        return lambda: evaluator(self.learner.model, progress)._asdict()

    def _describe_learner(self) -> None:
        vocabulary = self.learner.vocabulary
        if vocabulary is not None:
            self.msg.info(
                f"{int(vocabulary.has_concept.sum()):,} words of the vocabulary have a concept,"
                f" {int(vocabulary.has_synonym.sum()):,} share it with another"
            )
        loss = "all words of a concept" if self.config.objective.concepts else "cross-entropy"
        types = "by wordpiece" if self.learner.use_types else "none"
        types = "by span" if self.learner.by_span else types
        self.msg.info(f"Loss: {loss}. Semantic types: {types}.")

    def _describe_corpora(self) -> None:
        for name, corpus in (("Training", self.train), ("Held-out", self.dev)):
            if isinstance(corpus, EncodedCorpus):
                self.msg.info(
                    f"{name}: {len(corpus):,} sequences of {corpus.n_wordpieces:,} wordpieces"
                )
