"""Which concepts a mention means: those of its name, of its parts, of similar names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.linking.composites import split_composite, split_list
from spacy_umlsbert.linking.mention import Mention

if TYPE_CHECKING:
    from spacy_umlsbert.linking.candidate_finder import CandidateFinder
    from spacy_umlsbert.linking.index import LinkedConcept
    from spacy_umlsbert.umls import KnowledgeBase

Candidate = tuple[str, float]
"""A concept id and its score."""


@dataclass
class LinkerSettings:
    """How concepts are chosen; see the factory of `umls_linker` for what they mean.

    Attributes:
        allowed: Semantic types (TUIs) that the concepts of an entity label may have.
    """

    k: int
    threshold: float
    contained_threshold: float
    max_entities_per_mention: int
    split_composites: bool
    filter_for_definitions: bool
    no_definition_threshold: float
    allowed: Mapping[str, set[str]]

    def check(self, component: str) -> None:
        """Make sure that they make sense.

        Raises:
            UsageError: If one does not; the message names the component.
        """
        if not 0 <= self.threshold <= 1:
            raise UsageError(
                f"{component}: a threshold of {self.threshold} is not a cosine: use 0 … 1"
            )
        for setting, value, least in (
            ("contained_threshold", self.contained_threshold, 0),
            ("k", self.k, 1),
            ("max_entities_per_mention", self.max_entities_per_mention, 1),
        ):
            if value < least:
                raise UsageError(f"{component}: {setting} is {value}; it must be {least} or more")


class Linker:
    """Finds the concepts of mentions.

    The concepts of a name that is exactly the mention (after the knowledge base's normalisation)
    have score 1. If there are none, similar names are looked for: by spelling (TF-IDF of
    character trigrams) and, with an encoder, by meaning, with the weighted mean of both cosines
    as score; and the longest name that is a part of the mention ("chest pain" in "severe chest
    pain"), with its share of the characters as score. A mention that names several concepts
    ("colon and rectal cancer", "nausea and fever") gets those of its parts, the best of each first,
    in the order of the text. A mention without a concept above the threshold stays unlinked (NIL).

    Args:
        candidates: Finds names.
        settings: How concepts are chosen.
    """

    def __init__(self, candidates: CandidateFinder, settings: LinkerSettings) -> None:
        self.candidates = candidates
        self.settings = settings

    def __call__(
        self, kb: KnowledgeBase, mentions: Iterable[Mention]
    ) -> dict[Mention, list[Candidate]]:
        """The concepts of distinct mentions: of the same name, of parts, of similar names.

        Args:
            kb: The knowledge base.
            mentions: The mentions.

        Returns:
            For each, its candidates, best first; none if it stays unlinked.
        """
        linked = self._of_the_same_name(kb, list(mentions))
        rest = [mention for mention, found in linked.items() if not found]
        parts = {mention: self._parts(mention, split_composite) for mention in rest}
        listed = {mention: self._parts(mention, split_list) for mention in rest}
        named = self._of_the_same_name(kb, _distinct_parts(parts, listed))
        for mention in rest:
            # A list of complete names is one, unless its parts make names with a common head.
            common_head, complete = (
                bool(of) and all(named[part] for part in of)
                for of in (parts[mention], listed[mention])
            )
            if complete and not common_head:
                parts[mention] = listed[mention]
        similar = {part: named[part] for part in _distinct_parts(parts)}
        unknown = [*rest, *(part for part, found in similar.items() if not found)]
        similar.update(zip(unknown, self._similar(kb, unknown), strict=True))
        for mention in rest:
            of_parts = [similar[part] for part in parts[mention]]
            linked[mention] = (
                self._joined(of_parts) if of_parts and all(of_parts) else similar[mention]
            )
        return linked

    def _of_the_same_name(
        self, kb: KnowledgeBase, mentions: Sequence[Mention]
    ) -> dict[Mention, list[Candidate]]:
        """The concepts that have the mention as a name; with an encoder, the likeliest first."""
        texts = dict.fromkeys(text for mention in mentions for text in mention.texts)
        named = {text: self.candidates.exact(kb, text) for text in texts}
        if self.candidates.has_encoder:
            ambiguous = [text for text, ids in named.items() if len(ids) > 1]
            ranked = self.candidates.search(kb, ambiguous, self.settings.k)
            for text, found in zip(ambiguous, ranked, strict=True):
                place = {concept.concept_id: i for i, concept in enumerate(found)}
                named[text].sort(key=lambda one: place.get(one, len(place)))
        linked: dict[Mention, list[Candidate]] = {}
        for mention in mentions:
            of_texts = (
                self._select(kb, ((one, 1.0) for one in named[text]), mention.label)
                for text in mention.texts
            )
            linked[mention] = next(filter(None, of_texts), [])
        return linked

    def _parts(self, mention: Mention, split: Callable[[str], list[str]]) -> list[Mention]:
        if not self.settings.split_composites:
            return []
        parts = split(mention.texts[0])
        return [Mention((part,), mention.label) for part in parts] if len(parts) > 1 else []

    def _similar(self, kb: KnowledgeBase, mentions: Sequence[Mention]) -> Iterable[list[Candidate]]:
        texts = list(dict.fromkeys(text for mention in mentions for text in mention.texts))
        found = dict(zip(texts, self.candidates.search(kb, texts, self.settings.k), strict=True))
        for mention in mentions:
            yield self._first_that_fits(kb, mention, [found[text] for text in mention.texts])

    def _first_that_fits(
        self, kb: KnowledgeBase, mention: Mention, found: Sequence[Sequence[LinkedConcept]]
    ) -> list[Candidate]:
        for concepts in found:
            scores = {c.concept_id: c.score for c in concepts if c.score >= self.settings.threshold}
            if mention.share >= self.settings.contained_threshold:
                for one in mention.contained:
                    scores[one] = max(mention.share, scores.get(one, 0.0))
            best_first = sorted(scores.items(), key=lambda item: -item[1])
            if selected := self._select(kb, best_first, mention.label):
                return selected
        return []

    def _joined(self, of_parts: Sequence[Sequence[Candidate]]) -> list[Candidate]:
        """The best of each part, in the order of the parts, then the others by their scores."""
        best = [part[0] for part in of_parts]
        others = sorted((one for part in of_parts for one in part[1:]), key=lambda one: -one[1])
        joined = dict[str, float]()
        for concept_id, score in [*best, *others]:
            joined.setdefault(concept_id, score)
        return list(joined.items())[: self.settings.max_entities_per_mention]

    def _select(
        self, kb: KnowledgeBase, candidates: Iterable[Candidate], label: str
    ) -> list[Candidate]:
        """The first candidates whose semantic type fits the label, with a definition if need be."""
        allowed = self.settings.allowed.get(label)
        fitting = (
            (one, score)
            for one, score in candidates
            if (allowed is None or not allowed.isdisjoint(kb.types_of(one)))
            and (
                not self.settings.filter_for_definitions
                or score >= self.settings.no_definition_threshold
                or kb.has_definition(one)
            )
        )
        return list(islice(fitting, self.settings.max_entities_per_mention))


def _distinct_parts(*parts_of: Mapping[Mention, Sequence[Mention]]) -> list[Mention]:
    return list(dict.fromkeys(p for parts in parts_of for of in parts.values() for p in of))
