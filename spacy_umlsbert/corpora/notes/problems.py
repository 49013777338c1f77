"""What could not be read of an input: counted, with the first places, and without its content."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

_PLACES_KEPT = 5


@dataclass
class Problems:
    """Bad rows, lines and files that were left out while the rest went on.

    Attributes:
        counts: How often each kind of problem was met.
        places: The first places of each, such as ``notes.csv, line 17``.
    """

    counts: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, path: Path, line: int | None = None) -> None:
        """Count a problem of this kind."""
        self.counts[kind] += 1
        places = self.places.setdefault(kind, [])
        if len(places) < _PLACES_KEPT:
            places.append(str(path) if line is None else f"{path}, line {line}")
