"""The little language the templates are written in, parsed into nodes.

    {slot}             another group's line, a name of that kind, or a computed value
    {Slot}             the same, first letter upper-case
    {slot:2-4:or}      two to four different ones: "a, b, or c" (and | or | nor | comma)
    {num:1.0-9.9}      arguments of a computed value
    <one|another|>     one of these (the last one is nothing at all)
    [words](label)     a gold mention: problem, test, treatment, or a type of PHI
    [words](negated)   what is said of all mentions inside, a mark or several: see `said`
    [](negated)        the same, said of the mentions around it
    [{num:2-9}](value) a value, by its kind: value, dose, duration …; see `of`
    a(n)               "a" or "an", as the next word asks
    \\n \\t              a line feed, a tab
    \\{ \\< \\[ \\|          the character itself

demo/notes/README.md explains it with examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from demo.generator.said import MARKS, Marks, as_marks
from spacy_umlsbert.deid.labels import LABELS as PHI
from spacy_umlsbert.values.kinds import KINDS

LABELS = ("problem", "test", "treatment")
"""What `umls_ner` learns to find."""

PHI_LABELS = frozenset(label.name for label in PHI)
"""What `umls_deid` does."""

_ESCAPES = {"n": "\n", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Literal:
    """Text as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """`a(n)`, `A(n)`."""

    capital: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """`{name:arg:arg}`."""

    name: str
    args: tuple[str, ...] = ()
    capital: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """`<one|another>`."""

    options: tuple[Sequence_, ...]


@dataclass(frozen=True, slots=True)
class MentionNode:
    """`[body](label)`."""

    label: str
    body: Sequence_


@dataclass(frozen=True, slots=True)
class SaidNode:
    """`[body](negated historical)`; without a body it speaks of what is around it."""

    marks: Marks
    body: Sequence_ = ()


@dataclass(frozen=True, slots=True)
class ValueNode:
    """`[body](kind)`: a value."""

    kind: str
    body: Sequence_


Node: TypeAlias = "Literal | Article | Slot | Choice | MentionNode | SaidNode | ValueNode"
Sequence_: TypeAlias = tuple[Node, ...]


class TemplateError(ValueError):
    """A template (or another file under demo/notes) is not well formed."""


@dataclass(frozen=True, slots=True)
class Template:
    """One line of a group.

    `source` is the line without its marks, so that marking one changes no other choice. `id` is the
    group and that; it names the template in a note's record.
    """

    group: str
    source: str
    body: Sequence_
    held_out: bool = False

    @property
    def id(self) -> str:
        """Group and words, which no other template shares."""
        return f"{self.group}: {self.source}"


_SLOT = re.compile(r"\{([A-Za-z][\w]*)((?::[^{}:]*)*)\}")
_LABEL = re.compile(r"\]\(([\w -]*)\)")
_SPECIAL = re.compile(r"[\\{}<>\[\]|]|\b[aA]\(n\)")


def parse(source: str) -> Sequence_:
    """Parse one template. Raises TemplateError, with the column, where it is not well formed."""
    nodes, at = _sequence(source, 0, stop="")
    if at != len(source):
        raise TemplateError(f"column {at + 1}: {source[at]!r} closes nothing")
    return nodes


def without_marks(source: str) -> str:
    """A well-formed template as it would be if it said nothing of its mentions and values."""
    kept: list[str] = []
    opened: list[int] = []
    at = 0
    while at < len(source):
        piece = source[at : at + 2] if source[at] == "\\" else source[at]
        if piece == "[":
            opened.append(len(kept))
        elif piece == "]" and opened:
            start = opened.pop()
            label = _LABEL.match(source, at)
            known = label is not None and as_marks(label.group(1)) is not None
            if label is not None and (known or label.group(1) in KINDS):
                kept[start] = ""
                at = label.end()
                continue
        kept.append(piece)
        at += len(piece)
    return "".join(kept)


def slots(nodes: Sequence_) -> Iterator[Slot]:
    """All slots of a template, nested ones too."""
    for node in nodes:
        if isinstance(node, Slot):
            yield node
        elif isinstance(node, Choice):
            for option in node.options:
                yield from slots(option)
        elif isinstance(node, MentionNode | SaidNode | ValueNode):
            yield from slots(node.body)


def written_out(nodes: Sequence_) -> Iterator[str]:
    """The mentions that are literal text from end to end."""
    for node in nodes:
        if isinstance(node, Choice):
            for option in node.options:
                yield from written_out(option)
        elif isinstance(node, SaidNode | ValueNode):
            yield from written_out(node.body)
        elif isinstance(node, MentionNode):
            if all(isinstance(part, Literal) for part in node.body):
                yield "".join(part.text for part in node.body if isinstance(part, Literal))
            else:
                yield from written_out(node.body)


def _sequence(source: str, at: int, stop: str) -> tuple[Sequence_, int]:
    nodes: list[Node] = []
    while at < len(source):
        found = _SPECIAL.search(source, at)
        if found is None:
            nodes.append(Literal(source[at:]))
            return tuple(nodes), len(source)
        if found.start() > at:
            nodes.append(Literal(source[at : found.start()]))
        at, sign = found.start(), found.group()
        if sign in stop:
            return tuple(nodes), at
        if sign == "\\":
            escaped = source[at + 1 : at + 2]
            nodes.append(Literal(_ESCAPES.get(escaped, escaped)))
            at += 2
        elif sign in ("a(n)", "A(n)"):
            nodes.append(Article(capital=sign[0] == "A"))
            at = found.end()
        elif sign == "{":
            slot, at = _slot(source, at)
            nodes.append(slot)
        elif sign == "<":
            choice, at = _choice(source, at)
            nodes.append(choice)
        elif sign == "[":
            bracket, at = _bracket(source, at)
            nodes.append(bracket)
        else:
            raise TemplateError(f"column {at + 1}: {sign!r} closes nothing (write \\{sign})")
    return tuple(nodes), at


def _slot(source: str, at: int) -> tuple[Slot, int]:
    found = _SLOT.match(source, at)
    if found is None:
        raise TemplateError(f"column {at + 1}: not a slot")
    name = found.group(1)
    args = tuple(found.group(2).split(":")[1:])
    capital = name[0].isupper()
    return Slot(name[0].lower() + name[1:], args, capital), found.end()


def _choice(source: str, at: int) -> tuple[Choice, int]:
    options: list[Sequence_] = []
    end = at
    while True:
        option, end = _sequence(source, end + 1, stop="|>")
        options.append(option)
        if end >= len(source):
            raise TemplateError(f"column {at + 1}: '<' is never closed")
        if source[end] == ">":
            return Choice(tuple(options)), end + 1


def _bracket(source: str, at: int) -> tuple[MentionNode | SaidNode | ValueNode, int]:
    body, end = _sequence(source, at + 1, stop="]")
    found = _LABEL.match(source, end)
    if found is not None and found.group(1) in (*LABELS, *PHI_LABELS):
        return MentionNode(found.group(1), body), found.end()
    if found is not None and found.group(1) in KINDS and body:
        return ValueNode(found.group(1), body), found.end()
    marks = as_marks(found.group(1)) if found is not None else None
    if found is None or marks is None or not (marks or body):
        raise TemplateError(
            f"column {at + 1}: '[' wants '](label)', label one of {LABELS}, a type of PHI, a "
            f"kind of values ({', '.join(KINDS)}), or what is said of the mentions inside: "
            f"{', '.join(MARKS)}"
        )
    return SaidNode(marks, body), found.end()
