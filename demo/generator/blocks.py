"""Forms and tables: how keys, values and cells are set out.

A template of a section with such a layout has its parts between ` :: `.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import srsly

from demo.generator.phi.drawing import Options, PhiDrawing
from demo.generator.template import TemplateError
from demo.generator.tracked import TrackedText, join

SEPARATOR = " :: "
HELD_OUT = 0.2
_ALIGNED = "aligned"


@dataclass(frozen=True, slots=True)
class Blocks:
    """The ways to set out forms and tables: `surface.yml`.

    Args:
        forms: a line of a form, with {key}, {KEY} (in capitals), {key:<20} (filled up) and {value}.
        tables: what stands before a row, between cells, and after it, with "~" between.
    """

    forms: Options
    tables: Options

    @classmethod
    def from_file(cls, path: Path) -> Blocks:
        """Read `surface.yml`. Raises TemplateError for a form without its value."""
        content: Mapping[str, Any] = srsly.read_yaml(path)
        for form in content["forms"]:
            if "{value}" not in form:
                raise TemplateError(f"{path}: forms: {form!r} has no {{value}}")
        for table in content["tables"]:
            if table.count("~") != 2:
                raise TemplateError(f"{path}: tables: {table!r} is not 'before~between~after'")
        return cls(
            Options.of("form", ((form, 1.0) for form in content["forms"]), HELD_OUT),
            Options.of("table", ((table, 1.0) for table in content["tables"]), HELD_OUT),
        )

    def form(
        self, rng: random.Random, drawing: PhiDrawing, lines: Sequence[TrackedText]
    ) -> list[TrackedText]:
        """The lines of a form with what separates them."""
        style = drawing.pick(rng, self.forms)
        return [_form_line(style, line) for line in lines]

    def table(
        self, rng: random.Random, drawing: PhiDrawing, lines: Sequence[TrackedText]
    ) -> list[TrackedText]:
        """The rows of a table with what separates them."""
        before, between, after = drawing.pick(rng, self.tables).split("~")
        rows = [line.split(SEPARATOR) for line in lines]
        if between == _ALIGNED:
            columns = max(len(row) for row in rows)
            widths = [
                max((len(row[c].text) for row in rows if c < len(row)), default=0) + 2
                for c in range(columns)
            ]
            rows = [
                [cell + " " * (widths[c] - len(cell.text)) for c, cell in enumerate(row)]
                for row in rows
            ]
            between = ""
        return [TrackedText(before) + join(between, row) + after + "\n" for row in rows]


def _form_line(style: str, line: TrackedText) -> TrackedText:
    key, *values = line.split(SEPARATOR)
    if not values:
        return line + "\n"
    before, _, after = style.partition("{value}")
    # A key that is a name, as in some lists of people, stays as it is written.
    rest = before.partition("}")[2]
    name = key + rest if key.mentions else before.format(key=key.text, KEY=key.text.upper())
    return TrackedText() + name + join(SEPARATOR.strip(), values) + after
