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
from spacy_umlsbert.umls.matching.hashing import Int64Array
from spacy_umlsbert.umls.matching.match_cache import MatchCache, MatchKind, NameLookup
from spacy_umlsbert.umls.matching.name_index import NameIndex
from spacy_umlsbert.umls.matching.name_variants import VariantRules
from spacy_umlsbert.umls.matching.subtokens import SubtokenTable

_BATCH_TOKENS = 1 << 15


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
        self._rules = rules
        self._subtokens = SubtokenTable(index.words, rules.normalizer)
        self._cache = MatchCache(index, rules, names)

    def find(self, name: str) -> list[str]:
        """Ids of the concepts that have a name, normalised, best first.

        Case, minimum lengths and stop names do not count here, but decide the order.
        """
        return self._cache.find(name)

    def match(self, docs: Sequence[Doc]) -> list[list[Match]]:
        """The longest matches of each Doc, in order and without overlaps."""
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

    def _match_batch(self, docs: list[Doc]) -> list[list[Match]]:
        subtokens = self._subtokens.subtokens(docs)
        spans = find_candidate_spans(
            self._index, subtokens, word_order=self._rules.settings.word_order
        )
        meanings = self._cache.look_up(subtokens, spans)
        first = subtokens.token[spans.position]
        last = subtokens.token[spans.position + spans.length - 1]
        doc_starts = subtokens.doc_starts
        doc_of = np.searchsorted(doc_starts, first, side="right") - 1
        number = meanings.number
        for i in np.flatnonzero(meanings.in_capitals >= 0).tolist():
            start = doc_starts[doc_of[i]]
            if self._among_capitals(docs[doc_of[i]], first[i] - start, last[i] - start):
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

    def _among_capitals(self, doc: Doc, first: int, last: int) -> bool:
        """Whether a neighbouring token is an ordinary word in capitals ("ALL OTHER SYSTEMS")."""
        for i in (first - 1, last + 1):
            if 0 <= i < len(doc):
                text = doc[int(i)].text
                ordinary = text.casefold() in self._rules.ordinary_words
                if len(text) > 1 and text.isupper() and ordinary:
                    return True
        return False


def choose_longest(first: Int64Array, last: Int64Array, usable: Int64Array) -> Int64Array:
    """Choose spans without overlaps: the longest first, of equally long ones the first.

    Args:
        first: The first token of each span, shape (spans,).
        last: The last token of each span, shape (spans,).
        usable: Which spans to choose from, shape (n,).

    Returns:
        The chosen spans, in the order of their first tokens.
    """
    usable = usable[np.argsort(first[usable], kind="stable")]
    begins, ends = first[usable], last[usable]
    furthest = np.maximum.accumulate(ends)
    overlaps = begins[1:] <= furthest[:-1]
    free = np.ones(len(usable), np.bool_)
    free[1:] &= ~overlaps
    free[:-1] &= ~overlaps
    contested = usable[~free]
    contested = contested[np.lexsort((first[contested], first[contested] - last[contested]))]
    taken: set[int] = set()
    accepted = []
    for i, begin, end in zip(
        contested.tolist(), first[contested].tolist(), last[contested].tolist(), strict=True
    ):
        # Those taken are at least as long: they overlap at an end or not at all.
        if begin not in taken and end not in taken:
            taken.update(range(begin, end + 1))
            accepted.append(i)
    chosen = np.concatenate([usable[free], np.array(accepted, np.int64)])
    return chosen[np.argsort(first[chosen])]
