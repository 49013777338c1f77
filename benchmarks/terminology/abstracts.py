"""PubTator files and the scoring of spans, for the measurements."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

Span = tuple[int, int]


class Abstract(NamedTuple):
    """An abstract and the character offsets of its disease mentions."""

    text: str
    diseases: set[Span]


def read_abstracts(path: Path, limit: int | None = None) -> list[Abstract]:
    """Title and abstract of each article of a PubTator file, with its mentions of type Disease."""
    abstracts = []
    for block in path.read_text("utf-8").strip().split("\n\n"):
        texts: list[str] = []
        diseases = set()
        for line in block.split("\n"):
            parts = line.split("\t")
            if len(parts) == 1 and len(texts) < 2:
                texts.append(line.split("|", 2)[2])
            elif len(parts) >= 5 and parts[4] == "Disease":
                diseases.add((int(parts[1]), int(parts[2])))
        abstracts.append(Abstract(" ".join(texts), diseases))
    return abstracts[:limit]


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
