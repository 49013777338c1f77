"""The rules in use: phrases, units, and what is no value, of the package and of the user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy_umlsbert.errors import UsageError, safe
from spacy_umlsbert.files.rule_tables import RuleKind, read_rule_table, rows_of
from spacy_umlsbert.values.not_values import KIND as NOT_VALUES
from spacy_umlsbert.values.not_values import NotValue, package_not_values
from spacy_umlsbert.values.phrases import KIND as PHRASES
from spacy_umlsbert.values.phrases import PhraseRow, package_phrases
from spacy_umlsbert.values.units import KIND as UNITS
from spacy_umlsbert.values.units import UnitRow, Units, default_units, package_units

Row = Mapping[str, str] | Sequence[str]
AnyRow = PhraseRow | UnitRow | NotValue | Mapping[str, str]
_KINDS: tuple[RuleKind[Any], ...] = (PHRASES, UNITS, NOT_VALUES)


class ValueRules:
    """The rules in use. What is added comes before what the package has.

    Attributes:
        phrases: Words that say something of values.
        units: Units that were added to those of the package.
        not_values: Patterns of what is no value.
        removed_units: Codes of units of the package that were removed.
    """

    def __init__(self) -> None:
        self.phrases: list[PhraseRow] = list(package_phrases())
        self.units: list[UnitRow] = []
        self.not_values: list[NotValue] = list(package_not_values())
        self.removed_units: set[str] = set()

    def add(
        self,
        rules: Iterable[AnyRow] = (),
        *,
        phrases: Iterable[PhraseRow | Row] = (),
        units: Iterable[UnitRow | Row] = (),
        not_values: Iterable[NotValue | Row] = (),
    ) -> None:
        """Add rows.

        Args:
            rules: Rows of any kind, each with its names: ``phrase``, ``unit`` or ``where`` tells
                which it is.
            phrases: Rows of phrases.
            units: Rows of units.
            not_values: Rows of what is no value.

        Raises:
            UsageError: If one cannot be used; then none is added.
        """
        new_phrases = PHRASES.rules(phrases)
        new_units = UNITS.rules(units)
        new_not_values = NOT_VALUES.rules(not_values)
        for number, row in enumerate(rows_of(rules), 1):
            rule = _kind_of(row, number).rule(row, number, "rule")
            if isinstance(rule, PhraseRow):
                new_phrases.append(rule)
            elif isinstance(rule, UnitRow):
                new_units.append(rule)
            else:
                new_not_values.append(rule)
        self.phrases = [*new_phrases, *self.phrases]
        self.units = [*new_units, *self.units]
        self.not_values = [*new_not_values, *self.not_values]

    def remove(self, names: Iterable[str]) -> None:
        """Remove phrases, as the table has them, or units by their codes.

        Of a unit that was added the added rows go, and those of the package stay.

        Raises:
            UsageError: If there is no such rule; then none is removed.
        """
        phrases: set[PhraseRow] = set()
        units: set[str] = set()
        own = {row.unit for row in self.units}
        known = {row.unit for row in package_units()} - self.removed_units
        for number, name in enumerate([names] if isinstance(names, str) else names, 1):
            found = [row for row in self.phrases if row.phrase.split() == name.split()]
            if not found and name not in own | known:
                raise UsageError(
                    f"there is no such phrase or unit to remove (the {number}. that is given). It "
                    "is written as in the table: nlp.get_pipe(…).rules.phrases has them, and "
                    "values/units.tsv the codes of units."
                )
            phrases.update(found)
            if not found:
                units.add(name)
        self.phrases = [row for row in self.phrases if row not in phrases]
        self.units = [row for row in self.units if row.unit not in units]
        self.removed_units |= (units & known) - own

    def units_in_use(self) -> Units:
        """The units, ready to use."""
        if not self.units and not self.removed_units:
            return default_units()
        return Units(self.units, self.removed_units)

    def plain(self) -> dict[str, Any]:
        """The rules as data that JSON can hold."""
        return {
            "phrases": [list(row) for row in self.phrases],
            "units": [list(row) for row in self.units],
            "not_values": [list(row) for row in self.not_values],
            "removed_units": sorted(self.removed_units),
        }

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> ValueRules:
        """The rules of such data.

        Raises:
            TypeError, ValueError, KeyError: If they are none.
        """
        rules = cls()
        rules.phrases = PHRASES.rules(data["phrases"])
        rules.units = UNITS.rules(data["units"])
        rules.not_values = NOT_VALUES.rules(data["not_values"])
        rules.removed_units = set(data.get("removed_units", ()))
        return rules


def read_value_rules(path: str | Path) -> list[PhraseRow | UnitRow | NotValue]:
    """The rows of a tab-separated file with the columns of one of the package's own tables.

    Raises:
        InputError: If a row cannot be used: the file, the line, and what to do.
    """
    return read_rule_table(path, *_KINDS)


def _kind_of(row: Any, number: int) -> RuleKind[Any]:
    """Of which kind a row is: by its own kind, or by its keys."""
    for kind in _KINDS:
        named = getattr(row, "_fields", row if isinstance(row, Mapping) else ())
        if kind.columns[0] in named:
            return kind
    keys = ", ".join(kind.columns[0] for kind in _KINDS)
    raise UsageError(f"rule {number}: it is no dict with one of the keys {safe(keys)}.")
