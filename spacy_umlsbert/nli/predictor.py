"""Predictions of a whole pipeline for pairs of texts, on several processes if wanted."""

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from spacy_umlsbert.annotations.pairs import LEFT_OUT, Judgement, make_pair
from spacy_umlsbert.nli.pair_files import Judge

_ENOUGH = 256
"""Fewer pairs are not worth starting processes for."""


def pair_predictor(
    nlp: Language, labels: Sequence[str], n_process: int = 1, batch_size: int | None = None
) -> Judge:
    """Predicts the labels of pairs with a pipeline.

    Args:
        nlp: A pipeline that ends with an `umls_nli`.
        labels: The labels of this component.
        n_process: As for ``nlp.pipe``. Few pairs go through one process all the same.
        batch_size: The same.
    """

    def predict(pairs: list[tuple[str, str]]) -> list[Judgement]:
        docs = [(make_pair(nlp, *pair), number) for number, pair in enumerate(pairs)]
        processes = n_process if len(docs) > _ENOUGH else 1
        # A component may leave out a Doc that it fails on, so they are numbered.
        done = nlp.pipe(docs, as_tuples=True, n_process=processes, batch_size=batch_size)
        found = {number: prediction_of(doc, labels) for doc, number in done}
        failed = Judgement("", problem="a component failed on it")
        return [found.get(number, failed) for number in range(len(pairs))]

    return predict


def prediction_of(doc: Doc, labels: Sequence[str]) -> Judgement:
    """What `umls_nli` wrote on a pair Doc.

    Args:
        doc: The Doc.
        labels: The labels of the component.
    """
    probabilities = {label: doc.cats[label] for label in labels}
    left_out = sum(map(len, doc.spans.get(LEFT_OUT, ())))
    return Judgement(max(labels, key=probabilities.__getitem__), probabilities, left_out)
