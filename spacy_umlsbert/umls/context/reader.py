"""Which concept each name of a text means, or none, by what stands around it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, takewhile
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from spacy.tokens import Doc

from spacy_umlsbert.umls.concept_types import ConceptTypes
from spacy_umlsbert.umls.context.candidates import (
    ILLNESSES,
    Candidate,
    Kind,
    Name,
    Writing,
    candidate,
    kind_of,
    other_sense,
    writing_of,
)
from spacy_umlsbert.umls.context.cues import HINT, Rule, rules_of
from spacy_umlsbert.umls.context.senses import Vectors, senses_of
from spacy_umlsbert.umls.context.surroundings import FAR, NEAR, Surroundings, surroundings
from spacy_umlsbert.umls.matching.normalization import read_words

if TYPE_CHECKING:
    from spacy_umlsbert.umls.kb import KnowledgeBase
    from spacy_umlsbert.umls.matching.matcher import Match

_LONGEST_SHORT = 3
_NEEDED_IF_DOUBTFUL = HINT

COMMONEST, INITIALS = "commonest", "initials"
NAMED_ELSEWHERE, AMONG_ILLNESSES = "named elsewhere", "among illnesses"
OF_THE_ENTITY, LIKENESS = "of the entity", "likeness"
_POINTS = {
    COMMONEST: 0.75 * HINT,
    INITIALS: HINT,
    NAMED_ELSEWHERE: 2 * HINT,
    AMONG_ILLNESSES: 0.5 * HINT,
    OF_THE_ENTITY: HINT,
}
_LIKENESS = 10 * HINT
"""Of a cosine of 1 between the vector of what stands around and that of a meaning."""

_SAME = 0.8
"""From which cosine on a sense is that of a concept in other words."""


class Reading(NamedTuple):
    """What speaks for a meaning of a name.

    Attributes:
        concept_id: The meaning.
        points: The points by what gives them; what gives none is left out.
        needed: The fewest points with which it counts.
    """

    concept_id: str
    points: dict[str, float]
    needed: float

    @property
    def total(self) -> float:
        """All points together."""
        return sum(self.points.values())

    @property
    def counts(self) -> bool:
        """Whether it is a concept, and has the points that it needs."""
        return bool(self.concept_id) and self.total >= self.needed

    def fitting(self, tuis: Sequence[str], allowed: AbstractSet[str] | None) -> Reading:
        """The same with the points of an entity, if its label allows one of the types."""
        if allowed is not None and allowed.isdisjoint(tuis):
            return self
        return self._replace(points={**self.points, OF_THE_ENTITY: _POINTS[OF_THE_ENTITY]})


class _Meaning(NamedTuple):
    """A meaning of a name, and what counts for it in every text.

    Attributes:
        candidate: The meaning.
        points: What speaks for it everywhere.
        needed: As in ``Reading``.
        rules: The rules that count for it.
    """

    candidate: Candidate
    points: dict[str, float]
    needed: float
    rules: tuple[Rule, ...]


class _Others(NamedTuple):
    """What a text has by names that are not weighed.

    Attributes:
        concept_ids: The concepts.
        illnesses: Whether there are illnesses among them.
    """

    concept_ids: frozenset[str]
    illnesses: bool


class ContextReader:
    """Weighs what ambiguous, short and everyday names mean in a text.

    Weighed are single words that are acronyms, have up to three letters, are everyday language or
    name a mental disorder; other names stand. Each meaning gets points from what stands around
    (``cues``), if another name of it is in the text, if the name is its initials, and if it is the
    commonest. The one with most comes first, of equals the commonest. A name is none if the best
    meaning has less than it needs: none, but a point if an everyday word is not the preferred name
    of an illness, and if a medicine is named by such a word or not by its preferred name.

    With vectors more senses are weighed, of which most are no concepts (``senses``), and what is
    like the surroundings gets points.

    Args:
        kb: The knowledge base.
        vectors: Vectors of names and of what stands around.
    """

    def __init__(self, kb: KnowledgeBase, vectors: Vectors | None = None) -> None:
        self.kb = kb
        self._vectors = vectors
        self._types = ConceptTypes(kb)
        self._everyday = read_words("ordinary_words.txt")
        self._kinds: dict[str, Kind] = {}
        self._known: dict[tuple[int, tuple[str, ...]], tuple[_Meaning, ...]] = {}

    def __reduce__(self) -> tuple[type[ContextReader], tuple[KnowledgeBase, Vectors | None]]:
        return ContextReader, (self.kb, self._vectors)

    def of_entities(
        self, doc: Doc, matches: Sequence[Match], types: Mapping[int, AbstractSet[str] | None]
    ) -> dict[int, tuple[str, ...]]:
        """What those matches mean that are entities and are weighed.

        That somebody, or a model, has found an entity there speaks for each meaning that its label
        allows.

        Args:
            doc: The text.
            matches: Its matches.
            types: Which of them are entities, and the semantic types that the label of each
                allows; None for any.

        Returns:
            The meanings of each, best first; none if no meaning has what it needs.
        """
        weighed = self._weighed(doc, matches)
        others = self._others(matches, weighed)
        meant = {}
        for place in types.keys() & weighed.keys():
            readings = [
                reading.fitting(self._types[reading.concept_id], types[place])
                if reading.concept_id
                else reading
                for reading in self._readings(doc, matches, place, weighed[place], others)
            ]
            readings.sort(key=lambda reading: -reading.total)
            meant[place] = tuple(one.concept_id for one in takewhile(_counts, readings))
        return meant

    def __call__(self, doc: Doc, matches: Sequence[Match]) -> list[Match]:
        """The matches of a Doc that are names here, the best meaning of each first."""
        weighed = self._weighed(doc, matches)
        read = list(matches)
        if not weighed:
            return read
        others = self._others(matches, weighed)
        none = set()
        for place, meanings in weighed.items():
            readings = self._readings(doc, matches, place, meanings, others)
            if not readings[0].counts:
                none.add(place)
            elif len(readings) > 1:
                ids = _ids(readings, matches[place].concept_ids)
                read[place] = matches[place]._replace(concept_ids=ids)
        return [match for place, match in enumerate(read) if place not in none] if none else read

    def explain(self, doc: Doc, matches: Sequence[Match], place: int) -> list[Reading]:
        """What speaks for each meaning of a match, best first; nothing if it is not weighed.

        Args:
            doc: The text.
            matches: Its matches.
            place: Which of them.
        """
        weighed = self._weighed(doc, matches)
        if place not in weighed:
            return []
        others = self._others(matches, weighed)
        return self._readings(doc, matches, place, weighed[place], others)

    def _weighed(self, doc: Doc, matches: Sequence[Match]) -> dict[int, tuple[_Meaning, ...]]:
        """The meanings of those matches that are weighed, by place."""
        known, weighed = self._known, {}
        for place, (start, end, ids, kind) in enumerate(matches):
            if end - start == 1:
                key = doc[start].orth, ids
                meanings = known.get(key)
                if meanings is None:
                    acronym = kind == "acronym"
                    meanings = known[key] = self._meanings(doc[start].text, ids, acronym=acronym)
                if meanings:
                    weighed[place] = meanings
        return weighed

    def _meanings(self, text: str, ids: tuple[str, ...], *, acronym: bool) -> tuple[_Meaning, ...]:
        """The meanings of a name; none if it is not weighed, or nothing can speak against it."""
        writing = writing_of(text)
        everyday = text.casefold() in self._everyday and writing is not Writing.CAPITALS
        mental = any(self._kind(one) is Kind.MENTAL for one in ids)
        senses = senses_of(text) if self._vectors is not None else ()
        if not (acronym or everyday or mental or len(text) <= _LONGEST_SHORT or senses):
            return ()
        candidates = tuple(candidate(text, self.kb[one], self._types[one]) for one in ids)
        candidates += tuple(self._other_senses(text, candidates, senses))
        name = Name(candidates, writing, everyday, acronym)
        meanings = tuple(_meaning(name, rank) for rank in range(len(candidates)))
        (first, *others) = meanings
        settled = not (others or first.needed or any(rule.against for rule in first.rules))
        return () if settled else meanings

    def _other_senses(
        self, text: str, candidates: Sequence[Candidate], senses: Sequence[str]
    ) -> Iterator[Candidate]:
        """What a name means besides: as concepts where there are some, each once."""
        if not senses or self._vectors is None:
            return
        known = {one.concept_id for one in candidates}
        likeness = (
            self._vectors.of_names(senses)
            @ self._vectors.of_names([one.said for one in candidates]).T
        )
        for sense, like in zip(senses, likeness, strict=True):
            found = self.kb.find(sense)
            if not known.isdisjoint(found):
                continue
            if found:
                known.add(found[0])
                yield candidate(text, self.kb[found[0]], self._types[found[0]])
            elif like.max() < _SAME:
                yield other_sense(text, sense)

    def _kind(self, concept_id: str) -> Kind:
        kind = self._kinds.get(concept_id)
        if kind is None:
            kind = self._kinds[concept_id] = kind_of(self._types[concept_id])
        return kind

    def _others(self, matches: Sequence[Match], weighed: Container[int]) -> _Others:
        """What the text has by names that are not weighed."""
        others = [ids for place, (_, _, ids, _) in enumerate(matches) if place not in weighed]
        return _Others(
            frozenset(chain.from_iterable(others)),
            any(self._kind(ids[0]) in ILLNESSES for ids in others),
        )

    def _readings(
        self,
        doc: Doc,
        matches: Sequence[Match],
        place: int,
        meanings: tuple[_Meaning, ...],
        others: _Others,
    ) -> list[Reading]:
        """The meanings with their points, best first; sorting keeps the order of equals."""
        reach = FAR if any(one.candidate.kind is Kind.DRUG for one in meanings) else NEAR
        around = surroundings(doc, matches, place, self._kind, reach)
        readings = [
            Reading(
                meaning.candidate.concept_id,
                _points(meaning, around, others),
                meaning.needed,
            )
            for meaning in meanings
        ]
        if len(readings) > 1 and self._vectors is not None:
            context = self._vectors.around(doc, matches[place].start, matches[place].end)
            if context is not None:
                names = self._vectors.of_names([one.candidate.said for one in meanings])
                cosines = _as_of_the_first(names, names @ context)
                for reading, more in zip(readings, cosines - cosines.mean(), strict=True):
                    reading.points[LIKENESS] = _LIKENESS * float(more)
        if len(readings) > 1:
            readings.sort(key=lambda reading: -reading.total)
        return readings


def _as_of_the_first(names: np.ndarray, cosines: np.ndarray) -> np.ndarray:
    """Cosines of names, of which those that say the same in other words have that of the first."""
    first = np.argmax(names @ names.T >= _SAME, axis=1)
    return cosines[first]


def _counts(reading: Reading) -> bool:
    return reading.counts


def _ids(readings: Sequence[Reading], named: Sequence[str]) -> tuple[str, ...]:
    """The concepts of readings, best first: all that have the name, and others that are better."""
    ids = [reading.concept_id for reading in readings if reading.concept_id]
    first = next(i for i, one in enumerate(ids) if one in named)
    return tuple(one for i, one in enumerate(ids) if i < first or one in named)


def _meaning(name: Name, rank: int) -> _Meaning:
    one = name.candidates[rank]
    if not one.concept_id:
        return _Meaning(one, {INITIALS: _POINTS[INITIALS]} if one.spelt_out else {}, 0.0, ())
    fixed = {COMMONEST: rank == 0, INITIALS: one.spelt_out}
    return _Meaning(
        one,
        {what: _POINTS[what] for what, holds in fixed.items() if holds},
        _NEEDED_IF_DOUBTFUL if _is_doubtful(one, name) else 0.0,
        rules_of(one, name),
    )


def _is_doubtful(one: Candidate, name: Name) -> bool:
    """Whether a word means something only if something speaks for it."""
    if one.kind is Kind.DRUG:
        return name.everyday or not one.preferred
    return name.everyday and one.kind in ILLNESSES and not one.preferred


def _points(meaning: _Meaning, around: Surroundings, others: _Others) -> dict[str, float]:
    """What speaks for a meaning here."""
    one = meaning.candidate
    points = meaning.points.copy()
    for rule in meaning.rules:
        given = rule.cue(around, one)
        if given:
            points[rule.cue.__name__] = given
    if one.concept_id in others.concept_ids:
        points[NAMED_ELSEWHERE] = _POINTS[NAMED_ELSEWHERE]
    if others.illnesses and one.kind not in (Kind.DRUG, Kind.OTHER):
        points[AMONG_ILLNESSES] = _POINTS[AMONG_ILLNESSES]
    return points
