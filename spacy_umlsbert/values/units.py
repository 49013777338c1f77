"""Units: how they are written, and their codes in UCUM (the Unified Code for Units of Measure).

The table ``units.tsv`` has single units; what is made of them with "/" or "per" ("mcg/kg/min",
"mg per 5 mL") is put together here. Each way of writing is worked out once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from spacy_umlsbert.files.resources import package_rows
from spacy_umlsbert.files.rule_tables import RuleKind

WHOSE = ("drug", "lab", "time", "form", "any")
COLUMNS = ("unit", "forms", "whose", "what")
_AS_IT_STANDS = "="
_WAYS = str.maketrans({"μ": "µ", "∕": "/", "⁄": "/"})
_SPACE = re.compile(r"\s+")
_ASK = re.compile(r"\s*(?:\b(?:cells?|platelets?)\s*)?(?:/|\bper\b)\s*", re.IGNORECASE)
_DENOMINATOR = re.compile(r"(\d+(?:\.\d+)?)\s*(.*)")


class UnitRow(NamedTuple):
    """A row of the table.

    Attributes:
        unit: The code of UCUM.
        forms: How it is written, with ``|`` between; after ``=`` case counts.
        whose: One of `WHOSE`.
        what: What it counts.
    """

    unit: str
    forms: str
    whose: str = "any"
    what: str = ""


class Unit(NamedTuple):
    """What a unit is.

    Attributes:
        code: The code of UCUM.
        whose: One of `WHOSE`.
        what: What it counts; "rate" if it is per time, "by size" if it is per weight or area,
            "in volume" if it is per volume.
    """

    code: str
    whose: str
    what: str


NO_UNIT = Unit("", "any", "")
_RATES = ("time",)
_SIZES = ("mass", "area")


class Units:
    """The units in use.

    Args:
        rows: Further rows, which go before those of the package.
        without: Codes of units of the package that are not known.
    """

    def __init__(
        self,
        rows: Iterable[UnitRow | Mapping[str, str] | Sequence[str]] = (),
        without: Collection[str] = (),
    ) -> None:
        self.rows = KIND.rules(rows)
        self._exact: dict[str, Unit] = {}
        self._folded: dict[str, Unit] = {}
        self._known: dict[str, Unit | None] = {}
        kept = (row for row in package_units() if row.unit not in without)
        for row in (*self.rows, *kept):
            unit = Unit(row.unit, row.whose, row.what)
            for form in row.forms.split("|"):
                if form.startswith(_AS_IT_STANDS):
                    self._exact.setdefault(form[1:].translate(_WAYS), unit)
                else:
                    self._folded.setdefault(form.translate(_WAYS).casefold(), unit)
        self.pattern = _pattern({*self._exact, *self._folded})

    def end_of(self, text: str, start: int) -> int:
        """Where a unit ends that begins at a character; the same character if none does."""
        match = self.pattern.match(text, start)
        return start if match is None else match.end()

    def read(self, written: str) -> Unit | None:
        """What a unit is; None if it is none that is known."""
        if written not in self._known:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            self._known[written] = self._read(written)
        return self._known[written]

    def _read(self, written: str) -> Unit | None:
        text = _SPACE.sub(" ", written.translate(_WAYS)).strip()
        single = self._single(text)
        if single is not None:
            return single
        first, *below = _ASK.split(text)
        units = [self._single(first) if first else NO_UNIT, *map(self._below, below)]
        known = [unit for unit in units if unit is not None]
        if len(known) < len(units) or len(units) < 2 or (not first and known[1].what == "count"):
            return None
        if any(unit.code.endswith(f".{known[0].code})") for unit in known[1:]):
            return None
        return _joined(known)

    def _single(self, text: str) -> Unit | None:
        return self._exact.get(text) or self._folded.get(text.casefold())

    def _below(self, text: str) -> Unit | None:
        """What stands under a stroke, perhaps with a number: "5 mL"."""
        number = _DENOMINATOR.fullmatch(text)
        unit = self._single(text if number is None else number[2])
        if unit is None or number is None or float(number[1]) == 1:
            return unit
        return unit._replace(code=f"({number[1]}.{unit.code})")


_MOST_KNOWN = 50_000
_PIECES = frozenset(("{cells}",))
_IN_CELLS = frozenset(("uL", "mm3", "L", "mL"))


def _joined(units: Sequence[Unit]) -> Unit:
    first, *below = units
    top = first.code
    if top in _PIECES and below[-1].code in _IN_CELLS:
        top = ""  # "cells/uL" is "/uL"
    code = "/".join((top, *(unit.code for unit in below)))
    kinds = [unit.what for unit in below]
    if any(what in _RATES for what in kinds):
        what = "rate"
    elif any(what in _SIZES for what in kinds):
        what = "by size"
    elif "volume" in kinds:
        what = "in volume"
    else:
        what = f"{first.what} by {kinds[-1]}"
    return Unit(code, _whose(first, below, what), what)


_LAB_BELOW = frozenset(("dL", "L", "uL", "fL", "mm3", "mmol", "mol", "umol", "/[HPF]", "[HPF]"))


def _whose(first: Unit, below: Sequence[Unit], what: str) -> str:
    """Whose a unit is that was put together."""
    lab = first is NO_UNIT or first.whose == "lab" or first.what in ("length", "time")
    if lab or any(unit.code in _LAB_BELOW for unit in below):
        return "lab"
    if what == "by size" or below[0].what == "mass":
        return "drug" if what in ("rate", "by size") else "any"
    return "any"


def _pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """What a unit may look like: a single one, or several with strokes between."""
    ordered = sorted(forms, key=len, reverse=True)
    one = "|".join(
        re.escape(form).replace(r"\ ", r"[ \t]?").replace("µ", "[µμ]") for form in ordered
    )
    tail = r"(?![A-Za-z0-9µμ]|/\s)"
    signs = "|".join(re.escape(form) for form in ordered if not form[-1].isalnum())
    single = rf"(?:(?:{one}){tail}|(?:{signs})(?!\w))"
    stroke = r"[ \t]?(?:(?:cells?|platelets?)[ \t]?)?(?:[/∕⁄]|\bper\b)[ \t]?"
    below = rf"(?:{stroke}(?:\d{{1,4}}(?:\.\d+)?[ \t]?)?{single}){{0,3}}"
    top = rf"(?:{single}|(?=[/∕⁄](?=\S)|per[ \t]))"
    return re.compile(rf"{top}{below}", re.IGNORECASE)


@cache
def package_units() -> tuple[UnitRow, ...]:
    """The units of the package."""
    header, *rows = package_rows(__package__, "units.tsv")
    assert tuple(header) == COLUMNS
    return tuple(UnitRow(*row) for row in rows)


@cache
def default_units() -> Units:
    """The units of the package, ready to use."""
    return Units()


def problem_of(row: UnitRow) -> str:
    """What is wrong with a row; empty if nothing is."""
    if not row.unit.strip() or any(character.isspace() for character in row.unit):
        return "the unit has to be a code without blanks"
    if not all(form.strip(f"{_AS_IT_STANDS} ") for form in row.forms.split("|")):
        return "one of the forms is empty"
    if row.whose not in WHOSE:
        return f"whose is none of {', '.join(WHOSE)}"
    return ""


def _made(unit: str, forms: str, whose: str = "any", what: str = "") -> UnitRow:
    """A row of a user: what is a form of a drug is counted, unless it says otherwise."""
    return UnitRow(unit, forms, whose, what or ("pieces" if whose == "form" else ""))


KIND = RuleKind(_made, COLUMNS, problem_of, name="unit")
