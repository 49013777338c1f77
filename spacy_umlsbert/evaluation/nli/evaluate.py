"""The scores of predictions for gold pairs, and of baselines beside them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from spacy_umlsbert.annotations.pairs import NliPrediction
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.evaluation.nli.baselines import baseline_labels
from spacy_umlsbert.evaluation.nli.gold_pairs import GoldPairs
from spacy_umlsbert.evaluation.nli.scores import PairScores
from spacy_umlsbert.nli.pair_files import ROWS_AT_A_TIME, PredictPairs, predict_safely


@dataclass(frozen=True)
class PairEvaluation:
    """Scores of pairs.

    Attributes:
        scores: Of the pipeline.
        baselines: Of the baselines, by their names.
        facts: What to know of the pairs beside the figures, where there is anything.
        unknown_labels: Number of pairs with a label that the pipeline does not know.
    """

    scores: PairScores
    baselines: dict[str, PairScores] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    unknown_labels: int = 0


def evaluate_pairs(
    gold: GoldPairs,
    predict: PredictPairs,
    labels: Sequence[str],
    train: GoldPairs | None = None,
    progress: Callable[[Iterable[NliPrediction]], Iterable[NliPrediction]] = iter,
    at_a_time: int = ROWS_AT_A_TIME,
) -> PairEvaluation:
    """Predict labels for gold pairs, and score them.

    Args:
        gold: The pairs.
        predict: Predicts labels.
        labels: The labels that it knows.
        train: Pairs to train baselines on.
        progress: Wraps the predictions, to show how far it is.
        at_a_time: How many pairs go to ``predict`` together.

    Raises:
        InputError: If there is a prediction for no pair.
    """
    found = list(progress(predict_safely(gold.texts, predict, at_a_time)))
    if all(one.problem for one in found):
        raise InputError(f"no label was predicted for any pair. Of the first: {found[0].problem}")
    unknown = sum(label not in labels for label in gold.labels)
    counts = {
        "pairs with a label that the pipeline does not know": unknown,
        "pairs that did not fit the transformer": sum(one.left_out > 0 for one in found),
    }
    of_baselines = {} if train is None else baseline_labels(train.labelled, gold.texts)
    return PairEvaluation(
        PairScores(gold.labels, [one.label for one in found]),
        {name: PairScores(gold.labels, predicted) for name, predicted in of_baselines.items()},
        gold.facts() | {name: f"{n:,}" for name, n in counts.items() if n},
        unknown,
    )
