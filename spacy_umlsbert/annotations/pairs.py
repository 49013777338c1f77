"""Two texts as one Doc: a premise and a hypothesis, encoded as a pair.

A pair Doc is an ordinary Doc with two span groups, so that it can be saved, streamed and pickled
like any other. Components that read single texts leave it as it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from spacy.language import Language
from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.groups import spans_of
from spacy_umlsbert.errors import InputError, UsageError
from spacy_umlsbert.text.unicode import is_unicode

PREMISE = "premise"
HYPOTHESIS = "hypothesis"
LEFT_OUT = "left_out"
"""The span group with what did not fit the transformer and was not read; absent if all was."""

SEPARATOR = "\n\n"


@dataclass(frozen=True)
class NliPrediction:
    """What `umls_nli` predicts for a pair.

    Attributes:
        label: The most probable label; empty if there is no prediction.
        probabilities: Label -> probability, 0 … 1; they sum to one.
        left_out: Number of tokens that did not fit the transformer and were not read.
        problem: Why there is none, if so.
    """

    label: str
    probabilities: Mapping[str, float] = field(default_factory=dict)
    left_out: int = 0
    problem: str = ""


def make_pair(nlp: Language, premise: str, hypothesis: str) -> Doc:
    """A pair Doc, tokenized and not processed.

    Its text is the premise, an empty line, and the hypothesis; ``doc.spans["premise"]`` and
    ``doc.spans["hypothesis"]`` hold one span each.

    Args:
        nlp: The pipeline whose tokenizer is used.
        premise: What is known, of any length.
        hypothesis: What may follow from it.

    Raises:
        InputError: If a side is no text, nothing but white space, or not valid Unicode.
    """
    texts = {PREMISE: premise, HYPOTHESIS: hypothesis}
    for name, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise InputError(f"the {name} is empty.", remedy="A pair needs two texts.")
        if not is_unicode(text):
            raise InputError(f"the {name} is not valid Unicode.")
    first, second = (nlp.make_doc(text.strip()) for text in texts.values())
    words = [*(t.text for t in first), SEPARATOR, *(t.text for t in second)]
    spaces = [*(bool(t.whitespace_) for t in first), False, *(bool(t.whitespace_) for t in second)]
    doc = Doc(nlp.vocab, words=words, spaces=spaces)
    doc.spans[PREMISE] = [doc[: len(first)]]
    doc.spans[HYPOTHESIS] = [doc[len(first) + 1 :]]
    return doc


def is_pair(doc: Doc) -> bool:
    """Whether a Doc is a pair: a premise and a hypothesis, and nothing else.

    A pair that is joined with another Doc is none any more.
    """
    return _sides(doc) is not None


def sides_of(doc: Doc) -> tuple[Span, Span]:
    """The premise and the hypothesis of a pair Doc.

    Raises:
        ValueError: If it is no pair.
    """
    sides = _sides(doc)
    if sides is None:
        raise UsageError("the Doc is no pair of a premise and a hypothesis")
    return sides


def _sides(doc: Doc) -> tuple[Span, Span] | None:
    if PREMISE not in doc.spans or HYPOTHESIS not in doc.spans:
        return None
    sides = [*spans_of(doc, PREMISE), *spans_of(doc, HYPOTHESIS)]
    if len(sides) != 2 or len(doc.spans[PREMISE]) != 1:
        return None
    premise, hypothesis = sides
    covered = premise.start == 0 and hypothesis.end == len(doc)
    return (premise, hypothesis) if covered and premise.end < hypothesis.start else None


def set_label(doc: Doc, label: str) -> None:
    """Make a pair Doc a gold one: ``doc.cats`` has this label alone."""
    doc.cats = {label: 1.0}


def gold_label(doc: Doc) -> str | None:
    """The label of a gold pair Doc; None if it has none."""
    best = max(doc.cats, key=lambda label: doc.cats[label], default=None)
    return best if best is not None and doc.cats[best] > 0 else None


def set_left_out(doc: Doc, spans: Iterable[Span]) -> None:
    """Keep on a pair Doc what the transformer did not read."""
    spans = list(spans)
    if spans:
        doc.spans[LEFT_OUT] = spans
    elif LEFT_OUT in doc.spans:
        del doc.spans[LEFT_OUT]
