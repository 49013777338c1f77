"""The templates of a folder, checked, by group."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import srsly

from demo.generator.case import RECURRING_KINDS
from demo.generator.holdout import is_held_out
from demo.generator.names import LABEL_OF_KIND
from demo.generator.phi import PHI_SLOTS
from demo.generator.said import MARKS, Marks, as_marks
from demo.generator.template import (
    SaidNode,
    Template,
    TemplateError,
    parse,
    slots,
    without_marks,
    written_out,
)
from demo.generator.values import VALUES

PHRASES = "phrases.yml"
"""The file of small building blocks, none of which is ever held out."""

_SMALL_GROUP = 5
_GROUP = re.compile(r"(\w+)(?: \(([\w ]+)\))?")


class Grammar:
    """Groups of templates. `grammar[group]` lists a group's, held-out ones too."""

    def __init__(self, groups: Mapping[str, tuple[Template, ...]]) -> None:
        self._groups = dict(groups)

    @classmethod
    def from_folder(cls, folder: Path, *, held_out: float) -> Grammar:
        """Read all `*.yml` of a folder: group: one template a line.

        Behind the name of a group may stand what is said of all mentions in its templates, as in
        `relatives (family)`.

        `held_out` is the share of sentence templates that the training split never uses; groups
        of fewer than five keep all. Raises TemplateError, naming file, group and template, for a
        template that does not parse, a slot that nothing fills, or a group defined twice.
        """
        groups: dict[str, tuple[Template, ...]] = {}
        places: dict[str, Path] = {}
        for path in sorted(folder.glob("*.yml")):
            share = 0.0 if path.name == PHRASES else held_out
            for key, lines in srsly.read_yaml(path).items():
                group, marks = _group(path, key)
                if group in groups:
                    raise TemplateError(f"{path}: group {group} is in {places[group].name} too")
                sources = [line.strip() for line in lines.splitlines() if line.strip()]
                groups[group] = tuple(_templates(path, group, marks, sources, share))
                places[group] = path
        for group, templates in groups.items():
            for template in templates:
                _check(places[group], template, groups)
        return cls(groups)

    def __contains__(self, group: str) -> bool:
        return group in self._groups

    def __getitem__(self, group: str) -> tuple[Template, ...]:
        return self._groups[group]

    def templates(self) -> list[Template]:
        """All templates of all groups."""
        return [t for group in self._groups.values() for t in group]

    def written_out_mentions(self) -> frozenset[str]:
        """The mentions that templates spell out in full, lower-case."""
        found = (words for t in self.templates() for words in written_out(t.body))
        return frozenset(words.lower() for words in found)


def _group(path: Path, key: str) -> tuple[str, Marks]:
    found = _GROUP.fullmatch(key)
    marks = as_marks(found.group(2) or "") if found is not None else None
    if found is None or marks is None:
        raise TemplateError(f"{path}: {key!r} is not 'group' or 'group (mark)': {', '.join(MARKS)}")
    return found.group(1), marks


def _templates(
    path: Path, group: str, marks: Marks, sources: list[str], held_out: float
) -> Iterable[Template]:
    share = held_out if len(sources) >= _SMALL_GROUP else 0.0
    for source in sources:
        try:
            body = parse(source)
        except TemplateError as error:
            raise TemplateError(f"{path}: group {group}: {source!r}: {error}") from None
        if marks:
            body = (SaidNode(marks, body),)
        words = without_marks(source)
        yield Template(group, words, body, is_held_out("template", f"{group}: {words}", share))


def _check(path: Path, template: Template, groups: Mapping[str, object]) -> None:
    for slot in slots(template.body):
        known = (groups, VALUES, PHI_SLOTS, LABEL_OF_KIND, RECURRING_KINDS)
        if not any(slot.name in names for names in known):
            raise TemplateError(
                f"{path}: group {template.group}: {template.source!r}: nothing fills "
                f"{{{slot.name}}}: no group, kind of name or computed value is called that"
            )
