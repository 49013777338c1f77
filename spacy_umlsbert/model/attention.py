"""How attention is computed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch.nn.functional import dropout

from spacy_umlsbert._compat import SDPBackend, scaled_dot_product_attention, sdpa_kernel

_LONGEST = 192
"""Wordpieces; longer windows are faster with PyTorch's own choice."""


def attend(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    filled: torch.Tensor | None,
    dropped: float,
) -> torch.Tensor:
    """The attention of sequences, by the kernel that is fastest for them.

    Args:
        query: (sequences, heads, length, width of a head); all states.
        key: The same.
        value: The same.
        filled: (sequences, 1, 1, length) where there is a wordpiece; None if everywhere.
        dropped: Share of the weights that are dropped, as in training.

    Returns:
        As ``query``. There is nothing of use where there is no wordpiece.
    """
    if not _plain_is_faster(query.shape[2], query.device, query.requires_grad):
        return scaled_dot_product_attention(query, key, value, attn_mask=filled, dropout_p=dropped)
    scores = (query * query.shape[3] ** -0.5) @ key.transpose(2, 3)
    if filled is not None:
        scores = scores + torch.where(filled, 0.0, -torch.inf).to(scores.dtype)
    weights = scores.softmax(dim=3)
    return (dropout(weights, dropped) if dropped else weights) @ value


def fast_attention(
    length: int, device: torch.device, training: bool
) -> AbstractContextManager[object]:
    """Have the library's own BERT compute attention as `attend` does, where that is faster.

    Args:
        length: Wordpieces of a window.
        device: Where the model is.
        training: Whether there is going to be a backward pass.
    """
    return _matrix_products() if _plain_is_faster(length, device, training) else nullcontext()


def _plain_is_faster(length: int, device: torch.device, backward: bool) -> bool:
    """Whether plain matrix products are faster: in training on a CPU, in bfloat16, if short.

    There PyTorch's flash attention goes backward head by head, and prepares a product for each:
    on windows of 45 wordpieces a step takes twice as long with it, of 124 half as long again.
    """
    on_cpu = device.type == "cpu" and torch.is_autocast_enabled("cpu")
    return backward and on_cpu and length <= _LONGEST


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
