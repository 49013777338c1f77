"""PubTator files and the scoring of spans, for the measurements."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from spacy_umlsbert.corpora.annotated.formats.pubtator import pubtator_reader

Span = tuple[int, int]


class Abstract(NamedTuple):
    """An abstract and the character offsets of its disease mentions."""

    text: str
    diseases: set[Span]


def read_abstracts(path: Path, limit: int | None = None) -> list[Abstract]:
    """Title and abstract of each article of a PubTator file, with its mentions of type Disease."""
    articles = islice(pubtator_reader(path).texts(), limit)
    return [
        # One character between title and abstract, as in the offsets.
        Abstract(
            article.text.replace("\n", " "),
            {(a.start, a.end) for a in article.annotations if a.label == "Disease"},
        )
        for article in articles
    ]


def score(abstracts: list[Abstract], found: Iterable[set[Span]]) -> dict[str, float]:
    """Precision, recall and F of exact spans."""
    right = predicted = gold = 0
    for abstract, spans in zip(abstracts, found, strict=True):
        right += len(abstract.diseases & spans)
        predicted += len(spans)
        gold += len(abstract.diseases)
    precision = right / predicted if predicted else 0.0
    recall = right / gold if gold else 0.0
    f = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": precision, "recall": recall, "f": f}
