"""A training goes on with the settings it was begun with, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.atomic import atomic_file
from spacy_umlsbert.training.settings import RunSettings

SETTINGS = "settings.json"

_DECIDE = frozenset({"seed", "batch_size"})
"""Of ``[training]`` only these decide what is learned; the others, how long and what is kept."""


def check_same_settings(config: RunSettings, folder: Path, begun: bool, write: bool) -> None:
    """Compare the settings with those that a folder of checkpoints was begun with.

    Without that, a finished training of something else would be taken for the one that is asked
    for.

    Args:
        config: The settings.
        folder: Where the checkpoints are.
        begun: Whether there is a checkpoint to go on from.
        write: Whether to write the settings down for the next time.

    Raises:
        InputError: If they are others.
    """
    path = folder / SETTINGS
    now = _flat(json.loads(json.dumps(_deciding(config), default=_absolute)))
    if begun and path.is_file():
        then = json.loads(path.read_text("utf-8"))
        others = [name for name in {**then, **now} if then.get(name) != now.get(name)]
        if others:
            changed = "; ".join(f"{name} was {_shown(then, name)}" for name in others)
            raise InputError(
                f"was begun with other settings: {changed}.",
                path=config.output,
                remedy=f"Give another --output, or remove {folder} to begin anew.",
            )
    if write:
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as partial:
            partial.write_text(json.dumps(now, indent=2), encoding="utf-8")


def _deciding(config: RunSettings) -> dict[str, Any]:
    settings = config.model_dump(exclude={"output"})
    training = settings["training"]
    settings["training"] = {key: training[key] for key in sorted(_DECIDE & training.keys())}
    return settings


def _absolute(value: object) -> str:
    return str(value.absolute()) if isinstance(value, Path) else str(value)


def _flat(settings: dict[str, Any], section: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in settings.items():
        name = f"{section}{key}"
        flat.update(_flat(value, f"{name}.") if isinstance(value, dict) else {name: value})
    return flat


def _shown(then: dict[str, Any], name: str) -> str:
    return json.dumps(then[name]) if name in then else "not set"
