"""Names, the things that they stand for, and the topics in which they go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LABEL_OF_KIND: Mapping[str, str] = {
    "disease": "problem",
    "symptom": "problem",
    "sign": "problem",
    "injury": "problem",
    "finding": "problem",
    "state": "problem",
    "lab": "test",
    "imaging": "test",
    "study": "test",
    "drug": "treatment",
    "drugclass": "treatment",
    "vaccine": "treatment",
    "procedure": "treatment",
    "therapy": "treatment",
    "device": "treatment",
}
"""The slots a name can fill, and the gold label of each."""


@dataclass(frozen=True, slots=True)
class Name:
    """One way to say something."""

    text: str
    kind: str
    kb_id: str = ""
    held_out: bool = False

    @property
    def label(self) -> str:
        """problem, test or treatment."""
        return LABEL_OF_KIND[self.kind]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing and the names it goes by."""

    names: tuple[Name, ...]
    sex: str = ""

    @property
    def key(self) -> str:
        """What tells entries apart."""
        return self.names[0].text.lower()

    @property
    def in_release(self) -> bool:
        """Whether it has a CUI."""
        return any(n.kb_id for n in self.names)


@dataclass(frozen=True, slots=True)
class Topic:
    """Names that go together: `entries[kind]`."""

    name: str
    specialty: str
    weight: float = 1.0
    sex: str = ""
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
