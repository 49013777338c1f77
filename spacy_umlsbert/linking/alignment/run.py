"""A self-alignment from its settings to the saved encoder."""

from __future__ import annotations

from typing import Any

from transformers import TrainingArguments

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.atomic import new_directory
from spacy_umlsbert.linking.alignment.config import AlignmentConfig
from spacy_umlsbert.linking.alignment.pairs import NamePairs
from spacy_umlsbert.linking.encoder_files import save_name_encoder
from spacy_umlsbert.linking.trainable_encoder import TrainableEncoder
from spacy_umlsbert.training.arguments import CHECKPOINTS, check_installed, training_arguments
from spacy_umlsbert.training.callbacks import LogFile, TimeLimit
from spacy_umlsbert.training.result import LOG, MODEL, write_result
from spacy_umlsbert.training.trainer import begin, last_checkpoint
from spacy_umlsbert.umls import KnowledgeBase, expand_tuis


def align(config: AlignmentConfig, quiet: bool = False) -> dict[str, Any]:
    """Train an encoder on the names of a knowledge base; goes on from the last checkpoint.

    Liu et al., "Self-alignment pretraining for biomedical entity representations", NAACL 2021.
    Makes, in ``config.output``: ``model`` (for the setting ``encoder`` of `umls_linker`),
    ``metrics.json``, ``log.jsonl``, ``loss.png`` and ``checkpoints``.

    Args:
        config: The settings.
        quiet: Whether to print nothing and show no progress.

    Returns:
        What ``metrics.json`` holds.

    Raises:
        InputError: If the knowledge base or the weights cannot be used.
    """
    check_installed("accelerate", "pytorch_metric_learning")
    # After the check: its message says what to install.
    from spacy_umlsbert.linking.alignment.trainer import AlignmentTrainer, PairCollator  # noqa: PLC0415

    arguments = _arguments(config, quiet)
    msg = begin(arguments, config, config.training, quiet)
    encoder = config.model.load()
    kb = KnowledgeBase.open(config.concepts.kb)
    tuis = expand_tuis(config.concepts.semantic_types)
    pairs = NamePairs(kb, tuis, config.concepts.pairs_per_concept, config.training.seed)
    if not len(pairs):
        raise InputError(
            "no concept has two names that are its own: there is nothing to learn from.",
            path=config.concepts.kb,
        )
    msg.info(f"{len(pairs):,} pairs of names")
    checkpoint = last_checkpoint(config.output / CHECKPOINTS, msg, clean=arguments.should_save)
    clock = TimeLimit(config.training.max_minutes, checkpoint)
    trainer = AlignmentTrainer(
        model=TrainableEncoder(encoder, learn_weights=False),
        args=arguments,
        data_collator=PairCollator(encoder.tokenizer, encoder.max_length),
        train_dataset=pairs,
        callbacks=[clock, LogFile(config.output / LOG)],
        objective=config.objective,
        optimizer_settings=config.optimizer,
    )
    trainer.train_from(checkpoint, clock)
    metrics: dict[str, Any] = {
        "pairs": len(pairs),
        "steps": trainer.state.global_step,
        "minutes": round(clock.seconds / 60, 2),
    }
    if trainer.is_world_process_zero():
        with new_directory(config.output / MODEL, replace=True) as folder:
            save_name_encoder(folder, encoder)
        write_result(config, config.training, metrics, trainer.state.log_history)
        msg.good(f"Saved {config.output / MODEL} after {metrics['steps']:,} steps")
    return metrics


def _arguments(config: AlignmentConfig, quiet: bool) -> TrainingArguments:
    training = config.training
    return training_arguments(
        config.output,
        training,
        config.optimizer,
        quiet,
        num_train_epochs=training.epochs,
        max_steps=training.max_steps or -1,
        save_strategy="steps",
        save_steps=training.save_steps,
    )
