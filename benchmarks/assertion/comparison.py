"""Assertions on the dev fifth of BioScope, Chia and MACCROBAT, beside other packages.

    python benchmarks/assertion/comparison.py CORPORA [--pipeline PATH] [--part dev] [--out FILE]

CORPORA has the folders ``assertion`` (bioscope.csv, chia_without_scope_balanced.csv) and
``maccrobat``. Of medspaCy and negspaCy those take part that are installed: install them into an
environment of their own (``pip install medspacy negspacy``), since they hold other versions of what
this package needs. With a pipeline that the workflow's command `assertion` has trained its head
takes part too, alone and with the rules. All get the same gold mentions, tokens and sentences.
"""

from __future__ import annotations

import argparse
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import spacy
import srsly
from spacy.language import Language
from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.assertions import assertion
from spacy_umlsbert.assertion.by_rules import DetectorByRules
from spacy_umlsbert.assertion.detector import AssertionDetector, Findings
from spacy_umlsbert.assertion.verdicts import (
    FAMILY,
    HISTORICAL,
    HYPOTHETICAL,
    NEGATED,
    UNCERTAIN,
    Verdict,
    class_of,
)
from spacy_umlsbert.corpora.annotated.formats import READERS
from spacy_umlsbert.corpora.annotated.gold import GOLD
from spacy_umlsbert.evaluation.assertion.scores import AssertionScores
from spacy_umlsbert.text.sentences import sentences

PROBLEMS = ("Sign_symptom", "Disease_disorder")
NEGATION = ("BioScope", "BioScope, by rows", "Chia")
"""Corpora in which negation is annotated: what has resolved is not negated there."""
CORPORA: dict[str, tuple[str, str, dict[str, Any], Sequence[str]]] = {
    "BioScope": ("bioscope", "assertion/bioscope.csv", {}, ()),
    "BioScope, by rows": ("bioscope", "assertion/bioscope.csv", {"classes_by": "rows"}, ()),
    "Chia": ("chia", "assertion/chia_without_scope_balanced.csv", {}, ()),
    "MACCROBAT, problems": ("brat", "maccrobat", {"assertion_attribute": "POLARITY"}, PROBLEMS),
    "MACCROBAT, all events": ("brat", "maccrobat", {"assertion_attribute": "POLARITY"}, ()),
}
_FLAGS = (NEGATED, UNCERTAIN, HYPOTHETICAL, HISTORICAL, FAMILY)


class ByComponent(AssertionDetector):
    """What another package's component writes on entities.

    Args:
        component: The component.
        flags: What it says of an entity.
    """

    def __init__(
        self, component: Callable[[Doc], Doc], flags: Callable[[Span], frozenset[str]]
    ) -> None:
        self._component = component
        self._flags = flags

    def detect(self, docs: Sequence[Doc], spans: Sequence[Sequence[Span]]) -> list[Findings]:
        """Judge spans; those that overlap are judged in several passes."""
        found = []
        for doc, of in zip(docs, spans, strict=True):
            flags: dict[int, frozenset[str]] = {}
            waiting = list(range(len(of)))
            while waiting:
                layer = spacy.util.filter_spans([of[i] for i in waiting])
                places = {(span.start, span.end) for span in layer}
                now = {(of[i].start, of[i].end): i for i in reversed(waiting)}
                doc.ents = layer
                self._component(doc)
                for ent in doc.ents:
                    flags[now[ent.start, ent.end]] = self._flags(ent)
                done = {now[place] for place in places}
                waiting = [i for i in waiting if i not in done]
            verdicts = [Verdict(class_of(set(flags[i])), flags[i]) for i in range(len(of))]
            found.append(Findings(verdicts, [], [[]] * len(of), [""] * len(of)))
        return found


def medspacy_context(nlp: Language) -> AssertionDetector:
    """MedspaCy's ConText with its default rules."""
    import medspacy.context  # noqa: F401, PLC0415 - optional

    component = nlp.create_pipe("medspacy_context")
    return ByComponent(
        component, lambda ent: frozenset(one for one in _FLAGS if ent._.get(f"is_{one}"))
    )


def negspacy_negex(nlp: Language) -> AssertionDetector:
    """NegspaCy with its clinical terms."""
    import negspacy.negation  # noqa: F401, PLC0415 - optional

    component = nlp.create_pipe("negex", config={"chunk_prefix": ["no"]})
    return ByComponent(component, lambda ent: frozenset([NEGATED] if ent._.negex else []))


