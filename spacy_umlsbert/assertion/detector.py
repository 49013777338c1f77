"""The abstract way from Docs to verdicts: rules are one implementation, a model may be another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

from spacy.tokens import Doc, Span

from spacy_umlsbert.assertion.verdicts import Cue, Verdict


class Findings(NamedTuple):
    """What was found in a Doc.

    Attributes:
        verdicts: One for each span, in the order given.
        cues: All cues of the text, in its order, whether or not a span lies in their scopes.
        governing: For each span all cues in whose scopes it lies, also those that did not decide.
        sections: For each span the category of the innermost section; empty if there is none.
    """

    verdicts: list[Verdict]
    cues: list[Cue]
    governing: list[list[Cue]]
    sections: list[str]


class AssertionDetector(ABC):
    """Says of spans whether they are present, absent, possible …

    An implementation that knows probabilities writes them into its verdicts.
    """

    @abstractmethod
    def detect(self, docs: Sequence[Doc], spans: Sequence[Sequence[Span]]) -> list[Findings]:
        """Judge the spans of some Docs.

        Args:
            docs: The Docs.
            spans: The spans of each, in any order; they may be nested or overlap.

        Returns:
            The findings of each Doc.
        """

    def can_read(self, doc: Doc) -> bool:
        """Whether a Doc has all that this judges by."""
        return True
