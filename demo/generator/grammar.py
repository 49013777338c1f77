"""The templates of a folder, checked, by group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import srsly

from demo.generator.case import RECURRING_KINDS
from demo.generator.holdout import is_held_out
from demo.generator.names import LABEL_OF_KIND
from demo.generator.phi import PHI_SLOTS
from demo.generator.template import Template, TemplateError, parse, slots, written_out
from demo.generator.values import VALUES

PHRASES = "phrases.yml"
"""The file of small building blocks, none of which is ever held out."""

_SMALL_GROUP = 5


class Grammar:
    """Groups of templates. `grammar[group]` lists a group's, held-out ones too."""

    def __init__(self, groups: Mapping[str, tuple[Template, ...]]) -> None:
        self._groups = dict(groups)

    @classmethod
    def from_folder(cls, folder: Path, *, held_out: float) -> Grammar:
        """Read all `*.yml` of a folder: group: one template a line.

        `held_out` is the share of sentence templates that the training split never uses; groups
        of fewer than five keep all. Raises TemplateError, naming file, group and template, for a
        template that does not parse, a slot that nothing fills, or a group defined twice.
        """
        groups: dict[str, tuple[Template, ...]] = {}
        places: dict[str, Path] = {}
        for path in sorted(folder.glob("*.yml")):
            share = 0.0 if path.name == PHRASES else held_out
            for group, lines in srsly.read_yaml(path).items():
                if group in groups:
                    raise TemplateError(f"{path}: group {group} is in {places[group].name} too")
                sources = [line.strip() for line in lines.splitlines() if line.strip()]
                groups[group] = tuple(_templates(path, group, sources, share))
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


def _templates(path: Path, group: str, sources: list[str], held_out: float) -> Iterable[Template]:
    share = held_out if len(sources) >= _SMALL_GROUP else 0.0
    for source in sources:
        try:
            body = parse(source)
        except TemplateError as error:
            raise TemplateError(f"{path}: group {group}: {source!r}: {error}") from None
        yield Template(group, source, body, is_held_out("template", f"{group}: {source}", share))


def _check(path: Path, template: Template, groups: Mapping[str, object]) -> None:
    for slot in slots(template.body):
        known = (groups, VALUES, PHI_SLOTS, LABEL_OF_KIND, RECURRING_KINDS)
        if not any(slot.name in names for names in known):
            raise TemplateError(
                f"{path}: group {template.group}: {template.source!r}: nothing fills "
                f"{{{slot.name}}}: no group, kind of name or computed value is called that"
            )
