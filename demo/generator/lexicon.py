"""The names that fill the slots: the release's and, without a CUI, many that it does not have.

`topics.yml` groups names that occur together (a disease, its symptoms, drugs, tests), so that a
note's slots make sense side by side. A name in it claims nothing about a concept: whether it has a
CUI is looked up in the release, and names the release lacks stay without one. What the release has
and no topic lists is drawn too, under the topic `UNSORTED`.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import srsly

from demo.generator.holdout import is_held_out
from demo.generator.release import Concept, read_concepts
from demo.generator.template import TemplateError

LABEL_OF_KIND: Mapping[str, str] = {
    "disease": "problem",
    "symptom": "problem",
    "sign": "problem",
    "injury": "problem",
    "finding": "problem",
    "state": "problem",
    "lab": "test",
    "imaging": "test",
    "study": "test",
    "drug": "treatment",
    "drugclass": "treatment",
    "vaccine": "treatment",
    "procedure": "treatment",
    "therapy": "treatment",
    "device": "treatment",
}
"""The slots a name can fill, and the gold label of each."""

UNSORTED = "unsorted"
"""The topic of the release's names that no other topic has."""

COMMON = "common"
"""The topic of everyday names. They are never held out: a model must not miss "hypertension"."""

_WORD_LISTS = ("modifiers", "forms", "not_mentions")
_TOPIC_KEYS = {"specialty", "weight", "sex"}


@dataclass(frozen=True, slots=True)
class MentionWords:
    """Which words belong to a mention, and which names are none: `mentions.yml`."""

    modifiers: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    not_mentions: frozenset[str] = frozenset()

    @classmethod
    def from_file(cls, path: Path) -> MentionWords:
        """Read the lists. Raises TemplateError where one is missing."""
        lists = srsly.read_yaml(path)
        missing = set(_WORD_LISTS) - set(lists)
        if missing:
            raise TemplateError(f"{path}: no {', '.join(sorted(missing))}")
        return cls(*(frozenset(n.lower() for n in _flat(lists[k])) for k in _WORD_LISTS))

    def is_name(self, name: str) -> bool:
        """Whether a name of the release can stand in a sentence as a mention.

        Not so the inverted ("pain, chest"), the article-led ("the flu"), and the listed ones.
        """
        lowered = name.lower()
        inverted = ", " in name
        return not inverted and not lowered.startswith("the ") and lowered not in self.not_mentions


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


