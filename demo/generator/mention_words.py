"""Which words belong to a mention: `mentions.yml`, and lists of names as the files write them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import srsly

from demo.generator.template import TemplateError

_WORD_LISTS = ("modifiers", "forms", "not_mentions")


@dataclass(frozen=True, slots=True)
class MentionWords:
    """Which words belong to a mention, and which names are none: `mentions.yml`."""

    modifiers: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    not_mentions: frozenset[str] = frozenset()

    @classmethod
    def from_file(cls, path: Path) -> MentionWords:
        """Read the lists. Raises TemplateError where one is missing."""
        lists = srsly.read_yaml(path)
        missing = set(_WORD_LISTS) - set(lists)
        if missing:
            raise TemplateError(f"{path}: no {', '.join(sorted(missing))}")
        return cls(*(frozenset(n.lower() for n in all_names(lists[k])) for k in _WORD_LISTS))

    def is_name(self, name: str) -> bool:
        """Whether a name of the release can stand in a sentence as a mention.

        Not so the inverted ("pain, chest"), the article-led ("the flu"), and the listed ones.
        """
        lowered = name.lower()
        inverted = ", " in name
        return not inverted and not lowered.startswith("the ") and lowered not in self.not_mentions


def aliases(item: str) -> list[str]:
    """The names of one thing: "dyspnea = SOB"."""
    return [" ".join(name.split()) for name in item.split("=")]


def all_names(lines: str) -> list[str]:
    """The names of all things: "dyspnea = SOB; cough"."""
    return [name for item in lines.split(";") for name in aliases(item)]
