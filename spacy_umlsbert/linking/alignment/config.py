"""The settings of a self-alignment, as they stand in a config file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from spacy_umlsbert.linking.encoder_config import EncoderConfig
from spacy_umlsbert.training import settings as base
from spacy_umlsbert.training.settings import Section


class ConceptSettings(Section):
    """``[concepts]``: where names come from."""

    kb: Path
    """A knowledge base"""
    semantic_types: list[str] = Field(default_factory=list)
    """Semantic types (T047) or groups (DISO) whose concepts to take; empty for all"""
    pairs_per_concept: int = Field(default=50, gt=0)
    """Most pairs of names of one concept"""


class ObjectiveSettings(Section):
    """``[objective]``: multi-similarity loss over the pairs that are hard."""

    hard_mining: bool = True
    """Leave out what the model has right already"""
    margin: float = Field(default=0.2, ge=0)
    """By how much a name of the same concept must be closer than one of another to be right"""
    alpha: float = Field(default=1.0, gt=0)
    """Weight of the pairs of one concept"""
    beta: float = Field(default=60.0, gt=0)
    """Weight of the pairs of two concepts"""
    base: float = 0.5
    """Cosine that pairs are pushed above, or below"""


class TrainingSettings(base.TrainingSettings):
    """``[training]``: how long, and what is kept."""

    epochs: float = Field(default=1.0, gt=0)
    """How often each pair is seen"""
    max_steps: int | None = Field(default=None, gt=0)
    """How many steps instead"""
    save_steps: int = Field(default=1_000, gt=0)


class AlignmentConfig(base.RunSettings):
    """All sections. ``training.batch_size`` counts pairs."""

    model: EncoderConfig
    concepts: ConceptSettings
    objective: ObjectiveSettings = ObjectiveSettings()
    optimizer: base.OptimizerSettings = base.OptimizerSettings()
    training: TrainingSettings = TrainingSettings()
