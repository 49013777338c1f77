"""Marks the sentences of a Doc in its tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Token

from spacy_umlsbert.text.list_marks import GLUED
from spacy_umlsbert.text.sentences import SentenceFinder

_BEGINS, _GOES_ON = np.uint64(1), np.uint64(2**64 - 1)  # 1 and -1, as spaCy has them
_MOST_WORK = 2_000_000
"""Tokens that are moved at most to divide others: each division moves all that follow."""


def mark_sentences(
    doc: Doc, finder: SentenceFinder, *, overwrite: bool = True, split_tokens: bool = False
) -> None:
    """Set ``token.is_sent_start`` of all tokens of a Doc.

    Blanks and lines without a letter or digit belong to the sentence before them; at the beginning
    of the text to the first one.

    Args:
        doc: The Doc.
        finder: What finds the sentences.
        overwrite: Whether marks that are there already are replaced.
        split_tokens: Whether a token is divided where a sentence begins inside of it
            ("effusion.3.Old"), and behind a mark of a list that a word follows without a blank
            ("-no"). That is done only on a Doc that has nothing but its tokens, because spaCy does
            not move the spans of groups. Otherwise the next token begins the sentence.
    """
    if not len(doc):
        return
    text = doc.text
    starts = finder.starts(text)
    if split_tokens and (cuts := _cuts(text, starts)) and _has_tokens_alone(doc):
        _split_tokens(doc, text, np.array(cuts))
    tokens = doc.to_array(["IDX", "SENT_START"])
    before = tokens[:, 1]
    marks: Any = np.full(len(doc), _GOES_ON)
    places = np.searchsorted(tokens[:, 0], np.array(starts[1:], dtype=np.uint64))
    marks[places[places < len(doc)]] = _BEGINS
    marks[0] = _BEGINS
    if not overwrite and before[1:].any():
        marks = np.where(before == 0, marks, before)
    doc.from_array("SENT_START", marks)


def _has_tokens_alone(doc: Doc) -> bool:
    return not (
        doc.has_unknown_spaces  # its tokens are those of a corpus
        or doc.to_array("SENT_START")[1:].any()  # the first token always is marked
        or doc.has_annotation("ENT_IOB")
        or doc.has_annotation("DEP")
        or any(doc.spans.values())
        or doc.tensor.size
    )


def _split_tokens(doc: Doc, text: str, cuts: NDArray[np.int64]) -> None:
    """Divide the tokens in which these places are."""
    offsets = doc.to_array("IDX").astype(np.int64)
    ends = offsets + doc.to_array("LENGTH").astype(np.int64)
    tokens = np.searchsorted(offsets, cuts, side="right") - 1
    inside = (offsets[tokens] < cuts) & (cuts < ends[tokens])
    by_token: defaultdict[int, set[int]] = defaultdict(set)
    for token, cut in zip(tokens[inside].tolist(), cuts[inside].tolist(), strict=True):
        by_token[token].add(cut)
    if not by_token or len(by_token) * len(doc) > _MOST_WORK:
        return
    with doc.retokenize() as retokenizer:
        for i, found in by_token.items():
            borders = [int(offsets[i]), *sorted(found), int(ends[i])]
            parts = [text[a:b] for a, b in pairwise(borders)]
            heads: list[Token | tuple[Token, int]] = [(doc[i], n) for n in range(len(parts))]
            retokenizer.split(doc[i], parts, heads=heads)


def _cuts(text: str, starts: Sequence[int]) -> list[int]:
    """Where tokens have to begin that may not: what follows a full stop or a mark without a blank.

    That is the beginning of a sentence and its full stop, and the end of the mark of an item.
    """
    cuts: list[int] = []
    for i, place in enumerate(starts):
        if place and not text[place - 1].isspace():
            cuts += (place - 1, place)
        mark = GLUED.match(text, place)
        if mark is None:
            continue
        if mark[1] is None:  # a number or letter, and what follows it
            cuts += (mark.end() - 1, mark.end())
        elif not text[mark.end()].isdigit() or _is_of_a_list(text, starts, i):
            cuts.append(mark.end())
    return cuts


def _is_of_a_list(text: str, starts: Sequence[int], i: int) -> bool:
    """Whether a neighbouring sentence begins with the same sign: "-2 stools" is no number then."""
    neighbours = (*starts[max(i - 1, 0) : i], *starts[i + 1 : i + 2])
    return any(text[place] == text[starts[i]] for place in neighbours)
