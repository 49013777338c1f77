"""The settings of a pretraining, as they stand in a config file."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from thinc.api import Config

from ..errors import InputError
from .encoding import SPECIAL_WORDPIECES, Packing
from .loss import OtherWords, VocabularyReduction


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class ModelSettings(_Section):
    """``[model]``: what to start from."""

    weights: str
    """A BERT or UmlsBERT: a folder, a name on the Hugging Face hub, or package:<module>/<folder>"""
    semantic_types: bool | list[str] = True
    """Semantic types (T047) or groups (DISO) that get a vector; true for all, false for none"""
    semantic_type_lookup: Literal["spans", "wordpieces"] | None = None
    """Types by a longest match over the text, or wordpiece by wordpiece as the published model;
    null for what the weights were trained with, and spans for others"""
    unigram_bias: bool = True
    """Start the bias of a new masked-LM head at the frequencies of words"""
    tokenizer_config: dict[str, Any] = {}
    transformer_config: dict[str, Any] = {}


class ConceptSettings(_Section):
    """``[concepts]``: where concepts and semantic types come from."""

    kb: Path | None = None
    """A knowledge base"""
    vocabulary: Path | None = None
    """A published vocabulary (word|CUI|TUI) that says which wordpieces have which concept, in
    place of the knowledge base"""


class CorpusSettings(_Section):
    """``[corpus]``: the texts."""

    train: list[Path]
    dev: list[Path] = []
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

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, values: Any) -> Any:
        if isinstance(values, dict):
            values = dict(values)
            for key in ("train", "dev"):
                value = values.get(key)
                if value is None:
                    values.pop(key, None)
                elif isinstance(value, (str, Path)):
                    values[key] = [value]
        return values

    @model_validator(mode="after")
    def _any_text(self) -> CorpusSettings:
        if not self.train:
            raise ValueError("train is empty: name a file of texts")
        return self


class ObjectiveSettings(_Section):
    """``[objective]``: what is learned."""

    concepts: bool = True
    """The loss over all words of a concept; false for plain masked LM"""
    other_words: OtherWords = "binary_cross_entropy"
    vocabulary_reduction: VocabularyReduction = "mean"
    masking: float = Field(default=0.15, gt=0, lt=1)
    whole_words: bool = False


class OptimizerSettings(_Section):
    """``[optimizer]``: AdamW with a linear warm-up and decay."""

    learn_rate: float = Field(default=5e-5, gt=0)
    semantic_type_factor: float = Field(default=1.0, gt=0)
    """Multiplies the learning rate of the semantic-type embedding"""
    head_factor: float = Field(default=1.0, gt=0)
    """Multiplies the learning rate of the masked-LM head (its decoder is the word embeddings and
    learns as they do)"""
    warmup: float = Field(default=0.06, ge=0, lt=1)
    """Share of the steps"""
    weight_decay: float = Field(default=0.01, ge=0)
    max_grad_norm: float = Field(default=1.0, ge=0)


class TrainingSettings(_Section):
    """``[training]``: how long, and what is kept."""

    seed: int = 0
    max_steps: int = Field(default=150_000, gt=0)
    max_minutes: float | None = Field(default=None, gt=0)
    """Stop and save after so much time in training, all starts together"""
    batch_size: int = Field(default=32, gt=0)
    """Sequences in a step on one device"""
    accumulate_gradient: int = Field(default=1, gt=0)
    mixed_precision: Literal["fp16", "bf16"] | None = None
    """"bf16" on a CPU too: twice as fast where the CPU has it, and float32 where it has not"""
    group_by_length: bool = False
    """Batches of about equally long sequences, which saves padding"""
    log_steps: int = Field(default=100, gt=0)
    eval_steps: int = Field(default=5_000, gt=0)
    save_steps: int = Field(default=5_000, gt=0)
    keep_checkpoints: int = Field(default=2, gt=0)
    report_to: list[str] = []
    """Where else to log: "tensorboard", "wandb" …"""
    plot: bool = True
    """Draw the loss at the end (needs matplotlib)"""
    trainer: dict[str, Any] = {}
    """Further arguments for Hugging Face's TrainingArguments"""


class EvaluationSettings(_Section):
    """``[evaluation]``: the held-out texts."""

    limit: int | None = Field(default=None, gt=0)
    """Sequences of corpus.dev to look at; null for all"""
    seed: int = 0


class PretrainingConfig(_Section):
    """All sections."""

    output: Path
    model: ModelSettings
    concepts: ConceptSettings = ConceptSettings()
    corpus: CorpusSettings
    objective: ObjectiveSettings = ObjectiveSettings()
    optimizer: OptimizerSettings = OptimizerSettings()
    training: TrainingSettings = TrainingSettings()
    evaluation: EvaluationSettings = EvaluationSettings()


def load_config(
    path: Path, overrides: dict[str, Any] | None = None, output: Path | None = None
) -> PretrainingConfig:
    """Read and check a config file.

    Args:
        path: The file, in spaCy's config format. ``[paths]`` may hold what is referred to.
        overrides: Values by dotted name, such as ``{"training.max_steps": 100}``.
        output: The directory to make, in place of ``paths.output``.

    Raises:
        InputError: If the file cannot be read, or a setting is unknown, missing or wrong.
    """
    if not path.is_file():
        raise InputError("there is no such config file.", path=path)
    try:
        values = dict(Config().from_disk(path, overrides=overrides or {}))
    except ValueError as error:  # confection's errors, its own and those of the parser
        raise InputError(f"cannot be read: {str(error).strip()}", path=path) from None
    paths = values.pop("paths", {})
    values.pop("system", None)
    values["output"] = output or (paths.get("output") if isinstance(paths, dict) else None)
    if not values["output"]:
        raise InputError(
            "it is not said where the result goes.", path=path, remedy="Give --output DIRECTORY."
        )
    try:
        return PretrainingConfig.model_validate(values)
    except ValidationError as error:
        problems = "\n".join(f"  {line}" for line in _problems(error))
        raise InputError(f"settings that cannot be used:\n{problems}", path=path) from None


def _problems(error: ValidationError) -> list[str]:
    lines = []
    for item in error.errors(include_url=False, include_input=False):
        names = [str(part) for part in item["loc"] if part not in ("bool", "list[str]")]
        name = ".".join(names)
        if item["type"] == "extra_forbidden":
            close = difflib.get_close_matches(names[-1], _known(names[:-1]), 1)
            hint = f"; did you mean {'.'.join([*names[:-1], close[0]])}?" if close else ""
            lines.append(f"{name}: there is no such setting{hint}")
        elif item["type"] == "missing":
            lines.append(f"{name}: is missing")
        else:
            lines.append(f"{name}: {item['msg']}")
    return lines


def _known(section: list[str]) -> list[str]:
    model: type[BaseModel] = PretrainingConfig
    for name in section:
        field = model.model_fields.get(name)
        if field is None or not isinstance(field.annotation, type):
            return []
        model = field.annotation
    return list(model.model_fields)
