"""A pair of texts as one window: [CLS] premise [SEP] hypothesis [SEP], with segment ids 0 and 1.

A premise that does not fit is not cut off: its sentences that have most in common with the
hypothesis are kept, in their order. What was left out is kept on the Doc (`pairs.LEFT_OUT`).
"""

from itertools import pairwise

import numpy as np
from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.pairs import set_left_out, sides_of
from spacy_umlsbert.layers.transformer.encoded_doc import EncodedDoc
from spacy_umlsbert.layers.transformer.windows import Window
from spacy_umlsbert.layers.transformer.wordpiece_alignment import Ints

PAIR_SPECIAL_WORDPIECES = 3

_ENDS_SENTENCE = frozenset(".!?;•")
_HYPOTHESIS_SHARE = 2 / 3
"""Most of the room that a hypothesis takes which is too long by itself."""


def as_pair(encoded: EncodedDoc, sep: tuple[int, str], most: int, second_segment: int = 1) -> None:
    """Make the wordpieces of a pair Doc one window.

    Args:
        encoded: The wordpieces of the whole Doc, which are changed.
        sep: Id and string of [SEP], which comes between premise and hypothesis.
        most: Most wordpieces, the three special ones not included.
        second_segment: Segment id of the hypothesis.
    """
    doc = encoded.doc
    token_of = np.zeros(len(encoded.ids), dtype=np.int64)
    token_of[encoded.wordpieces[::-1]] = encoded.tokens[::-1]
    token_of = np.maximum.accumulate(token_of)
    _, hypothesis = sides_of(doc)
    first = int(np.searchsorted(token_of, hypothesis.start))
    sentence = np.searchsorted(sentence_starts(doc), token_of[:first], side="right") - 1
    kept, split = pieces_to_read(encoded.ids, sentence, most)
    _keep(encoded, kept)
    _insert_sep(encoded, split, sep)
    encoded.segment_ids = np.zeros(len(encoded.ids), dtype=np.int64)
    encoded.segment_ids[split + 1 :] = second_segment
    encoded.windows = [Window(0, len(encoded.ids), 0, len(encoded.ids))]
    left_out = np.setdiff1d(token_of, encoded.tokens)
    set_left_out(doc, _spans(doc, left_out))


def sentence_starts(doc: Doc) -> list[int]:
    """The tokens that begin a sentence, line or list item of the premise of a pair Doc."""
    premise, _ = sides_of(doc)
    after = (t.i + 1 for t in premise[:-1] if t.text in _ENDS_SENTENCE or "\n" in t.text)
    return [premise.start, *after]


def pieces_to_read(ids: Ints, sentence: Ints, most: int) -> tuple[Ints, int]:
    """Which wordpieces of a pair are encoded.

    A sentence scores the sum, over the distinct wordpieces that it shares with the hypothesis, of
    the logarithm of how few of the premise's sentences have them. The best are kept while they
    fit, and one that says word for word what an earlier one does comes after all others; a best
    one that is longer than all the room keeps its beginning. A hypothesis that is too long by
    itself keeps its beginning, and leaves a third of the room to the premise.

    Args:
        ids: (n,) wordpiece ids of both sides.
        sentence: (m,) for each wordpiece of the premise the number of its sentence, not falling.
        most: Most wordpieces.

    Returns:
        The numbers of the wordpieces to encode, in order, and how many of them are the premise's.
    """
    n, m = len(ids), len(sentence)
    if n <= most:
        return np.arange(n), m
    hypothesis = np.arange(m, min(n, m + max(most - m, int(_HYPOTHESIS_SHARE * most))))
    room = most - len(hypothesis)
    kept = _best_sentences(ids[:m], sentence, set(ids[hypothesis].tolist()), room)
    premise = np.flatnonzero(np.isin(sentence, kept))[:room]
    return np.concatenate([premise, hypothesis]), len(premise)


def _best_sentences(ids: Ints, sentence: Ints, wanted: set[int], room: int) -> list[int]:
    numbers, starts = np.unique(sentence, return_index=True)
    bounds = [*starts.tolist(), len(ids)]
    shared = [wanted.intersection(ids[a:b].tolist()) for a, b in pairwise(bounds)]
    having = dict.fromkeys(wanted, 0)
    for pieces in shared:
        for piece in pieces:
            having[piece] += 1
    scores = [sum(np.log1p(len(numbers) / having[piece]) for piece in pieces) for pieces in shared]
    said = [tuple(ids[a:b].tolist()) for a, b in pairwise(bounds)]
    first_of = {pieces: i for i, pieces in reversed(list(enumerate(said)))}
    kept: list[int] = []
    for i in sorted(range(len(numbers)), key=lambda i: (first_of[said[i]] != i, -scores[i])):
        length = bounds[i + 1] - bounds[i]
        if length <= room or not kept:
            kept.append(int(numbers[i]))
            room -= length
    return kept


def _keep(encoded: EncodedDoc, kept: Ints) -> None:
    """Keep these wordpieces alone."""
    new = np.full(len(encoded.ids), -1)
    new[kept] = np.arange(len(kept))
    there = new[encoded.wordpieces] >= 0
    encoded.tokens = encoded.tokens[there]
    encoded.wordpieces = new[encoded.wordpieces[there]]
    encoded.ids = encoded.ids[kept]
    encoded.strings = [encoded.strings[i] for i in kept]
    encoded.semantic_type_ids = encoded.semantic_type_ids[kept]


def _insert_sep(encoded: EncodedDoc, at: int, sep: tuple[int, str]) -> None:
    sep_id, sep_string = sep
    encoded.wordpieces = encoded.wordpieces + (encoded.wordpieces >= at)
    encoded.ids = np.insert(encoded.ids, at, sep_id)
    encoded.strings.insert(at, sep_string)
    encoded.semantic_type_ids = np.insert(encoded.semantic_type_ids, at, 0)


def _spans(doc: Doc, tokens: Ints) -> list[Span]:
    """Stretches of tokens as spans; white space between two is no gap."""
    spans: list[Span] = []
    for i in tokens.tolist():
        if spans and all(doc[k].is_space for k in range(spans[-1].end, i)):
            spans[-1] = doc[spans[-1].start : i + 1]
        else:
            spans.append(doc[i : i + 1])
    return spans
