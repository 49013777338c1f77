"""The names that fill the slots: the release's and, without a CUI, many that it does not have.

`topics.yml` groups names that occur together (a disease, its symptoms, drugs, tests), so that a
note's slots make sense side by side. A name in it claims nothing about a concept: whether it has a
CUI is looked up in the release, and names the release lacks stay without one. What the release has
and no topic lists is drawn too, under the topic `UNSORTED`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import srsly

from demo.generator.holdout import is_held_out
from demo.generator.mention_words import MentionWords, aliases, all_names
from demo.generator.names import LABEL_OF_KIND, Entry, Name, Topic
from demo.generator.release import Concept, read_concepts
from demo.generator.resolver import Resolver, normal
from demo.generator.sexes import sex_of
from demo.generator.template import TemplateError

UNSORTED = "unsorted"
"""The topic of the release's names that no other topic has."""

COMMON = "common"
"""The topic of everyday names. They are never held out: a model must not miss "hypertension"."""

_TOPIC_KEYS = {"specialty", "weight", "sex"}


@dataclass(frozen=True, slots=True)
class NameHoldOut:
    """Which names the training split never shows: a share of CUIs with all names, and of names.

    `kept` (lower-case) is never held out.
    """

    share: float
    kept: frozenset[str] = frozenset()

    def __call__(self, name: str, kb_id: str) -> bool:
        """Whether this name, of this concept or of none (""), is held out."""
        lowered = name.lower()
        if lowered in self.kept:
            return False
        by_concept = bool(kb_id) and is_held_out("concept", kb_id, self.share / 2)
        return by_concept or is_held_out("name", lowered, self.share / 2)


class Lexicon:
    """All names, by topic and kind.

    Args:
        topics: what goes together, as read by `read_topics`.
        resolver: from words to CUIs.
    """

    def __init__(self, topics: Iterable[Topic], resolver: Resolver) -> None:
        self.topics = {t.name: t for t in topics}
        self.resolver = resolver
        self.held_out = frozenset(n.text.lower() for n in self.names() if n.held_out)

    @classmethod
    def from_files(
        cls,
        topics: Path,
        concepts: Path,
        words: MentionWords,
        *,
        held_out: float,
        kept: Iterable[str] = (),
    ) -> Lexicon:
        """Read the topics and the release.

        Args:
            topics: `topics.yml`.
            concepts: the release's table.
            words: what belongs to a mention.
            held_out: share of names kept from training, those of the topic "common" excepted.
            kept: further names (lower-case) that are never held out.

        Raises:
            TemplateError, ReleaseError: a file is not well formed.
        """
        release = list(read_concepts(concepts))
        resolver = Resolver(release, words)
        content = srsly.read_yaml(topics)
        common = content.get(COMMON, {})
        everyday = {
            name.lower()
            for kind in common
            if kind in LABEL_OF_KIND
            for name in all_names(common[kind])
        }
        policy = NameHoldOut(held_out, frozenset(everyday) | frozenset(kept))
        listed = list(read_topics(topics, content, resolver, policy))
        return cls([*listed, _unsorted(release, listed, resolver, words, policy)], resolver)

    def names(self) -> list[Name]:
        """Every name once."""
        found = {
            (n.text, n.kind): n
            for topic in self.topics.values()
            for entries in topic.entries.values()
            for entry in entries
            for n in entry.names
        }
        return list(found.values())

    def pool(self, kind: str, topics: Iterable[str], sex: str) -> list[Entry]:
        """Entries of a kind in some topics, without those of the other sex."""
        return [
            entry
            for topic in topics
            for entry in self.topics[topic].entries.get(kind, ())
            if not entry.sex or entry.sex == sex
        ]


def read_topics(
    path: Path, content: Mapping[str, Mapping[str, Any]], resolver: Resolver, policy: NameHoldOut
) -> Iterable[Topic]:
    """Make the topics out of the content of `topics.yml` (`path`, for messages).

    Raises TemplateError where a topic has an unknown kind or an empty name.
    """
    for name, topic in content.items():
        unknown = set(topic) - _TOPIC_KEYS - set(LABEL_OF_KIND)
        if unknown:
            raise TemplateError(f"{path}: topic {name}: unknown {', '.join(sorted(unknown))}")
        sex = topic.get("sex", "")
        entries = {
            kind: tuple(
                _entries(f"{path}: topic {name}: {kind}", kind, lines, sex, resolver, policy)
            )
            for kind, lines in topic.items()
            if kind in LABEL_OF_KIND
        }
        yield Topic(name, topic["specialty"], topic.get("weight", 1.0), sex, entries)


def _entries(
    where: str, kind: str, lines: str, sex: str, resolver: Resolver, policy: NameHoldOut
) -> Iterable[Entry]:
    for item in lines.split(";"):
        names = aliases(item)
        if not all(names):
            raise TemplateError(f"{where}: an empty name")
        yield _entry(names, kind, resolver, sex, policy)


def _entry(texts: list[str], kind: str, resolver: Resolver, sex: str, policy: NameHoldOut) -> Entry:
    label = LABEL_OF_KIND[kind]
    kb_ids = [resolver.exact(text, label) for text in texts]
    names = tuple(
        Name(text, kind, kb_id, policy(text, kb_id))
        for text, kb_id in zip(texts, kb_ids, strict=True)
    )
    return Entry(names, sex or sex_of(texts))


def _unsorted(
    release: list[Concept],
    topics: list[Topic],
    resolver: Resolver,
    words: MentionWords,
    policy: NameHoldOut,
) -> Topic:
    """What the release has and no topic names, and the other names of what a topic does name."""
    names = [n for t in topics for es in t.entries.values() for e in es for n in e.names]
    listed = {(n.label, normal(n.text)) for n in names}
    kinds: dict[str, str] = {}
    for name in names:
        if name.kb_id and name.kind != "state":
            kinds.setdefault(name.kb_id, name.kind)
    entries: dict[str, list[Entry]] = defaultdict(list)
    for concept in release:
        new = [
            n
            for n in concept.names
            if (concept.label, normal(n)) not in listed
            and words.is_name(n)
            # Two letters mean too many things ("AD", "pt", "he") to teach them unasked.
            and not (n in concept.abbreviations and len(n) <= 2)
        ]
        kind = kinds.get(concept.cui, concept.kind)
        if new and LABEL_OF_KIND[kind] == concept.label:
            entries[kind].append(_entry(new, kind, resolver, "", policy))
    return Topic(UNSORTED, "any", 0.0, "", {k: tuple(v) for k, v in entries.items()})
