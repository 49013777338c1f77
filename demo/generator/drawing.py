"""How names are drawn for one split."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

from demo.generator.names import Entry, Name


@dataclass(frozen=True, slots=True)
class Drawing:
    """How names are drawn for one split.

    Args:
        split: "train" never gets a held-out name.
        release_share: share of draws from the release, where a pool has both.
        held_out_share: how often, in a split that may show them, a held-out name is drawn where
            the pool has one.
    """

    split: str
    release_share: float = 0.7
    held_out_share: float = 0.2

    def allowed(self, entry: Entry) -> list[Name]:
        """The names of an entry that this split may show."""
        return [n for n in entry.names if self.split != "train" or not n.held_out]

    def entry(self, rng: random.Random, pool: Iterable[Entry]) -> Entry | None:
        """One entry with a name that may be shown, or None."""
        usable = [e for e in pool if self.allowed(e)]
        if self.split != "train" and rng.random() < self.held_out_share:
            new = [e for e in usable if any(n.held_out for n in e.names)]
            usable = new or usable
        inside = [e for e in usable if e.in_release]
        outside = [e for e in usable if not e.in_release]
        if inside and outside:
            usable = inside if rng.random() < self.release_share else outside
        return rng.choice(usable) if usable else None

    def name(self, rng: random.Random, entry: Entry) -> Name:
        """One name of an entry: its first more often than each of the others.

        Where the split may show held-out names, an entry's held-out ones come first.
        """
        names = self.allowed(entry)
        new = [n for n in names if n.held_out]
        if new and rng.random() < 0.7:
            names = new
        return rng.choices(names, [1.0 + (n is entry.names[0]) for n in names])[0]
