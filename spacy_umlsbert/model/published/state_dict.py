"""The weights of a BERT checkpoint of any age, under the names that they have today."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.model.modeling import SEMANTIC_TYPE_WEIGHT

WEIGHT_FILES = ("model.safetensors", "pytorch_model.bin")
PUBLISHED_SEMANTIC_TYPE_WEIGHT = "tui_type_embeddings.weight"
_BACKBONE = "bert."
_PARTS_OF_BACKBONE = ("embeddings.", "encoder.", "pooler.")
# Names of TensorFlow checkpoints, and of PyTorch ones before 2019.
_OLD_NAMES = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}

StateDict = dict[str, torch.Tensor]


def find_weights(directory: Path) -> Path:
    """The file of weights in a model directory; safetensors before a PyTorch file.

    Raises:
        InputError: If there is none.
    """
    for name in WEIGHT_FILES:
        if (directory / name).is_file():
            return directory / name
    raise InputError(
        f"has no weights ({' or '.join(WEIGHT_FILES)}).",
        path=directory,
        remedy="Unpack the checkpoint there, or name its file.",
    )


def read_state_dict(path: Path) -> StateDict:
    """Read weights into main memory: safetensors, or a PyTorch file, of which only tensors.

    A PyTorch file is a pickle; it is read with ``weights_only=True``, which runs no code of it.

    Raises:
        InputError: If the file is damaged, or holds anything but tensors.
    """
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or 'damaged'}.", path=path) from None
    except (pickle.UnpicklingError, SafetensorError, EOFError, RuntimeError, KeyError):
        raise InputError(
            "is damaged, or holds more than weights (such a file could run code, so it is not "
            "loaded).",
            path=path,
            remedy="Get the file again; a training checkpoint must be saved as a state dict.",
        ) from None
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict) or not all(torch.is_tensor(v) for v in state.values()):
        raise InputError("is not a state dict.", path=path)
    return dict(state)


def modern_names(state: Mapping[str, torch.Tensor]) -> StateDict:
    """Give weights the names that `UmlsBertModel` has for them, as part of a model with a head.

    Undoes the prefix of `torch.nn.DataParallel` and the names of old releases, puts the backbone
    under ``bert.``, renames ``tui_type_embeddings`` wherever it sits, and leaves out buffers.
    """
    result: StateDict = {}
    for old, value in state.items():
        name = old.removeprefix("module.")
        for ending, modern in _OLD_NAMES.items():
            if name.endswith(ending):
                name = name.removesuffix(ending) + modern
        if name.endswith("position_ids"):
            continue
        if name.endswith((PUBLISHED_SEMANTIC_TYPE_WEIGHT, SEMANTIC_TYPE_WEIGHT)):
            name = _BACKBONE + SEMANTIC_TYPE_WEIGHT
        elif name.startswith(_PARTS_OF_BACKBONE):
            name = _BACKBONE + name
        result[name] = value
    return result
