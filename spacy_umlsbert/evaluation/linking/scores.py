"""How well mentions are linked: accuracy among the first k, mean reciprocal rank, recall."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

NOT_FOUND = np.inf


def rank_of(candidates: Sequence[Collection[str]], gold: Collection[str]) -> float:
    """The place, from 1, of the first candidate that has one of the gold concept ids.

    Args:
        candidates: The concept ids of each candidate, best first. One may have several, where a
            terminology has alternative ids for a concept.
        gold: The right ids.

    Returns:
        `NOT_FOUND` if there is none.
    """
    wanted = set(gold)
    places = (i for i, ids in enumerate(candidates, 1) if not wanted.isdisjoint(ids))
    return next(places, NOT_FOUND)


@dataclass(frozen=True)
class LinkingScores:
    """Scores of mentions.

    Attributes:
        ranks: (mentions,) the place of the right candidate; of a composite mention the last of its
            parts' places, so that it counts only if all parts are right (Sung et al. 2020,
            section 4.3).
    """

    ranks: NDArray[np.float64]

    @classmethod
    def of(cls, ranks: Iterable[Sequence[float]]) -> "LinkingScores":
        """From the places of each mention's parts."""
        return cls(np.array([max(of_parts, default=NOT_FOUND) for of_parts in ranks], dtype="d"))

    def accuracy(self, k: int) -> float:
        """Share of the mentions whose concept is among the first k candidates."""
        return float((self.ranks <= k).mean()) if len(self.ranks) else 0.0

    @property
    def mean_reciprocal_rank(self) -> float:
        """Mean of 1 / place."""
        return float((1 / self.ranks).mean()) if len(self.ranks) else 0.0

    def as_dict(self, at: Sequence[int] = (1, 5, 20)) -> dict[str, float]:
        """The figures, for JSON."""
        accuracies = {f"acc@{k}": self.accuracy(k) for k in at}
        return {"mentions": len(self.ranks), **accuracies, "mrr": self.mean_reciprocal_rank}


class Gold(Protocol):
    """A mention whose concepts are known."""

    @property
    def parts(self) -> Sequence[str]:
        """What is to be linked."""

    @property
    def concept_ids(self) -> Collection[str]:
        """The right ids."""


def score_mentions(
    mentions: Sequence[Gold],
    search: Callable[[list[str]], Iterable[Sequence[Collection[str]]]],
) -> LinkingScores:
    """Link all parts of all mentions, each distinct part once.

    Args:
        mentions: The mentions.
        search: Gives, for each of some names, the concept ids of its candidates, best first.
    """
    distinct = list(dict.fromkeys(part for mention in mentions for part in mention.parts))
    found = dict(zip(distinct, search(distinct), strict=True))
    return LinkingScores.of(
        [rank_of(found[part], mention.concept_ids) for part in mention.parts]
        for mention in mentions
    )
