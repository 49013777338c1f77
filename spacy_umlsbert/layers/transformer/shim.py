"""Between thinc and the backbone: forward, backward, and saving without pickles."""

import pickle
from collections.abc import Callable
from multiprocessing.context import get_spawning_popen
from tempfile import TemporaryDirectory
from typing import Any, cast

import srsly
import torch
from thinc.api import Optimizer, get_torch_default_device, torch2xp, xp2torch
from thinc.types import ArgsKwargs, FloatsXd
from transformers import PreTrainedTokenizerBase

from spacy_umlsbert._compat import HFObjects, HFShim
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.files.folders import read_files, write_files
from spacy_umlsbert.layers.transformer.packed_windows import PackedWindows
from spacy_umlsbert.layers.transformer.semantic_types import SemanticTypeLookup
from spacy_umlsbert.model import SEMANTIC_TYPE_WEIGHT, UmlsBertModel, warm_start
from spacy_umlsbert.worker_threads import WorkerThreads


class UmlsBertShim(HFShim):
    """spacy-transformers' shim with length batching, and safetensors in place of pickled weights.

    Saved bytes are the files of a Hugging Face model directory (``config.json``,
    ``model.safetensors``, tokenizer), packed with msgpack. In a worker process it computes on one
    thread (`WorkerThreads`).
    """

    def __init__(
        self,
        budget: int,
        learn_rate_factor: float,
        freeze_word_embeddings: bool,
        mixed_precision: bool,
        grad_scaler_config: dict[str, Any],
    ) -> None:
        on_gpu = get_torch_default_device().type == "cuda"
        super().__init__(
            HFObjects(None, None, None),
            mixed_precision=mixed_precision and on_gpu,
            # bfloat16, which CPUs have, has the range of float32: its gradients need no scaling.
            grad_scaler_config=dict(grad_scaler_config) if on_gpu else {"enabled": False},
        )
        self.cpu_mixed_precision = mixed_precision and not on_gpu
        self._threads = WorkerThreads()
        self.lookups: list[SemanticTypeLookup | None] = []
        """What gives wordpieces their semantic types, once it is made for the backbone."""
        self.budget = budget
        self.learn_rate_factor = learn_rate_factor
        self.freeze_word_embeddings = freeze_word_embeddings

    @property
    def backbone(self) -> UmlsBertModel:
        """The Hugging Face model."""
        return self._hfmodel.transformer

    def set_backbone(self, backbone: UmlsBertModel, tokenizer: PreTrainedTokenizerBase) -> None:
        """Use this backbone, on thinc's current device."""
        backbone.to(get_torch_default_device())
        backbone.get_input_embeddings().requires_grad_(not self.freeze_word_embeddings)
        self._hfmodel = HFObjects(tokenizer, backbone, None)
        self._model = PackedWindows(backbone, self.budget, self.cpu_mixed_precision)
        self._threads = WorkerThreads()
        self.lookups = []

    def predict(self, inputs: ArgsKwargs) -> Any:
        """Encode without a way back.

        Unlike the method of `thinc.shims.PyTorchShim`, it leaves the backbone in evaluation mode:
        another thread may be predicting too. `begin_update` sets the mode that it needs.
        """
        self._model.eval()
        half_precision = torch.autocast("cuda", enabled=self._mixed_precision)
        with self._threads.limited(), torch.no_grad(), half_precision:
            return self._model(*inputs.args, **inputs.kwargs)

    def begin_update(self, inputs: ArgsKwargs) -> tuple[Any, Callable[[ArgsKwargs], Any]]:
        """Encode, and give the way back."""
        with self._threads.limited():
            output, backprop = super().begin_update(inputs)

        def limited_backprop(d_output: ArgsKwargs) -> Any:
            with self._threads.limited():
                return backprop(d_output)

        return output, limited_backprop

    def finish_update(self, optimizer: Optimizer) -> None:
        """Update the backbone; what it learned before, at its own learning rate.

        As the method of `thinc.shims.PyTorchShim`, which has no learning rate per parameter.
        """
        with self._threads.limited():
            self._update_parameters(optimizer)
        self._grad_scaler.update()

    def _update_parameters(self, optimizer: Optimizer) -> None:
        for name, parameter in self._model.named_parameters():
            if parameter.grad is None:
                continue
            if not self._grad_scaler.found_inf:
                is_new = name.endswith(SEMANTIC_TYPE_WEIGHT)
                weights, _ = optimizer(
                    (self.id, name),
                    cast(FloatsXd, torch2xp(parameter.data)),
                    cast(FloatsXd, torch2xp(parameter.grad)),
                    lr_scale=1.0 if is_new else self.learn_rate_factor,
                )
                parameter.data = xp2torch(weights, requires_grad=True, device=parameter.device)
            parameter.grad.zero_()

    def to_bytes(self) -> bytes:
        """The files of the model directory; none if there is no backbone yet."""
        files: dict[str, bytes] = {}
        if self._hfmodel.transformer is not None:
            with TemporaryDirectory() as folder:
                self._hfmodel.transformer.save_pretrained(folder, safe_serialization=True)
                self._hfmodel.tokenizer.save_pretrained(folder)
                files = read_files(folder)
        return srsly.msgpack_dumps({"files": files})

    def from_bytes(self, bytes_data: bytes) -> "UmlsBertShim":
        """Restore the backbone.

        Raises:
            ValueError: If the bytes are not those of this shim.
        """
        files = srsly.msgpack_loads(bytes_data).get("files")
        if files is None:
            raise UsageError(
                "these bytes do not hold an UmlsBERT: were they saved by another architecture of "
                "the transformer component?"
            )
        if files:
            with TemporaryDirectory() as folder:
                write_files(folder, files)
                self.set_backbone(*warm_start(folder, ()))
        return self

    def __getstate__(self) -> dict[str, Any] | bytes:
        """All of it; where a process is being started, as bytes.

        There torch would put the weights in shared memory, of which a container has little (64 MB
        unless told otherwise), and keep a file open for each of them.
        """
        return self.__dict__ if get_spawning_popen() is None else pickle.dumps(self.__dict__)

    def __setstate__(self, state: dict[str, Any] | bytes) -> None:
        self.__dict__.update(pickle.loads(state) if isinstance(state, bytes) else state)
