"""A pretraining from its settings to the saved model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerBase, TrainingArguments
from wasabi import Printer

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.atomic import new_directory
from spacy_umlsbert.model import UmlsBertForMaskedLM, warm_start
from spacy_umlsbert.model.published.vocabulary import read_vocabulary
from spacy_umlsbert.model.published.wordpiece_types import wordpiece_type_ids
from spacy_umlsbert.pretraining.concept_vocabulary import ConceptVocabulary
from spacy_umlsbert.pretraining.config import ModelSettings, PretrainingConfig
from spacy_umlsbert.pretraining.corpus import EncodedCorpus, StreamedCorpus, empty_corpus
from spacy_umlsbert.pretraining.encoding import Encoder
from spacy_umlsbert.pretraining.evaluate import Evaluation, Evaluator
from spacy_umlsbert.pretraining.loss import ConceptLoss, MaskedLmLoss, cross_entropy
from spacy_umlsbert.pretraining.masking import Collator, Masking
from spacy_umlsbert.pretraining.text import check_files, read_documents
from spacy_umlsbert.pretraining.trainer import PretrainingTrainer
from spacy_umlsbert.pretraining.unigram import has_new_head, start_bias, word_counts
from spacy_umlsbert.training.arguments import CHECKPOINTS, check_installed, training_arguments
from spacy_umlsbert.training.callbacks import LogFile, TimeLimit
from spacy_umlsbert.training.result import LOG, MODEL, write_result
from spacy_umlsbert.training.trainer import begin, last_checkpoint
from spacy_umlsbert.umls import KnowledgeBase, all_tuis, expand_tuis
from spacy_umlsbert.umls.concept_types import ConceptTypes

_DATA = "data"


@dataclass
class Learner:
    """What learns.

    Attributes:
        model: The model.
        tokenizer: Its tokenizer.
        vocabulary: The words of each concept; None without a source of concepts.
        type_ids: (vocabulary,) the semantic-type id of each wordpiece, if types are looked up so.
        by_span: Whether semantic types come from spans.
        kb: The knowledge base, if there is one.
    """

    model: UmlsBertForMaskedLM
    tokenizer: PreTrainedTokenizerBase
    vocabulary: ConceptVocabulary | None
    type_ids: torch.Tensor | None
    by_span: bool
    kb: KnowledgeBase | None

    @property
    def use_types(self) -> bool:
        """Whether the model gets semantic types."""
        return self.by_span or self.type_ids is not None


def pretrain(config: PretrainingConfig, quiet: bool = False) -> dict[str, Any]:
    """Pretrain a backbone; goes on from the last checkpoint if there is one.

    Makes, in ``config.output``: ``model`` (the model and its tokenizer), ``metrics.json``,
    ``log.jsonl``, ``loss.png``, ``checkpoints`` and ``data`` (the encoded texts).

    Args:
        config: The settings.
        quiet: Whether to print nothing and show no progress.

    Returns:
        What ``metrics.json`` holds.

    Raises:
        InputError: If a file, the knowledge base or the weights cannot be used.
    """
    check_installed("accelerate")
    check_files([*config.corpus.train, *config.corpus.dev])
    arguments = _training_arguments(config, quiet)
    msg = begin(arguments, config, config.training, quiet)
    learner = prepare_learner(config)
    _describe(learner, config, msg)
    with arguments.main_process_first(desc="encoding texts"):
        train, dev = prepare_corpora(config, learner, progress=not msg.no_print)
    _describe_corpora(train, dev, msg)
    checkpoint = last_checkpoint(config.output / CHECKPOINTS, msg, clean=arguments.should_save)
    if checkpoint is not None:
        arguments.eval_on_start = False  # it is in the log of the checkpoint
    elif config.model.unigram_bias and has_new_head(learner.model):
        start_bias(learner.model, word_counts(train, learner.model.config.vocab_size))
    clock = TimeLimit(config.training.max_minutes, checkpoint)
    trainer = PretrainingTrainer(
        model=learner.model,
        args=arguments,
        data_collator=_collator(config, learner),
        train_dataset=train,
        eval_dataset=dev,
        callbacks=[clock, LogFile(config.output / LOG)],
        loss=_loss(config, learner),
        optimizer_settings=config.optimizer,
        evaluator=_evaluator(config, learner, dev),
    )
    trainer.train_from(checkpoint, clock)
    return _finish(config, learner, trainer, clock, msg)


def prepare_learner(config: PretrainingConfig) -> Learner:
    """Load the model and what it knows of concepts and semantic types.

    Raises:
        InputError: If the weights or the source of concepts cannot be used, or there is none.
    """
    kb = KnowledgeBase.open(config.concepts.kb) if config.concepts.kb else None
    try:
        model, tokenizer = warm_start(
            config.model.weights,
            _semantic_types(config.model),
            model_class=UmlsBertForMaskedLM,
            tokenizer_config=config.model.tokenizer_config,
            transformer_config=config.model.transformer_config,
        )
    except ValueError as error:
        raise InputError(str(error)) from None
    if not tokenizer.is_fast:
        raise InputError(f"the tokenizer of {config.model.weights!r} is no fast tokenizer.")
    if config.corpus.max_length > model.config.max_position_embeddings:
        raise InputError(
            f"corpus.max_length is {config.corpus.max_length}, but {config.model.weights!r} reads "
            f"at most {model.config.max_position_embeddings} wordpieces at once."
        )
    vocabulary = _concept_vocabulary(config, tokenizer, kb)
    if config.objective.concepts and vocabulary is None:
        raise InputError(
            "the loss over concepts needs to know the concepts.",
            remedy="Set concepts.kb to a knowledge base ('umls build-kb' makes one), or "
            "objective.concepts to false for plain masked LM.",
        )
    type_ids, by_span = None, False
    if config.model.semantic_types is not False:
        if _lookup(config.model, model) == "wordpieces":
            type_ids = _wordpiece_types(model, tokenizer, vocabulary, kb)
        elif kb is None:
            raise InputError(
                "semantic types are found with a knowledge base, and there is none.",
                remedy="Set concepts.kb, or model.semantic_types to false.",
            )
        else:
            by_span = True
    return Learner(model, tokenizer, vocabulary, type_ids, by_span, kb)


def _semantic_types(settings: ModelSettings) -> list[str]:
    if isinstance(settings.semantic_types, bool):
        return all_tuis() if settings.semantic_types else []
    return expand_tuis(settings.semantic_types)


def _lookup(settings: ModelSettings, model: UmlsBertForMaskedLM) -> str:
    trained_with = "wordpieces" if model.config.wordpiece_semantic_types else "spans"
    return settings.semantic_type_lookup or trained_with


def _concept_vocabulary(
    config: PretrainingConfig, tokenizer: PreTrainedTokenizerBase, kb: KnowledgeBase | None
) -> ConceptVocabulary | None:
    wordpieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    if config.concepts.vocabulary is not None:
        entries = read_vocabulary(config.concepts.vocabulary)
        return ConceptVocabulary.from_entries(((e.wordpiece, e.cui) for e in entries), wordpieces)
    if kb is not None:
        return ConceptVocabulary.from_knowledge_base(kb, wordpieces, tokenizer.all_special_tokens)
    return None


def _wordpiece_types(
    model: UmlsBertForMaskedLM,
    tokenizer: PreTrainedTokenizerBase,
    vocabulary: ConceptVocabulary | None,
    kb: KnowledgeBase | None,
) -> torch.Tensor:
    """Semantic types by wordpiece: the model's own, or those of the words' concepts.

    They become part of the model's config, so that whoever uses it looks them up in the same way.
    """
    if not model.config.wordpiece_semantic_types:
        if kb is None or vocabulary is None:
            raise InputError(
                "the weights have no semantic types of wordpieces, and there is no knowledge base "
                "to take them from.",
                remedy="Set concepts.kb.",
            )
        known = model.config.semantic_type_ids
        types = ConceptTypes(kb)
        model.config.wordpiece_semantic_types = {
            tokenizer.convert_ids_to_tokens(i): tui
            for i, cui in enumerate(vocabulary.concept_ids)
            if cui and cui in kb and (tui := types.first(cui)) in known
        }
    return torch.from_numpy(wordpiece_type_ids(model.config, tokenizer))


def prepare_corpora(
    config: PretrainingConfig, learner: Learner, progress: bool
) -> tuple[EncodedCorpus | StreamedCorpus, EncodedCorpus | None]:
    """The texts to learn from, and the held-out ones, encoded.

    Encoded texts are kept in ``output/data``, and used again as long as texts, knowledge base and
    settings are the same.
    """
    settings = config.corpus
    encode = Encoder(
        learner.tokenizer,
        settings.max_length,
        settings.packing,
        learner.kb if learner.by_span else None,
        learner.model.config.semantic_type_ids,
    )

    def stored(name: str, paths: list[Path]) -> EncodedCorpus:
        path = config.output / _DATA / f"{name}.arrow"
        fingerprint = _fingerprint(config, learner, paths)
        documents = read_documents(paths, settings.field, settings.document_field)
        return EncodedCorpus.reuse(path, fingerprint) or EncodedCorpus.write(
            path, encode(documents), fingerprint, f"encoding {name}" if progress else None
        )

    dev = stored("dev", settings.dev) if settings.dev else None
    if not settings.stream:
        return stored("train", settings.train), dev

    def documents() -> Iterator[list[str]]:
        return read_documents(settings.train, settings.field, settings.document_field)

    if next(iter(encode(documents())), None) is None:
        raise empty_corpus()
    stream = StreamedCorpus(documents, encode, settings.shuffle_buffer, config.training.seed)
    return stream, dev


def _fingerprint(config: PretrainingConfig, learner: Learner, paths: list[Path]) -> str:
    """Tells whether an encoded corpus is still the right one."""
    files = [(str(p.absolute()), p.stat().st_size, p.stat().st_mtime_ns) for p in paths]
    settings = config.corpus
    types = None
    if learner.by_span and learner.kb is not None:
        types = (learner.kb.fingerprint, dict(learner.model.config.semantic_type_ids))
    encoding = (settings.field, settings.document_field, settings.max_length, settings.packing)
    return json.dumps([files, encoding, config.model.weights, types])


def _collator(config: PretrainingConfig, learner: Learner) -> Collator:
    masking = Masking(
        learner.tokenizer,
        config.objective.masking,
        config.objective.whole_words,
        type_ids=learner.type_ids,
    )
    multiple = 8 if torch.cuda.is_available() else 1
    return Collator(learner.tokenizer, masking, learner.by_span, multiple)


def _loss(config: PretrainingConfig, learner: Learner) -> MaskedLmLoss:
    settings = config.objective
    if not settings.concepts or learner.vocabulary is None:
        return cross_entropy
    return ConceptLoss(learner.vocabulary, settings.other_words, settings.vocabulary_reduction)


def _evaluator(
    config: PretrainingConfig, learner: Learner, dev: EncodedCorpus | None
) -> Evaluator | None:
    if dev is None:
        return None
    return Evaluator(
        dev,
        learner.tokenizer,
        learner.vocabulary,
        type_ids=learner.type_ids,
        span_types=learner.by_span,
        limit=config.evaluation.limit,
        seed=config.evaluation.seed,
    )


def _training_arguments(config: PretrainingConfig, quiet: bool) -> TrainingArguments:
    training = config.training
    return training_arguments(
        config.output,
        training,
        config.optimizer,
        quiet,
        max_steps=training.max_steps,
        gradient_accumulation_steps=training.accumulate_gradient,
        group_by_length=training.group_by_length and not config.corpus.stream,
        eval_strategy="steps" if config.corpus.dev else "no",
        eval_on_start=bool(config.corpus.dev),
        eval_steps=training.eval_steps,
        save_strategy="steps",
        save_steps=training.save_steps,
        dataloader_num_workers=config.corpus.workers,
    )


def _describe(learner: Learner, config: PretrainingConfig, msg: Printer) -> None:
    if learner.vocabulary is not None:
        msg.info(
            f"{int(learner.vocabulary.has_concept.sum()):,} words of the vocabulary have a concept,"
            f" {int(learner.vocabulary.has_synonym.sum()):,} share it with another"
        )
    loss = "all words of a concept" if config.objective.concepts else "cross-entropy"
    types = "by span" if learner.by_span else "by wordpiece" if learner.use_types else "none"
    msg.info(f"Loss: {loss}. Semantic types: {types}.")


def _describe_corpora(
    train: EncodedCorpus | StreamedCorpus, dev: EncodedCorpus | None, msg: Printer
) -> None:
    for name, corpus in (("Training", train), ("Held-out", dev)):
        if isinstance(corpus, EncodedCorpus):
            msg.info(f"{name}: {len(corpus):,} sequences of {corpus.n_wordpieces:,} wordpieces")


def _finish(
    config: PretrainingConfig,
    learner: Learner,
    trainer: PretrainingTrainer,
    clock: TimeLimit,
    msg: Printer,
) -> dict[str, Any]:
    log = trainer.state.log_history
    metrics: dict[str, Any] = {
        "steps": trainer.state.global_step,
        "minutes": round(clock.seconds / 60, 2),
    }
    measured = [row for row in log if "eval_loss" in row]
    if measured and measured[-1]["step"] != trainer.state.global_step:
        trainer.evaluate()
        measured = [row for row in log if "eval_loss" in row]
    if measured:
        metrics |= {"before": _evaluation(measured[0]), "after": _evaluation(measured[-1])}
    if trainer.is_world_process_zero():
        with new_directory(config.output / MODEL, replace=True) as folder:
            learner.model.save_pretrained(folder)
            learner.tokenizer.save_pretrained(folder)
        write_result(config, config.training, metrics, log)
        msg.good(f"Saved {config.output / MODEL} after {metrics['steps']:,} steps")
    return metrics


def _evaluation(row: dict[str, Any]) -> dict[str, Any]:
    """The part of a row of the log that `Evaluator` gave."""
    return {key: row[f"eval_{key}"] for key in Evaluation._fields}
