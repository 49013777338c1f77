"""Finding names in text: the longest matches of a batch of Docs.

Every distinct token is cut into subtokens once and remembered (``subtokens``). The subtokens of a
batch form one array, and sequences of one, two, three … are looked up in the index for all
positions at once (``candidate_spans``). What is found is compared with the names themselves
(``name_variants``), once for every distinct stretch of text (``match_cache``), and of
overlapping matches the longest are chosen.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import numpy as np
from spacy.tokens import Doc

from spacy_umlsbert.umls.matching.candidate_spans import find_candidate_spans
from spacy_umlsbert.umls.matching.capitals import CapitalsReader
from spacy_umlsbert.umls.matching.longest import choose_longest, choose_longest_of_few
from spacy_umlsbert.umls.matching.match_cache import MatchCache, MatchKind, NameLookup
from spacy_umlsbert.umls.matching.name_index import NameIndex
from spacy_umlsbert.umls.matching.name_variants import VariantRules
from spacy_umlsbert.umls.matching.short_spans import ShortSpanFinder
from spacy_umlsbert.umls.matching.subtokens import SubtokenTable

_BATCH_TOKENS = 1 << 15
_SHORT_TOKENS = 1 << 11
"""Up to so many tokens arrays take longer than going through the Docs one by one."""


class Match(NamedTuple):
    """A name found in a Doc.

    Attributes:
        start: Index of the first token.
        end: Index after the last token.
        concept_ids: The concepts that have this name, best first.
        kind: "exact" if the text is the name of the first concept apart from case, white space
            and hyphens, "acronym" if that name is an acronym, "approximate" if it is misspelt in
            the text, else "normalized".
    """

    start: int
    end: int
    concept_ids: tuple[str, ...]
    kind: MatchKind


# Millions of matches are made: this is Match(*values) without a Python call for each.
_make_match = partial(tuple.__new__, Match)


@contextmanager
def _garbage_collection_paused() -> Iterator[None]:
    """Make many small objects without collecting garbage again and again meanwhile.

    None of them is garbage yet, and collecting takes longer than making them.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Matcher:
    """Finds the names of a knowledge base in Docs.

    Args:
        index: The index of the names.
        rules: The rules the index was built with.
        names: Gives the names themselves.
    """

    def __init__(self, index: NameIndex, rules: VariantRules, names: NameLookup) -> None:
        self._index = index
        self._word_order = rules.settings.word_order
        self._capitals = CapitalsReader(rules.ordinary_words, rules.stop_names)
        self._subtokens = SubtokenTable(index.words, rules.normalizer)
        self._short_spans = ShortSpanFinder(index, word_order=rules.settings.word_order)
        self._cache = MatchCache(index, rules, names)

    def find(self, name: str, *, as_in_text: bool = False) -> list[str]:
        """Ids of the concepts that have a name, normalised, best first.

        Case, minimum lengths and stop names do not count here, but decide the order; with
        `as_in_text` they count.
        """
        return self._cache.find(name, guard=as_in_text)

    def match(self, docs: Sequence[Doc]) -> list[list[Match]]:
        """The longest matches of each Doc, in order and without overlaps."""
        if sum(map(len, docs)) <= _SHORT_TOKENS:
            return [self._match_short(doc) for doc in docs]
        found: list[list[Match]] = []
        batch: list[Doc] = []
        size = 0
        for doc in docs:
            batch.append(doc)
            size += len(doc)
            if size >= _BATCH_TOKENS:
                found.extend(self._match_batch(batch))
                batch, size = [], 0
        if batch:
            found.extend(self._match_batch(batch))
        return found

    def _match_short(self, doc: Doc) -> list[Match]:
        text = self._subtokens.short_text(doc)
        spans = self._short_spans(text)
        if not spans:
            return []
        meanings = self._cache.look_up_short(text, spans)
        token = text.token
        usable: list[tuple[int, int, int]] = []
        for span, number, in_capitals in zip(
            spans, meanings.number, meanings.in_capitals, strict=True
        ):
            start = token[span.position]
            end = token[span.position + span.length - 1] + 1
            if in_capitals >= 0 and self._capitals.is_word(doc, start, end):
                number = in_capitals  # noqa: PLW2901
            if meanings.usable[number]:
                usable.append((start, end, number))
        concept_ids, kinds = meanings.concept_ids, meanings.kinds
        return [
            Match(start, end, concept_ids[number], kinds[number])
            for start, end, number in choose_longest_of_few(usable)
        ]

    def _match_batch(self, docs: list[Doc]) -> list[list[Match]]:
        subtokens = self._subtokens.subtokens(docs)
        spans = find_candidate_spans(self._index, subtokens, word_order=self._word_order)
        meanings = self._cache.look_up(subtokens, spans)
        first = subtokens.token[spans.position]
        last = subtokens.token[spans.position + spans.length - 1]
        doc_starts = subtokens.doc_starts
        doc_of = np.searchsorted(doc_starts, first, side="right") - 1
        number = meanings.number
        for i in np.flatnonzero(meanings.in_capitals >= 0).tolist():
            start = doc_starts[doc_of[i]]
            if self._capitals.is_word(
                docs[doc_of[i]], int(first[i] - start), int(last[i] - start) + 1
            ):
                number[i] = meanings.in_capitals[i]
        chosen = choose_longest(first, last, np.flatnonzero(meanings.usable[number]))
        doc_of, number = doc_of[chosen], number[chosen].tolist()
        start = doc_starts[doc_of]
        values = zip(
            (first[chosen] - start).tolist(),
            (last[chosen] - start + 1).tolist(),
            map(meanings.concept_ids.__getitem__, number),
            map(meanings.kinds.__getitem__, number),
            strict=True,
        )
        with _garbage_collection_paused():
            matches: list[Match] = list(map(_make_match, values))
        bounds = np.searchsorted(doc_of, np.arange(len(docs) + 1)).tolist()
        return [matches[bounds[i] : bounds[i + 1]] for i in range(len(docs))]
