"""Pairs with labels that are sure, and that the hypothesis alone does not give away.

A square is three subjects and three premises. Each premise says of one subject what its hypothesis
says, of another the opposite, and leaves the third open; every subject has each part once. So every
hypothesis, word for word, has each label once, and so has every premise.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from demo.generator.nli.hand_written import normal_text, read_sentences, sentences
from demo.generator.nli.lines import drawn, filler_of
from demo.generator.nli.premise import Composer, Frames, NoPremiseError, Said
from demo.generator.nli.subject import NO, OPEN, YES, Subject, conflict
from demo.generator.nli.topics import Topic, Topics
from demo.generator.surface import Shorthand

ENTAILMENT, NEUTRAL, CONTRADICTION = "entailment", "neutral", "contradiction"
LABELS = (ENTAILMENT, NEUTRAL, CONTRADICTION)
SPLITS = ("train", "dev")
HAND_WRITTEN = ("demo_pairs.jsonl", "hand_pairs.jsonl")
"""Files of `demo/nli` whose sentences are never generated."""

_NEW = {"train": None, "dev": 0.6}
_NEW_SUBJECTS = {"train": 0.0, "dev": 0.5}
_SQUARES = 0.25
"""Share of draws with three subjects; the others have one, and shorter premises."""
_NAMED_BUT_OPEN = 0.5
_FILLERS = {3: (4, 4, 2, 1), 1: (12, 4, 2, 1)}
"""Weights of 0, 1, 2 … lines about something else, by number of subjects."""
_OF_THE_SAME_TOPIC = 0.5
"""How often such a line is about another subject of the same topic, which makes it a distractor."""
_SHORT_PATIENT = 0.1
_PATIENT = ("Patient", "Pt", "This patient")
_NO_FULL_STOP = 0.08
_ATTEMPTS = 200
_WORDS = (3, 60)


@dataclass(frozen=True, slots=True)
class Pair:
    """A premise, a hypothesis, and what the one says of the other.

    Attributes:
        premise: Out of a note.
        hypothesis: About the patient.
        label: One of `LABELS`.
        topic: What it is about.
        shape: The line that made the hypothesis.
        state: What the hypothesis says of the topic, yes or no.
    """

    premise: str
    hypothesis: str
    label: str
    topic: str
    shape: str
    state: str


@dataclass(frozen=True, slots=True)
class _Claim:
    topic: Topic
    subject: Subject
    state: str
    hypothesis: str
    shape: str

    def pair(self, premise: str, label: str) -> Pair:
        """The claim after a premise of this label."""
        return Pair(premise, self.hypothesis, label, self.topic.name, self.shape, self.state)

    def said(self, rng: random.Random, label: str) -> Said:
        """What a premise has to say of it for a label."""
        opposite = NO if self.state == YES else YES
        state = {ENTAILMENT: self.state, CONTRADICTION: opposite}.get(label)
        if label == NEUTRAL and rng.random() < _NAMED_BUT_OPEN:
            state = OPEN
        return Said(self.topic, self.subject, state)


@dataclass
class PairGenerator:
    """Makes pairs of a split. Build one with `from_folder`.

    Args:
        topics: What pairs are about.
        composers: Writes the premises, by split.
        avoid: Sentences, as `normal_text` makes them, that are never generated.
        seed: Together with split and number, this settles a pair completely.
    """

    topics: Topics
    composers: dict[str, Composer]
    avoid: frozenset[str] = frozenset()
    seed: int = 0
    _weights: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self._weights = [t.weight for t in self.topics.topics]

    @classmethod
    def from_folder(cls, path: Path | str, concepts: Path | str, seed: int = 0) -> PairGenerator:
        """Read the sentences of the pairs, and the shorthand of the notes.

        Args:
            path: The folder that holds `nli` and `notes`, which is `demo`.
            concepts: The release's table of concepts, `assets/umls/concepts.tsv`.
            seed: The pairs' seed.

        Raises:
            TemplateError, ReleaseError: A file is not well formed; the message says where.
        """
        nli = Path(path) / "nli"
        frames = Frames.from_file(nli / "frames.yml")
        shorthand = Shorthand.from_file(Path(path) / "notes" / "surface.yml")
        composers = {split: Composer(frames, shorthand, new) for split, new in _NEW.items()}
        avoid = read_sentences(nli / name for name in HAND_WRITTEN)
        return cls(Topics.from_folder(nli, Path(concepts)), composers, avoid, seed)

    def pairs(self, n: int, split: str = "train") -> Iterator[Pair]:
        """Yield `n` pairs of a split; the first of them are always the same, none comes twice.

        Raises ValueError for another split.
        """
        if split not in SPLITS:
            raise ValueError(f"split {split!r} is none of {', '.join(SPLITS)}")
        known: set[tuple[str, str]] = set()
        made = number = 0
        while made < n:
            for pair in self._draw(f"{self.seed}/{split}/{number}", split):
                sides = (normal_text(pair.premise), normal_text(pair.hypothesis))
                if made < n and sides not in known:
                    known.add(sides)
                    made += 1
                    yield pair
            number += 1

    def _draw(self, key: str, split: str) -> list[Pair]:
        for attempt in range(_ATTEMPTS):
            rng = random.Random(f"{key}/{attempt}")
            try:
                return self._square(rng, split)
            except NoPremiseError:
                continue
        raise RuntimeError(f"{_ATTEMPTS} draws in a row could not be written")

    def _square(self, rng: random.Random, split: str) -> list[Pair]:
        claims = self._claims(rng, split, 3 if rng.random() < _SQUARES else 1)
        pairs: list[Pair] = []
        for turn in range(len(LABELS)):
            labels = [LABELS[(turn + i) % len(LABELS)] for i in range(len(claims))]
            premise = self._premise(rng, split, claims, labels)
            pairs.extend(c.pair(premise, lab) for c, lab in zip(claims, labels, strict=True))
        return pairs

    def _claims(self, rng: random.Random, split: str, n: int) -> list[_Claim]:
        claims: list[_Claim] = []
        for _ in range(_ATTEMPTS):
            topic, subject = self._subject(rng, split)
            known = [(c.topic, c.subject) for c in claims]
            if _fits(topic, subject, known):
                claims.append(self._claim(rng, split, topic, subject))
            if len(claims) == n:
                return claims
        raise NoPremiseError

    def _subject(self, rng: random.Random, split: str) -> tuple[Topic, Subject]:
        topic = rng.choices(self.topics.topics, self._weights)[0]
        return topic, self.topics.settled(rng, topic, held_out=self._new(rng, split))

    def _new(self, rng: random.Random, split: str) -> bool:
        return rng.random() < _NEW_SUBJECTS[split]

    def _claim(self, rng: random.Random, split: str, topic: Topic, subject: Subject) -> _Claim:
        state = rng.choice([YES, NO])
        values = subject.draw(rng, "hypothesis", state)
        shape = drawn(rng, topic.says[state], values, None if split == "train" else 1.0)
        if shape is None:
            raise NoPremiseError
        text = _varied(rng, shape.fill(rng, filler_of(values)).replace(" %", "%"))
        if normal_text(text) in self.avoid:
            raise NoPremiseError
        return _Claim(topic, subject, state, text, shape.source)

    def _premise(
        self, rng: random.Random, split: str, claims: Sequence[_Claim], labels: Sequence[str]
    ) -> str:
        said = [claim.said(rng, label) for claim, label in zip(claims, labels, strict=True)]
        weights = _FILLERS[len(claims)]
        fillers = rng.choices(range(len(weights)), weights)[0]
        if all(what.state is None for what in said):
            fillers = max(fillers, 1)
        for _ in range(fillers):
            said.append(self._filler(rng, split, said))
        rng.shuffle(said)
        premise = self.composers[split].premise(rng, said).replace(" %", "%")
        known = self.avoid.intersection(sentences(premise))
        if known or not _WORDS[0] <= len(premise.split()) <= _WORDS[1]:
            raise NoPremiseError
        return premise

    def _filler(self, rng: random.Random, split: str, said: Sequence[Said]) -> Said:
        known = [(what.topic, what.subject) for what in said]
        for _ in range(_ATTEMPTS):
            if rng.random() < _OF_THE_SAME_TOPIC:
                topic = rng.choice(said).topic
                subject = self.topics.settled(rng, topic, held_out=self._new(rng, split))
            else:
                topic, subject = self._subject(rng, split)
            if topic.name not in ("sex", "age") and _fits(topic, subject, known):
                return Said(topic, subject, rng.choices((YES, NO, OPEN), (4, 4, 2))[0])
        raise NoPremiseError


def _fits(topic: Topic, subject: Subject, known: Sequence[tuple[Topic, Subject]]) -> bool:
    return not any(topic.excludes(t) or conflict(subject, s) for t, s in known)


def _varied(rng: random.Random, hypothesis: str) -> str:
    """The same as others might write it: Pt, no full stop."""
    text = hypothesis[:1].upper() + hypothesis[1:]
    if rng.random() < _SHORT_PATIENT:
        text = re.sub(r"^The patient\b(?!')", rng.choice(_PATIENT), text)
    return text.removesuffix(".") if rng.random() < _NO_FULL_STOP else text
