"""Between thinc and the backbone: forward, backward, and saving without pickles."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import srsly
from spacy_transformers.data_classes import HFObjects
from spacy_transformers.layers.hf_shim import HFShim
from thinc.api import get_torch_default_device
from transformers import PreTrainedTokenizerBase

from ..model import UmlsBertModel, warm_start
from . import forking  # noqa: F401
from .length_batched import LengthBatched


class UmlsBertShim(HFShim):
    """spacy-transformers' shim with length batching, and safetensors in place of pickled weights.

    Saved bytes are the files of a Hugging Face model directory (``config.json``,
    ``model.safetensors``, tokenizer), packed with msgpack.
    """

    def __init__(
        self, budget: int, mixed_precision: bool, grad_scaler_config: dict[str, Any]
    ) -> None:
        super().__init__(
            HFObjects(None, None, None),
            mixed_precision=mixed_precision,
            grad_scaler_config=dict(grad_scaler_config),
        )
        self.budget = budget

    def set_backbone(self, backbone: UmlsBertModel, tokenizer: PreTrainedTokenizerBase) -> None:
        """Use this backbone, on thinc's current device."""
        backbone.to(get_torch_default_device())
        self._hfmodel = HFObjects(tokenizer, backbone, None)
        self._model = LengthBatched(backbone, self.budget)

    def to_bytes(self) -> bytes:
        """The files of the model directory; none if there is no backbone yet."""
        files: dict[str, bytes] = {}
        if self._hfmodel.transformer is not None:
            with TemporaryDirectory() as folder:
                self._hfmodel.transformer.save_pretrained(folder, safe_serialization=True)
                self._hfmodel.tokenizer.save_pretrained(folder)
                files = {p.name: p.read_bytes() for p in sorted(Path(folder).iterdir())}
        return srsly.msgpack_dumps({"files": files})

    def from_bytes(self, bytes_data: bytes) -> "UmlsBertShim":
        """Restore the backbone.

        Raises:
            ValueError: If the bytes are not those of this shim.
        """
        files = srsly.msgpack_loads(bytes_data).get("files")
        if files is None:
            raise ValueError(
                "these bytes do not hold an UmlsBERT: were they saved by another architecture of "
                "the transformer component?"
            )
        if files:
            with TemporaryDirectory() as folder:
                for name, content in files.items():
                    # Bytes from elsewhere must not name a place outside the folder.
                    (Path(folder) / Path(name).name).write_bytes(content)
                self.set_backbone(*warm_start(folder, ()))
        return self
