"""The topics of `demo/nli/topics`: what notes and hypotheses say about a kind of subject."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import srsly

from demo.generator.nli.concepts import Concepts
from demo.generator.nli.drugs import Drugs
from demo.generator.nli.lines import Line, held_out_sources, read_lines
from demo.generator.nli.measurements import Measurements
from demo.generator.nli.names import Names
from demo.generator.nli.subject import NO, OPEN, YES, Candidate, Subject, nothing
from demo.generator.template import TemplateError

_GROUPS = ("yes", "no", "open", "says_yes", "says_no")
_KEYS = {*_GROUPS, "about", "weight", "sex", "swap"}
_HELD_OUT_SHAPES = 0.25
_HELD_OUT_LINES = 0.15
_ALONE = frozenset({"sex", "age", "side", "allergen"})
"""What a premise speaks of once: which knee hurts would not be certain with two of them."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What can be said about a kind of subject.

    Attributes:
        name: Its name in the file.
        about: The kind of its subjects; without one, the topic itself is what it is about.
        weight: How often it is drawn.
        lines: Lines of notes by yes, no and open.
        says: Shapes of hypotheses by yes and no.
    """

    name: str
    about: str
    weight: float
    lines: Mapping[str, tuple[Line, ...]]
    says: Mapping[str, tuple[Line, ...]]

    def excludes(self, other: Topic) -> bool:
        """Whether a premise cannot speak of both."""
        if not self.about or not other.about:
            return self.name == other.name
        return self.about == other.about and self.about in _ALONE


@dataclass(frozen=True, slots=True)
class Topics:
    """All topics with their candidates."""

    topics: tuple[Topic, ...]
    candidates: Mapping[str, tuple[Candidate, ...]]

    @classmethod
    def from_folder(cls, folder: Path, table: Path) -> Topics:
        """Read `demo/nli` and the release's table of concepts.

        Raises:
            TemplateError, ReleaseError: A file is not well formed; the message says which.
        """
        read = {n: srsly.read_yaml(folder / f"{n}.yml") for n in ("other", "drugs", "tests")}
        names = Names.from_files(folder / "concepts.yml", table)
        try:
            found = {
                **Concepts(names, read["other"]).candidates(),
                **Drugs(names, read["drugs"], read["other"]).candidates(),
                **Measurements(names, read["tests"]).candidates(),
            }
        except (KeyError, ValueError, IndexError) as error:
            raise TemplateError(
                f"{folder}: drugs.yml, tests.yml or other.yml is not as its heading says: {error}"
            ) from error
        candidates = {kind: tuple(group) for kind, group in found.items()}
        topics = []
        for path in sorted((folder / "topics").glob("*.yml")):
            for name, content in srsly.read_yaml(path).items():
                topics.append(_topic(f"{path}: {name}", name, content))
                about = topics[-1].about or name
                if about == name and about not in candidates:
                    subject = _itself(name, content.get("sex", ""), names)
                    candidates[about] = (Candidate(name, subject),)
                if about not in candidates:
                    raise TemplateError(f"{path}: {name}: nothing is called {about}")
        return cls(_split(topics), candidates)

    def settled(self, rng: random.Random, topic: Topic, *, held_out: bool) -> Subject:
        """A subject of a topic, out of those training has or, if there are any, never has."""
        every = self.candidates[topic.about or topic.name]
        new = [c for c in every if c.held_out]
        seen = [c for c in every if not c.held_out] or list(every)
        return rng.choice(new if held_out and new else seen).settle(rng)


def _topic(where: str, name: str, content: Mapping[str, Any]) -> Topic:
    unknown = set(content) - _KEYS
    if unknown:
        raise TemplateError(f"{where}: unknown {', '.join(sorted(unknown))}")
    groups = {g: read_lines(f"{where}: {g}", content[g]) for g in _GROUPS if g in content}
    if content.get("swap"):
        groups["no"], groups["says_no"] = groups["yes"], groups["says_yes"]
    missing = set(_GROUPS) - set(groups)
    if missing:
        raise TemplateError(f"{where}: no {', '.join(sorted(missing))}")
    lines = {state: groups[state] for state in (YES, NO, OPEN)}
    says = {state: groups[f"says_{state}"] for state in (YES, NO)}
    return Topic(name, content.get("about", ""), content.get("weight", 1), lines, says)


def _itself(name: str, sex: str, names: Names) -> Any:
    related = names.related([name])

    def settle(rng: random.Random) -> Subject:
        if name != "age":
            return Subject(name, frozenset(), related, frozenset(), nothing, sex=sex)
        yes = rng.randint(22, 94)
        no = rng.choice([n for n in range(22, 95) if abs(n - yes) >= 12])

        def draw(rng: random.Random, side: str, state: str) -> dict[str, str]:
            age = no if state == NO else yes
            return {"v": str(age), "decade": str(age // 10 * 10)}

        return Subject(name, frozenset(), related, frozenset({"v", "decade"}), draw)

    return settle


def _split(topics: Iterable[Topic]) -> tuple[Topic, ...]:
    """Mark the shapes and lines that training never has, the same words in every topic alike."""
    topics = list(topics)
    shapes = [group for t in topics for group in t.says.values()]
    held_out = held_out_sources("nli shape", shapes, _HELD_OUT_SHAPES)
    lines = [group for t in topics for group in t.lines.values()]
    held_out_lines = held_out_sources("nli line", lines, _HELD_OUT_LINES)
    return tuple(
        replace(
            topic,
            lines={k: marked(group, held_out_lines) for k, group in topic.lines.items()},
            says={k: marked(group, held_out) for k, group in topic.says.items()},
        )
        for topic in topics
    )


def marked(group: Iterable[Line], held_out: frozenset[str]) -> tuple[Line, ...]:
    """The lines, those with these words held out."""
    return tuple(replace(line, held_out=line.source in held_out) for line in group)
