"""The rules in use: phrases, units, and what is no value, of the package and of the user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.files.rule_tables import read_rule_table
from spacy_umlsbert.values import not_values, phrases, units
from spacy_umlsbert.values.not_values import NotValue, package_not_values
from spacy_umlsbert.values.phrases import PhraseRow, package_phrases
from spacy_umlsbert.values.units import UnitRow

Row = Mapping[str, str] | Sequence[str]


class ValueRules:
    """The rules in use. What is added comes before what the package has.

    Attributes:
        phrases: Words that say something of values.
        units: Units that were added to those of the package.
        not_values: Patterns of what is no value.
    """

    def __init__(self) -> None:
        self.phrases: list[PhraseRow] = list(package_phrases())
        self.units: list[UnitRow] = []
        self.not_values: list[NotValue] = list(package_not_values())

    def add(
        self,
        *,
        phrases_: Iterable[PhraseRow | Row] = (),
        units_: Iterable[UnitRow | Row] = (),
        not_values_: Iterable[NotValue | Row] = (),
    ) -> None:
        """Add rows.

        Raises:
            UsageError: If one cannot be used; then none is added.
        """
        new_phrases = [phrases.phrase_row(row) for row in phrases_]
        new_units = [units.unit_row(row) for row in units_]
        new_not_values = [not_values.not_value(row) for row in not_values_]
        self.phrases = [*new_phrases, *self.phrases]
        self.units = [*new_units, *self.units]
        self.not_values = [*new_not_values, *self.not_values]

    def add_files(
        self,
        *,
        phrases_file: str | Path | None = None,
        units_file: str | Path | None = None,
        not_values_file: str | Path | None = None,
    ) -> None:
        """Add the rows of tab-separated files with the columns of the package's own tables.

        Raises:
            InputError: If a row cannot be used: the file, the line, and what to do.
        """
        if phrases_file is not None:
            self.phrases[:0] = read_rule_table(
                phrases_file, phrases.COLUMNS, 2, PhraseRow, phrases.problem_of
            )
        if units_file is not None:
            self.units[:0] = read_rule_table(
                units_file, units.COLUMNS, 2, UnitRow, units.problem_of
            )
        if not_values_file is not None:
            self.not_values[:0] = read_rule_table(
                not_values_file, not_values.COLUMNS, 2, NotValue, not_values.problem_of
            )

    def remove(self, names: Iterable[str]) -> None:
        """Remove phrases, as the table has them.

        Raises:
            UsageError: If there is no such phrase; then none is removed.
        """
        gone = set()
        for number, name in enumerate(names, 1):
            found = [row for row in self.phrases if row.phrase.split() == name.split()]
            if not found:
                raise UsageError(
                    f"there is no such phrase to remove (the {number}. that is given). It is "
                    "written as in the table: nlp.get_pipe(…).rules.phrases has them."
                )
            gone.update(found)
        self.phrases = [row for row in self.phrases if row not in gone]

    def plain(self) -> dict[str, Any]:
        """The rules as data that JSON can hold."""
        return {
            "phrases": [list(row) for row in self.phrases],
            "units": [list(row) for row in self.units],
            "not_values": [list(row) for row in self.not_values],
        }

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> ValueRules:
        """The rules of such data.

        Raises:
            TypeError, ValueError, KeyError: If they are none.
        """
        rules = cls()
        rules.phrases = [phrases.phrase_row(row) for row in data["phrases"]]
        rules.units = [units.unit_row(row) for row in data["units"]]
        rules.not_values = [not_values.not_value(row) for row in data["not_values"]]
        return rules
