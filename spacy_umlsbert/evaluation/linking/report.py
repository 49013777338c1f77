"""The report of a linker: on gold mentions, and on those that a pipeline finds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy_umlsbert.evaluation.linking.scores import LinkingScores
from spacy_umlsbert.evaluation.report_files import heading, write_figures

AT = (1, 5, 20)
GOLD_HEADER = ("mentions", *(f"acc@{k}" for k in AT), "MRR")
FOUND_HEADER = ("", "precision", "recall", "F1")

Place = tuple[str, int, int]
"""A document, and the first character and the one after the last of a mention in it."""


@dataclass(frozen=True)
class EndToEndScores:
    """How many mentions were found and linked right.

    Attributes:
        found: Mentions that the pipeline found.
        linked: Those that it linked.
        gold: Gold mentions with a concept.
        right_mentions: Found mentions that are gold mentions.
        right_links: Of these, those with a right concept.
    """

    found: int
    linked: int
    gold: int
    right_mentions: int
    right_links: int

    @classmethod
    def of(
        cls, found: Mapping[Place, Sequence[str]], gold: Mapping[Place, Iterable[str]]
    ) -> "EndToEndScores":
        """Compare.

        Args:
            found: The concepts of each mention that the pipeline found, the best first; none if
                it was not linked.
            gold: The right concepts of each mention that has one. One of them is enough.
        """
        same = {place: ids for place, ids in found.items() if place in gold}
        right = sum(bool(ids) and ids[0] in set(gold[place]) for place, ids in same.items())
        return cls(len(found), sum(map(bool, found.values())), len(gold), len(same), right)

    def as_dict(self) -> dict[str, dict[str, float]]:
        """Precision, recall and F1 of mentions, and of mentions with their concept."""
        return {
            "mentions": _prf(self.right_mentions, self.found, self.gold),
            "mentions with the right concept": _prf(self.right_links, self.linked, self.gold),
        }


def _prf(right: int, found: int, gold: int) -> dict[str, float]:
    precision, recall = right / found if found else 0.0, right / gold if gold else 0.0
    both = precision + recall
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / both if both else 0.0,
    }


def gold_row(scores: LinkingScores) -> tuple[str, ...]:
    """The figures under `GOLD_HEADER`."""
    figures = scores.as_dict(AT)
    percent = [f"{100 * figures[key]:.2f}" for key in (*(f"acc@{k}" for k in AT), "mrr")]
    return (f"{len(scores.ranks):,}", *percent)


def found_rows(scores: EndToEndScores) -> list[tuple[str, ...]]:
    """The figures under `FOUND_HEADER`."""
    return [
        (name, *(f"{100 * figures[key]:.2f}" for key in ("precision", "recall", "f1")))
        for name, figures in scores.as_dict().items()
    ]


def write_linking_report(
    folder: Path,
    gold: LinkingScores,
    found: EndToEndScores | None,
    *,
    title: str,
    facts: Mapping[str, str],
) -> list[Path]:
    """Write ``linking.md`` and ``linking.json``."""
    lines = [*heading(title, facts), "", "## Gold mentions", ""]
    lines += _table(GOLD_HEADER, [gold_row(gold)])
    figures: dict[str, Any] = {"gold_mentions": gold.as_dict(AT)}
    if found is not None:
        lines += ["", "## Mentions that the pipeline finds", ""]
        lines += _table(FOUND_HEADER, found_rows(found))
        figures["found_mentions"] = found.as_dict()
    table = "\n".join([*lines, ""])
    return write_figures(folder, "linking", figures, table, title=title, facts=facts)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    ruler = ["---"] + ["---:"] * (len(header) - 1)
    return ["| " + " | ".join(row) + " |" for row in (header, ruler, *rows)]
