"""Scores of values: of each kind how often the span is right, and what it is tied to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from spacy.scorer import PRFScore

from spacy_umlsbert.evaluation.figures import figures_of, mean, summed
from spacy_umlsbert.evaluation.values.matching import MODES, relations_among, spans_among
from spacy_umlsbert.evaluation.values.tied import TiedValue
from spacy_umlsbert.values.kinds import KINDS

TASKS = {"spans": spans_among, "relations": relations_among}
"""What is counted, by name."""

Counts = dict[tuple[str, str], PRFScore]
"""The counts of a task and mode."""


@dataclass
class ValueScores:
    """What was found in place of gold values, over any number of documents.

    A span is right if it has the place and the kind of a gold one, a relation if besides it belongs
    to the same mention; `matching` says what is the same place. Micro is of all kinds together,
    macro the mean over documents, as in n2c2 2018.

    Attributes:
        kinds: The kinds that count; other ones are left out on both sides.
        documents: Number of documents.
        per_kind: The counts of each kind, by task and mode.
        per_document: The same of each document, all kinds together.
    """

    kinds: Collection[str]
    documents: int = 0
    per_kind: dict[str, Counts] = field(default_factory=dict)
    per_document: list[Counts] = field(default_factory=list)

    def add(self, found: Collection[TiedValue], gold: Collection[TiedValue]) -> None:
        """Count a document.

        Args:
            found: What was found.
            gold: What there is to be found.
        """
        of_document: dict[tuple[str, str], list[PRFScore]] = {}
        for task, among in TASKS.items():
            these, those = among(found), among(gold)
            for kind in self.kinds:
                one, other = these.get(kind, set()), those.get(kind, set())
                if one or other:
                    for mode, count in MODES.items():
                        score = count(one, other)
                        of_kind = self.per_kind.setdefault(kind, {})
                        before = of_kind.get((task, mode), PRFScore())
                        of_kind[task, mode] = before + score
                        of_document.setdefault((task, mode), []).append(score)
        self.documents += 1
        self.per_document.append({which: summed(of) for which, of in of_document.items()})

    def kinds_of(self, task: str, mode: str) -> dict[str, PRFScore]:
        """The counts of each kind, in the order of the kinds."""
        which = (task, mode)
        return {
            kind: self.per_kind[kind][which]
            for kind in self.kinds
            if which in self.per_kind.get(kind, {})
        }

    def micro(self, task: str, mode: str) -> PRFScore:
        """The counts of all kinds together."""
        return summed(list(self.kinds_of(task, mode).values()))

    def as_dict(self) -> dict[str, Any]:
        """Plain figures: shares between 0 and 1, and counts, by task and mode."""
        figures: dict[str, Any] = {"documents": self.documents}
        for task in TASKS:
            figures[task] = {}
            for mode in MODES:
                of_documents = [one.get((task, mode), PRFScore()) for one in self.per_document]
                kinds = self.kinds_of(task, mode)
                figures[task][mode] = {
                    "per_kind": {kind: figures_of(score) for kind, score in kinds.items()},
                    "micro": figures_of(self.micro(task, mode)),
                    "macro": mean(of_documents),
                }
        return figures


def kinds_among(values: Collection[TiedValue]) -> list[str]:
    """The kinds that some values have, those of the package first, in its order."""
    known = {one.kind for one in values}
    return [*(kind for kind in KINDS if kind in known), *sorted(known - set(KINDS))]
