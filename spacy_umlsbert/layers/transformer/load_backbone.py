"""The backbone behind a name: a model, or the one inside a spaCy pipeline."""

from pathlib import Path

import spacy
import torch
from spacy.util import is_package, load_config
from transformers import PreTrainedTokenizerBase

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.layers.transformer.model import UmlsBertTransformer
from spacy_umlsbert.model import UmlsBertModel, warm_start


def load_encoder(
    name: str, *, use_safetensors: bool = True
) -> tuple[UmlsBertModel, PreTrainedTokenizerBase]:
    """Load a model to encode text with, on a GPU if there is one.

    Args:
        name: What `resolve_source` takes, or a spaCy pipeline whose `transformer` is ours: its
            directory, or its package.
        use_safetensors: False also reads a PyTorch ``.bin``, a pickle: for trusted files.

    Returns:
        The model, in evaluation mode, and its tokenizer.

    Raises:
        InputError: If it cannot be loaded, or the pipeline has no transformer of ours.
    """
    path = Path(name)
    if (path / "config.cfg").is_file() or is_package(name):
        model, tokenizer = _from_pipeline(name)
    else:
        try:
            model, tokenizer = warm_start(
                name, (), transformer_config={"use_safetensors": use_safetensors}
            )
        except ValueError as error:
            raise InputError(str(error)) from None
    return model.to("cuda" if torch.cuda.is_available() else "cpu").eval(), tokenizer


def _from_pipeline(name: str) -> tuple[UmlsBertModel, PreTrainedTokenizerBase]:
    others: list[str] = []
    if (Path(name) / "config.cfg").is_file():
        # What else is in the pipeline is not needed, nor the knowledge base that it would open.
        pipeline = load_config(Path(name) / "config.cfg")["nlp"]["pipeline"]
        others = [component for component in pipeline if component != "transformer"]
    nlp = spacy.load(name, exclude=others)
    for _, component in nlp.pipeline:
        for node in getattr(getattr(component, "model", None), "walk", list)():
            if isinstance(node, UmlsBertTransformer):
                return node.backbone, node.tokenizer
    raise InputError("the pipeline has no transformer of this package.", path=name)
