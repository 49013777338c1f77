"""What was done to a file of notes, in numbers: no character of a note is in it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Audit:
    """Counts of a run.

    Attributes:
        documents: Texts that were written.
        empty: Rows without a text, which were written as they were.
        labels: PHI that was taken out, by label.
        failed: Line of each row that was left out, and the kind of error.
    """

    documents: int = 0
    empty: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[int, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return {
            "documents": self.documents,
            "empty": self.empty,
            "phi": sum(self.labels.values()),
            "labels": dict(sorted(self.labels.items())),
            "failed": [{"line": line, "error": error} for line, error in self.failed],
        }
