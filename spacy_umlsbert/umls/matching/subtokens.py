"""Docs to arrays of subtokens: every distinct token is cut up and looked up once and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.strings import StringStore
from spacy.tokens import Doc

from spacy_umlsbert.guard import hide_in_repr
from spacy_umlsbert.umls.matching.hashing import Int64Array, UInt64Array, hash_subtoken
from spacy_umlsbert.umls.matching.name_index import PrefixIndex
from spacy_umlsbert.umls.matching.normalization import (
    ARTICLES,
    PREPOSITIONS,
    Normalizer,
    split_subtokens,
)
from spacy_umlsbert.umls.matching.spelling import SpellingCorrector

_REMEMBERED = 1 << 19
# The break between Docs and at blank lines: no name reaches across. No token has this key and no
# subtoken this text.
_BREAK_KEY = 2**64 - 1
_BREAK = "\n\n"


@hide_in_repr("texts", "normal_texts")
class Subtokens(NamedTuple):
    """The subtokens of a batch of Docs, one after the other, with a break after each Doc.

    All arrays but ``doc_starts`` have the shape (subtokens,).

    Attributes:
        token: For each subtoken its token; tokens count through the batch, breaks included.
        is_first: Whether it is the first subtoken of its token.
        is_last: Whether it is the last subtoken of its token.
        normal: The hash of its normal form.
        exact: The hash of the subtoken as it is.
        letters: The hash of the subtoken in small letters.
        corrected: Whether its spelling was corrected.
        known: Whether any name that is looked for contains it.
        longest: Length of the longest name that begins with it.
        entry: The entry that is just this subtoken, -1 if there is none.
        doc_starts: For each Doc its first token, shape (docs,).
        kind: The number of the subtoken in ``texts``.
        texts: The distinct subtokens, in their original case.
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
        """The subtokens from ``start`` to before ``end``, in their original and normal form."""
        kinds: list[int] = self.kind[start:end].tolist()
        return [self.texts[kind] for kind in kinds], [self.normal_texts[kind] for kind in kinds]


class SubtokenTable:
    """Cuts Docs into subtokens.

    Tokens of white space alone and silent signs have no subtokens, so that names are found across
    them; a blank line (two line breaks) is a break. Safe to use from several threads.

    Args:
        words: The index of single subtokens.
        normalizer: Gives subtokens their normal form; its settings say whether spelling is
            corrected.
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

    def subtokens(self, docs: Sequence[Doc]) -> Subtokens:
        """The subtokens of a batch of Docs."""
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
        # By token number: where its subtokens begin in _flat, and how many they are.
        self._starts = np.zeros(1, np.int64)
        self._counts = np.ones(1, np.int64)
        self._flat = np.zeros(1, np.int32)
        # By subtoken number.
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
            subtokens = _token_subtokens(_text_of(key, stores))
            self._tokens[key] = len(self._tokens)
            flat.extend(map(self._kind, subtokens))
            counts.append(len(subtokens))
        new_counts = np.array(counts, np.int64)
        new_starts = len(self._flat) + np.cumsum(new_counts) - new_counts
        self._starts = np.concatenate([self._starts, new_starts])
        self._counts = np.concatenate([self._counts, new_counts])
        self._flat = np.concatenate([self._flat, np.array(flat, np.int32)])
        self._look_up(self._texts[first_new:])

    def _kind(self, subtoken: str) -> int:
        kind = self._kinds.get(subtoken)
        if kind is None:
            kind = self._kinds[subtoken] = len(self._texts)
            self._texts.append(subtoken)
        return kind

    def _look_up(self, subtokens: list[str]) -> None:
        """Look up new subtokens in the index."""
        forms = [self._normalizer.fold(subtoken) for subtoken in subtokens]
        normal = np.array([hash_subtoken(form) for form in forms], np.uint64)
        place = self._words.index.find(normal)
        corrected = np.zeros(len(subtokens), np.bool_)
        if self._speller is not None:
            for i in np.flatnonzero(place < 0).tolist():
                meant = self._speller.correct(forms[i])
                if meant is not None:
                    forms[i], normal[i], corrected[i] = meant, hash_subtoken(meant), True
            place = self._words.index.find(normal)
        self._normal_texts.extend(forms)
        known = place >= 0
        longest = np.zeros(len(subtokens), np.uint8)
        longest[known] = self._words.longest[place[known]]
        entry = np.full(len(subtokens), -1, np.int32)
        entry[known] = self._words.entry[place[known]]
        exact = np.array([hash_subtoken(subtoken) for subtoken in subtokens], np.uint64)
        letters = np.array(
            [hash_subtoken(subtoken.casefold()) for subtoken in subtokens], np.uint64
        )
        self._normal = np.concatenate([self._normal, normal])
        self._exact = np.concatenate([self._exact, exact])
        self._letters = np.concatenate([self._letters, letters])
        self._corrected = np.concatenate([self._corrected, corrected])
        self._known = np.concatenate([self._known, known])
        self._longest = np.concatenate([self._longest, longest])
        self._entry = np.concatenate([self._entry, entry])
        for name, words in (("_articles", ARTICLES), ("_prepositions", PREPOSITIONS)):
            new = np.array([subtoken in words for subtoken in subtokens], np.bool_)
            setattr(self, name, np.concatenate([getattr(self, name), new]))

    def _gather(self, tokens: Int64Array, doc_starts: Int64Array) -> Subtokens:
        """The subtokens of tokens given by their numbers."""
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
        return Subtokens(
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


def _token_subtokens(token: str) -> list[str]:
    if token.isspace():
        return [_BREAK] if token.count("\n") > 1 else []
    return split_subtokens(token)
