"""Which wordpieces belong to which token."""

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

Ints = NDArray[np.int64]


def align_wordpieces(doc: Doc, offsets: Ints) -> tuple[Ints, Ints]:
    """Pair the tokens of a Doc with the wordpieces that share a character with them.

    The pairing is many to many: a token may have several wordpieces, a wordpiece may reach over
    two tokens ("don't" is `do`, `n't` to spaCy and `don`, `'`, `t` to BERT), and a token may have
    none (whitespace, characters that the wordpiece tokenizer drops).

    Args:
        doc: The Doc, of n tokens.
        offsets: (wordpieces, 2) start and end of each wordpiece, as characters of ``doc.text``.

    Returns:
        Token numbers and wordpiece numbers, two arrays of one length, sorted by token, then by
        wordpiece.
    """
    token_starts, token_lengths = doc.to_array(["IDX", "LENGTH"]).astype(np.int64).T
    token_ends = token_starts + token_lengths
    first = np.searchsorted(token_ends, offsets[:, 0], side="right")
    last = np.searchsorted(token_starts, offsets[:, 1], side="left") - 1
    counts = np.maximum(last - first + 1, 0)
    counts[offsets[:, 0] >= offsets[:, 1]] = 0
    wordpieces = np.repeat(np.arange(len(offsets)), counts)
    nth = np.arange(len(wordpieces)) - np.repeat(np.cumsum(counts) - counts, counts)
    tokens = np.repeat(first, counts) + nth
    order = np.argsort(tokens, kind="stable")
    return tokens[order], wordpieces[order]
