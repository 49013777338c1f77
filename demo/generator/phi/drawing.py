"""One of several: which forms and words a split may show."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from demo.generator.holdout import is_held_out


@dataclass(frozen=True, slots=True)
class Options:
    """Things to choose from, by weight; those that training never sees apart."""

    seen: tuple[str, ...]
    seen_weights: tuple[float, ...]
    held_out: tuple[str, ...]
    held_out_weights: tuple[float, ...]

    @classmethod
    def of(cls, kind: str, weighted: Iterable[tuple[str, float]], share: float) -> Options:
        """Hold out a share of things, by their words. At least one stays."""
        seen: list[tuple[str, float]] = []
        held_out: list[tuple[str, float]] = []
        for text, weight in weighted:
            held = is_held_out(kind, text.lower(), share)
            (held_out if held else seen).append((text, weight))
        if not seen:
            seen, held_out = held_out, []
        # Sums, because `random.choices` would make them at every draw.
        return cls(
            tuple(text for text, _ in seen),
            tuple(accumulate(weight for _, weight in seen)),
            tuple(text for text, _ in held_out),
            tuple(accumulate(weight for _, weight in held_out)),
        )


@dataclass(frozen=True, slots=True)
class PhiDrawing:
    """How forms and words are drawn for one split.

    Args:
        split: "train" never gets what is held out.
        held_out_share: how often, in another split, it is drawn where there is any.
    """

    split: str
    held_out_share: float = 0.5

    def pick(self, rng: random.Random, options: Options) -> str:
        """One of them."""
        new = options.held_out and self.split != "train" and rng.random() < self.held_out_share
        texts: Sequence[str] = options.held_out if new else options.seen
        weights = options.held_out_weights if new else options.seen_weights
        return rng.choices(texts, cum_weights=weights)[0]
