"""Which library multiplies the matrices of thinc's layers."""

from typing import TypeVar

from thinc.api import Model, NumpyOps

ModelT = TypeVar("ModelT", bound=Model)


def use_numpy_blas(model: ModelT) -> ModelT:
    """Have numpy's BLAS multiply in a model and the layers in it, in place of BLIS.

    thinc's default on a CPU is BLIS, which uses one core. A head with a hidden layer took a quarter
    of each training step with it. What a platform or a GPU brings of its own stays.

    Returns:
        The same model.
    """
    numpy_ops = NumpyOps(use_blis=False)
    for layer in model.walk():
        if type(layer.ops) is NumpyOps:
            layer.ops = numpy_ops
    return model
