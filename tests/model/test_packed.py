"""What is encoded together does not matter: vectors and gradients are those of each text alone."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from spacy_umlsbert.model import UmlsBertConfig, UmlsBertModel, precision, warm_start
from spacy_umlsbert.model.attention import attend
from spacy_umlsbert.model.packed import Packing, encode_packed

LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=12)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def model(toy_bert: str) -> UmlsBertModel:
    model, _ = warm_start(toy_bert, ("T047", "T184"))
    torch.manual_seed(0)
    model.embeddings.semantic_type_embeddings.weight.data[1:].normal_()
    return model.eval()


def inputs(lengths: list[int]) -> dict[str, torch.Tensor]:
    """Random wordpieces, segments and semantic types."""
    random = np.random.default_rng(len(lengths))
    limits = {"input_ids": 50, "token_type_ids": 2, "semantic_type_ids": 3}
    return {
        name: torch.from_numpy(random.integers(0, limit, sum(lengths)))
        for name, limit in limits.items()
    }


def alone(model: UmlsBertModel, lengths: list[int]) -> torch.Tensor:
    """Each sequence through the library's own BERT."""
    parts = {name: values.split(lengths) for name, values in inputs(lengths).items()}
    outputs = [
        model(**{name: part[i][None] for name, part in parts.items()}).last_hidden_state[0]
        for i in range(len(lengths))
    ]
    return torch.cat(outputs)


def together(model: UmlsBertModel, lengths: list[int]) -> torch.Tensor:
    return encode_packed(model, Packing(lengths, CPU), **inputs(lengths))


@given(LENGTHS)
@settings(max_examples=50, deadline=None)
def test_vectors_are_those_of_each_sequence_alone(model: UmlsBertModel, lengths: list[int]) -> None:
    with torch.no_grad():
        assert_allclose(together(model, lengths), alone(model, lengths), atol=1e-5)


@given(LENGTHS)
@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("plain", [True, False])
def test_gradients_are_those_of_each_sequence_alone(
    model: UmlsBertModel, plain: bool, lengths: list[int]
) -> None:
    """By either kernel of the attention; random directions, so that errors do not cancel out."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("spacy_umlsbert.model.attention._plain_is_faster", lambda *_: plain)
        for encode in (alone, together):
            model.zero_grad()
            hidden = encode(model, lengths)
            torch.manual_seed(1)
            (hidden * torch.randn(hidden.shape)).sum().backward()
            found.append({name: p.grad for name, p in model.named_parameters()})
    expected, gradients = found
    assert expected.keys() == gradients.keys()
    for name, gradient in gradients.items():
        assert (gradient is None) == (expected[name] is None)
        if gradient is not None:
            assert_allclose(gradient, expected[name], rtol=1e-3, atol=1e-4, err_msg=name)


@given(LENGTHS)
@settings(max_examples=100, deadline=None)
def test_every_row_has_one_place(lengths: list[int]) -> None:
    packing = Packing(lengths, CPU)
    rows = torch.arange(sum(lengths), dtype=torch.float32)[:, None]
    assert torch.equal(packing.to_rows(packing.to_groups(rows)), rows)
    assert packing.positions.tolist() == [i for length in lengths for i in range(length)]
    assert rows[packing.starts, 0].tolist() == np.cumsum([0, *lengths[:-1]]).tolist()


def test_weights_without_absolute_positions_are_refused(model: UmlsBertModel) -> None:
    config = UmlsBertConfig(**{**model.config.to_dict(), "position_embedding_type": "relative_key"})
    other = UmlsBertModel(config, add_pooling_layer=False)
    with pytest.raises(ValueError, match="absolute"):
        together(other, [3])


@pytest.mark.skipif(not precision.cpu_has_bfloat16(), reason="needs a CPU with bfloat16")
def test_kernels_agree_in_bfloat16() -> None:
    torch.manual_seed(0)
    states = [torch.randn(3, 2, 9, 8, dtype=torch.bfloat16) for _ in range(3)]
    filled = (torch.arange(9) < torch.tensor([[9], [4], [1]]))[:, None, None]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        flash = attend(*states, filled, 0.0)
        plain = attend(*(one.requires_grad_() for one in states), filled, 0.0)
    assert_allclose(plain.detach().float(), flash.detach().float(), atol=0.03)
