"""Predictions for pairs of texts: from texts to pair Docs, through a pipeline, and back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.annotations.pairs import LEFT_OUT, NliPrediction, make_pair
from spacy_umlsbert.errors import InputError, safe
from spacy_umlsbert.nli.pair_files import PredictPairs

_ENOUGH = 256
"""Fewer pairs are not worth starting processes for."""


def pair_predictor(
    nlp: Language, labels: Sequence[str], n_process: int = 1, batch_size: int | None = None
) -> PredictPairs:
    """Predicts the labels of pairs with a whole pipeline, on several processes if wanted.

    Args:
        nlp: A pipeline that ends with an `umls_nli`.
        labels: The labels of this component.
        n_process: As for ``nlp.pipe``. Few pairs go through one process all the same.
        batch_size: The same.
    """

    def of_docs(docs: Iterable[Doc]) -> Iterator[NliPrediction]:
        for doc in docs:
            yield prediction_of(doc, {label: doc.cats[label] for label in labels})

    def predict(pairs: list[tuple[str, str]]) -> list[NliPrediction]:
        processes = n_process if len(pairs) > _ENOUGH else 1
        return predict_texts(nlp, pairs, of_docs, n_process=processes, batch_size=batch_size)

    return predict


def predict_texts(
    nlp: Language,
    pairs: Sequence[tuple[str, str]],
    of_docs: Callable[[Iterable[Doc]], Iterable[NliPrediction]],
    **settings: Any,
) -> list[NliPrediction]:
    """The predictions for pairs of texts, in order.

    Args:
        nlp: The pipeline that the pair Docs go through.
        pairs: Premises and hypotheses. What is no such pair has a prediction that says why.
        of_docs: Gives the predictions for pair Docs that went through it.
        **settings: Of ``nlp.pipe``.
    """
    problems: dict[int, str] = {}
    made: list[tuple[Doc, int]] = []
    for number, pair in enumerate(pairs):
        try:
            made.append((make_pair(nlp, *_two_texts(pair)), number))
        except InputError as error:
            problems[number] = error.problem
    numbers: list[int] = []

    def processed() -> Iterator[Doc]:
        # A component may leave out a Doc that it fails on, so they are numbered.
        for doc, number in nlp.pipe(made, as_tuples=True, **settings):
            numbers.append(number)
            yield doc

    predictions = list(of_docs(processed()))
    found = dict(zip(numbers, predictions, strict=True))
    for number in range(len(pairs)):
        if number not in found:
            problem = problems.get(number, "a component failed on it")
            found[number] = NliPrediction("", problem=safe(problem))
    return [found[number] for number in range(len(pairs))]


def prediction_of(doc: Doc, probabilities: Mapping[str, float]) -> NliPrediction:
    """The prediction for a pair Doc.

    Args:
        doc: The Doc.
        probabilities: Of all labels.
    """
    left_out = sum(map(len, spans_of(doc, LEFT_OUT)))
    best = max(probabilities, key=probabilities.__getitem__)
    return NliPrediction(best, dict(probabilities), left_out)


def _two_texts(pair: Any) -> tuple[str, str]:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise InputError("it is not a premise and a hypothesis.")
    if not all(isinstance(side, str) for side in pair):
        raise InputError("a side is no text.")
    return pair[0], pair[1]
