"""Where the bias of a new masked-LM head starts: at the frequencies of the words."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import numpy as np
import torch

from spacy_umlsbert.model import UmlsBertForMaskedLM
from spacy_umlsbert.pretraining.masking import Example

ENOUGH = 20_000


def word_counts(examples: Iterable[Example], vocab_size: int) -> torch.Tensor:
    """(vocabulary,) how often each wordpiece is in the first sequences of a corpus."""
    counts = np.zeros(vocab_size)
    for example in islice(examples, ENOUGH):
        np.add.at(counts, example["input_ids"], 1)
    return torch.from_numpy(counts)


def log_frequencies(counts: torch.Tensor) -> torch.Tensor:
    """(vocabulary,) the logarithm of each word's frequency; words that were not seen count as 1."""
    return ((counts + 1) / (counts + 1).sum()).log()


def has_new_head(model: UmlsBertForMaskedLM) -> bool:
    """Whether the head has never been trained: its bias is all zero."""
    return not model.cls.predictions.bias.any()


def start_bias(model: UmlsBertForMaskedLM, counts: torch.Tensor) -> None:
    """Set the bias of the head to the log frequency of each word.

    A new head then predicts frequent words, and does not have to learn that first, which for the
    binary cross-entropy would take the bias some thousand steps. The logit of a small probability
    is its logarithm, so that the same start suits both losses.
    """
    with torch.no_grad():
        model.cls.predictions.bias.copy_(log_frequencies(counts))
