"""The kernel of the attention changes the speed of training and nothing else."""

import pytest
import torch
from torch.nn import functional

from spacy_umlsbert.model.attention import fast_attention

CPU = torch.device("cpu")


def attend(length, training):
    torch.manual_seed(0)
    query, key, value = (torch.randn(2, 3, length, 8, requires_grad=True) for _ in range(3))
    with torch.autocast("cpu", dtype=torch.bfloat16), fast_attention(length, CPU, training):
        output = functional.scaled_dot_product_attention(query, key, value)
    output.float().pow(2).sum().backward()
    return output.float(), query.grad


@pytest.mark.parametrize("length", [1, 45, 300])
def test_vectors_and_gradients_are_the_same_but_for_rounding(length):
    for one, other in zip(attend(length, True), attend(length, False), strict=True):
        torch.testing.assert_close(one, other, atol=0.05, rtol=0.05)


@pytest.mark.parametrize(
    ("length", "training", "half", "chosen"),
    [
        (45, True, True, True),
        (500, True, True, False),
        (45, False, True, False),
        (45, True, False, False),
    ],
)
def test_it_is_chosen_only_where_it_is_faster(length, training, half, chosen):
    half_precision = torch.autocast("cpu", dtype=torch.bfloat16, enabled=half)
    with half_precision, fast_attention(length, CPU, training):
        assert torch.backends.cuda.flash_sdp_enabled() is not chosen
    assert torch.backends.cuda.flash_sdp_enabled()
