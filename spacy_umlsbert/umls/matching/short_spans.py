"""Looks up all sequences of subtokens of one Doc in the index, without arrays.

A page or a stream has one Doc at a time, and for so few words the calls of numpy cost ten times
what is computed in them. The spans are those of ``candidate_spans``.
"""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from spacy_umlsbert.umls.matching.candidate_spans import OF_HASH
from spacy_umlsbert.umls.matching.hashing import ALL_BITS, START, advance
from spacy_umlsbert.umls.matching.name_index import NameIndex, PrefixIndex
from spacy_umlsbert.umls.matching.name_variants import MOST_AROUND_OF
from spacy_umlsbert.umls.matching.subtokens import ShortText

_REMEMBERED = 1 << 17


class ShortSpan(NamedTuple):
    """A stretch of text that is a name in its normal form; as in ``CandidateSpans``."""

    position: int
    length: int
    entry: int
    turned: bool


class ShortSpanFinder:
    """Finds what the index knows among all sequences of subtokens of a Doc.

    Args:
        index: The index.
        word_order: Whether to look up "A of B" as "B A" too.
    """

    def __init__(self, index: NameIndex, *, word_order: bool) -> None:
        self._index = index
        self._word_order = word_order
        self._pairs = _Pairs(index.pairs)

    def __call__(self, text: ShortText) -> list[ShortSpan]:
        """The spans of a Doc, those of equal position and length as they stand before turned."""
        kind, token, kinds = text
        entries = list(map(kinds.entry.__getitem__, kind))
        found = [
            ShortSpan(i, 1, entry, False)
            for i, entry in enumerate(entries)
            if entry >= 0 and token[i - 1] != token[i] != token[i + 1]
        ]
        normal = list(map(kinds.normal.__getitem__, kind))
        known = list(map(kinds.known.__getitem__, kind))
        longest = list(map(kinds.longest.__getitem__, kind))
        pairs = self._pairs
        for i, (most, next_known) in enumerate(zip(longest, islice(known, 1, None))):
            if most < 2 or not next_known or token[i - 1] == token[i]:
                continue
            sequence = (kinds.begun[kind[i]] + normal[i + 1]) & ALL_BITS
            pair = pairs[sequence]
            if pair is None:
                continue
            most, entry = pair
            if entry >= 0 and token[i + 1] != token[i + 2]:
                found.append(ShortSpan(i, 2, entry, False))
            end = i + 2
            while end - i < most and known[end]:
                sequence = (advance(sequence) + normal[end]) & ALL_BITS
                end += 1
                if token[end - 1] != token[end]:
                    entry = self._index.entry_looked_for(sequence)
                    if entry >= 0:
                        found.append(ShortSpan(i, end - i, entry, False))
        if self._word_order and OF_HASH in normal:
            self._turn_round(text, normal, found)
        return found

    def _turn_round(self, text: ShortText, normal: list[int], found: list[ShortSpan]) -> None:
        """Add text like "A of B" for names like "B A"."""
        kind, token, kinds = text
        for of in [i for i, value in enumerate(normal) if value == OF_HASH]:
            starts = []
            for start in range(of - 1, max(of - MOST_AROUND_OF, 0) - 1, -1):
                if not kinds.known[kind[start]] or normal[start] == OF_HASH:
                    break
                if token[start - 1] != token[start]:
                    starts.append(start)
            most = kinds.longest[kind[of + 1]]
            if not starts or most < 2:
                continue
            sequence = START
            for last in range(of + 1, of + 1 + MOST_AROUND_OF):
                if not kinds.known[kind[last]] or normal[last] == OF_HASH:
                    break
                if last > of + 1:
                    sequence = advance(sequence)
                sequence = (sequence + normal[last]) & ALL_BITS
                if last == of + 2:
                    pair = self._pairs[sequence]
                    if pair is None:
                        break
                    most = pair[0]
                if token[last] == token[last + 1]:
                    continue
                for start in starts:
                    size = last - start
                    if size <= most:
                        entry = self._entry(sequence, normal[start:of])
                        if entry >= 0:
                            found.append(ShortSpan(start, size + 1, entry, True))

    def _entry(self, sequence: int, subtokens: list[int]) -> int:
        """The entry of a sequence that goes on with some subtokens, -1 if there is none."""
        for subtoken in subtokens:
            sequence = (advance(sequence) + subtoken) & ALL_BITS
        return self._index.entry_looked_for(sequence)


class _Pairs(dict[int, tuple[int, int] | None]):
    """What begins with a pair of subtokens, as ``PrefixIndex.find_one`` says, remembered."""

    def __init__(self, pairs: PrefixIndex) -> None:
        super().__init__()
        self._find_one = pairs.find_one

    def __missing__(self, sequence: int) -> tuple[int, int] | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[sequence] = self._find_one(sequence)
        return found
