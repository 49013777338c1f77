"""A premise: lines about some subjects, put together as a note would."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import srsly

from demo.generator.nli.lines import (
    ITEM,
    SENTENCE,
    Line,
    drawn,
    filler_of,
    held_out_sources,
    read_lines,
)
from demo.generator.nli.subject import NO, YES, Subject
from demo.generator.nli.topics import Topic, marked
from demo.generator.surface import Shorthand
from demo.generator.template import TemplateError
from demo.generator.tracked import TrackedText

_FRAMES = ("who", "one_sentence", "then_takes", "then_complains", "then_denies")
_LISTED = ("has", "takes", "complains", "denies", "labs", "vitals", "exam")
_IN_ONE_SENTENCE = ("has", "takes", "complains", "denies")
_AGE_WORDS = ("lderly", "iddle-aged")
_YEARS = (1994, 2025)
_PREGNANT_AGES = (19, 41)
_ONE_SENTENCE = 0.45
_JOINED = 0.25
_NO_LAST_STOP = 0.1
_JOINTS = ("; ", "; ", ", ", ", and ", ", but ", " and ", " but ")
_LOWER_CASED = frozenset(
    """she he no denies reports positive negative not without there her his still now has had never
    started stopped continues on in with does did takes currently today the absence free history
    known exam lives walks workup admitted found being family mother father""".split()
)
"""First words of sentences that need no capital after a comma."""
_ENDS = frozenset(
    """a roommate students oxygen home will call advised consider asks information unclear
    watch""".split()
)
"""First words of sentences that nothing is joined to, no more than to those about relatives."""
_ANOTHER_OF_A_PART = 0.6


class NoPremiseError(Exception):
    """No line says this with what may be said: draw something else."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a premise says of a subject: yes, no, open, or (None) nothing."""

    topic: Topic
    subject: Subject
    state: str | None


@dataclass(frozen=True, slots=True)
class Frames:
    """`frames.yml`: how parts are put into sentences."""

    groups: Mapping[str, tuple[Line, ...]]

    @classmethod
    def from_file(cls, path: Path, share: float = 0.15) -> Frames:
        """Read them. Raises TemplateError where a group is missing."""
        read = {k: read_lines(f"{path}: {k}", v) for k, v in srsly.read_yaml(path).items()}
        missing = {*_FRAMES, *_LISTED} - set(read)
        if missing:
            raise TemplateError(f"{path}: no {', '.join(sorted(missing))}")
        held_out = held_out_sources("nli frame", read.values(), share)
        return cls({k: marked(group, held_out) for k, group in read.items()})


@dataclass
class Patient:
    """What a premise may say of the patient: nothing where that is left open."""

    sex: str
    age: str
    may_be_old: bool

    def values(self, rng: random.Random) -> dict[str, str]:
        """The slots that speak of the patient, and of the world."""
        relatives = [*_RELATIVES, *([_SPOUSES[self.sex]] if self.sex else [])]
        named = {"year": str(rng.randint(*_YEARS)), "rel": rng.choice(relatives)}
        if self.age:
            named["age"] = rng.choice(_AGES).format(self.age)
        if not self.sex:
            return named | {"person": "patient"}
        words = dict(zip(_BY_SEX, _FORMS[self.sex], strict=True))
        words["person"] = rng.choice(_PERSONS[self.sex])
        return named | words


_RELATIVES = "mother father brother sister daughter son aunt uncle grandmother".split()
_SPOUSES = {"F": "husband", "M": "wife"}
_AGES = ("{}yo", "{} yo", "{}-year-old", "{}-year-old", "{} y/o", "{} year old")
_BY_SEX = ("he", "him", "his", "sexletter")
_FORMS = {"F": ("she", "her", "her", "F"), "M": ("he", "him", "his", "M")}
_PERSONS = {"F": ("woman", "female", "lady"), "M": ("man", "male", "gentleman")}


