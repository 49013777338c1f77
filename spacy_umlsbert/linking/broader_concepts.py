"""The nearest concept of a mention that is no name: that of what is left without its modifiers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from spacy_umlsbert.linking.modifiers import (
    BOUNDARIES,
    COUNT,
    ORGAN,
    PLACE,
    QUALITY,
    Word,
    words_of,
)
from spacy_umlsbert.linking.opposites import are_opposites
from spacy_umlsbert.linking.shorter_mentions import (
    ShorterMention,
    core,
    heads,
    without_modifiers,
    without_what_follows,
)
from spacy_umlsbert.umls.semantic_types import group_of

if TYPE_CHECKING:
    from spacy_umlsbert.linking.candidate_finder import CandidateFinder
    from spacy_umlsbert.linking.index import LinkedConcept
    from spacy_umlsbert.linking.linker import Candidate
    from spacy_umlsbert.umls import KnowledgeBase

_KIND_OF_TYPE = {"T079": "course", "T081": COUNT, "T082": PLACE}
_PLACES = frozenset({"ANAT", "GEOG"})
_NO_ENTITIES = frozenset({"CONC"})
_SUBSTANCES = frozenset({"CHEM"})
_MENTAL = frozenset({"T048", "T041"})
_SHORTEST_MISSPELT = 6
_SAME_WORD = 0.85
_CHEMICAL = re.compile(r"[\d()\[\]]|^\w{1,3}-|yl$")
"""What a word has that makes another substance of one ("N(6)-cyclopentyl adenosine")."""
_REMEMBERED = 1 << 14

Select = Callable[[Iterable["Candidate"]], list["Candidate"]]
"""Of some candidates the first that fit the label of the entity."""


class BroaderConcepts:
    """Finds concepts that say less than a mention, in one knowledge base.

    Args:
        kb: The knowledge base. Of words that are in no table its semantic types say whether they
            only qualify, and whether a concept can be what an entity is.
        candidates: Finds the concepts of a name.
    """

    def __init__(self, kb: KnowledgeBase, candidates: CandidateFinder) -> None:
        self._kb = kb
        self._candidates = candidates
        self._kind = lru_cache(maxsize=_REMEMBERED)(self._read_kind)

    def words(self, mention: str) -> list[Word]:
        """The words of a mention; those of which the knowledge base says so are modifiers too.

        What is the head is none: "function" is a functional concept, and what "liver function" is.
        """
        words = words_of(mention)
        for i, word in enumerate(words[:-1]):
            if not word.kind and words[i + 1].kind not in BOUNDARIES:
                words[i] = word._replace(kind=self._kind(word.text))
        return words

    def without_modifiers(self, mention: str, select: Select) -> list[Candidate]:
        """The concepts of a mention without severity, course, side and the like."""
        return self._first(without_modifiers(self.words(mention)), select)

    def of_head(self, mention: str, select: Select) -> list[Candidate]:
        """The concepts of a mention without its place too, or of its head."""
        words = self.words(mention)
        return self._first(without_what_follows(words), select) or self._first(heads(words), select)

    def to_compare(self, mention: str) -> list[ShorterMention]:
        """The parts to compare with similar names, where none of a mention is a name."""
        words = self.words(mention)
        content, kept = core(words)
        if not content:
            return []
        whole = ShorterMention(" ".join(word.text for word in content), kept)
        head = [part for part in heads(words) if not part.groups][-1:]
        return [
            part
            for part in (whole, *head)
            # One that is spelt right was no concept that can stand for the entity.
            if len(part.text) >= _SHORTEST_MISSPELT and not self._kb.find(part.text)
        ]

    def is_like(self, part: ShorterMention, found: LinkedConcept) -> bool:
        """Whether a part of a mention is meant by a similar name, and its concept can stand for it.

        A name that has the part's words and others ("adenocarcinoma of lung") says more. Without an
        encoder, which knows what words mean, a name must be the same word spelt otherwise.
        """
        text, name = part.text.casefold(), found.name.casefold()
        if set(text.split()) < set(name.split()) or not self.stands(found.concept_id, part):
            return False
        if self._candidates.has_encoder:
            return True
        return len(text.split()) == len(name.split()) and _is_misspelling(text, name)

    def stands(self, concept_id: str, shorter: ShorterMention) -> bool:
        """Whether the concept of a part can stand for the entity, by its semantic types."""
        groups = self._groups(concept_id)
        if not self._is_meant(concept_id, shorter.text):
            return False
        if shorter.groups or not groups:
            return not groups or not groups.isdisjoint(shorter.groups)
        return not groups <= _NO_ENTITIES and self._goes_with(concept_id, shorter)

    def _goes_with(self, concept_id: str, shorter: ShorterMention) -> bool:
        """Whether a concept is still what is meant, whatever was dropped before and after it."""
        groups = self._groups(concept_id)
        if groups <= _SUBSTANCES:
            made_of = any(_CHEMICAL.search(word.text) for word in shorter.dropped)
            return not (shorter.changed or made_of)
        if groups <= _PLACES:
            whole = not (shorter.aside or shorter.changed)
            return whole and all(map(self._is_of_body, shorter.dropped))
        # A depression of the bone marrow is none of the mind.
        mental = _MENTAL.issuperset(self._kb.types_of(concept_id))
        return not (mental and any(map(self._is_of_body, shorter.dropped)))

    def _first(self, tries: Iterable[ShorterMention], select: Select) -> list[Candidate]:
        for shorter in tries:
            ids = self._candidates.exact(self._kb, shorter.text, as_in_text=True)
            fitting = ((one, shorter.kept) for one in ids if self.stands(one, shorter))
            if found := select(fitting):
                return found
        return []

    def _is_meant(self, concept_id: str, text: str) -> bool:
        """Whether a word is not the singular of a name in the plural alone ("nerves", "Wells")."""
        text = text.casefold()
        concept = self._kb[concept_id]
        names = {name.casefold() for name in (concept.canonical_name, *concept.aliases)}
        return text in names or f"{text}s" not in names

    def _is_of_body(self, word: Word) -> bool:
        """Whether a word says where in the body something is."""
        if word.kind == ORGAN:
            return True
        return any(self._is_of(one, _PLACES) for one in self._kb.find(word.text))

    def _is_of(self, concept_id: str, groups: frozenset[str]) -> bool:
        """Whether a concept has semantic groups, and all of them are among some."""
        own = self._groups(concept_id)
        return bool(own) and own <= groups

    def _read_kind(self, word: str) -> str:
        """The kind of modifier that a word is by its semantic types; "" if it is none."""
        ids = self._kb.find(word)
        if not ids or not all(
            self._groups(one) and self._groups(one) <= _NO_ENTITIES for one in ids
        ):
            return ""
        return _KIND_OF_TYPE.get(self._kb.types_of(ids[0])[0], QUALITY)

    def _groups(self, concept_id: str) -> frozenset[str]:
        groups = map(group_of, self._kb.types_of(concept_id))
        return frozenset(group for group in groups if group is not None)


def _is_misspelling(text: str, name: str) -> bool:
    """Whether two words or phrases are the same spelt otherwise, and not opposites."""
    if text[:1] != name[:1] or are_opposites(text, name):
        return False
    return SequenceMatcher(None, text, name).ratio() >= _SAME_WORD
