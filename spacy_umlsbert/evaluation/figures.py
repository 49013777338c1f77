"""Precision, recall and F1 as plain figures."""

from __future__ import annotations

from collections.abc import Collection

from spacy.scorer import PRFScore


def figures_of(score: PRFScore) -> dict[str, float]:
    """Shares between 0 and 1, and how many were correct, found and in the gold."""
    return {
        "p": score.precision,
        "r": score.recall,
        "f": score.fscore,
        "correct": score.tp,
        "found": score.tp + score.fp,
        "gold": score.tp + score.fn,
    }


def summed(scores: Collection[PRFScore]) -> PRFScore:
    """The counts of several together (micro)."""
    return PRFScore(
        tp=sum(one.tp for one in scores),
        fp=sum(one.fp for one in scores),
        fn=sum(one.fn for one in scores),
    )


def mean(scores: Collection[PRFScore]) -> dict[str, float]:
    """The means of precision, of recall and of F1 (macro); 0 of nothing."""
    count = len(scores) or 1
    return {
        "p": sum(one.precision for one in scores) / count,
        "r": sum(one.recall for one in scores) / count,
        "f": sum(one.fscore for one in scores) / count,
    }
