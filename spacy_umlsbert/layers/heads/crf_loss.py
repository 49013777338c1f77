"""The loss of whole tag sequences: a linear-chain conditional random field.

Lafferty, McCallum and Pereira, "Conditional random fields", ICML 2001; where annotations are
missing, all tags count as gold (Tsuboi et al., "Training conditional random fields using
incomplete annotations", COLING 2008).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

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
    d_scores: list[Floats] = [np.zeros(text_scores.shape) for text_scores in scores]
    # A text without any annotation has no loss.
    known = [i for i, tags in enumerate(allowed) if not tags.all()]
    order = sorted(known, key=lambda i: -len(scores[i]))
    if not order:
        return SequenceLoss(0.0, d_scores, np.zeros(valid_next.shape))
    texts = _Packed.of([len(scores[i]) for i in order])
    relative = texts.pack([scores[i] - scores[i].max(axis=1, keepdims=True) for i in order])
    emissions = np.exp(np.maximum(relative, _WORST, dtype="d"))
    gold = emissions * texts.pack([allowed[i] for i in order])
    follows = np.where(valid_next, np.exp(np.clip(transitions, _WORST, -_WORST, dtype="d")), 0.0)
    log_all, tags, pairs = _expectations(emissions, texts, valid_first, follows)
    log_gold, gold_tags, gold_pairs = _expectations(gold, texts, valid_first, follows)
    for i, d_text in zip(order, texts.unpack(tags - gold_tags), strict=True):
        d_scores[i] = d_text
    return SequenceLoss(log_all - log_gold, d_scores, pairs - gold_pairs)


class _Packed(NamedTuple):
    """Texts of different lengths without padding: all first tokens, then all second ones, …

    Attributes:
        lengths: (texts,), the longest first.
        starts: (longest + 1,) the row at which the tokens of each position start, and the end.
        previous: (rows - texts,) for the tokens after the first ones the row of the one before.
    """

    lengths: NDArray[np.int64]
    starts: NDArray[np.int64]
    previous: NDArray[np.int64]

    @classmethod
    def of(cls, lengths: Sequence[int]) -> "_Packed":
        """The layout for texts of such lengths, the longest first."""
        of_texts = np.array(lengths, dtype=np.int64)
        at_position = (of_texts[:, None] > np.arange(of_texts[0])).sum(axis=0)
        starts = np.concatenate([[0], np.cumsum(at_position)])
        later = np.arange(starts[1], starts[-1])
        return cls(of_texts, starts, later - np.repeat(at_position[:-1], at_position[1:]))

    def rows(self, text: int) -> NDArray[np.int64]:
        """The rows of a text's tokens."""
        return self.starts[: self.lengths[text]] + text

    def block(self, position: int) -> slice:
        """The rows of all tokens at a position."""
        return slice(self.starts[position], self.starts[position + 1])

    def pack(self, arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """One array (rows, …) of the texts' (tokens, …)."""
        packed = np.empty((self.starts[-1], *arrays[0].shape[1:]), dtype=arrays[0].dtype)
        for text, array in enumerate(arrays):
            packed[self.rows(text)] = array
        return packed

    def unpack(self, packed: NDArray[Any]) -> list[NDArray[Any]]:
        """The texts' arrays (tokens, …)."""
        return [packed[self.rows(text)] for text in range(len(self.lengths))]


def _expectations(
    emissions: Floats, texts: _Packed, valid_first: Bools, follows: Floats
) -> tuple[float, Floats, Floats]:
    """The forward-backward algorithm, with the sums of each token scaled to one.

    Args:
        emissions: (rows, tags) factors of the tags.
        texts: What the rows are.
        valid_first: (tags,).
        follows: (tags, tags) factors of neighbouring tags.

    Returns:
        The logarithm of the sum over all sequences, summed over the texts, the probabilities of the
        tags (rows, tags), and how often each pair is expected, over all texts (tags, tags).
    """
    forward = np.empty_like(emissions)
    backward = np.ones_like(emissions)
    scale = np.empty((len(emissions), 1))
    before = None
    for t in range(len(texts.starts) - 1):
        here = texts.block(t)
        n = here.stop - here.start
        start = valid_first if before is None else before[:n] @ follows
        current = start * emissions[here]
        scale[here] = current.sum(axis=1, keepdims=True)
        before = forward[here] = current / scale[here]
    ahead = emissions / scale
    for t in range(len(texts.starts) - 2, 0, -1):
        here = texts.block(t)
        ahead[here] *= backward[here]
        first = texts.starts[t - 1]
        backward[first : first + here.stop - here.start] = ahead[here] @ follows.T
    later = slice(texts.starts[1], None)
    pairs = (forward[texts.previous].T @ ahead[later]) * follows
    return float(np.log(scale).sum()), forward * backward, pairs