@dataclass(frozen=True, slots=True)
class Name:
    """One way to say something."""

    text: str
    kind: str
    kb_id: str = ""
    held_out: bool = False

    @property
    def label(self) -> str:
        """problem, test or treatment."""
        return LABEL_OF_KIND[self.kind]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing and the names it goes by."""

    names: tuple[Name, ...]
    sex: str = ""

    @property
    def key(self) -> str:
        """What tells entries apart."""
        return self.names[0].text.lower()

    @property
    def in_release(self) -> bool:
        """Whether it has a CUI."""
        return any(n.kb_id for n in self.names)


@dataclass(frozen=True, slots=True)
class Topic:
    """Names that go together: `entries[kind]`."""

    name: str
    specialty: str
    weight: float = 1.0
    sex: str = ""
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)


class Resolver:
    """From a mention's words to a CUI of the release, or "" where it has none.

    A name is the concept's whatever its case, in the plural too, with words in front that only
    grade or time it (`words.modifiers`: severe, chronic, left …) and with the product's form
    behind it (`words.forms`: inhaler, cream …): those do not make another concept. A name that two
    concepts of one label share stays without a CUI.
    """

    def __init__(self, concepts: Iterable[Concept], words: MentionWords) -> None:
        self._cuis: dict[tuple[str, str], set[str]] = defaultdict(set)
        for concept in concepts:
            for name in concept.names:
                self._cuis[concept.label, _normal(name)].add(concept.cui)
        self._words = words

    def exact(self, text: str, label: str) -> str:
        """The CUI of these words as they are, or in the singular."""
        words = _normal(text)
        for form in _singulars(words):
            cuis = self._cuis.get((label, form))
            if cuis:
                return next(iter(cuis)) if len(cuis) == 1 else ""
        return ""

    def resolve(self, text: str, label: str) -> str:
        """The CUI of these words, modifiers in front left off one by one, and so the form."""
        words = _normal(text).split(" ")
        while words:
            cui = self.exact(" ".join(words), label) or self._without_form(words, label)
            if cui or words[0] not in self._words.modifiers:
                return cui
            del words[0]
        return ""

    def _without_form(self, words: list[str], label: str) -> str:
        for cut in range(1, len(words)):
            if " ".join(words[cut:]) in self._words.forms:
                return self.exact(" ".join(words[:cut]), label)
        return ""


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
            name.lower() for kind in common if kind in LABEL_OF_KIND for name in _flat(common[kind])
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


@dataclass(frozen=True, slots=True)
class Drawing:
    """How names are drawn for one split.

    Args:
        split: "train" never gets a held-out name.
        release_share: share of draws from the release, where a pool has both.
        held_out_share: how often, in a split that may show them, a held-out name is drawn where
            the pool has one.
    """

    split: str
    release_share: float = 0.7
    held_out_share: float = 0.2

    def allowed(self, entry: Entry) -> list[Name]:
        """The names of an entry that this split may show."""
        return [n for n in entry.names if self.split != "train" or not n.held_out]

    def entry(self, rng: random.Random, pool: Iterable[Entry]) -> Entry | None:
        """One entry with a name that may be shown, or None."""
        usable = [e for e in pool if self.allowed(e)]
        if self.split != "train" and rng.random() < self.held_out_share:
            new = [e for e in usable if any(n.held_out for n in e.names)]
            usable = new or usable
        inside = [e for e in usable if e.in_release]
        outside = [e for e in usable if not e.in_release]
        if inside and outside:
            usable = inside if rng.random() < self.release_share else outside
        return rng.choice(usable) if usable else None

    def name(self, rng: random.Random, entry: Entry) -> Name:
        """One name of an entry: its first more often than each of the others.

        Where the split may show held-out names, an entry's held-out ones come first.
        """
        names = self.allowed(entry)
        new = [n for n in names if n.held_out]
        if new and rng.random() < 0.7:
            names = new
        return rng.choices(names, [1.0 + (n is entry.names[0]) for n in names])[0]


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
        names = _aliases(item)
        if not all(names):
            raise TemplateError(f"{where}: an empty name")
        yield _entry(names, kind, resolver, sex, policy)


def _aliases(item: str) -> list[str]:
    return [" ".join(name.split()) for name in item.split("=")]


def _flat(lines: str) -> list[str]:
    return [name for item in lines.split(";") for name in _aliases(item)]


def _entry(texts: list[str], kind: str, resolver: Resolver, sex: str, policy: NameHoldOut) -> Entry:
    label = LABEL_OF_KIND[kind]
    kb_ids = [resolver.exact(text, label) for text in texts]
    names = tuple(
        Name(text, kind, kb_id, policy(text, kb_id))
        for text, kb_id in zip(texts, kb_ids, strict=True)
    )
    return Entry(names, sex or _sex(texts))


def _unsorted(
    release: list[Concept],
    topics: list[Topic],
    resolver: Resolver,
    words: MentionWords,
    policy: NameHoldOut,
) -> Topic:
    """What the release has and no topic names, and the other names of what a topic does name."""
    names = [n for t in topics for es in t.entries.values() for e in es for n in e.names]
    listed = {(n.label, _normal(n.text)) for n in names}
    kinds: dict[str, str] = {}
    for name in names:
        if name.kb_id and name.kind != "state":
            kinds.setdefault(name.kb_id, name.kind)
    entries: dict[str, list[Entry]] = defaultdict(list)
    for concept in release:
        new = [
            n
            for n in concept.names
            if (concept.label, _normal(n)) not in listed
            and words.is_name(n)
            # Two letters mean too many things ("AD", "pt", "he") to teach them unasked.
            and not (n in concept.abbreviations and len(n) <= 2)
        ]
        kind = kinds.get(concept.cui, concept.kind)
        if new and LABEL_OF_KIND[kind] == concept.label:
            entries[kind].append(_entry(new, kind, resolver, "", policy))
    return Topic(UNSORTED, "any", 0.0, "", {k: tuple(v) for k, v in entries.items()})


_FEMALE = re.compile(
    r"pregnan|ovar|uter|vagin|cervical (cancer|dysplasia|intra)|hyster|menst|menop|menorrh|breast"
    r"|mastec|mammo|endometr|pap smear|cesarean|c-section|preeclamp|eclamp|lumpec|gestation|labou?r"
    r"|miscarriage|tubal|dilation and curettage|\bd&c\b|fibroid|pcos|polycystic ov|dysmenor|amenor"
    r"|hot flash|lactat|oophor|colposcop|vulv|contracepti|raloxifene|tamoxifen|letrozole|anastroz",
    re.I,
)
_MALE = re.compile(
    r"prostat|testic|erectile|\bbph\b|\bpsa\b|\bturp\b|vasectomy|penile|scrot|orchi|epididym"
    r"|circumcis|tamsulosin|finasteride|phimosis|impotence|hydrocele",
    re.I,
)


def _sex(texts: list[str]) -> str:
    """F or M where a name says that only one sex has it."""
    joined = " ".join(texts)
    if _FEMALE.search(joined):
        return "F" if not re.search("lactate|lactic|lactulose", joined, re.I) else ""
    return "M" if _MALE.search(joined) else ""


def _normal(text: str) -> str:
    return " ".join(text.lower().split())


def _singulars(words: str) -> Iterable[str]:
    yield words
    if words.endswith("s") and not words.endswith("ss"):
        yield words[:-1]
    if words.endswith("es"):
        yield words[:-2]
    if words.endswith("ies"):
        yield words[:-3] + "y"
