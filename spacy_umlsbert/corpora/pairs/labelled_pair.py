"""What a reader gets out of a file of pairs, before there is a tokenizer."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy_umlsbert.guard import hide_in_repr

KNOWN_LABELS = frozenset(
    """
    entailment contradiction neutral not_entailment not-entailment non-entailment
    true false yes no 0 1 2
    """.split()
)
"""Labels of published corpora, in lower case."""

OTHER = "other"

NO_GOLD_LABEL = frozenset("- – — -1 -1.0 ? hidden none null nan n/a <na>".split()) | {""}
"""What stands, in lower case, where a pair has no gold label: "-" in SNLI and its likes, where the
annotators did not agree, "hidden" in test sets, -1 in exports of Hugging Face's datasets, and what
other programs write for nothing."""


@hide_in_repr("premise", "hypothesis")
@dataclass(frozen=True)
class LabelledPair:
    """A premise, a hypothesis, and whether the one follows from the other.

    Attributes:
        document_id: The pair's id in the corpus.
        premise: What is known.
        hypothesis: What may follow from it.
        label: Its label, as the corpus has it; one of `NO_GOLD_LABEL` if there is none.
        path: The file it comes from.
        line: The line it begins at, 1-based; 0 if unknown.
        own_id: Whether the id is the corpus's own; else it is made of file name and line.
    """

    document_id: str
    premise: str
    hypothesis: str
    label: str
    path: Path
    line: int = 1
    own_id: bool = True

    @property
    def texts(self) -> tuple[str, str]:
        """Both texts without differences of white space and case."""
        return normal(self.premise), normal(self.hypothesis)


def label_text(value: Any) -> str | None:
    """A label as text, whatever a file has it as; None if it is no label at all, but a list, say.

    Whole numbers lose their point: a column of numbers with gaps is one of floats.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() if isinstance(value, str | int | float) else None


def normal(text: str) -> str:
    """A text without differences of white space and case."""
    return " ".join(text.casefold().split())


def shown(label: str, own: Collection[str] = ()) -> str:
    """A label for a report: itself if it is known or one of these, else ``other``.

    By a slip the text of a pair may stand where its label should; then it must not be shown.
    """
    return label if label.lower() in KNOWN_LABELS or label in own else OTHER
