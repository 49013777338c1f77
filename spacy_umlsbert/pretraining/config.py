"""The settings of a pretraining, as they stand in a config file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from spacy_umlsbert.pretraining.encoding import SPECIAL_WORDPIECES, Packing
from spacy_umlsbert.pretraining.loss import OtherWords, VocabularyReduction
from spacy_umlsbert.training import settings as base
from spacy_umlsbert.training.settings import Paths, Section, SomePaths


class ModelSettings(Section):
    """``[model]``: what to start from."""

    OLD_NAMES: ClassVar[dict[str, str]] = {"semantic_types": "semantic_type_embeddings"}

    weights: str
    """A BERT or UmlsBERT: a folder, a name on the Hugging Face hub, or package:<module>/<folder>"""
    semantic_type_embeddings: bool | list[str] = True
    """Semantic types (T047) or groups (DISO) that get a vector; true for all, false for none"""
    semantic_type_lookup: Literal["spans", "wordpieces"] | None = None
    """Types by a longest match over the text, or wordpiece by wordpiece as the published model;
    null for what the weights were trained with, and spans for others"""
    unigram_bias: bool = True
    """Start the bias of a new masked-LM head at the frequencies of words"""
    tokenizer_config: dict[str, Any] = Field(default_factory=dict)
    transformer_config: dict[str, Any] = Field(default_factory=dict)


class ConceptSettings(Section):
    """``[concepts]``: where concepts and semantic types come from."""

    kb: Path | None = None
    """A knowledge base"""
    vocabulary: Path | None = None
    """A published vocabulary (word|CUI|TUI) that says which wordpieces have which concept, in
    place of the knowledge base"""


class CorpusSettings(Section):
    """``[corpus]``: the texts."""

    train: SomePaths
    dev: Paths = Field(default_factory=list)
    field: str = "text"
    document_field: str | None = None
    max_length: int = Field(default=128, gt=SPECIAL_WORDPIECES)
    packing: Packing = "documents"
    stream: bool = False
    """Encode texts while they are read, and keep nothing on disk"""
    shuffle_buffer: int = Field(default=10_000, ge=0)
    """Sequences in the shuffle buffer of a stream"""
    workers: int = Field(default=0, ge=0)
    """Processes that prepare batches"""


class ObjectiveSettings(Section):
    """``[objective]``: what is learned."""

    concepts: bool = True
    """The loss over all words of a concept; false for plain masked LM"""
    other_words: OtherWords = "binary_cross_entropy"
    vocabulary_reduction: VocabularyReduction = "mean"
    masking: float = Field(default=0.15, gt=0, lt=1)
    whole_words: bool = False


class OptimizerSettings(base.OptimizerSettings):
    """``[optimizer]``: AdamW with a linear warm-up and decay, and learning rates by part."""

    semantic_type_factor: float = Field(default=1.0, gt=0)
    """Multiplies the learning rate of the semantic-type embedding"""
    head_factor: float = Field(default=1.0, gt=0)
    """Multiplies the learning rate of the masked-LM head (its decoder is the word embeddings and
    learns as they do)"""


class TrainingSettings(base.TrainingSettings):
    """``[training]``: how long, and what is kept."""

    max_steps: int = Field(default=150_000, gt=0)
    accumulate_gradient: int = Field(default=1, gt=0)
    group_by_length: bool = False
    """Batches of about equally long sequences, which saves padding"""
    eval_steps: int = Field(default=5_000, gt=0)
    save_steps: int = Field(default=5_000, gt=0)


class EvaluationSettings(Section):
    """``[evaluation]``: the held-out texts."""

    limit: int | None = Field(default=None, gt=0)
    """Sequences of corpus.dev to look at; null for all"""
    seed: int = 0


class PretrainingConfig(base.RunSettings):
    """All sections."""

    model: ModelSettings
    concepts: ConceptSettings = ConceptSettings()
    corpus: CorpusSettings
    objective: ObjectiveSettings = ObjectiveSettings()
    optimizer: OptimizerSettings = OptimizerSettings()
    training: TrainingSettings = TrainingSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
