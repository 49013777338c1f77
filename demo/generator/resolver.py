"""From the words of a mention to a concept of the release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from demo.generator.mention_words import MentionWords
from demo.generator.release import Concept


class Resolver:
    """From a mention's words to a CUI of the release, or "" where it has none.

    A name is the concept's whatever its case, in the plural too, with words in front that only
    grade or time it (`words.modifiers`: severe, chronic, left …) and with the product's form
    behind it (`words.forms`: inhaler, cream …): those do not make another concept. A name that two
    concepts of one label share stays without a CUI.
    """

    def __init__(self, concepts: Iterable[Concept], words: MentionWords) -> None:
        self._cuis: dict[tuple[str, str], set[str]] = defaultdict(set)
        for concept in concepts:
            for name in concept.names:
                self._cuis[concept.label, normal(name)].add(concept.cui)
        self._words = words

    def exact(self, text: str, label: str) -> str:
        """The CUI of these words as they are, or in the singular."""
        words = normal(text)
        for form in _singulars(words):
            cuis = self._cuis.get((label, form))
            if cuis:
                return next(iter(cuis)) if len(cuis) == 1 else ""
        return ""

    def resolve(self, text: str, label: str) -> str:
        """The CUI of these words, modifiers in front left off one by one, and so the form."""
        words = normal(text).split(" ")
        while words:
            cui = self.exact(" ".join(words), label) or self._without_form(words, label)
            if cui or words[0] not in self._words.modifiers:
                return cui
            del words[0]
        return ""

    def _without_form(self, words: list[str], label: str) -> str:
        for cut in range(1, len(words)):
            if " ".join(words[cut:]) in self._words.forms:
                return self.exact(" ".join(words[:cut]), label)
        return ""


def normal(text: str) -> str:
    """Lower case, with single blanks."""
    return " ".join(text.lower().split())


def _singulars(words: str) -> Iterable[str]:
    yield words
    if words.endswith("s") and not words.endswith("ss"):
        yield words[:-1]
    if words.endswith("es"):
        yield words[:-2]
    if words.endswith("ies"):
        yield words[:-3] + "y"
