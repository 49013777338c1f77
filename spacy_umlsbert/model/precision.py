"""Half precision on a CPU; thinc's own mixed precision is for CUDA alone."""

from contextlib import AbstractContextManager, nullcontext

import torch

from spacy_umlsbert._compat import cpu_capabilities


def cpu_has_bfloat16() -> bool:
    """Whether this CPU multiplies bfloat16 in hardware (AVX512-BF16 or AMX).

    Without it bfloat16 is right too, but slower than float32.
    """
    capabilities = cpu_capabilities()
    return any(capabilities.get(name, False) for name in ("amx_bf16", "avx512_bf16"))


def cpu_autocast(enabled: bool) -> AbstractContextManager[object]:
    """Matrix products in bfloat16 on a CPU that has it, everything else in float32."""
    if enabled and cpu_has_bfloat16():
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return nullcontext()
