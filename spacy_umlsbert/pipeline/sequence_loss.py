"""The loss of whole tag sequences: a linear-chain conditional random field.

Lafferty, McCallum and Pereira, "Conditional random fields", ICML 2001; where annotations are
missing, all tags count as gold (Tsuboi et al., "Training conditional random fields using
incomplete annotations", COLING 2008).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Worse than the best tag of a token by more than this is as good as impossible; keeps sums of
# exponentials within the range of float64.
_WORST = -300.0


class SequenceLoss(NamedTuple):
    """A loss and its gradient.

    Attributes:
        loss: Negative log-likelihood, summed over the texts.
        d_scores: For each text (tokens, tags).
        d_transitions: (tags, tags).
    """

    loss: float
    d_scores: list[Floats]
    d_transitions: Floats


def sequence_loss(
    scores: Sequence[NDArray[np.floating]],
    allowed: Sequence[Bools],
    transitions: NDArray[np.floating],
    valid_first: Bools,
    valid_next: Bools,
) -> SequenceLoss:
    """How unlikely the gold tags are among all valid tag sequences.

    Args:
        scores: For each text, the scores of its tokens' tags (tokens, tags).
        allowed: For each text, which tags may be the gold ones (tokens, tags): one for a token
            that is annotated, all for one that is not.
        transitions: Scores of pairs of neighbouring tags (tags, tags).
        valid_first: Which tags can begin a text (tags,).
        valid_next: Which tags can follow which (tags, tags).
    """
    n_tags = len(valid_first)
    order = sorted((i for i in range(len(scores)) if len(scores[i])), key=lambda i: -len(scores[i]))
    lengths = np.array([len(scores[i]) for i in order], dtype=np.int64)
    d_scores: list[Floats] = [np.zeros((len(s), n_tags)) for s in scores]
    if not order:
        return SequenceLoss(0.0, d_scores, np.zeros((n_tags, n_tags)))
    emissions = np.zeros((len(order), lengths[0], n_tags))
    gold = np.zeros((len(order), lengths[0], n_tags), dtype=bool)
    for row, i in enumerate(order):
        relative = scores[i] - scores[i].max(axis=1, keepdims=True)
        emissions[row, : lengths[row]] = np.exp(np.maximum(relative, _WORST))
        gold[row, : lengths[row]] = allowed[i]
    follows = np.where(valid_next, np.exp(np.clip(transitions, _WORST, -_WORST, dtype="d")), 0.0)
    log_all, tags, pairs = _expectations(emissions, lengths, valid_first, follows)
    log_gold, gold_tags, gold_pairs = _expectations(emissions * gold, lengths, valid_first, follows)
    for row, i in enumerate(order):
        d_scores[i] = (tags - gold_tags)[row, : lengths[row]]
    return SequenceLoss(float((log_all - log_gold).sum()), d_scores, pairs - gold_pairs)


def _expectations(
    emissions: Floats, lengths: NDArray[np.int64], valid_first: Bools, follows: Floats
) -> tuple[Floats, Floats, Floats]:
    """The forward-backward algorithm, with the sums of each token scaled to one.

    Args:
        emissions: (texts, tokens, tags) factors of the tags; zero where a text has ended.
        lengths: (texts,), the longest first.
        valid_first: (tags,).
        follows: (tags, tags) factors of neighbouring tags.

    Returns:
        The logarithm of the sum over all sequences (texts,), the probabilities of the tags
        (texts, tokens, tags), and how often each pair is expected, over all texts (tags, tags).
    """
    n_tokens = emissions.shape[1]
    going_on = [int((lengths > t).sum()) for t in range(n_tokens)]
    forward = np.zeros_like(emissions)
    backward = np.ones_like(emissions)
    scale = np.ones(emissions.shape[:2])
    current = emissions[:, 0] * valid_first
    for t in range(n_tokens):
        n = going_on[t]
        if t:
            current = (forward[:n, t - 1] @ follows) * emissions[:n, t]
        scale[:n, t] = current.sum(axis=1)
        forward[:n, t] = current / scale[:n, t, None]
    for t in range(n_tokens - 1, 0, -1):
        n = going_on[t]
        ahead = emissions[:n, t] * backward[:n, t] / scale[:n, t, None]
        backward[:n, t - 1] = ahead @ follows.T
    ahead = emissions * backward / scale[:, :, None]
    pairs = np.einsum("dti,dtj->ij", forward[:, :-1], ahead[:, 1:], optimize=True) * follows
    return np.log(scale).sum(axis=1), forward * backward, pairs
