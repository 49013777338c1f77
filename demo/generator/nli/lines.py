"""The lines of `demo/nli`: parsed, held out from training or not, filled."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from demo.generator.expand import article_for
from demo.generator.holdout import is_held_out
from demo.generator.template import (
    Article,
    Choice,
    Literal,
    Sequence_,
    Slot,
    TemplateError,
    parse,
    slots,
)

PARTS = ("who", "has", "takes", "complains", "denies", "labs", "vitals", "exam", "result")
"""What a line may give instead of a whole sentence: `has: {x}`. `frames.yml` puts it into one."""

SENTENCE = ""
_PART = re.compile(rf"({'|'.join(PARTS)}): (.*)")
_STEP = 0.1

Filler = Callable[[random.Random, Slot], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes:
        source: As it is written, which tells lines apart.
        part: One of `PARTS`, or `SENTENCE`.
        body: The parsed words.
        slots: The names of its slots.
        held_out: Whether training never has it.
    """

    source: str
    part: str
    body: Sequence_
    slots: frozenset[str]
    held_out: bool = False

    def fits(self, available: Iterable[str]) -> bool:
        """Whether everything it needs is there."""
        return self.slots <= set(available)

    def fill(self, rng: random.Random, filler: Filler) -> str:
        """Its words, choices made and slots filled."""
        return _with_articles(_text(rng, self.body, filler))


def read_lines(where: str, text: str) -> tuple[Line, ...]:
    """Parse the lines of a group; equal lines, which make the one more frequent, stay.

    Raises TemplateError, with the line, for one that does not parse.
    """
    found = [_line(where, source.strip()) for source in text.splitlines() if source.strip()]
    if not found:
        raise TemplateError(f"{where}: no lines")
    return tuple(found)


def held_out_sources(kind: str, groups: Iterable[Iterable[Line]], share: float) -> frozenset[str]:
    """The lines, by their words, that training never has.

    Which these are hangs on the words alone. A group's first line, the plainest, is never one. Of a
    group that would have none, the share grows until there is one.
    """
    every = [list(dict.fromkeys(line.source for line in group)) for group in groups]
    plainest = {sources[0] for sources in every}
    others = [[s for s in sources if s not in plainest] for sources in every]
    chosen = {s for sources in others for s in sources if is_held_out(kind, s, share)}
    for sources in others:
        grown = share
        while sources and not chosen & set(sources):
            grown += _STEP
            chosen |= {s for s in sources if is_held_out(kind, s, grown)}
    return frozenset(chosen)


def drawn(
    rng: random.Random, lines: Iterable[Line], available: Iterable[str], new: float | None
) -> Line | None:
    """One of the lines for which everything is there, or None.

    Args:
        rng: Where chance comes from.
        lines: To draw from.
        available: The slots that can be filled.
        new: How often a held-out line is drawn where there is one; None: never.
    """
    slots_there = set(available)
    usable = [line for line in lines if line.fits(slots_there)]
    seen = [line for line in usable if not line.held_out]
    fresh = [line for line in usable if line.held_out]
    if new is None:
        return rng.choice(seen) if seen else None
    if fresh and (rng.random() < new or not seen):
        return rng.choice(fresh)
    return rng.choice(seen) if seen and new < 1 else None


def filler_of(values: Mapping[str, str]) -> Filler:
    """Fills slots out of a mapping; `{n:2-9}` is a number, whatever is in it."""

    def fill(rng: random.Random, slot: Slot) -> str:
        if slot.name == "n":
            low, high = slot.args[0].split("-")
            return str(rng.randint(int(low), int(high)))
        return _joined(values[slot.name], slot.args)

    return fill


ITEM = "\x1f"
"""Separates items in a value that a frame joins: `{items:and}`."""


def _joined(value: str, args: tuple[str, ...]) -> str:
    items = value.split(ITEM)
    if not args or args[0] == "comma" or len(items) == 1:
        return ", ".join(items)
    comma = "," if len(items) > 2 else ""
    return f"{', '.join(items[:-1])}{comma} {args[0]} {items[-1]}"


def _line(where: str, source: str) -> Line:
    found = _PART.fullmatch(source)
    part, words = found.groups() if found else (SENTENCE, source)
    try:
        body = parse(words)
    except TemplateError as error:
        raise TemplateError(f"{where}: {source!r}: {error}") from None
    names = frozenset(slot.name for slot in slots(body)) - {"n"}
    return Line(source, part, body, names)


def _text(rng: random.Random, nodes: Sequence_, filler: Filler) -> str:
    pieces = []
    for node in nodes:
        if isinstance(node, Literal):
            pieces.append(node.text)
        elif isinstance(node, Choice):
            pieces.append(_text(rng, rng.choice(node.options), filler))
        elif isinstance(node, Slot):
            text = filler(rng, node)
            pieces.append(text[:1].upper() + text[1:] if node.capital else text)
        elif isinstance(node, Article):
            pieces.append("a(n)")
    return "".join(pieces)


def _with_articles(text: str) -> str:
    return re.sub(r"\ba\(n\)(?= (.))", lambda m: article_for(text[m.end() :]), text)
