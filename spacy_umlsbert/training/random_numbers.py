"""A training has its own random numbers."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def random_numbers_put_back() -> Iterator[None]:
    """Leave Python's, numpy's and torch's generators of random numbers as they were before.

    A training seeds them, and so does Hugging Face's Trainer; the rest of the process goes on with
    its own numbers afterwards.
    """
    of_python, of_numpy = random.getstate(), np.random.get_state()
    of_torch = torch.get_rng_state()
    of_gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    try:
        yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)
        torch.set_rng_state(of_torch)
        if of_gpus:
            torch.cuda.set_rng_state_all(of_gpus)
