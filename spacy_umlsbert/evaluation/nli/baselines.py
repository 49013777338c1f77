"""What any model of pairs has to beat: the majority, and logistic regression on words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from spacy_umlsbert.errors import UsageError

Texts = tuple[str, str]
"""A premise and a hypothesis."""
LabelledTexts = tuple[str, str, str]
"""The same, and the label."""

_PREMISE, _HYPOTHESIS = 0, 1
# As scikit-learn's, but with words of one letter or digit: "type 2", "x ray".
_WORD = r"(?u)\b\w+\b"


def baseline_labels(train: Sequence[LabelledTexts], pairs: Sequence[Texts]) -> dict[str, list[str]]:
    """Train the baselines and let them judge pairs.

    - the most frequent label
    - TF-IDF of the hypothesis alone: how far the corpus gives its labels away without the premise
      (Gururangan et al. 2018, "Annotation Artifacts in Natural Language Inference Data")
    - TF-IDF of both sides, and how alike they are

    Args:
        train: The pairs to learn from.
        pairs: The pairs to judge.

    Returns:
        Name of the baseline -> a label for each pair, in order.

    Raises:
        ValueError: If there are no pairs to learn from.
    """
    if not train:
        raise UsageError("There are no pairs to learn from.")
    sides = _columns([(premise, hypothesis) for premise, hypothesis, _ in train])
    labels = [label for *_, label in train]
    models = {"majority label": DummyClassifier(strategy="most_frequent")}
    if len(set(labels)) > 1:  # a regression needs two
        models |= {
            "TF-IDF of the hypothesis alone": _regression(
                ("hypothesis", _word_features(), _HYPOTHESIS)
            ),
            "TF-IDF of both sides": _regression(
                ("premise", _word_features(), _PREMISE),
                ("hypothesis", _word_features(), _HYPOTHESIS),
                ("likeness", make_pipeline(Likeness(), StandardScaler()), [_PREMISE, _HYPOTHESIS]),
            ),
        }
    if not pairs:
        return {name: [] for name in models}
    judged = _columns(pairs)
    return {
        name: [str(label) for label in model.fit(sides, labels).predict(judged)]
        for name, model in models.items()
    }


class Likeness(TransformerMixin, BaseEstimator):
    """How alike the sides of pairs are, in words.

    Two columns: the cosine of the sides' TF-IDF vectors, and the share of the hypothesis's distinct
    words that are in the premise.
    """

    def fit(self, sides: NDArray[np.object_], y: Any = None) -> "Likeness":
        """Learn how rare words are, from (pairs, 2) texts."""
        self.tfidf_ = TfidfVectorizer(token_pattern=_WORD).fit(sides.ravel())
        return self

    def transform(self, sides: NDArray[np.object_]) -> NDArray[np.float64]:
        """(pairs, 2) texts -> (pairs, 2) figures between 0 and 1."""
        premise, hypothesis = (self.tfidf_.transform(sides[:, i]) for i in (_PREMISE, _HYPOTHESIS))
        cosine = np.asarray(premise.multiply(hypothesis).sum(axis=1)).ravel()
        words = self.tfidf_.build_analyzer()
        shared = [_share(set(words(second)), set(words(first))) for first, second in sides]
        return np.column_stack([cosine, shared])


def _share(words: set[str], among: set[str]) -> float:
    return len(words & among) / len(words) if words else 0.0


def _columns(pairs: Sequence[Texts]) -> NDArray[np.object_]:
    return np.array(pairs, dtype=object)


def _word_features() -> TfidfVectorizer:
    return TfidfVectorizer(token_pattern=_WORD, ngram_range=(1, 2))


def _regression(*features: tuple[str, Any, Any]) -> Any:
    return make_pipeline(
        ColumnTransformer(list(features)), LogisticRegression(C=1.0, max_iter=1000)
    )
