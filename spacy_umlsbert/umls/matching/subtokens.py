"""Docs to arrays of pieces: every distinct token is cut up and looked up once and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.strings import StringStore
from spacy.tokens import Doc

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.umls.matching.hashing import Int64Array, UInt64Array, hash_piece
from spacy_umlsbert.umls.matching.name_index import PrefixIndex
from spacy_umlsbert.umls.matching.normalization import (
    ARTICLES,
    PREPOSITIONS,
    Normalizer,
    split_pieces,
)
from spacy_umlsbert.umls.matching.spelling import SpellingCorrector

_REMEMBERED = 1 << 19
# The break between Docs and at blank lines: no name reaches across. No token has this key and no
# piece this text.
_BREAK_KEY = 2**64 - 1
_BREAK = "\n\n"


@hide_in_repr("texts", "normal_texts")
class Pieces(NamedTuple):
    """The pieces of a batch of Docs, one after the other, with a break after each Doc.

    All arrays but ``doc_starts`` have the shape (pieces,).

    Attributes:
        token: For each piece its token; tokens count through the batch, breaks included.
        is_first: Whether it is the first piece of its token.
        is_last: Whether it is the last piece of its token.
        normal: The hash of its normal form.
        exact: The hash of the piece as it is.
        letters: The hash of the piece in small letters.
        corrected: Whether its spelling was corrected.
        known: Whether any name that is looked for contains it.
        longest: Length of the longest name that begins with it.
        entry: The entry that is just this piece, -1 if there is none.
        doc_starts: For each Doc its first token, shape (docs,).
        kind: The number of the piece in ``texts``.
        texts: The distinct pieces, in their original case.
        normal_texts: Their normal forms, misspellings corrected.
    """

    token: Int64Array
    is_first: NDArray[np.bool_]
    is_last: NDArray[np.bool_]
    normal: UInt64Array
    exact: UInt64Array
    letters: UInt64Array
    corrected: NDArray[np.bool_]
    known: NDArray[np.bool_]
    longest: NDArray[np.uint8]
    entry: NDArray[np.int32]
    doc_starts: Int64Array
    kind: NDArray[np.int32]
    texts: list[str]
    normal_texts: list[str]

    def text(self, start: int, end: int) -> tuple[list[str], list[str]]:
        """The pieces from ``start`` to before ``end``, in their original and normal form."""
        kinds: list[int] = self.kind[start:end].tolist()
        return [self.texts[kind] for kind in kinds], [self.normal_texts[kind] for kind in kinds]


class PieceTable:
    """Cuts Docs into pieces.

    Tokens of white space alone and silent signs have no pieces, so that names are found across
    them; a blank line (two line breaks) is a break. Safe to use from several threads.

    Args:
        words: The index of single pieces.
        normalizer: Gives pieces their normal form; its settings say whether spelling is corrected.
    """

    def __init__(self, words: PrefixIndex, normalizer: Normalizer) -> None:
        self._words = words
        self._normalizer = normalizer
        settings = normalizer.settings
        self._speller: SpellingCorrector | None = None
        if settings.misspellings:
            self._speller = SpellingCorrector(words.index, settings.misspelling_min_length)
        self._lock = Lock()
        self._reset()

    def pieces(self, docs: Sequence[Doc]) -> Pieces:
        """The pieces of a batch of Docs."""
        with self._lock:
            keys, doc_starts = _token_keys(docs)
            if len(self._tokens) > _REMEMBERED:
                self._reset()
            distinct, kind = np.unique(keys, return_inverse=True)
            listed: list[int] = distinct.tolist()
            self._learn([key for key in listed if key not in self._tokens], docs)
            numbers = np.array([self._tokens[key] for key in listed], np.int64)
            return self._gather(numbers[kind], doc_starts)

    def _reset(self) -> None:
        self._texts: list[str] = [_BREAK]
        self._normal_texts: list[str] = [_BREAK]
        self._kinds: dict[str, int] = {_BREAK: 0}
        self._tokens: dict[int, int] = {_BREAK_KEY: 0}
        # By token number: where its pieces begin in _flat, and how many they are.
        self._starts = np.zeros(1, np.int64)
        self._counts = np.ones(1, np.int64)
        self._flat = np.zeros(1, np.int32)
        # By piece number.
        self._normal: UInt64Array = np.zeros(1, np.uint64)
        self._exact: UInt64Array = np.zeros(1, np.uint64)
        self._letters: UInt64Array = np.zeros(1, np.uint64)
        self._corrected = np.zeros(1, np.bool_)
        self._known = np.zeros(1, np.bool_)
        self._longest = np.zeros(1, np.uint8)
        self._entry = np.full(1, -1, np.int32)
        self._articles = np.zeros(1, np.bool_)
        self._prepositions = np.zeros(1, np.bool_)

    def _learn(self, keys: list[int], docs: Sequence[Doc]) -> None:
        """Add tokens of these Docs that have no number yet."""
        if not keys:
            return
        flat: list[int] = []
        counts: list[int] = []
        first_new = len(self._texts)
        stores = list({id(doc.vocab): doc.vocab.strings for doc in docs}.values())
        for key in keys:
            pieces = _token_pieces(_text_of(key, stores))
            self._tokens[key] = len(self._tokens)
            flat.extend(map(self._kind, pieces))
            counts.append(len(pieces))
        new_counts = np.array(counts, np.int64)
        new_starts = len(self._flat) + np.cumsum(new_counts) - new_counts
        self._starts = np.concatenate([self._starts, new_starts])
        self._counts = np.concatenate([self._counts, new_counts])
        self._flat = np.concatenate([self._flat, np.array(flat, np.int32)])
        self._look_up(self._texts[first_new:])

    def _kind(self, piece: str) -> int:
        kind = self._kinds.get(piece)
        if kind is None:
            kind = self._kinds[piece] = len(self._texts)
            self._texts.append(piece)
        return kind

    def _look_up(self, pieces: list[str]) -> None:
        """Look up new pieces in the index."""
        forms = [self._normalizer.fold(piece) for piece in pieces]
        normal = np.array([hash_piece(form) for form in forms], np.uint64)
        place = self._words.index.find(normal)
        corrected = np.zeros(len(pieces), np.bool_)
        if self._speller is not None:
            for i in np.flatnonzero(place < 0).tolist():
                meant = self._speller.correct(forms[i])
                if meant is not None:
                    forms[i], normal[i], corrected[i] = meant, hash_piece(meant), True
            place = self._words.index.find(normal)
        self._normal_texts.extend(forms)
        known = place >= 0
        longest = np.zeros(len(pieces), np.uint8)
        longest[known] = self._words.longest[place[known]]
        entry = np.full(len(pieces), -1, np.int32)
        entry[known] = self._words.entry[place[known]]
        exact = np.array([hash_piece(piece) for piece in pieces], np.uint64)
        letters = np.array([hash_piece(piece.casefold()) for piece in pieces], np.uint64)
        self._normal = np.concatenate([self._normal, normal])
        self._exact = np.concatenate([self._exact, exact])
        self._letters = np.concatenate([self._letters, letters])
        self._corrected = np.concatenate([self._corrected, corrected])
        self._known = np.concatenate([self._known, known])
        self._longest = np.concatenate([self._longest, longest])
        self._entry = np.concatenate([self._entry, entry])
        for name, words in (("_articles", ARTICLES), ("_prepositions", PREPOSITIONS)):
            new = np.array([piece in words for piece in pieces], np.bool_)
            setattr(self, name, np.concatenate([getattr(self, name), new]))

    def _gather(self, tokens: Int64Array, doc_starts: Int64Array) -> Pieces:
        """The pieces of tokens given by their numbers."""
        counts = self._counts[tokens]
        ends = np.cumsum(counts)
        first = ends - counts
        size = int(ends[-1]) if len(ends) else 0
        offset = np.repeat(self._starts[tokens] - first, counts)
        kind = self._flat[np.arange(size) + offset]
        token = np.repeat(np.arange(len(tokens)), counts)
        is_first = np.zeros(size, np.bool_)
        is_last = np.zeros(size, np.bool_)
        present = counts > 0
        is_first[first[present]] = True
        is_last[ends[present] - 1] = True
        kept = ~self._articles[kind]
        kept[:1] = True
        kept[1:] |= ~self._prepositions[kind[:-1]]
        if not kept.all():
            kind, token = kind[kept], token[kept]
            is_first, is_last = is_first[kept], is_last[kept]
        return Pieces(
            token=token,
            is_first=is_first,
            is_last=is_last,
            normal=self._normal[kind],
            exact=self._exact[kind],
            letters=self._letters[kind],
            corrected=self._corrected[kind],
            known=self._known[kind],
            longest=self._longest[kind],
            entry=self._entry[kind],
            doc_starts=doc_starts,
            kind=kind,
            texts=self._texts,
            normal_texts=self._normal_texts,
        )


def _token_keys(docs: Sequence[Doc]) -> tuple[UInt64Array, Int64Array]:
    """The ORTH of all tokens of a batch with a break after each Doc, and where each Doc starts."""
    sizes = np.array([len(doc) + 1 for doc in docs], np.int64)
    keys = np.full(int(sizes.sum()), _BREAK_KEY, np.uint64)
    doc_starts = np.cumsum(sizes) - sizes
    for doc, start in zip(docs, doc_starts.tolist(), strict=True):
        if len(doc):
            keys[start : start + len(doc)] = doc.to_array("ORTH")
    return keys, doc_starts


def _text_of(key: int, stores: list[StringStore]) -> str:
    """The text of a token by its ORTH, from whichever vocabulary has it."""
    for store in stores:
        if key in store:  # type: ignore[operator]
            return store[key]
    raise KeyError(key)


def _token_pieces(token: str) -> list[str]:
    if token.isspace():
        return [_BREAK] if token.count("\n") > 1 else []
    return split_pieces(token)
