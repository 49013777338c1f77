"""A training leaves the random numbers of the process as they were."""

import random

import numpy as np
import pytest
import torch
from transformers import set_seed

from spacy_umlsbert.training.random_numbers import random_numbers_put_back


def drawn():
    return random.random(), np.random.random(), torch.rand(3).tolist()


def test_random_numbers_go_on_as_if_there_had_been_no_training():
    set_seed(1)
    expected = drawn()
    set_seed(1)
    with random_numbers_put_back():
        set_seed(2)
        assert drawn() != expected
    with pytest.raises(KeyError), random_numbers_put_back():
        drawn()
        raise KeyError
    assert drawn() == expected
