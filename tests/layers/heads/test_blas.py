"""Heads multiply with numpy's BLAS; what a platform brings of its own stays."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from thinc.api import Linear, Maxout, NumpyOps, chain

from spacy_umlsbert.layers.heads.blas import use_numpy_blas


class PlatformOps(NumpyOps):
    """As AppleOps."""


def test_results_are_those_of_thinc() -> None:
    rows = np.random.default_rng(0).normal(size=(20, 8)).astype("f")
    model = chain(Maxout(nO=6, nP=3, normalize=True), Linear(nO=4))
    model.initialize(X=rows)
    expected, backprop = model.begin_update(rows)
    expected_gradient = backprop(expected)

    outputs, backprop = use_numpy_blas(model).begin_update(rows)

    assert_allclose(outputs, expected, rtol=1e-5, atol=1e-6)
    assert_allclose(backprop(outputs), expected_gradient, rtol=1e-4, atol=1e-5)


def test_all_layers_use_numpy() -> None:
    model = use_numpy_blas(chain(Maxout(nO=6, nP=3), Linear(nO=4)))

    assert not any(layer.ops.use_blis for layer in model.walk())


@pytest.mark.parametrize("ops", [PlatformOps()])
def test_other_backends_stay(ops: NumpyOps) -> None:
    model = Linear(nO=4)
    model.ops = ops

    assert use_numpy_blas(model).ops is ops
