"""Our kinds in the terms of a corpus: what it joins, splits otherwise, or has not.

A scheme is used on both sides; gold values that have the corpus's own kinds stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from spacy_umlsbert.evaluation.values.tied import TiedValue
from spacy_umlsbert.values.kinds import (
    AGE,
    AS_NEEDED,
    DOSE,
    DRUG,
    DURATION,
    FLAG,
    FORM,
    FREQUENCY,
    REFERENCE_RANGE,
    ROUTE,
    STRENGTH,
    VALUE,
    VITALS,
)

Scheme = Callable[[str, Sequence[TiedValue]], list[TiedValue]]
"""Makes values of a text those of a corpus's scheme."""

_BESIDE = re.compile(r"[ \t]*,?[ \t]*")
_SIZES = frozenset(("cm", "mm", "cm2"))


def as_they_are(text: str, values: Sequence[TiedValue]) -> list[TiedValue]:
    """All kinds as the package has them."""
    return list(values)


def n2c2_2018(text: str, values: Sequence[TiedValue]) -> list[TiedValue]:
    """As needed is part of a frequency beside it, or one by itself."""
    return _renamed(text, values, {AS_NEEDED: FREQUENCY})


def i2b2_2009(text: str, values: Sequence[TiedValue]) -> list[TiedValue]:
    """The same; strength is a dose; forms are nothing."""
    kept = [one for one in values if one.kind != FORM]
    return _renamed(text, kept, {AS_NEEDED: FREQUENCY, STRENGTH: DOSE})


def maccrobat(text: str, values: Sequence[TiedValue]) -> list[TiedValue]:
    """Dosage, Frequency, Administration, Lab_value, Duration and Age.

    A Dosage is all that is said side by side of how much and how often ("40 mg, 3 times daily"), an
    Administration a route or a form, a Lab_value a result, a flag or a vital sign. Sizes are none:
    the corpus calls them Distance, Area and Volume.
    """
    names = {ROUTE: "Administration", FORM: "Administration", DURATION: "Duration", AGE: "Age"}
    names |= dict.fromkeys((VALUE, FLAG, *VITALS), "Lab_value")
    done: list[TiedValue] = []
    dosages: list[TiedValue] = []
    for one in values:
        if one.kind in (STRENGTH, DOSE, FREQUENCY):
            dosages.append(one)
        elif one.kind == REFERENCE_RANGE or (one.kind == VALUE and one.unit in _SIZES):
            continue
        elif one.kind == AGE:
            done.append(one._replace(kind="Age", of=None, role=""))
        else:
            done.append(one._replace(kind=names.get(one.kind, one.kind)))
    for run in _runs(text, dosages):
        first, last = run[0], run[-1]
        is_dosage = first.role == DRUG or any(one.kind != FREQUENCY for one in run)
        kind = "Dosage" if is_dosage else "Frequency"
        done.append(first._replace(end=last.end, kind=kind))
    return sorted(done, key=lambda one: one.start)


SCHEMES: dict[str, Scheme] = {
    "as-they-are": as_they_are,
    "n2c2-2018": n2c2_2018,
    "i2b2-2009": i2b2_2009,
    "maccrobat": maccrobat,
}
"""The schemes by the names that the command line and the scorer have for them."""


def _renamed(text: str, values: Sequence[TiedValue], names: Mapping[str, str]) -> list[TiedValue]:
    """Values with other kinds; those of two kinds that are one now are one if side by side."""
    changed = set(names) | set(names.values())
    done = [one for one in values if one.kind not in changed]
    by_kind: dict[str, list[TiedValue]] = {}
    for one in values:
        if one.kind in changed:
            by_kind.setdefault(names.get(one.kind, one.kind), []).append(one)
    for kind, of_kind in by_kind.items():
        for run in _runs(text, of_kind, of_different_kinds=True):
            done.append(run[0]._replace(end=run[-1].end, kind=kind))
    return sorted(done, key=lambda one: one.start)


def _runs(
    text: str, values: Iterable[TiedValue], *, of_different_kinds: bool = False
) -> list[list[TiedValue]]:
    """Values of the same mention that stand side by side, in the order of the text.

    Args:
        text: The text.
        values: The values.
        of_different_kinds: Whether each kind is in a run but once.
    """
    done: list[list[TiedValue]] = []
    open_runs: dict[tuple[int, int] | None, list[TiedValue]] = {}
    for one in sorted(values, key=lambda value: value.start):
        run = open_runs.get(one.of)
        fits = run is not None and _BESIDE.fullmatch(text, run[-1].end, one.start) is not None
        if fits and of_different_kinds:
            fits = one.kind not in {other.kind for other in run or ()}
        if run is not None and fits:
            run.append(one)
        else:
            open_runs[one.of] = [one]
            done.append(open_runs[one.of])
    return done
