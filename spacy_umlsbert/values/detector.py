"""The abstract way from Docs to values: rules are one implementation, a model may be another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spacy.tokens import Doc, Span

from spacy_umlsbert.annotations.sentences import sentences_of
from spacy_umlsbert.values.kinds import Found, Mention
from spacy_umlsbert.values.mentions import IGNORED, role_of
from spacy_umlsbert.values.reader import ValueReader
from spacy_umlsbert.values.rules import ValueRules


class ValueDetector(ABC):
    """Finds the values of Docs, and what they belong to."""

    @abstractmethod
    def detect(self, docs: Sequence[Doc], spans: Sequence[Sequence[Span]]) -> list[list[Found]]:
        """Find the values of some Docs.

        Args:
            docs: The Docs.
            spans: Of each the spans that values may belong to, in any order.

        Returns:
            The values of each Doc, in the order of the text; ``of`` is the number of a span.
        """

    def can_read(self, doc: Doc) -> bool:
        """Whether a Doc has all that this goes by."""
        return True


class DetectorByRules(ValueDetector):
    """Finds values by rules.

    Attributes:
        rules: The rules in use; `change` builds what is made of them anew.
        labels: Label -> role (drug, test, problem, other, none), before those that are known.
    """

    def __init__(
        self, rules: ValueRules | None = None, labels: Mapping[str, str] | None = None
    ) -> None:
        self.rules = ValueRules() if rules is None else rules
        self.labels = dict(labels or {})
        self._reader: ValueReader | None = None

    @property
    def reader(self) -> ValueReader:
        """What reads plain text by these rules."""
        if self._reader is None:
            self._reader = ValueReader(self.rules)
        return self._reader

    def change(self, *, remove: Iterable[str] = (), add: Iterable[Any] = (), **added: Any) -> None:
        """Remove rules, and add some; see `ValueRules`."""
        self.rules.remove(remove)
        self.rules.add(add, **added)
        self._reader = None

    def detect(self, docs: Sequence[Doc], spans: Sequence[Sequence[Span]]) -> list[list[Found]]:
        """Find the values of some Docs."""
        return [self._detect(doc, of) for doc, of in zip(docs, spans, strict=True)]

    def roles(self, spans: Sequence[Span]) -> list[str]:
        """What each span is: drug, test, problem, other or none."""
        return [role_of(span.label_, _types_of(span), self.labels) for span in spans]

    def _detect(self, doc: Doc, spans: Sequence[Span]) -> list[Found]:
        numbers, mentions = [], []
        for number, (span, role) in enumerate(zip(spans, self.roles(spans), strict=True)):
            if role != IGNORED:
                numbers.append(number)
                mentions.append(Mention(span.start_char, span.end_char, role, span.text))
        found = self.reader.read(doc.text, mentions, sentences_of(doc))
        return [one if one.of is None else one._replace(of=numbers[one.of]) for one in found]

    def __getstate__(self) -> dict[str, Any]:
        """The rules, without what is made of them."""
        return {**self.__dict__, "_reader": None}


def _types_of(span: Span) -> list[str]:
    """The semantic types of a span, best first, if it has any."""
    return list(span._.tuis) if Span.has_extension("tuis") else []
