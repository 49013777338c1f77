"""The checkpoints of a training, and which of them is whole."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

from safetensors import SafetensorError, safe_open
from wasabi import Printer

from spacy_umlsbert._compat import PREFIX_CHECKPOINT_DIR, SAFE_WEIGHTS_NAME

_STATE = "trainer_state.json"


def last_complete_checkpoint(directory: Path) -> Path | None:
    """The checkpoint to go on from after an interruption.

    A run that was killed while it wrote a checkpoint leaves one that Trainer cannot load. Trainer
    writes ``trainer_state.json`` last, so a checkpoint is whole if that can be read and names its
    step, and the weights and the state of the optimizer have their full length.

    Args:
        directory: Where Trainer's ``checkpoint-…`` folders are.

    Returns:
        The one of the highest step; None if there is none.
    """
    numbered = sorted(checkpoints(directory), reverse=True)
    return next((path for step, path in numbered if is_complete(path, step)), None)


def checkpoint_to_resume(directory: Path, msg: Printer, clean: bool) -> Path | None:
    """The checkpoint to go on from, if there is one, after others have been cleared away.

    Args:
        directory: Where the checkpoints are.
        msg: Says what is removed.
        clean: Whether to remove checkpoints that were not written to their end: left there,
            Trainer would count them among those to keep.
    """
    last = last_complete_checkpoint(directory)
    for step, path in checkpoints(directory) if clean else ():
        if not is_complete(path, step):
            msg.warn(f"Removing {path}, which was not written to its end.")
            shutil.rmtree(path)
    if last is not None:
        msg.info(f"Going on from {last}")
    return last


def checkpoints(directory: Path) -> list[tuple[int, Path]]:
    """Trainer's checkpoints, whole or not, with their steps."""
    found = []
    for path in directory.glob(f"{PREFIX_CHECKPOINT_DIR}-*"):
        step = path.name.rpartition("-")[2]
        if path.is_dir() and step.isdecimal():
            found.append((int(step), path))
    return found


def is_complete(path: Path, step: int) -> bool:
    """Whether a checkpoint is whole."""
    try:
        state = json.loads((path / _STATE).read_text("utf-8"))
        with safe_open(path / SAFE_WEIGHTS_NAME, framework="pt"):
            pass
    except (OSError, ValueError, SafetensorError):
        return False
    torch_files = (path / "optimizer.pt", path / "scheduler.pt")
    return state.get("global_step") == step and all(map(zipfile.is_zipfile, torch_files))
