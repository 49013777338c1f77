"""What concepts are called in a sentence: `demo/nli/concepts.yml` and the release's table."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import srsly

from demo.generator.expand import article_for
from demo.generator.release import read_concepts
from demo.generator.template import TemplateError

PREMISE, HYPOTHESIS = "premise", "hypothesis"
"""Where a name stands: notes abbreviate more."""

_SINGULAR_ENDINGS = ("ss", "us", "is", "itis", "diabetes", "herpes", "shingles", "lens")
_SHARE_OF_ABBREVIATIONS = {PREMISE: 0.35, HYPOTHESIS: 0.12}
_SHARE_OF_PREFERRED = {PREMISE: 0.5, HYPOTHESIS: 0.6}


@dataclass(frozen=True, slots=True)
class Named:
    """A thing and its names.

    Attributes:
        name: The plainest name.
        others: Other names in words.
        short: Abbreviations.
    """

    name: str
    others: tuple[str, ...] = ()
    short: tuple[str, ...] = ()

    @property
    def every(self) -> frozenset[str]:
        """All names, lower-case."""
        return frozenset(n.lower() for n in (self.name, *self.others, *self.short))

    def draw(self, rng: random.Random, side: str) -> str:
        """A name for a premise or a hypothesis."""
        if self.short and rng.random() < _SHARE_OF_ABBREVIATIONS[side]:
            return rng.choice(self.short)
        if not self.others or rng.random() < _SHARE_OF_PREFERRED[side]:
            return self.name
        return rng.choice(self.others)

    @classmethod
    def parse(cls, text: str) -> Named:
        """`name = other = ABBR`."""
        name, *more = (" ".join(n.split()) for n in text.split("="))
        short = tuple(n for n in more if _is_short(n))
        return cls(name, tuple(n for n in more if n not in short), short)


class Names:
    """Everything about names that topics ask for.

    Attributes:
        by_name: Concepts of the release that can be named, by preferred name.
        kinds: Preferred names by kind: symptom, sign, chronic, acute, event, cancer.
        groups: Broader words -> the concepts that are certainly of them.
        adjectives: Preferred name -> "hypertensive" and so on.
    """

    def __init__(self, content: Mapping[str, object], release: Mapping[str, Named]) -> None:
        lists = {k: items(v) for k, v in content.items() if isinstance(v, str) and k != "related"}
        self.by_name = release
        self.kinds = {k: items(v) for k, v in dict(content["kinds"]).items()}  # type: ignore[call-overload]
        self.groups = {
            Named.parse(k): items(v)
            for k, v in dict(content["groups"]).items()  # type: ignore[call-overload]
        }
        self.adjectives = {
            k: items(v)
            for k, v in dict(content["adjectives"]).items()  # type: ignore[call-overload]
        }
        self._counted = lists["counted"]
        self._plural = frozenset(lists["plural"])
        self._related: dict[str, set[int]] = defaultdict(set)
        for number, line in enumerate(str(content["related"]).splitlines()):
            for name in items(line):
                self._related[name.lower()].add(number)

    @classmethod
    def from_files(cls, path: Path, table: Path) -> Names:
        """Read `concepts.yml` and the release's table.

        Raises TemplateError for a concept that the table does not have.
        """
        content = srsly.read_yaml(path)
        skip = frozenset(items(content["not_names"]))
        release: dict[str, Named] = {}
        for concept in read_concepts(table):
            others = [n for n in (*concept.synonyms, *concept.lay_names) if _usable(n, skip)]
            short = tuple(n for n in concept.abbreviations if _usable(n, skip))
            release.setdefault(concept.name, Named(concept.name, tuple(others), short))
        names = cls(content, release)
        listed = [*names.kinds.values(), *names.groups.values(), names.adjectives]
        for name in (n for group in listed for n in group):
            if name not in release:
                raise TemplateError(f"{path}: {name!r} is no preferred name in {table}")
        return names

    def related(self, names: Iterable[str]) -> frozenset[int]:
        """The lines of `related` that have one of these."""
        return frozenset(i for n in names for i in self._related.get(n.lower(), ()))

    def named(self, name: str) -> Named:
        """The names of a concept of the release, or this one alone."""
        return self.by_name.get(name, Named(name))

    def words(self, name: str) -> dict[str, str]:
        """A name for the slots `{x}` and `{ax}`, and the words that agree with it."""
        return {"x": name, "ax": self.with_article(name), **self.verbs(name)}

    def with_article(self, name: str) -> str:
        """A name as it follows "has": "a rash", "chest pain"."""
        head = _head(name)
        if name.startswith(("a ", "an ")) or not head.endswith(self._counted):
            return name
        return f"{article_for(name)} {name}"

    def is_plural(self, name: str) -> bool:
        """Whether it takes "are"."""
        last = _head(name).lower().split()[-1]
        if last in self._plural:
            return True
        return _head(name).endswith("s") and not last.endswith(_SINGULAR_ENDINGS)

    def verbs(self, name: str) -> dict[str, str]:
        """Words that agree with a name: is, was, has, it …"""
        plural = self.is_plural(name)
        forms = _PLURAL_FORMS if plural else _SINGULAR_FORMS
        return dict(forms)


_SINGULAR_FORMS = {
    "is": "is", "was": "was", "has": "has", "does": "does", "it": "it", "its": "its",
    "persists": "persists", "remains": "remains", "occurs": "occurs",
}  # fmt: skip
_PLURAL_FORMS = {
    "is": "are", "was": "were", "has": "have", "does": "do", "it": "they", "its": "their",
    "persists": "persist", "remains": "remain", "occurs": "occur",
}  # fmt: skip
_BEHIND = re.compile(r" (?:of|in|on|with|from|to|due|at|that|when|lying|per) ")
VERBS = frozenset(_SINGULAR_FORMS)


def _head(name: str) -> str:
    return _BEHIND.split(name)[0]


def items(text: object) -> tuple[str, ...]:
    """The things between semicolons."""
    return tuple(" ".join(item.split()) for item in str(text).split(";") if item.strip())


def _is_short(name: str) -> bool:
    return sum(c.isupper() for c in name) > 1 or (len(name) < 6 and name[0].isupper())


def _usable(name: str, skip: frozenset[str]) -> bool:
    return name not in skip and ", " not in name and not name.startswith("the ")
