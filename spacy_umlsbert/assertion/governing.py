"""Which cues govern which mentions: the nearest of each kind on each side, in linear time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spacy_umlsbert.assertion.verdicts import ENDED, NEGATED, WEAK, Cue

_ALTERNATIVES = frozenset(("or", "and/or", "nor"))

Place = tuple[int, int]


def governing(mentions: Sequence[Place], cues: Iterable[Cue]) -> list[list[Cue]]:
    """For each mention the cues in whose scopes it lies.

    Of one category, side and strength it is the nearest cue. A cue with which a mention begins or
    ends governs it too ("no wheeze" as one mention, "-)fever" as a token).

    Args:
        mentions: First character and character after the last, in any order.
        cues: The cues.
    """
    forward: dict[tuple[str, str], list[Cue]] = {}
    backward: dict[tuple[str, str], list[Cue]] = {}
    begin: dict[int, int] = {}
    end: dict[int, int] = {}
    for cue in cues:
        key = (cue.category, cue.strength)
        if cue.scope_end > cue.end:
            forward.setdefault(key, []).append(cue)
            for place in range(cue.start, cue.end):
                begin[place] = max(cue.end, begin.get(place, 0))
        if cue.scope_start < cue.start:
            backward.setdefault(key, []).append(cue)
            end[cue.end] = min(cue.start, end.get(cue.end, cue.start))
    found: list[list[Cue]] = [[] for _ in mentions]
    firsts = []
    lasts = []
    for start, stop in mentions:
        after_cue = begin.get(start, start)
        firsts.append(after_cue if after_cue < stop else start)
        before_cue = end.get(stop, stop)
        lasts.append(before_cue if before_cue > start else stop)
    order = sorted(range(len(mentions)), key=firsts.__getitem__)
    for group in forward.values():
        _forward(group, order, firsts, found)
    order = sorted(range(len(mentions)), key=lasts.__getitem__, reverse=True)
    for group in backward.values():
        _backward(group, order, lasts, found)
    return found


def share_denials(governed: list[list[Cue]], text: str) -> list[list[Cue]]:
    """The same cues, and for both of "A or B" the denial of one: "no longer on A or B".

    Args:
        governed: The cues of each mention.
        text: The text.
    """
    denials: dict[Cue, list[Cue]] = {}
    asked: dict[Cue, list[int]] = {}
    for i, cues in enumerate(governed):
        for cue in cues:
            if cue.strength == WEAK and text[cue.start : cue.end].lower() in _ALTERNATIVES:
                asked.setdefault(cue, []).append(i)
                of_one = [one for one in cues if one.category in (NEGATED, ENDED)]
                denials.setdefault(cue, []).extend(of_one)
    shared = list(governed)
    for cue, numbers in asked.items():
        for i in numbers:
            if all(one.strength == WEAK for one in governed[i]) and denials[cue]:
                shared[i] = [*governed[i], *denials[cue]]
    return shared


def _forward(
    cues: list[Cue], order: Sequence[int], firsts: Sequence[int], found: list[list[Cue]]
) -> None:
    waiting = sorted(cues, key=lambda cue: -cue.end)
    open_: list[Cue] = []
    for i in order:
        place = firsts[i]
        while waiting and waiting[-1].end <= place:
            open_.append(waiting.pop())
        while open_ and open_[-1].scope_end <= place:
            open_.pop()
        if open_:
            found[i].append(open_[-1])


def _backward(
    cues: list[Cue], order: Sequence[int], lasts: Sequence[int], found: list[list[Cue]]
) -> None:
    waiting = sorted(cues, key=lambda cue: cue.start)
    open_: list[Cue] = []
    for i in order:
        place = lasts[i]
        while waiting and waiting[-1].start >= place:
            open_.append(waiting.pop())
        while open_ and open_[-1].scope_start >= place:
            open_.pop()
        if open_:
            found[i].append(open_[-1])
