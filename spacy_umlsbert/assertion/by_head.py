"""Verdicts of rules and a trained head together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from spacy.tokens import Doc, Span

from spacy_umlsbert.assertion.by_rules import DetectorByRules
from spacy_umlsbert.assertion.detector import AssertionDetector, Findings
from spacy_umlsbert.assertion.features import feature_rows
from spacy_umlsbert.assertion.verdicts import CLASSES, IMPLIED, PRESENT, Cue, Verdict, class_of
from spacy_umlsbert.layers.heads.calibration import probabilities

if TYPE_CHECKING:
    from spacy_umlsbert.layers.heads.windowed_rows import RowModel, WindowedRows

FLAG = "is_"
"""Labels that begin so are of flags, the others of classes."""


class Outputs(NamedTuple):
    """Which outputs of a head are what.

    Attributes:
        classes: The classes that it knows, with their columns.
        flags: The flags that it knows, with their columns.
    """

    classes: dict[str, int]
    flags: dict[str, int]

    @classmethod
    def of(cls, labels: Sequence[str]) -> Outputs:
        """What the outputs are whose labels these are."""
        places = {label: i for i, label in enumerate(labels)}
        return cls(
            {label: i for label, i in places.items() if label in CLASSES},
            {label[len(FLAG) :]: i for label, i in places.items() if label.startswith(FLAG)},
        )


class DetectorByHead(AssertionDetector):
    """Judges spans by rules, and by a head to which what the rules found is told.

    `together` is how both become one verdict.

    Args:
        rules: The rules.
        model: Gives scores (mentions, labels).
        settings: ``labels`` of the outputs, ``temperature`` and ``certainty``, as they are when a
            Doc is judged.
        can_read: Whether the model has what it needs of these Docs; else the rules judge alone.
    """

    def __init__(
        self,
        rules: DetectorByRules,
        model: RowModel,
        settings: Mapping[str, Any],
        can_read: Callable[[Sequence[Doc]], bool],
    ) -> None:
        self.rules = rules
        self._model = model
        self._settings = settings
        self._can_read = can_read

    def detect(self, docs: Sequence[Doc], spans: Sequence[Sequence[Span]]) -> list[Findings]:
        """Judge the spans of some Docs."""
        found = self.rules.detect(docs, spans)
        outputs = Outputs.of(self._settings["labels"])
        if not any(spans) or not outputs.classes or not self._can_read(docs):
            return found
        scores = self._model.ops.to_numpy(self._model.predict(self.mentions(docs, spans, found)))
        columns = list(outputs.classes.values())
        of_classes = probabilities(scores[:, columns], self._settings["temperature"])
        of_flags = 1 / (1 + np.exp(-scores.astype("d")))
        row = 0
        judged = []
        for findings in found:
            verdicts = []
            for verdict, cues in zip(findings.verdicts, findings.governing, strict=True):
                said = dict(zip(outputs.classes, of_classes[row].tolist(), strict=True))
                flags = {flag: float(of_flags[row, i]) for flag, i in outputs.flags.items()}
                certainty = self._settings["certainty"]
                verdicts.append(together(verdict, said, flags, cues, certainty))
                row += 1
            judged.append(findings._replace(verdicts=verdicts))
        return judged

    def can_read(self, doc: Doc) -> bool:
        """Whether the model has what it needs of a Doc."""
        return self._can_read([doc])

    def mentions(
        self, docs: Sequence[Doc], spans: Sequence[Sequence[Span]], found: Sequence[Findings]
    ) -> WindowedRows:
        """What the model reads: the Docs, where their mentions are, and what the rules found."""
        # Imported here for those who have rules alone.
        from spacy_umlsbert.layers.heads import windowed_rows as rows  # noqa: PLC0415

        width = self._model.attrs["window"]
        places, features = [], []
        for doc, of, findings in zip(docs, spans, found, strict=True):
            starts = rows.sentence_starts(doc) if of else []
            around = rows.windows_around([(s.start, s.end) for s in of], starts, len(doc), width)
            places.append(around.reshape(-1, 2))
            features.append(feature_rows(findings, [(s.start_char, s.end_char) for s in of]))
        return rows.rows_of(self._model.ops, list(docs), places, features)


def together(
    verdict: Verdict,
    probabilities: Mapping[str, float],
    flags: Mapping[str, float],
    governing: Sequence[Cue],
    certainty: float,
) -> Verdict:
    """One verdict from that of the rules and the probabilities of a head.

    The head, to which the verdict of the rules is told, decides where it agrees with them, or gives
    another class or flag a probability of at least ``certainty``; else the rules do. They do alone
    of classes and flags that the head does not know.

    Args:
        verdict: What the rules say.
        probabilities: Class -> calibrated probability, of the classes that the head knows.
        flags: Flag -> probability, of the flags that it knows.
        governing: The cues that govern the mention.
        certainty: From 0, where the head decides alone, to above 1, where the rules do.

    Returns:
        The verdict, with the probabilities, and with those cues that speak for it.
    """
    best = max(probabilities, key=probabilities.__getitem__)
    known = verdict.assertion in probabilities
    overruled = known and best != verdict.assertion and probabilities[best] >= certainty
    label = best if overruled else verdict.assertion
    holds = set(verdict.flags)
    if overruled:
        of_classes = {flag for implied in IMPLIED.values() for flag in implied}
        holds = (holds - of_classes) | set(IMPLIED[best])
    for flag, probability in flags.items():
        if flag in IMPLIED[label] or class_of({*IMPLIED[label], flag}) != label:
            continue  # the class says so, or that it does not hold
        if max(probability, 1 - probability) >= certainty:
            (holds.add if probability >= 0.5 else holds.discard)(flag)
    if not overruled and holds == verdict.flags:
        cues, sections = verdict.cues, verdict.sections
    else:
        cues = tuple(sorted(cue for cue in {*governing} if _speaks_for(cue.category, label, holds)))
        sections = tuple(one for one in verdict.sections if _speaks_for(one, label, holds))
    return Verdict(label, frozenset(holds), cues, sections, dict(probabilities))


def _speaks_for(category: str, label: str, flags: set[str]) -> bool:
    return category in flags or class_of({category}) == label != PRESENT
