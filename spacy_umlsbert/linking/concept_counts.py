"""How often a corpus mentions concepts: what is frequent there is likely elsewhere too."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from spacy_umlsbert.linking.gold_mentions import GoldMention, simple_mentions


class ConceptCounts:
    """Frequencies of concepts among the mentions of a corpus, composite ones left out.

    Args:
        counts: How often a mention (text, ids) occurs.
    """

    def __init__(self, counts: Iterable[tuple[str, tuple[str, ...], int]] = ()) -> None:
        self._of_concept: Counter[str] = Counter()
        self._of_mention: Counter[tuple[str, str]] = Counter()
        for mention, ids, count in counts:
            for one in ids:
                self._of_concept[one] += count
                self._of_mention[mention, one] += count

    @classmethod
    def of(cls, mentions: Iterable[GoldMention]) -> ConceptCounts:
        """Count."""
        return cls((name, ids, 1) for name, ids in simple_mentions(mentions))

    def frequency(self, concept_ids: Iterable[str], without: str | None = None) -> float:
        """The logarithm of 1 + the number of mentions of a concept.

        Args:
            concept_ids: The ids of the concept.
            without: A mention that does not count, as if it had never been seen.
        """
        count = 0
        for one in concept_ids:
            count += self._of_concept[one]
            if without is not None:
                count -= self._of_mention[without, one]
        return math.log1p(count)
