"""Docs to subtokens: every distinct token is cut up once and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.strings import StringStore
from spacy.tokens import Doc

from spacy_umlsbert.umls.matching.hashing import Int64Array, UInt64Array
from spacy_umlsbert.umls.matching.name_index import PrefixIndex
from spacy_umlsbert.umls.matching.normalization import Normalizer, split_subtokens
from spacy_umlsbert.umls.matching.spelling import SpellingCorrector
from spacy_umlsbert.umls.matching.subtoken_kinds import BREAK, KNOWN, SubtokenKinds

_REMEMBERED = 1 << 19
# The break between Docs and at blank lines: no name reaches across. No token has this key.
_BREAK_KEY = 2**64 - 1
_ORTH = "ORTH"


class ShortText(NamedTuple):
    """The subtokens of one Doc, with a break after the last.

    Attributes:
        kind: The number of each subtoken in ``kinds``.
        token: For each subtoken the index of its token.
        kinds: What is known of them.
    """

    kind: list[int]
    token: list[int]
    kinds: SubtokenKinds


class Subtokens(NamedTuple):
    """The subtokens of a batch of Docs, one after the other, with a break after each Doc.

    All arrays but ``doc_starts`` have the shape (subtokens,).

    Attributes:
        token: For each subtoken its token; tokens count through the batch, breaks included.
        is_first: Whether it is the first subtoken of its token.
        is_last: Whether it is the last subtoken of its token.
        normal: As in ``SubtokenKinds``, like the next four.
        exact: The hash of the subtoken as it is.
        known: Whether any name that is looked for contains it.
        longest: Length of the longest name that begins with it.
        entry: The entry that is just this subtoken, -1 if there is none.
        doc_starts: For each Doc its first token, shape (docs,).
        kind: The number of the subtoken in ``kinds``.
        kinds: What else is known of them.
    """

    token: Int64Array
    is_first: NDArray[np.bool_]
    is_last: NDArray[np.bool_]
    normal: UInt64Array
    exact: UInt64Array
    known: NDArray[np.bool_]
    longest: NDArray[np.uint8]
    entry: NDArray[np.int32]
    doc_starts: Int64Array
    kind: Int64Array
    kinds: SubtokenKinds


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

    def _reset(self) -> None:
        # New objects, not emptied ones: a batch of another thread may still use the old ones.
        self._kinds = SubtokenKinds(self._words, self._normalizer, self._speller)
        # By ORTH: the number of the token's only subtoken, or ~i if self._several[i] has them.
        self._tokens: dict[int, int] = {_BREAK_KEY: 0}
        self._several: list[tuple[int, ...]] = []

    def subtokens(self, docs: Sequence[Doc]) -> Subtokens:
        """The subtokens of a batch of Docs."""
        keys, doc_starts = _token_keys(docs)
        distinct, kind = np.unique(keys, return_inverse=True)
        with self._lock:
            numbers = np.array(self._numbers(distinct.tolist(), docs), np.int64)
            return self._gather(numbers[kind], doc_starts)

    def short_text(self, doc: Doc) -> ShortText:
        """The subtokens of one Doc, by the same rules; quicker than a batch of one."""
        with self._lock:
            kind = self._numbers(doc.to_array(_ORTH).tolist(), [doc])
            several, kinds = self._several, self._kinds
        kind.append(0)
        token = list(range(len(kind)))
        for i in [i for i, number in enumerate(kind) if number < 0][::-1]:
            parts = several[~kind[i]]
            kind[i : i + 1] = parts
            token[i : i + 1] = [i] * len(parts)
        # From the end, so that what has been taken out moves nothing that is still to be seen.
        articles = kinds.articles
        for i in [i for i, one in enumerate(kind) if one in articles][::-1]:
            if i and kinds.preposition[kind[i - 1]]:
                del kind[i], token[i]
        return ShortText(kind, token, kinds)

    def _numbers(self, keys: list[int], docs: Sequence[Doc]) -> list[int]:
        """The values of ``self._tokens`` for tokens of these Docs; new ones are learnt."""
        if len(self._tokens) > _REMEMBERED:
            self._reset()
        numbers = list(map(self._tokens.get, keys))
        if None in numbers:
            self._learn(list({key: None for key in keys if key not in self._tokens}), docs)
            return list(map(self._tokens.__getitem__, keys))
        return numbers  # type: ignore[return-value]  # none is None

    def _learn(self, keys: list[int], docs: Sequence[Doc]) -> None:
        """Add tokens of these Docs that have no number yet."""
        stores = list({id(doc.vocab): doc.vocab.strings for doc in docs}.values())
        cut_up = [_token_subtokens(_text_of(key, stores)) for key in keys]
        for key, numbers in zip(keys, self._kinds.numbers(cut_up), strict=True):
            if len(numbers) == 1:
                self._tokens[key] = numbers[0]
            else:
                self._tokens[key] = ~len(self._several)
                self._several.append(numbers)

    def _gather(self, numbers: Int64Array, doc_starts: Int64Array) -> Subtokens:
        """The subtokens of tokens given by the values of ``self._tokens``."""
        place = np.flatnonzero(numbers < 0)
        several = [self._several[~number] for number in numbers[place].tolist()]
        counts = np.ones(len(numbers), np.int64)
        counts[place] = list(map(len, several))
        kind = np.repeat(numbers, counts)
        kind[kind < 0] = [one for listed in several for one in listed]
        token = np.repeat(np.arange(len(numbers)), counts)
        # The columns grow when words are learnt, so they are only read under the lock.
        kinds = self._kinds
        dropped = np.isin(kind, list(kinds.articles))
        dropped[:1] = False
        dropped[1:] &= np.frombuffer(kinds.preposition, np.bool_)[kind[:-1]]
        if dropped.any():
            kind, token = kind[~dropped], token[~dropped]
        is_first = np.ones(len(token), np.bool_)
        is_last = np.ones(len(token), np.bool_)
        is_first[1:] = is_last[:-1] = token[1:] != token[:-1]
        return Subtokens(
            token=token,
            is_first=is_first,
            is_last=is_last,
            normal=np.frombuffer(kinds.normal, np.uint64)[kind],
            exact=np.frombuffer(kinds.exact, np.uint64)[kind],
            known=np.frombuffer(kinds.role, np.uint8)[kind] & KNOWN != 0,
            longest=np.frombuffer(kinds.longest, np.uint8)[kind],
            entry=np.frombuffer(kinds.entry, np.int32)[kind],
            doc_starts=doc_starts,
            kind=kind,
            kinds=kinds,
        )


def _token_keys(docs: Sequence[Doc]) -> tuple[UInt64Array, Int64Array]:
    """The ORTH of all tokens of a batch with a break after each Doc, and where each Doc starts."""
    sizes = np.array([len(doc) + 1 for doc in docs], np.int64)
    keys = np.full(int(sizes.sum()), _BREAK_KEY, np.uint64)
    doc_starts = np.cumsum(sizes) - sizes
    for doc, start in zip(docs, doc_starts.tolist(), strict=True):
        if len(doc):
            keys[start : start + len(doc)] = doc.to_array(_ORTH)
    return keys, doc_starts


def _text_of(key: int, stores: list[StringStore]) -> str:
    """The text of a token by its ORTH, from whichever vocabulary has it."""
    for store in stores:
        if key in store:  # type: ignore[operator]
            return store[key]
    raise KeyError(key)


def _token_subtokens(token: str) -> list[str]:
    if token.isspace():
        return [BREAK] if token.count("\n") > 1 else []
    return split_subtokens(token)
