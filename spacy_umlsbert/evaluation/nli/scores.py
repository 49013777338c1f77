"""Scores of natural language inference: accuracy, macro-F1, and what is taken for what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from spacy_umlsbert.errors import UsageError

UNJUDGED = ""
"""What stands in place of a predicted label where a pair could not be judged."""


@dataclass(frozen=True)
class PairScores:
    """Scores of the labels of pairs.

    A pair that could not be judged is wrong. So is one with a gold label that is never predicted,
    because the pipeline does not know it: such a label has figures of its own, and lowers the
    macro-F1.

    Attributes:
        gold: The label of each pair.
        predicted: What was predicted for each; empty where it could not be judged.

    Raises:
        ValueError: If there are no pairs, not as many of the one as of the other, or a gold label
            is empty.
    """

    gold: Sequence[str]
    predicted: Sequence[str]

    def __post_init__(self) -> None:
        if not self.gold or len(self.gold) != len(self.predicted):
            raise UsageError("There must be pairs, and as many predicted labels as gold ones.")
        if UNJUDGED in self.gold:
            raise UsageError("A gold label is empty.")

    @property
    def labels(self) -> list[str]:
        """All labels that are gold or predicted, sorted."""
        return sorted({*self.gold, *self.predicted} - {UNJUDGED})

    @property
    def accuracy(self) -> float:
        """Share of right pairs, 0 … 1."""
        return float(accuracy_score(self.gold, self.predicted))

    @property
    def accuracy_interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy."""
        right = sum(gold == found for gold, found in zip(self.gold, self.predicted, strict=True))
        interval = binomtest(right, len(self.gold)).proportion_ci(method="wilson")
        return float(interval.low), float(interval.high)

    @property
    def confusion(self) -> list[list[int]]:
        """(labels, labels + 1) how often each gold label got each; in the last column, none."""
        labels = self.labels
        with_none = [*labels, UNJUDGED]
        matrix = confusion_matrix(self.gold, self.predicted, labels=with_none)
        return np.asarray(matrix)[: len(labels)].tolist()

    def as_dict(self) -> dict[str, Any]:
        """Plain figures: shares between 0 and 1, and counts."""
        labels, confusion = self.labels, self.confusion
        precision, recall, fscore, support = precision_recall_fscore_support(
            self.gold, self.predicted, labels=labels, zero_division=0.0
        )
        per_label = {
            label: {
                "p": float(precision[i]),
                "r": float(recall[i]),
                "f": float(fscore[i]),
                "correct": confusion[i][i],
                "found": sum(row[i] for row in confusion),
                "gold": int(support[i]),
                "unjudged": confusion[i][-1],
            }
            for i, label in enumerate(labels)
        }
        return {
            "pairs": len(self.gold),
            "unjudged": sum(row[-1] for row in confusion),
            "accuracy": self.accuracy,
            "accuracy_interval": list(self.accuracy_interval),
            "macro_f": float(np.mean(fscore)),
            "per_label": per_label,
            "labels": labels,
            "confusion": [row[:-1] for row in confusion],
        }
