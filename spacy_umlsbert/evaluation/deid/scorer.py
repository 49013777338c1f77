"""Scores of `umls_deid` while it is trained: exact match, of all it found and of its head alone."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from spacy.tokens import Span
from spacy.training import Example

from spacy_umlsbert.evaluation.ner.scores import Entity, EntityScores
from spacy_umlsbert.guard import without_text

Scores = dict[str, Any]


@without_text("the spans of PHI cannot be scored")
def score_phi_spans(
    examples: Iterable[Example],
    *,
    spans_key: str = "phi",
    head_key: str | None = None,
    gold_key: str | None = "phi",
    **_: Any,
) -> Scores:
    """Exact-match precision, recall and F1, called ``spans_phi_f`` and so on after the span group.

    Texts without gold PHI do not count, nor do spans on tokens whose annotation is missing.

    Args:
        examples: Texts that went through `umls_deid`, and gold Docs.
        spans_key: The span group of what was found.
        head_key: The span group of what the tagging head found by itself, if that is scored too.
        gold_key: The span group of gold PHI; None for ``doc.ents``.
    """
    examples = list(examples)
    keys = [spans_key] if head_key is None else [spans_key, head_key]
    return {name: figure for key in keys for name, figure in _scores(examples, key, gold_key)}


def _scores(
    examples: Iterable[Example], key: str, gold_key: str | None
) -> Iterator[tuple[str, Any]]:
    scores = EntityScores()
    for example in examples:
        reference = example.reference
        if gold_key is not None and gold_key not in reference.spans:
            continue
        gold = set(map(_place, reference.ents if gold_key is None else reference.spans[gold_key]))
        spans = example.get_aligned_spans_x2y(example.predicted.spans.get(key, ()))
        found = {_place(span) for span in spans if gold_key is not None or _is_annotated(span)}
        scores.add_entities(found, gold)
    total = scores.micro
    known = len(total) > 0  # spaCy shows None as "no annotation", which is no score of zero
    yield f"spans_{key}_p", total.precision if known else None
    yield f"spans_{key}_r", total.recall if known else None
    yield f"spans_{key}_f", total.fscore if known else None
    types = {label: one.to_dict() for label, one in scores.per_label.items()}
    yield f"spans_{key}_per_type", types if known else None


def _place(span: Span) -> Entity:
    return span.start, span.end, span.label_


def _is_annotated(span: Span) -> bool:
    return all(token.ent_iob for token in span)


def make_deid_scorer() -> Callable[..., Scores]:
    """`spacy_umlsbert.deid_scorer.v1`, see `score_phi_spans`."""
    return score_phi_spans
