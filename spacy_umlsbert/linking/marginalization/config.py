"""The settings of a synonym marginalisation, as they stand in a config file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from spacy_umlsbert.linking.encoder_config import EncoderConfig
from spacy_umlsbert.training import settings as base
from spacy_umlsbert.training.settings import Paths, Section, SomePaths


class ConceptSettings(Section):
    """``[concepts]``: where names come from."""

    kb: Path
    """A knowledge base"""
    equivalent_ids: Path | None = None
    """A dictionary (id|id||name …) that says which ids mean the same concept, for
    corpora that use others than the knowledge base"""


class CorpusSettings(Section):
    """``[corpus]``: mentions with their concepts."""

    train: SomePaths
    """PubTator files, .spacy files, and folders of .concept files"""
    dev: Paths = Field(default_factory=list)
    labels: list[str] = Field(default_factory=list)
    """Only mentions with these labels; empty for all"""
    spelling: Path | None = None
    """A list of spellings (wrong||right)"""


class CandidateSettings(Section):
    """``[candidates]``: the names that a mention is compared with, found anew for each epoch."""

    k: int = Field(default=20, gt=1)
    dense_share: float = Field(default=0.5, ge=0, le=1)
    """Share of them that is found by meaning; the others by spelling"""
    mentions: bool = True
    """Other mentions of the corpus are names too, as in use"""


class ObjectiveSettings(Section):
    """``[objective]``: likelihood of all names of the right concept together."""

    temperature: float = Field(default=0.05, gt=0)
    """What scores are divided by"""
    learn_weights: bool = True
    """The weights of spelling and of frequency too"""


class OptimizerSettings(base.OptimizerSettings):
    """``[optimizer]``: AdamW with a linear warm-up and decay."""

    weights_factor: float = Field(default=100.0, gt=0)
    """Multiplies the learning rate of the weights of spelling and of frequency"""


class TrainingSettings(base.TrainingSettings):
    """``[training]``: how long, and what is kept."""

    epochs: int = Field(default=10, gt=0)


class MarginalizationConfig(base.RunSettings):
    """All sections. ``training.batch_size`` counts mentions."""

    model: EncoderConfig
    concepts: ConceptSettings
    corpus: CorpusSettings
    candidates: CandidateSettings = CandidateSettings()
    objective: ObjectiveSettings = ObjectiveSettings()
    optimizer: OptimizerSettings = OptimizerSettings()
    training: TrainingSettings = TrainingSettings()
