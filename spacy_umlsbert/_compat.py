"""Every private or version-bound name of spaCy, thinc, spacy-transformers, transformers and torch.

Nothing of the kind is imported anywhere else, so that a new release of one of them is a matter of
this module. It imports none of them itself: a name is looked up when it is first asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from spacy_umlsbert._lazy import lazy_exports
from spacy_umlsbert.errors import MissingPackageError

if TYPE_CHECKING:
    from spacy.cli._util import app as spacy_app
    from spacy.cli._util import parse_config_overrides, setup_gpu
    from spacy.language import Language
    from spacy_transformers.data_classes import (
        FullTransformerBatch,
        HFObjects,
        TransformerData,
        WordpieceBatch,
    )
    from spacy_transformers.layers import TransformerListener, TransformerModel, trfs2arrays
    from spacy_transformers.layers.hf_shim import HFShim
    from spacy_transformers.layers.split_trf import split_trf_batch
    from thinc.layers.pytorchwrapper import forward as pytorch_forward
    from thinc.model import Model
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.nn.functional import scaled_dot_product_attention
    from transformers import PreTrainedModel
    from transformers.integrations import get_available_reporting_integrations
    from transformers.modeling_outputs import (
        BaseModelOutput,
        BaseModelOutputWithPoolingAndCrossAttentions,
        MaskedLMOutput,
    )
    from transformers.models.bert.modeling_bert import BertOnlyMLMHead, BertSelfAttention
    from transformers.trainer import TRAINER_STATE_NAME
    from transformers.trainer_callback import ExportableState
    from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR, IntervalStrategy
    from transformers.utils import SAFE_WEIGHTS_NAME, ModelOutput

__all__ = [
    "PREFIX_CHECKPOINT_DIR",
    "SAFE_WEIGHTS_NAME",
    "TRAINER_STATE_NAME",
    "BaseModelOutput",
    "BaseModelOutputWithPoolingAndCrossAttentions",
    "BertOnlyMLMHead",
    "BertSelfAttention",
    "ExportableState",
    "FullTransformerBatch",
    "HFObjects",
    "HFShim",
    "IntervalStrategy",
    "MaskedLMOutput",
    "ModelOutput",
    "SDPBackend",
    "TransformerData",
    "TransformerListener",
    "TransformerModel",
    "WordpieceBatch",
    "cpu_capabilities",
    "get_available_reporting_integrations",
    "is_installed",
    "is_listener",
    "needed_for",
    "parse_config_overrides",
    "pipe_configs",
    "pytorch_forward",
    "scaled_dot_product_attention",
    "sdpa_kernel",
    "set_pipe_configs",
    "setup_gpu",
    "spacy_app",
    "split_trf_batch",
    "tied_weights",
    "trfs2arrays",
    "weights_of",
]

if not TYPE_CHECKING:  # so that mypy knows the names, and no others
    __getattr__, __dir__ = lazy_exports(
        __name__,
        {
            "spacy.cli._util": ["spacy_app=app", "parse_config_overrides", "setup_gpu"],
            "spacy_transformers.data_classes": [
                "FullTransformerBatch",
                "HFObjects",
                "TransformerData",
                "WordpieceBatch",
            ],
            "spacy_transformers.layers": ["TransformerListener", "TransformerModel", "trfs2arrays"],
            "spacy_transformers.layers.hf_shim": ["HFShim"],
            "spacy_transformers.layers.split_trf": ["split_trf_batch"],
            "thinc.layers.pytorchwrapper": ["pytorch_forward=forward"],
            "torch.nn.attention": ["SDPBackend", "sdpa_kernel"],
            "torch.nn.functional": ["scaled_dot_product_attention"],
            "transformers.integrations": ["get_available_reporting_integrations"],
            "transformers.modeling_outputs": [
                "BaseModelOutput",
                "BaseModelOutputWithPoolingAndCrossAttentions",
                "MaskedLMOutput",
            ],
            "transformers.models.bert.modeling_bert": ["BertOnlyMLMHead", "BertSelfAttention"],
            "transformers.trainer": ["TRAINER_STATE_NAME"],
            "transformers.trainer_callback": ["ExportableState"],
            "transformers.trainer_utils": ["PREFIX_CHECKPOINT_DIR", "IntervalStrategy"],
            "transformers.utils": [
                "SAFE_WEIGHTS_NAME",
                "ModelOutput",
            ],
        },
    )

PRIVATE_ATTRIBUTES = {
    "spacy.language:Language": ["_pipe_configs"],
    "spacy_transformers.layers.hf_shim:HFShim": [
        "_hfmodel",
        "_model",
        "_grad_scaler",
        "_mixed_precision",
    ],
    "transformers:BertPreTrainedModel": ["_init_weights", "_tied_weights_keys"],
    "transformers:Trainer": ["_issue_warnings_after_load"],
}
"""Private attributes of other packages' classes that this package uses or overrides.

They are named in functions of this module, and where a subclass cannot do without them, in that; a
test compares this list with both, and with what the installed releases have.
"""

_INSTALL = {
    "accelerate": "pip install 'spacy-umlsbert[pretraining]'",
    "matplotlib": "pip install 'spacy-umlsbert[report]'",
    "nmslib": "pip install scispacy",
    "pytorch_metric_learning": "pip install 'spacy-umlsbert[pretraining]'",
    "scispacy": "pip install scispacy",
    "spacy_transformers": "pip install spacy-transformers",
    "torch": "pip install torch spacy-transformers",
    "transformers": "pip install spacy-transformers",
    "safetensors": "pip install safetensors",
    "tokenizers": "pip install spacy-transformers",
}
"""What brings a package that a light installation may lack."""


def is_installed(package: str) -> bool:
    """Whether a package is there to be imported; it is not imported for this."""
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def is_listener(layer: object) -> bool:
    """Whether a layer listens to a `transformer`; never so if spacy-transformers is not in use."""
    layers = sys.modules.get("spacy_transformers.layers")
    return layers is not None and isinstance(layer, layers.TransformerListener)


def pipe_configs(nlp: Language) -> dict[str, Any]:
    """The configs of a pipeline's components by their names, as spaCy notes and saves them."""
    return nlp._pipe_configs


def set_pipe_configs(nlp: Language, configs: dict[str, Any]) -> None:
    """Have spaCy note the configs of a pipeline's components in this dictionary."""
    nlp._pipe_configs = configs


def tied_weights(model: PreTrainedModel) -> frozenset[str]:
    """Names of the weights that a model shares with others of its own, and that are not saved."""
    return frozenset(model._tied_weights_keys or ())


def weights_of(model: Model) -> Iterator[Any]:
    """The weights, as torch's tensors, of all Hugging Face models in a model of thinc."""
    for layer in model.walk():
        for shim in layer.shims:
            if getattr(shim, "_model", None) is not None:
                yield from shim._model.parameters()


def cpu_capabilities() -> dict[str, Any]:
    """What the CPU has, as torch tells it; empty if this release of torch does not."""
    return dict(getattr(import_module("torch.cpu"), "get_capabilities", dict)())


@contextmanager
def needed_for(what: str) -> Iterator[None]:
    """Say what to install where an import in this block fails because a package is missing.

    Args:
        what: What needs the package, as the beginning of the message.

    Raises:
        MissingPackageError: If a package is not installed that a light installation may lack.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if isinstance(error, MissingPackageError) or package not in _INSTALL:
            raise
        raise MissingPackageError(what, package, _INSTALL[package]) from None
