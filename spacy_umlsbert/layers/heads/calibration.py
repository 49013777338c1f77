"""Probabilities that mean what they say: temperature scaling.

Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017, section 4.2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_TEMPERATURES = np.geomspace(0.25, 8.0, 61)
_FEWEST = 50
"""Of fewer mentions no temperature is worked out."""


def fitted_temperature(
    scores: NDArray[np.floating], gold: NDArray[np.integer], default: float = 1.0
) -> float:
    """The number by which scores are to be divided, so that the gold is most likely.

    Args:
        scores: Unnormalised scores (mentions, classes), of mentions that were not trained on.
        gold: The number of the gold class of each.
        default: What is given back if there are too few mentions.
    """
    if len(gold) < _FEWEST:
        return default
    losses = [-_log_probabilities(scores / t)[np.arange(len(gold)), gold].mean()
              for t in _TEMPERATURES]  # fmt: skip
    return float(_TEMPERATURES[int(np.argmin(losses))])


def probabilities(scores: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """The softmax of scores (mentions, classes) divided by a temperature."""
    return np.exp(_log_probabilities(np.asarray(scores, dtype="d") / temperature))


def calibration_error(
    certainty: NDArray[np.floating], right: NDArray[np.bool_], bins: int = 10
) -> float:
    """How far shares of right answers are from what was said, on average (ECE; section 2).

    Args:
        certainty: The probability of each answer.
        right: Whether it was right.
        bins: Into so many parts of equal width certainty is divided.
    """
    part = np.minimum((certainty * bins).astype(int), bins - 1)
    gaps = (abs((certainty[part == i] - right[part == i]).sum()) for i in range(bins))
    return float(sum(gaps)) / max(len(right), 1)


def _log_probabilities(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    shifted = np.asarray(scores, dtype="d") - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
