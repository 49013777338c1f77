"""A synonym marginalisation from its settings to the saved encoder."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm
from transformers import TrainingArguments
from wasabi import Printer

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.evaluation.linking.scores import score_mentions
from spacy_umlsbert.files.atomic import new_directory
from spacy_umlsbert.linking.concept_counts import ConceptCounts
from spacy_umlsbert.linking.dense_encoder import Floats, NameEncoder
from spacy_umlsbert.linking.encoder_files import save_name_encoder
from spacy_umlsbert.linking.equivalent_ids import EquivalentIds
from spacy_umlsbert.linking.exact_search import ExactSearch
from spacy_umlsbert.linking.gold_mentions import GoldMention, simple_mentions
from spacy_umlsbert.linking.known_mentions import KnownMention, write_known_mentions
from spacy_umlsbert.linking.marginalization.candidates import CandidateNames
from spacy_umlsbert.linking.marginalization.config import MarginalizationConfig
from spacy_umlsbert.linking.marginalization.trainer import (
    CandidateCollator,
    MarginalizationTrainer,
    NewCandidates,
)
from spacy_umlsbert.linking.mention_files import read_mentions
from spacy_umlsbert.linking.name_normalizer import NameNormalizer, read_spelling
from spacy_umlsbert.linking.name_table import NameTable
from spacy_umlsbert.linking.sparse_encoder import SparseEncoder
from spacy_umlsbert.linking.trainable_encoder import TrainableEncoder
from spacy_umlsbert.training.arguments import CHECKPOINTS, check_installed, training_arguments
from spacy_umlsbert.training.callbacks import LogFile, TimeLimit
from spacy_umlsbert.training.result import LOG, MODEL, write_result
from spacy_umlsbert.training.trainer import begin, last_checkpoint
from spacy_umlsbert.umls import KnowledgeBase

MENTIONS = "mentions.jsonl"
K = 20


def marginalize(config: MarginalizationConfig, quiet: bool = False) -> dict[str, Any]:
    """Train an encoder on mentions and their concepts; goes on from the last checkpoint.

    Sung et al., "Biomedical entity representations with synonym marginalization", ACL 2020
    (BioSyn). Makes, in ``config.output``: ``model`` and ``mentions.jsonl`` (for the settings
    ``encoder`` and ``mentions`` of `umls_linker`), ``metrics.json``, ``log.jsonl``, ``loss.png``
    and ``checkpoints``.

    Args:
        config: The settings.
        quiet: Whether to print nothing and show no progress.

    Returns:
        What ``metrics.json`` holds.

    Raises:
        InputError: If the knowledge base, the mentions or the weights cannot be used.
    """
    check_installed("accelerate")
    arguments = _arguments(config, quiet)
    msg = begin(arguments, config, config.training, quiet)
    learner = _learner(config, msg)
    checkpoint = last_checkpoint(config.output / CHECKPOINTS, msg, clean=arguments.should_save)
    if checkpoint is not None:
        arguments.eval_on_start = False  # it is in the log of the checkpoint
    clock = TimeLimit(config.training.max_minutes, checkpoint)
    learner.progress = not msg.no_print
    trainer = MarginalizationTrainer(
        model=learner.module,
        args=arguments,
        data_collator=CandidateCollator(learner.encoder.tokenizer, learner.encoder.max_length),
        train_dataset=learner.candidates,
        eval_dataset=learner.dev or None,
        callbacks=[clock, LogFile(config.output / LOG), NewCandidates(learner.retrieve)],
        temperature=config.objective.temperature,
        optimizer_settings=config.optimizer,
        evaluator=learner.evaluate if learner.dev else None,
    )
    trainer.train_from(checkpoint, clock)
    log = trainer.state.log_history
    metrics: dict[str, Any] = {
        "mentions": len(learner.candidates),
        "steps": trainer.state.global_step,
        "minutes": round(clock.seconds / 60, 2),
        **learner.weights(),
    }
    measured = [row for row in log if "eval_acc@1" in row]
    if measured:
        metrics |= {"before": _figures(measured[0]), "after": _figures(measured[-1])}
    if trainer.is_world_process_zero():
        with new_directory(config.output / MODEL, replace=True) as folder:
            save_name_encoder(folder, learner.encoder)
        learnt = Counter(simple_mentions(learner.train)).most_common()
        known = (KnownMention(name, list(ids), count) for (name, ids), count in learnt)
        write_known_mentions(config.output / MENTIONS, known)
        write_result(config, config.training, metrics, log)
        msg.good(f"Saved {config.output / MODEL} after {metrics['steps']:,} steps")
    return metrics


@dataclass
class Learner:
    """What learns, and from what.

    Attributes:
        encoder: The encoder.
        module: The same as a module that learns.
        table: The names, those of the training mentions among them.
        train: The mentions to learn from.
        dev: The held-out ones that have a concept of the knowledge base.
        sparse: Gives sparse vectors.
        candidates: The training mentions with their candidates.
        in_candidates: (names,) which names of the table may be candidates in training.
        progress: Whether to show progress.
    """

    encoder: NameEncoder
    module: TrainableEncoder
    table: NameTable
    train: list[GoldMention]
    dev: list[GoldMention]
    sparse: SparseEncoder
    candidates: CandidateNames
    in_candidates: NDArray[np.int64]
    progress: bool = False
    _vectors: Floats | None = None

    def retrieve(self) -> None:
        """Find candidates with the encoder as it is now."""
        vectors = self.vectors()
        self._vectors = None  # it learns from now on
        self.candidates.retrieve(self.encoder, vectors[self.in_candidates])

    def evaluate(self) -> dict[str, float]:
        """Link the held-out mentions with the encoder as it is now."""
        self._vectors = None
        search = ExactSearch(
            self.table,
            sparse=self.sparse,
            dense=self.module.learned(),
            sparse_weight=self.encoder.sparse_weight,
            vectors=self.vectors(),
            prior=self.prior(),
        )
        scores = score_mentions(
            self.dev,
            lambda names: ([c.concept_ids for c in found] for found in search.search(names, K)),
        )
        return {**scores.as_dict(at=(1, 5, K)), **self.weights()}

    def prior(self) -> Floats:
        """(names,) what the frequency of its concept adds to the score of a name."""
        frequency = [self.candidates.counts.frequency(ids) for ids in self.table.concept_ids]
        return np.float32(self.encoder.prior_weight) * np.array(frequency, dtype=np.float32)

    def weights(self) -> dict[str, float]:
        """The weights of spelling and frequency."""
        encoder = self.module.learned()
        return {"sparse_weight": encoder.sparse_weight, "prior_weight": encoder.prior_weight}

    def vectors(self) -> Floats:
        """(names, width) the vectors of all names."""
        if self._vectors is None:
            hidden = not self.progress
            with tqdm(total=len(self.table), desc="names", disable=hidden, leave=False) as bar:
                blocks = list(self.encoder.stream(self.table.names, bar.update))
            self._vectors = np.concatenate(blocks)
        return self._vectors


def _learner(config: MarginalizationConfig, msg: Printer) -> Learner:
    encoder = config.model.load()
    corpus = config.corpus
    normalize = NameNormalizer(spelling=read_spelling(corpus.spelling) if corpus.spelling else {})
    kb = KnowledgeBase.open(config.concepts.kb)
    equivalents = EquivalentIds.read(config.concepts.equivalent_ids)
    names = NameTable.of_kb(kb, normalize)
    train, dev = (
        list(equivalents.of_mentions(read_mentions(paths, normalize, corpus.labels), kb))
        for paths in (corpus.train, corpus.dev)
    )
    pairs = [
        pair
        for pair in dict.fromkeys(simple_mentions(train))
        if names.known_ids.issuperset(pair[1])
    ]
    if not pairs:
        raise InputError(
            "no mention of the training part has a concept of the knowledge base.",
            path=config.concepts.kb,
            remedy="Choose the knowledge base whose ids the corpus uses.",
        )
    known = [mention for mention in dev if names.known_ids.issuperset(mention.concept_ids)]
    msg.info(
        f"{len(names):,} names; {len(pairs):,} distinct mentions to learn from; "
        f"{len(known):,} of {len(dev):,} held-out mentions have concepts that are known"
    )
    table = names.with_mentions(train)
    own = set(names.rows())
    from_corpus = np.array([row not in own for row in table.rows()], dtype=bool)
    taken = np.flatnonzero(~from_corpus | config.candidates.mentions)
    sparse = SparseEncoder.fit(table.names)
    candidates = CandidateNames(
        pairs,
        ConceptCounts.of(train),
        NameTable([table.names[i] for i in taken], [table.concept_ids[i] for i in taken]),
        from_corpus[taken],
        sparse,
        config.candidates.k,
        config.candidates.dense_share,
    )
    module = TrainableEncoder(encoder, learn_weights=config.objective.learn_weights)
    return Learner(encoder, module, table, train, known, sparse, candidates, taken)


def _figures(row: dict[str, Any]) -> dict[str, float]:
    return {key.removeprefix("eval_"): row[key] for key in row if key.startswith("eval_")}


def _arguments(config: MarginalizationConfig, quiet: bool) -> TrainingArguments:
    measures = bool(config.corpus.dev)
    return training_arguments(
        config.output,
        config.training,
        config.optimizer,
        quiet,
        num_train_epochs=config.training.epochs,
        eval_strategy="epoch" if measures else "no",
        eval_on_start=measures,
        # Between epochs a training goes on exactly as if it had not been interrupted.
        save_strategy="epoch",
    )
