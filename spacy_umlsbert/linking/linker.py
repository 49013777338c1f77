"""Which concepts a mention means: of its name, its parts, its head, of similar names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.linking.broader_concepts import BroaderConcepts, Select
from spacy_umlsbert.linking.composites import split_composite, split_list
from spacy_umlsbert.linking.mention import Mention
from spacy_umlsbert.linking.opposites import are_opposites
from spacy_umlsbert.linking.shorter_mentions import KEPT_IN_OTHER_WORDS

if TYPE_CHECKING:
    from spacy_umlsbert.linking.candidate_finder import CandidateFinder
    from spacy_umlsbert.linking.index import LinkedConcept
    from spacy_umlsbert.umls import KnowledgeBase

Candidate = tuple[str, float]
"""A concept id and its score."""

EXACT, BROADER, SIMILAR = "exact", "broader", "similar"
"""How a concept was found: by the mention as a name, by a part of it, by a name much like it."""


class Link(NamedTuple):
    """What a mention means.

    Attributes:
        candidates: Its concepts, best first; none if it stays unlinked.
        kind: How the first was found: `EXACT`, `BROADER` or `SIMILAR`; "" if there is none.
    """

    candidates: list[Candidate]
    kind: str


UNLINKED = Link([], "")

_KEPT_OF_PARTS = 0.85
"""What is left of a score where other parts of a mention have no concept."""


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
    broader: bool = True

    @property
    def whole_mentions_only(self) -> bool:
        """Whether a part of a mention never stands for it."""
        return self.contained_threshold > 1

    @property
    def drops_modifiers(self) -> bool:
        """Whether the nearest concept is looked for that says less than the mention."""
        return self.broader and not self.whole_mentions_only

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
    have score 1. If there are none, those come that are nearest:

    - of the mention without its modifiers ("severe left leg pain": leg pain);
    - of its parts, if it names several concepts ("colon and rectal cancer", "nausea and fever"),
      the best of each first, in the order of the text;
    - of similar names: by spelling (TF-IDF of character trigrams) and, with an encoder, by meaning,
      with the weighted mean of both cosines as score; not of those that say the opposite
      (`are_opposites`);
    - of the mention without its place, or of its head ("numbness in his fingers": numbness);
    - of names similar to these.

    A mention whose surroundings were looked at (`Mention.meant`) has of the concepts of its name
    those that it may mean there, or none at all.

    Scores go down with what was left out. Without `LinkerSettings.broader` a part of a mention that
    counts is the longest name within it, with its share of the characters as score. A mention
    without a concept stays unlinked (NIL).

    Args:
        candidates: Finds names.
        settings: How concepts are chosen.
    """

    def __init__(self, candidates: CandidateFinder, settings: LinkerSettings) -> None:
        self.candidates = candidates
        self.settings = settings
        self._broader: tuple[KnowledgeBase, BroaderConcepts] | None = None

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_broader": None}

    def _broader_in(self, kb: KnowledgeBase) -> BroaderConcepts | None:
        if not self.settings.drops_modifiers:
            return None
        if self._broader is None or self._broader[0] is not kb:
            self._broader = (kb, BroaderConcepts(kb, self.candidates))
        return self._broader[1]

    def __call__(self, kb: KnowledgeBase, mentions: Iterable[Mention]) -> dict[Mention, Link]:
        """The concepts of distinct mentions.

        Args:
            kb: The knowledge base.
            mentions: The mentions.

        Returns:
            For each, its concepts, and how they were found.
        """
        broader = self._broader_in(kb)
        linked = self._named(kb, list(mentions), broader)
        rest = [
            mention
            for mention, link in linked.items()
            if not link.candidates and mention.meant != ()
        ]
        parts = {mention: self._parts(mention, split_composite) for mention in rest}
        listed = {mention: self._parts(mention, split_list) for mention in rest}
        named = self._named(kb, _distinct_parts(parts, listed), broader)
        for mention in rest:
            # A list of complete names is one, unless its parts make names with a common head.
            common_head, complete = (
                bool(of) and all(named[part].candidates for part in of)
                for of in (parts[mention], listed[mention])
            )
            if complete and not common_head:
                parts[mention] = listed[mention]
        known = dict(named)
        wanted = [*rest, *_distinct_parts(parts)]
        unknown = [one for one in wanted if one not in known or not known[one].candidates]
        known.update(zip(unknown, self._similar(kb, unknown), strict=True))
        for mention in rest:
            linked[mention] = self._joined(mention, parts[mention], known)
        if broader is not None:
            with_common_head = {mention for mention in rest if parts[mention]}
            parts = {
                mention: parts[mention] or listed[mention]
                for mention in rest
                if not linked[mention].candidates
            }
            unknown = [
                one for one in [*parts, *_distinct_parts(parts)] if not known[one].candidates
            ]
            known.update(self._of_heads(kb, unknown, broader))
            for mention, of in parts.items():
                link = self._joined(mention, of, known)
                one = self._likeliest(of, known)
                # "visual, hearing or swallowing difficulties" are no matter of hearing alone.
                incomplete = mention in with_common_head and link is known[mention]
                preferred, other = (one, link) if incomplete else (link, one)
                linked[mention] = preferred if preferred.candidates else other
        return linked

    def _named(
        self, kb: KnowledgeBase, mentions: Sequence[Mention], broader: BroaderConcepts | None
    ) -> dict[Mention, Link]:
        """The concepts that have the mention as a name, or else what is left of it."""
        linked = self._of_the_same_name(kb, mentions)
        if broader is None:
            return linked
        for mention, link in linked.items():
            if not link.candidates and mention.meant != ():
                linked[mention] = self._first_broader(kb, mention, broader.without_modifiers)
        return linked

    def _of_the_same_name(
        self, kb: KnowledgeBase, mentions: Sequence[Mention]
    ) -> dict[Mention, Link]:
        """The concepts that have the mention as a name; with an encoder, the likeliest first."""
        texts = dict.fromkeys(text for mention in mentions for text in mention.texts)
        named = {text: self.candidates.exact(kb, text) for text in texts}
        if self.candidates.has_encoder:
            ambiguous = [text for text, ids in named.items() if len(ids) > 1]
            ranked = self.candidates.search(kb, ambiguous, self.settings.k)
            for text, found in zip(ambiguous, ranked, strict=True):
                place = {concept.concept_id: i for i, concept in enumerate(found)}
                named[text].sort(key=lambda one: place.get(one, len(place)))
        linked: dict[Mention, Link] = {}
        for mention in mentions:
            of_texts = (
                self._select(
                    kb, ((one, 1.0) for one in _meant(mention, named[text])), mention.label
                )
                for text in mention.texts
            )
            found_first = next(filter(None, of_texts), [])
            linked[mention] = Link(found_first, EXACT) if found_first else UNLINKED
        return linked

    def _parts(self, mention: Mention, split: Callable[[str], list[str]]) -> list[Mention]:
        if not self.settings.split_composites:
            return []
        parts = split(mention.texts[0])
        return [Mention((part,), mention.label) for part in parts] if len(parts) > 1 else []

    def _similar(self, kb: KnowledgeBase, mentions: Sequence[Mention]) -> Iterable[Link]:
        texts = list(dict.fromkeys(text for mention in mentions for text in mention.texts))
        found = dict(zip(texts, self.candidates.search(kb, texts, self.settings.k), strict=True))
        for mention in mentions:
            of_texts = [
                [one for one in found[text] if not are_opposites(text, one.name)]
                for text in mention.texts
            ]
            yield self._first_that_fits(kb, mention, of_texts)

    def _first_that_fits(
        self, kb: KnowledgeBase, mention: Mention, found: Sequence[Sequence[LinkedConcept]]
    ) -> Link:
        contained: tuple[str, ...] = ()
        if not self.settings.drops_modifiers and mention.share >= self.settings.contained_threshold:
            contained = mention.contained
        for concepts in found:
            scores = {c.concept_id: c.score for c in concepts if c.score >= self.settings.threshold}
            kinds = dict.fromkeys(scores, SIMILAR)
            for one in contained:
                if mention.share > scores.get(one, 0.0):
                    scores[one], kinds[one] = mention.share, BROADER
            best_first = sorted(scores.items(), key=lambda item: -item[1])
            if selected := self._select(kb, best_first, mention.label):
                return Link(selected, kinds[selected[0][0]])
        return UNLINKED

    def _of_heads(
        self, kb: KnowledgeBase, mentions: Sequence[Mention], broader: BroaderConcepts
    ) -> dict[Mention, Link]:
        """The concepts of heads, and where they are no names, of names similar to what is left."""
        linked = {
            mention: self._first_broader(kb, mention, broader.of_head) for mention in mentions
        }
        tries = {
            mention: broader.to_compare(mention.texts[0])
            for mention, link in linked.items()
            if not link.candidates
        }
        texts = list(dict.fromkeys(part.text for parts in tries.values() for part in parts))
        found = dict(zip(texts, self.candidates.search(kb, texts, self.settings.k), strict=True))
        for mention, parts in tries.items():
            for part in parts:
                similar = (
                    (one.concept_id, one.score * part.kept)
                    for one in found[part.text]
                    if one.score >= self.settings.threshold
                    and broader.is_like(part, one)
                    and not are_opposites(part.text, one.name)
                )
                if selected := self._select(kb, similar, mention.label):
                    linked[mention] = Link(selected, SIMILAR if part.kept == 1 else BROADER)
                    break
        return linked

    def _first_broader(
        self,
        kb: KnowledgeBase,
        mention: Mention,
        search: Callable[[str, Select], list[Candidate]],
    ) -> Link:
        """What a search among shorter mentions finds for the first text of a mention."""

        def select(candidates: Iterable[Candidate]) -> list[Candidate]:
            return self._select(kb, candidates, mention.label)

        for text in mention.texts:
            if found := search(text, select):
                same = {1.0: EXACT, KEPT_IN_OTHER_WORDS: SIMILAR}
                return Link(found, same.get(found[0][1], BROADER))
        return UNLINKED

    def _joined(
        self, mention: Mention, parts: Sequence[Mention], known: Mapping[Mention, Link]
    ) -> Link:
        """The best of each part, in their order, then the others by their scores.

        If not every part has a concept, what the whole mention has.
        """
        of_parts = [known[part] for part in parts]
        if not of_parts or not all(link.candidates for link in of_parts):
            return known[mention]
        best = [link.candidates[0] for link in of_parts]
        others = sorted(
            (one for link in of_parts for one in link.candidates[1:]), key=lambda one: -one[1]
        )
        joined = dict[str, float]()
        for concept_id, score in [*best, *others]:
            joined.setdefault(concept_id, score)
        candidates = list(joined.items())[: self.settings.max_entities_per_mention]
        return Link(candidates, of_parts[0].kind)

    def _likeliest(self, parts: Sequence[Mention], known: Mapping[Mention, Link]) -> Link:
        """What the part has whose concept is surest, where not all parts have one."""
        found = [known[part].candidates for part in parts if known[part].candidates]
        best = max(found, key=lambda candidates: candidates[0][1], default=[])
        kept = [(one, _KEPT_OF_PARTS * score) for one, score in best]
        return Link(kept, BROADER) if kept else UNLINKED

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


def _meant(mention: Mention, ids: Sequence[str]) -> Sequence[str]:
    """Those of the concepts of a mention's name that it may mean, best first."""
    return ids if mention.meant is None else [one for one in mention.meant if one in ids]


def _distinct_parts(*parts_of: Mapping[Mention, Sequence[Mention]]) -> list[Mention]:
    return list(dict.fromkeys(p for parts in parts_of for of in parts.values() for p in of))
