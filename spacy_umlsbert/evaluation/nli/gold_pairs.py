"""Gold pairs as texts and labels."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from spacy.tokens import Doc

from spacy_umlsbert.annotations.pairs import gold_label, is_pair, sides_of
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.guard import hide_in_repr


@hide_in_repr("texts")
@dataclass
class GoldPairs:
    """The gold pairs among some Docs.

    Attributes:
        texts: Premise and hypothesis of each pair.
        labels: The label of each.
        ordinary: Number of Docs that are no pairs.
        unlabelled: Number of pairs without a label.
    """

    texts: list[tuple[str, str]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    ordinary: int = 0
    unlabelled: int = 0

    @classmethod
    def of(cls, docs: Iterable[Doc], path: Path) -> "GoldPairs":
        """The pairs with a label of a file; other Docs are counted.

        Args:
            docs: The Docs of the file.
            path: The file, for the error.

        Raises:
            InputError: If there are none.
        """
        pairs = gold_pairs(docs)
        if not pairs.labels:
            remedy = "Make one with 'python -m spacy umls convert'."
            raise InputError("has no pairs with labels.", path=path, remedy=remedy)
        return pairs

    @property
    def labelled(self) -> list[tuple[str, str, str]]:
        """Premise, hypothesis and label of each pair."""
        return [(*texts, label) for texts, label in zip(self.texts, self.labels, strict=True)]

    def facts(self) -> dict[str, str]:
        """What was left out, for a report."""
        left_out = {
            "documents that are no pairs": self.ordinary,
            "pairs without a label": self.unlabelled,
        }
        return {f"left out: {name}": f"{n:,}" for name, n in left_out.items() if n}


def gold_pairs(docs: Iterable[Doc]) -> GoldPairs:
    """The pairs with a label; other Docs are counted."""
    pairs = GoldPairs()
    for doc in docs:
        if not is_pair(doc):
            pairs.ordinary += 1
        elif (label := gold_label(doc)) is None:
            pairs.unlabelled += 1
        else:
            premise, hypothesis = sides_of(doc)
            pairs.texts.append((premise.text, hypothesis.text))
            pairs.labels.append(label)
    return pairs