@dataclass
class Composer:
    """Writes premises for one split.

    Args:
        frames: How parts become sentences.
        shorthand: Short forms of plain words.
        new: How often what training never has is drawn where there is any; None: never.
    """

    frames: Frames
    shorthand: Shorthand
    new: float | None

    def premise(self, rng: random.Random, said: Sequence[Said]) -> str:
        """Say it all, and no more of these subjects.

        Raises:
            NoPremiseError: There is no line for one of them.
        """
        patient = _patient(rng, said)
        parts: dict[str, list[str]] = defaultdict(list)
        for what in said:
            if what.state is not None:
                part, text = self._line(rng, what, patient, parts)
                parts[part].append(text)
        sentences = self._sentences(rng, parts, patient)
        text = _text(rng, sentences)
        chance = rng.choices((0.0, 0.3, 0.8), (6, 2, 1))[0]
        return self.shorthand.apply(rng, TrackedText(text), chance).text

    def _line(
        self,
        rng: random.Random,
        what: Said,
        patient: Patient,
        parts: Mapping[str, Sequence[str]],
    ) -> tuple[str, str]:
        subject, state = what.subject, str(what.state)
        values = {**patient.values(rng), **subject.draw(rng, "premise", state)}
        lines = [line for line in what.topic.lines[state] if _may_say(line, patient)]
        same = [line for line in lines if line.part in parts and line.part != SENTENCE]
        if same and rng.random() < _ANOTHER_OF_A_PART:
            lines = same
        if "who" in parts:
            lines = [line for line in lines if line.part != "who"]
        line = drawn(rng, lines, values, self.new)
        if line is None:
            raise NoPremiseError
        part = subject.part if line.part == "result" else line.part
        return part, line.fill(rng, filler_of(values))

    def _frame(
        self, rng: random.Random, group: str, patient: Patient, values: Mapping[str, str] = {}
    ) -> str:
        every = {**patient.values(rng), **values}
        usable = [line for line in self.frames.groups[group] if _may_say(line, patient)]
        line = drawn(rng, usable, every, self.new)
        if line is None:
            raise NoPremiseError
        return line.fill(rng, filler_of(every))

    def _sentences(
        self, rng: random.Random, parts: dict[str, list[str]], patient: Patient
    ) -> list[str]:
        rest = list(parts.pop(SENTENCE, []))
        first = []
        who = parts.pop("who", [])
        if who or (any(p in parts for p in _IN_ONE_SENTENCE) and rng.random() < _ONE_SENTENCE):
            first.append(self._opening(rng, who, parts, patient))
        for part in list(parts):
            items = parts.pop(part)
            rng.shuffle(items)
            rest.append(self._frame(rng, part, patient, {"items": ITEM.join(items)}))
        rng.shuffle(rest)
        return [*first, *rest]

    def _opening(
        self, rng: random.Random, who: list[str], parts: dict[str, list[str]], patient: Patient
    ) -> str:
        opening = who[0] if who else self._frame(rng, "who", patient)
        said = {p: ITEM.join(parts.pop(p)) for p in _IN_ONE_SENTENCE if p in parts}
        if "has" in said:
            values = {"who": opening, "has": said["has"]}
            opening = self._frame(rng, "one_sentence", patient, values)
        for part in ("takes", "complains", "denies"):
            if part in said:
                opening += self._ending(rng, part, patient, said[part])
        if not said:
            opening += rng.choice([" seen today.", " evaluated today."])
        return opening if opening.endswith(".") else opening + "."

    def _ending(self, rng: random.Random, part: str, patient: Patient, items: str) -> str:
        # A leading blank matters here; lines are stripped when they are read.
        text = self._frame(rng, f"then_{part}", patient, {part: items})
        return text if text[0] in ",;" else f" {text}"


def _patient(rng: random.Random, said: Sequence[Said]) -> Patient:
    sexes = {what.subject.sex for what in said} - {""}
    if len(sexes) > 1:
        raise NoPremiseError
    sex = sexes.pop() if sexes else rng.choice("FM")
    age = str(min(94, max(19, round(rng.gauss(60, 17)))))
    may_be_old = True
    for what in said:
        if what.topic.name == "sex":
            sex = {YES: "F", NO: "M"}.get(what.state or "", "")
        if what.topic.name == "age":
            age, may_be_old = "", False
        if what.subject.key == "pregnant":
            age, may_be_old = str(rng.randint(*_PREGNANT_AGES)), False
    return Patient(sex, age, may_be_old)


def _may_say(line: Line, patient: Patient) -> bool:
    return patient.may_be_old or not any(word in line.source for word in _AGE_WORDS)


def _text(rng: random.Random, sentences: Sequence[str]) -> str:
    """Sentences side by side, some joined to one."""
    joined: list[str] = []
    for sentence in sentences:
        word = sentence.split()[0].lower()
        if joined and word in _LOWER_CASED and _may_go_on(joined[-1]) and rng.random() < _JOINED:
            joint = rng.choice(_JOINTS)
            rest = sentence[0].lower() + sentence[1:]
            joined[-1] = joined[-1].rstrip(".") + joint + rest
        else:
            joined.append(sentence)
    *before, last = (s[:1].upper() + s[1:] for s in joined)
    if rng.random() < _NO_LAST_STOP:
        last = last.removesuffix(".")
    return " ".join([*(_ended(s) for s in before), last])


def _may_go_on(sentence: str) -> bool:
    """Whether what is joined to it is sure to be about the patient, and a fact."""
    words = re.findall(r"\w+", sentence.lower())
    return words[0] not in _ENDS and not {*_RELATIVES, *_SPOUSES.values()}.intersection(words)


def _ended(text: str) -> str:
    return text if text[-1] in ".:;?!" else f"{text}."
