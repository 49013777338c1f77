"""The settings of a training, as they stand in a config file."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from thinc.api import Config

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.old_names import renamed, warn_of_old_name


class Section(BaseModel):
    """A section of a config; settings that it does not know are errors."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    OLD_NAMES: ClassVar[dict[str, str]] = {}
    """New names of settings, by the old ones that still work."""

    @model_validator(mode="before")
    @classmethod
    def _take_old_names(cls, values: Any) -> Any:
        def warn(old: str, new: str) -> None:
            warn_of_old_name(f"setting {old}", new)

        if not isinstance(values, dict):
            return values
        return renamed(values, cls.OLD_NAMES, {}, found=warn)


def _one_or_many(value: Any) -> Any:
    if value is None:
        return []
    return [value] if isinstance(value, (str, Path)) else value


Paths = Annotated[list[Path], BeforeValidator(_one_or_many)]
"""Files: a list of them, one, or null for none."""


def _at_least_one(value: list[Path]) -> list[Path]:
    if not value:
        raise ValueError("is missing: name a file")
    return value


SomePaths = Annotated[Paths, AfterValidator(_at_least_one)]
"""Files, of which there has to be one."""


class OptimizerSettings(Section):
    """``[optimizer]``: AdamW with a linear warm-up and decay."""

    learn_rate: float = Field(default=5e-5, gt=0)
    warmup: float = Field(default=0.06, ge=0, lt=1)
    """Share of the steps"""
    weight_decay: float = Field(default=0.01, ge=0)
    max_grad_norm: float = Field(default=1.0, ge=0)


class TrainingSettings(Section):
    """``[training]``: how long, and what is kept."""

    seed: int = 0
    max_minutes: float | None = Field(default=None, gt=0)
    """Stop and save after so much time in training, all starts together"""
    batch_size: int = Field(default=32, gt=0)
    """Examples in a step on one device"""
    mixed_precision: Literal["fp16", "bf16"] | None = None
    """"bf16" on a CPU too: twice as fast where the CPU has it, and float32 where it has not"""
    log_steps: int = Field(default=100, gt=0)
    keep_checkpoints: int = Field(default=2, gt=0)
    report_to: list[str] = []
    """Where else to log: "tensorboard", "wandb" …"""
    plot: bool = True
    """Draw the loss at the end (needs matplotlib)"""
    trainer: dict[str, Any] = {}
    """Further arguments for Hugging Face's TrainingArguments"""


class RunSettings(Section):
    """All of a config; subclasses add its sections."""

    output: Path
    optimizer: OptimizerSettings = OptimizerSettings()
    training: TrainingSettings = TrainingSettings()


RunT = TypeVar("RunT", bound=RunSettings)


def load_settings(
    kind: type[RunT],
    path: Path,
    overrides: dict[str, Any] | None = None,
    output: Path | None = None,
) -> RunT:
    """Read and check a config file.

    Args:
        kind: What the file says.
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
        return kind.model_validate(values)
    except ValidationError as error:
        problems = "\n".join(f"  {line}" for line in _problems(kind, error))
        raise InputError(f"settings that cannot be used:\n{problems}", path=path) from None


def _problems(kind: type[BaseModel], error: ValidationError) -> list[str]:
    lines = []
    for item in error.errors(include_url=False, include_input=False):
        names = [str(part) for part in item["loc"] if part not in ("bool", "list[str]")]
        name = ".".join(names)
        if item["type"] == "extra_forbidden":
            close = difflib.get_close_matches(names[-1], _known(kind, names[:-1]), 1)
            hint = f"; did you mean {'.'.join([*names[:-1], close[0]])}?" if close else ""
            lines.append(f"{name}: there is no such setting{hint}")
        elif item["type"] == "missing":
            lines.append(f"{name}: is missing")
        else:
            lines.append(f"{name}: {item['msg'].removeprefix('Value error, ')}")
    return lines


def _known(model: type[BaseModel], section: list[str]) -> list[str]:
    for name in section:
        field = model.model_fields.get(name)
        if field is None or not isinstance(field.annotation, type):
            return []
        model = field.annotation
    return list(model.model_fields)