def head_of(nlp: Language, certainty: float) -> AssertionDetector:
    """The detector of a trained pipeline, whose head decides from such a certainty on."""
    component = nlp.get_pipe("umls_assertion")
    component.cfg["certainty"] = certainty
    return component.detector


def systems(nlp: Language, pipeline: Language | None) -> Iterator[tuple[str, AssertionDetector]]:
    """Ours, and those of the others that are installed."""
    yield "spacy-umlsbert, rules", DetectorByRules()
    if pipeline is not None:
        usual = pipeline.get_pipe("umls_assertion").cfg["certainty"]
        yield "spacy-umlsbert, head", head_of(pipeline, 0.0)
        yield "spacy-umlsbert, rules and head", head_of(pipeline, usual)
    if find_spec("medspacy"):
        yield "medspaCy ConText", medspacy_context(nlp)
    if find_spec("negspacy"):
        yield "negspaCy", negspacy_negex(nlp)


def main() -> None:
    """Measure, and show or write a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--pipeline", type=Path, help="a trained pipeline with umls_assertion")
    parser.add_argument("--part", choices=("train", "dev"), default="dev")
    parser.add_argument("--out", type=Path, help="JSON file for all figures")
    arguments = parser.parse_args()
    nlp = spacy.blank("en")
    pipeline = None if arguments.pipeline is None else spacy.load(arguments.pipeline)
    figures: dict[str, Any] = {}
    for corpus, (reader, path, settings, labels) in CORPORA.items():
        gold = list(
            READERS[reader](
                arguments.corpora / path, split=arguments.part, dev_share=0.2, **settings
            ).docs(nlp)
        )
        docs = [with_sentences(nlp, doc) for doc in gold]
        if pipeline is not None:
            transformer = pipeline.get_pipe("transformer")
            docs = list(transformer.pipe(docs, batch_size=64))
        spans = [mentions(doc, labels) for doc in gold]
        classes = sorted({str(assertion(span)) for of in spans for span in of})
        for system, detector in systems(nlp, pipeline):
            scores, took = measure(detector, docs, spans, classes, by_flags=corpus in NEGATION)
            found = scores.as_dict()
            words = sum(map(len, docs))
            figures[f"{corpus}: {system}"] = {**found, "words_per_second": words / took}
            of_class = "; ".join(
                f"{name} P {100 * row['p']:.1f} R {100 * row['r']:.1f} F {100 * row['f']:.1f} "
                f"({row['gold']})"
                for name, row in found["per_class"].items()
            )
            print(f"| {corpus} | {system} | {of_class} | {words / took:,.0f} |", flush=True)
    if arguments.out:
        srsly.write_json(arguments.out, figures)


def with_sentences(nlp: Language, gold: Doc) -> Doc:
    """The text of a gold Doc with sentences, and nothing else."""
    doc = nlp.make_doc(gold.text)
    borders = [sentence.start for sentence in sentences(doc.text)]
    before = -1
    for token in doc:
        number = bisect_right(borders, token.idx)
        token.is_sent_start = not token.is_space and number != before
        before = before if token.is_space else number
    return doc


def mentions(doc: Doc, labels: Sequence[str]) -> list[Span]:
    """The gold mentions of which the corpus says something."""
    return [
        span
        for span in doc.spans[GOLD]
        if assertion(span) is not None and (not labels or span.label_ in labels)
    ]


def measure(
    detector: AssertionDetector,
    docs: Sequence[Doc],
    gold: Sequence[Sequence[Span]],
    classes: Sequence[str],
    *,
    by_flags: bool,
) -> tuple[AssertionScores, float]:
    """Scores, and the seconds that judging took; of negation if ``by_flags``, else of classes."""
    scores = AssertionScores(classes)
    detector.detect(docs[:1], [[]])  # makes what is made once
    took = 0.0
    for doc, of in zip(docs, gold, strict=True):
        spans = [Span(doc, one.start, one.end, one.label_) for one in of]
        begin = time.perf_counter()
        (findings,) = detector.detect([doc], [spans])
        took += time.perf_counter() - begin
        should = (
            (str(assertion(one)), frozenset(f for f in _FLAGS if one._.get(f"is_{f}")))
            for one in of
        )
        verdicts = findings.verdicts
        if by_flags:
            verdicts = [Verdict(class_of(set(one.flags)), one.flags) for one in verdicts]
        scores.add(should, verdicts)
    return scores, took


if __name__ == "__main__":
    main()
