"""Looks up all sequences of subtokens of one Doc in the index, without arrays.

A page or a stream has one Doc at a time, and for so few words the calls of numpy cost ten times
what is computed in them. The spans are those of ``candidate_spans``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from spacy_umlsbert.umls.matching.hashing import ALL_BITS, advance, hash_sequence
from spacy_umlsbert.umls.matching.name_index import NameIndex
from spacy_umlsbert.umls.matching.name_variants import MOST_AROUND_OF
from spacy_umlsbert.umls.matching.subtoken_kinds import BEGINS, IS_NAME, IS_OF, KNOWN
from spacy_umlsbert.umls.matching.subtokens import ShortText

_BEGINS_ANY = IS_NAME | BEGINS


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

    def __call__(self, text: ShortText) -> list[ShortSpan]:
        """The spans of a Doc."""
        kind, token, kinds = text
        pairs, pair = self._index.pairs, kinds.pair
        roles = list(map(kinds.role.__getitem__, kind))
        found = []
        for i in [i for i, role in enumerate(roles) if role & _BEGINS_ANY]:
            if token[i - 1] == token[i]:
                continue
            if roles[i] & IS_NAME and token[i] != token[i + 1]:
                found.append(ShortSpan(i, 1, kinds.entry[kind[i]], False))
            if not (roles[i] & BEGINS and roles[i + 1]):
                continue
            begun = pair(pairs, kind[i], kind[i + 1])
            if begun is None:
                continue
            longest, entry, sequence = begun
            if entry >= 0 and token[i + 1] != token[i + 2]:
                found.append(ShortSpan(i, 2, entry, False))
            end = i + 2
            while end - i < longest and roles[end]:
                sequence = (advance(sequence) + kinds.normal[kind[end]]) & ALL_BITS
                end += 1
                if token[end - 1] != token[end]:
                    entry = self._index.entry_looked_for(sequence)
                    if entry >= 0:
                        found.append(ShortSpan(i, end - i, entry, False))
        if self._word_order:
            for i in [i for i, role in enumerate(roles) if role & IS_OF]:
                found.extend(self._turned_round(text, roles, i))
        return found

    def _turned_round(self, text: ShortText, roles: list[int], of: int) -> Iterator[ShortSpan]:
        """Text like "A of B" for names like "B A"."""
        kind, token, kinds = text
        first = of + 1
        most_after = _run(roles[first : first + MOST_AROUND_OF])
        most_before = _run(roles[max(of - MOST_AROUND_OF, 0) : of][::-1])
        if not roles[first] & BEGINS:
            return
        for start in range(of - 1, of - 1 - most_before, -1):
            if token[start - 1] == token[start]:
                continue
            for last in range(first, first + most_after):
                if token[last] == token[last + 1]:
                    continue
                begun = kinds.pair(
                    self._index.pairs, kind[first], kind[start if last == first else first + 1]
                )
                if begun is None or begun[0] < last - start:
                    continue
                turned = (*kind[first : last + 1], *kind[start:of])
                sequence = hash_sequence(kinds.normal[one] for one in turned)
                entry = self._index.entry_looked_for(sequence)
                if entry >= 0:
                    yield ShortSpan(start, last + 1 - start, entry, True)


def _run(roles: list[int]) -> int:
    """How many subtokens, from the first, are known and no "of"."""
    for size, role in enumerate(roles):
        if not role & KNOWN or role & IS_OF:
            return size
    return len(roles)
