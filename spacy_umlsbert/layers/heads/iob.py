"""Spans as IOB tags, and back by constrained Viterbi decoding."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from spacy_umlsbert.batching import length_groups

Floats = NDArray[np.float32]
SpanOffsets = tuple[int, int, str]  # first token, token after the last, label

TEXT, SPACE, BREAK = 0, 1, 2  # kinds of tokens; BREAK: white space with an empty line in it

OUTSIDE = 0
MISSING = -1
_NEVER = np.float32(-1e9)
_DECODE_TOKENS = 1 << 16  # tokens decoded together, padding included


class IobScheme:
    """The tags of a set of labels: O, then B-X and I-X for each label X.

    Tag numbers are those of the tagging head's outputs: O is 0, B-X of the i-th label 1 + 2i,
    and I-X follows its B-X.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self.begin = {label: 1 + 2 * i for i, label in enumerate(self.labels)}

    def __len__(self) -> int:
        return 1 + 2 * len(self.labels)

    @property
    def tags(self) -> list[str]:
        """The names of the tags, in the order of their numbers."""
        return ["O", *(f"{p}-{label}" for label in self.labels for p in ("B", "I"))]

    @property
    def valid_first(self) -> NDArray[np.bool_]:
        """Which tags (tags,) can begin a text: all but I-X."""
        return np.array([tag == OUTSIDE or tag % 2 == 1 for tag in range(len(self))])

    @property
    def valid_next(self) -> NDArray[np.bool_]:
        """Which tags can follow which (tags, tags): I-X follows B-X or I-X only."""
        tags = np.arange(len(self))
        before, after = tags[:, None], tags[None, :]
        inside = (after > OUTSIDE) & (after % 2 == 0)
        return ~inside | (before == after) | (before == after - 1)

    def encode(self, n_tokens: int, spans: Iterable[SpanOffsets]) -> NDArray[np.int64]:
        """Tag numbers (n_tokens,) of spans that do not overlap.

        Raises:
            KeyError: If a span has a label that the scheme does not have.
        """
        tags = np.full(n_tokens, OUTSIDE, dtype=np.int64)
        for start, end, label in spans:
            tags[start:end] = self.begin[label] + 1
            tags[start] = self.begin[label]
        return tags

    def decode(
        self,
        scores: Sequence[Floats],
        kinds: Sequence[NDArray[np.int8]] | None = None,
        transitions: Floats | None = None,
    ) -> list[list[SpanOffsets]]:
        """The spans of the best valid tag sequence of each Doc.

        A sequence is valid if I-X follows B-X or I-X only. The best one has the highest sum of
        log-probabilities, and of transitions if there are any.

        Args:
            scores: For each Doc, unnormalised scores (tokens, tags).
            kinds: For each Doc, what its tokens (tokens,) are: TEXT, SPACE or BREAK. A SPACE
                never begins or ends a span, and its own scores do not count; a BREAK is always
                outside.
            transitions: Scores (tags, tags) of neighbouring tags, from row to column.

        Returns:
            For each Doc, its spans from left to right.
        """
        lengths = [len(s) for s in scores]
        result: list[list[SpanOffsets]] = [[] for _ in scores]
        for group in length_groups(lengths, _DECODE_TOKENS):
            padded = np.zeros((len(group), lengths[group[0]], len(self)), dtype="f")
            for row, i in zip(padded, group, strict=True):
                row[: lengths[i]] = _log_softmax(scores[i])
                if kinds is not None:
                    row[: lengths[i]][kinds[i] != TEXT] = 0.0
                    row[: lengths[i]][kinds[i] != TEXT, 1::2] = _NEVER
                    row[: lengths[i]][kinds[i] == BREAK, 2::2] = _NEVER
            if transitions is None:
                paths = _viterbi(padded)
            else:
                sizes = np.array([lengths[i] for i in group])
                following = np.where(self.valid_next, transitions, _NEVER)
                paths = _viterbi_with_transitions(padded, sizes, self.valid_first, following)
            for path, i in zip(paths, group, strict=True):
                spans = self._spans(path[: lengths[i]])
                if kinds is not None:
                    spans = [_without_trailing_space(span, kinds[i] != TEXT) for span in spans]
                result[i] = spans
        return result

    def _spans(self, tags: NDArray[np.int64]) -> list[SpanOffsets]:
        spans = []
        for start in np.flatnonzero(tags % 2 == 1).tolist():
            end = start + 1
            while end < len(tags) and tags[end] == tags[start] + 1:
                end += 1
            spans.append((start, end, self.labels[int(tags[start]) // 2]))
        return spans


def _without_trailing_space(span: SpanOffsets, space: NDArray[np.bool_]) -> SpanOffsets:
    start, end, label = span
    while end - 1 > start and space[end - 1]:
        end -= 1
    return start, end, label


def _log_softmax(scores: Floats) -> Floats:
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _viterbi(scores: Floats) -> NDArray[np.int64]:
    """Best valid paths.

    The only constraint is on what comes before an I-X, so one step costs O(tags), not O(tags²):
    any other tag continues the best sequence so far.

    Args:
        scores: (docs, tokens, tags) log-probabilities; padding at the end does not matter, since
            a prefix of a valid path is valid and ties go to O.

    Returns:
        (docs, tokens) tag numbers.
    """
    n_docs, n_tokens, n_tags = scores.shape
    docs = np.arange(n_docs)
    back = np.zeros((n_docs, n_tokens, n_tags), dtype=np.int32)
    best = scores[:, 0].copy() if n_tokens else np.zeros((n_docs, n_tags), dtype="f")
    best[:, 2::2] = _NEVER  # a text does not begin inside a span
    begins = np.arange(1, n_tags, 2)
    for t in range(1, n_tokens):
        top = best.argmax(axis=1)
        # O and B-X continue the best sequence, whatever its last tag was.
        back[:, t] = top[:, None]
        step = np.repeat(best[docs, top][:, None], n_tags, axis=1)
        # I-X continues B-X or I-X.
        inside = best[:, 2::2] >= best[:, 1::2]
        back[:, t, 2::2] = np.where(inside, begins + 1, begins)
        step[:, 2::2] = np.where(inside, best[:, 2::2], best[:, 1::2])
        best = step + scores[:, t]
    return _trace(best, back)


def _viterbi_with_transitions(
    scores: Floats,
    lengths: NDArray[np.int64],
    valid_first: NDArray[np.bool_],
    following: Floats,
) -> NDArray[np.int64]:
    """Best paths where neighbouring tags have scores too.

    Args:
        scores: (docs, tokens, tags) log-probabilities.
        lengths: (docs,), without the padding.
        valid_first: (tags,).
        following: (tags, tags) scores from row to column, very low where that is not valid.

    Returns:
        (docs, tokens) tag numbers.
    """
    n_docs, n_tokens, n_tags = scores.shape
    back = np.zeros((n_docs, n_tokens, n_tags), dtype=np.int32)
    best = scores[:, :1].sum(axis=1) + np.where(valid_first, np.float32(0), _NEVER)
    for t in range(1, n_tokens):
        step = best[:, :, None] + following
        goes_on = (lengths > t)[:, None]
        # Where a text has ended its best path stays what it was.
        back[:, t] = np.where(goes_on, step.argmax(axis=1), np.arange(n_tags))
        best = np.where(goes_on, step.max(axis=1) + scores[:, t], best)
    return _trace(best, back)


def _trace(best: Floats, back: NDArray[np.int32]) -> NDArray[np.int64]:
    """The paths (docs, tokens) that end best, from the tag before each tag."""
    n_docs, n_tokens, _ = back.shape
    docs = np.arange(n_docs)
    path = np.zeros((n_docs, n_tokens), dtype=np.int64)
    if n_tokens:
        path[:, -1] = best.argmax(axis=1)
        for t in range(n_tokens - 1, 0, -1):
            path[:, t - 1] = back[docs, t, path[:, t]]
    return path
