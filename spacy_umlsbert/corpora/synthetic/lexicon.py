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

import srsly

from .holdout import is_held_out
from .release import Concept, read_concepts
from .template import TemplateError

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
COMMON = "common"
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
        missing = {"modifiers", "forms", "not_mentions"} - set(lists)
        if missing:
            raise TemplateError(f"{path}: no {', '.join(sorted(missing))}")
        return cls(**{k: frozenset(w.strip().lower() for w in v.split(";")) for k, v in lists.items()})

    def is_name(self, name: str) -> bool:
        """Whether a name of the release can stand in a sentence as a mention.

        Not so the inverted ("pain, chest"), the article-led ("the flu"), and the listed ones.
        """
        lowered = name.lower()
        inverted = ", " in name
        return not inverted and not lowered.startswith("the ") and lowered not in self.not_mentions


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

    @classmethod
    def from_files(
        cls, topics: Path, concepts: Path, words: MentionWords, *, held_out: float
    ) -> Lexicon:
        """Read the topics and the release. `held_out`: share of names kept from training.

        Raises TemplateError or ReleaseError where a file is not well formed.
        """
        release = list(read_concepts(concepts))
        resolver = Resolver(release, words)
        listed = list(read_topics(topics, resolver, held_out))
        return cls([*listed, _unsorted(release, listed, resolver, words, held_out)], resolver)

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
        split: "train" never gets a held-out name; "dev" gets them `held_out_weight` times as often.
        release_share: share of draws from the release, where a pool has both.
    """

    split: str
    release_share: float = 0.66
    held_out_weight: float = 4.0

    def allowed(self, entry: Entry) -> list[Name]:
        """The names of an entry that this split may show."""
        return [n for n in entry.names if self.split != "train" or not n.held_out]

    def entry(self, rng: random.Random, pool: Iterable[Entry]) -> Entry | None:
        """One entry with a name that may be shown, or None."""
        usable = [e for e in pool if self.allowed(e)]
        inside = [e for e in usable if e.in_release]
        outside = [e for e in usable if not e.in_release]
        if inside and outside:
            usable = inside if rng.random() < self.release_share else outside
        return rng.choice(usable) if usable else None

    def name(self, rng: random.Random, entry: Entry) -> Name:
        """One name of an entry: its first more often than each of the others."""
        names = self.allowed(entry)
        weights = [1.0 + (n is entry.names[0]) for n in names]
        if self.split != "train":
            weights = [w * (self.held_out_weight if n.held_out else 1) for w, n in zip(weights, names, strict=True)]
        return rng.choices(names, weights)[0]


def read_topics(path: Path, resolver: Resolver, held_out: float) -> Iterable[Topic]:
    """Read `topics.yml`. Raises TemplateError where a topic has an unknown kind or an empty name."""
    for topic, content in srsly.read_yaml(path).items():
        unknown = set(content) - _TOPIC_KEYS - set(LABEL_OF_KIND)
        if unknown:
            raise TemplateError(f"{path}: topic {topic}: unknown {', '.join(sorted(unknown))}")
        share = 0.0 if topic == COMMON else held_out
        sex = content.get("sex", "")
        entries = {
            kind: tuple(_entries(f"{path}: topic {topic}", kind, lines, sex, resolver, share))
            for kind, lines in content.items()
            if kind in LABEL_OF_KIND
        }
        yield Topic(topic, content["specialty"], content.get("weight", 1.0), sex, entries)


def _entries(
    where: str, kind: str, lines: str, sex: str, resolver: Resolver, held_out: float
) -> Iterable[Entry]:
    for item in lines.split(";"):
        texts = [" ".join(t.split()) for t in item.split("=")]
        if not all(texts):
            raise TemplateError(f"{where}: {kind}: an empty name")
        yield _entry(texts, kind, resolver, sex, held_out)


def _entry(texts: list[str], kind: str, resolver: Resolver, sex: str, held_out: float) -> Entry:
    label = LABEL_OF_KIND[kind]
    whole = is_held_out("entry", texts[0].lower(), held_out / 2)
    names = tuple(
        Name(t, kind, resolver.exact(t, label), whole or is_held_out("name", t.lower(), held_out / 2))
        for t in texts
    )
    return Entry(names, sex or _sex(texts))


def _unsorted(
    release: list[Concept],
    topics: list[Topic],
    resolver: Resolver,
    words: MentionWords,
    held_out: float,
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
            entries[kind].append(_entry(new, kind, resolver, "", held_out))
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
