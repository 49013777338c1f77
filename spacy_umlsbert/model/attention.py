"""Which kernel computes the attention."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

_LONGEST = 192
"""Wordpieces; longer windows are faster with PyTorch's own choice."""


def fast_attention(
    length: int, device: torch.device, training: bool
) -> AbstractContextManager[object]:
    """Plain matrix products for training on short windows in bfloat16 on a CPU.

    There PyTorch's flash attention goes backward head by head, and prepares a product for each:
    on windows of 45 wordpieces a step takes twice as long with it, of 124 half as long again.

    Args:
        length: Wordpieces of a window.
        device: Where the model is.
        training: Whether there is going to be a backward pass.
    """
    if (
        training
        and device.type == "cpu"
        and torch.is_autocast_enabled("cpu")
        and length <= _LONGEST
    ):
        return _matrix_products()
    return nullcontext()


@contextmanager
def _matrix_products() -> Iterator[None]:
    """In bfloat16 as asked for; by default PyTorch computes them in float32 and rounds."""
    before = torch.backends.cuda.fp16_bf16_reduction_math_sdp_allowed()
    torch.backends.cuda.allow_fp16_bf16_reduction_math_sdp(True)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.cuda.allow_fp16_bf16_reduction_math_sdp(before)
