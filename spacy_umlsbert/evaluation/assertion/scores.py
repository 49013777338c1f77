"""Scores of assertions: each class, and each of ``is_negated``, ``is_historical`` …"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from spacy.scorer import PRFScore

from spacy_umlsbert.annotations.assertions import FLAGS
from spacy_umlsbert.assertion.verdicts import CLASSES, PRESENT, Verdict, class_of
from spacy_umlsbert.errors import UsageError, safe
from spacy_umlsbert.evaluation.figures import figures_of
from spacy_umlsbert.evaluation.nli.scores import PairScores
from spacy_umlsbert.layers.heads.calibration import calibration_error

Said = tuple[str, frozenset[str]]
"""The class of a mention, and what else holds of it."""

_CLASS_OF_FLAG = {flag: class_of({flag}) for flag in FLAGS}


def within(said: Said, classes: Collection[str]) -> str:
    """The class of a mention among those that a corpus knows.

    A corpus without ``hypothetical`` calls "return if no fever" absent: of what it does not know,
    what else holds decides.
    """
    label, flags = said
    if label in classes:
        return label
    return class_of({flag for flag in flags if _CLASS_OF_FLAG[flag] in classes})


@dataclass
class AssertionScores:
    """What was said of gold mentions, beside what should be.

    Attributes:
        classes: The classes that the corpus knows.
        gold: The class of each mention.
        predicted: What was predicted for each.
        flags: Of each of what else may hold, how often it was right, wrong and missed.
        documents: Number of documents.
        left_out: Gold mentions that are no whole tokens, and were not judged.
        certainty: Where a model gave probabilities, that of its best class.
        certain: Whether that class is the right one.
    """

    classes: Sequence[str]
    gold: list[str] = field(default_factory=list)
    predicted: list[str] = field(default_factory=list)
    flags: dict[str, PRFScore] = field(default_factory=dict)
    documents: int = 0
    left_out: int = 0
    certainty: list[float] = field(default_factory=list)
    certain: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        unknown = set(self.classes) - set(CLASSES)
        if unknown or PRESENT not in self.classes:
            raise UsageError(
                f"the classes are of {safe(', '.join(CLASSES))}; present is always one."
            )

    def add(self, gold: Iterable[Said], predicted: Iterable[Verdict]) -> None:
        """Count the mentions of a document."""
        for should, verdict in zip(gold, predicted, strict=True):
            self.gold.append(within(should, self.classes))
            self.predicted.append(within((verdict.assertion, verdict.flags), self.classes))
            if verdict.probabilities and should[0] in verdict.probabilities:
                best, probability = max(verdict.probabilities.items(), key=lambda one: one[1])
                self.certainty.append(probability)
                self.certain.append(best == should[0])
            for flag in FLAGS:
                score = self.flags.setdefault(flag, PRFScore())
                score.score_set({flag} & verdict.flags, {flag} & should[1])
        self.documents += 1

    def as_dict(self) -> dict[str, Any]:
        """Plain figures: shares between 0 and 1, and counts.

        ``micro`` is that of all classes; ``flags`` has those that the corpus knows;
        ``calibration_error`` says how far a model's probabilities are from the shares of right
        answers (`layers.heads.calibration`), None if there was no model.

        Raises:
            UsageError: If no mention was counted.
        """
        if not self.gold:
            raise UsageError(
                "no gold mention says whether it is present, absent, possible …: the corpus must "
                "have been converted with its assertions."
            )
        figures = PairScores(self.gold, self.predicted).as_dict()
        rows = figures["per_label"]
        macro = {name: sum(row[name] for row in rows.values()) / len(rows) for name in "prf"}
        return {
            "documents": self.documents,
            "mentions": len(self.gold),
            "left_out": self.left_out,
            "micro": figures["accuracy"],
            "micro_interval": figures["accuracy_interval"],
            "macro": macro,
            "per_class": rows,
            "flags": {
                flag: figures_of(score) for flag, score in self.flags.items() if score.tp + score.fn
            },
            "calibration_error": (
                calibration_error(np.array(self.certainty), np.array(self.certain))
                if self.certainty
                else None
            ),
            "labels": figures["labels"],
            "confusion": figures["confusion"],
        }
