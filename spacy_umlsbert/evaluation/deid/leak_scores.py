"""How well PHI is hidden: recall and precision by character and by mention, and what leaked."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from spacy.tokens import Doc

from spacy_umlsbert.annotations.attributes import unaligned_mentions
from spacy_umlsbert.corpora.annotated.gold import GOLD, PHI
from spacy_umlsbert.deid.labels import category
from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.guard import hide_in_repr

ALL = "all"


@hide_in_repr("text")
class Leak(NamedTuple):
    """PHI, or a part of it, that was not found. It quotes the note: keep it where the notes are."""

    document: str
    start: int
    end: int
    label: str
    text: str


@dataclass
class LeakScores:
    """Counts over any number of documents.

    What matters is whether PHI is hidden, not what it is called: a character of gold PHI counts as
    found if anything that was found covers it. Recall is by the gold category, precision by the
    category of what was found. White space and signs do not count, since they say nothing.

    Attributes:
        gold_characters: Letters and digits of gold PHI, by category, and over all.
        hidden_characters: Those of them that were found.
        found_characters: Letters and digits that were found.
        right_characters: Those of them that are gold PHI.
        gold_mentions: Gold mentions.
        hidden_mentions: Those of which every letter and digit was found.
        found_mentions: What was found, in mentions.
        right_mentions: Those that have a letter or digit of gold PHI.
        documents: Documents.
        leaking_documents: Those with a letter or digit of gold PHI that was not found.
        leaks: What was not found.
    """

    gold_characters: Counter[str] = field(default_factory=Counter)
    hidden_characters: Counter[str] = field(default_factory=Counter)
    found_characters: Counter[str] = field(default_factory=Counter)
    right_characters: Counter[str] = field(default_factory=Counter)
    gold_mentions: Counter[str] = field(default_factory=Counter)
    hidden_mentions: Counter[str] = field(default_factory=Counter)
    found_mentions: Counter[str] = field(default_factory=Counter)
    right_mentions: Counter[str] = field(default_factory=Counter)
    documents: int = 0
    leaking_documents: int = 0
    leaks: list[Leak] = field(default_factory=list)

    def add(self, text: str, gold: Iterable[Phi], found: Iterable[Phi], document: str = "") -> None:
        """Count a document.

        Args:
            text: Its text.
            gold: Its PHI.
            found: What was found.
            document: Its id, for the leaks.
        """
        gold, found = list(gold), list(found)
        counts = [character.isalnum() for character in text]
        is_gold = _covered(gold, counts)
        is_found = _covered(found, counts)
        # Each character once, though mentions may overlap.
        for phis, own, other, total, right, mentions, right_mentions in (
            (gold, is_gold, is_found, self.gold_characters, self.hidden_characters,
             self.gold_mentions, self.hidden_mentions),
            (found, is_found, is_gold, self.found_characters, self.right_characters,
             self.found_mentions, self.right_mentions),
        ):  # fmt: skip
            counted: set[int] = set()
            for phi in phis:
                characters = {i for i in range(phi.start, phi.end) if i in own}
                new = characters - counted
                counted |= new
                enough = characters <= other if phis is gold else bool(characters & other)
                for key in (category(phi.label), ALL):
                    total[key] += len(new)
                    right[key] += len(new & other)
                    mentions[key] += bool(characters)
                    right_mentions[key] += bool(characters) and enough
        leaked = list(_leaks(text, gold, is_gold - is_found, document))
        self.leaks += leaked
        self.documents += 1
        self.leaking_documents += bool(leaked)

    def as_dict(self) -> dict[str, Any]:
        """Plain figures; recall and precision between 0 and 1. Nothing of a note is in it."""
        categories = sorted({*self.gold_mentions, *self.found_mentions} - {ALL})
        return {
            "documents": self.documents,
            "leaking_documents": self.leaking_documents,
            "per_category": {name: self._figures(name) for name in categories},
            "all": self._figures(ALL),
        }

    def _figures(self, name: str) -> dict[str, float]:
        return {
            "character_recall": _share(self.hidden_characters[name], self.gold_characters[name]),
            "character_precision": _share(self.right_characters[name], self.found_characters[name]),
            "mention_recall": _share(self.hidden_mentions[name], self.gold_mentions[name]),
            "mention_precision": _share(self.right_mentions[name], self.found_mentions[name]),
            "gold": self.gold_mentions[name],
            "found": self.found_mentions[name],
        }


def gold_phi(doc: Doc) -> Iterator[Phi]:
    """The PHI of a gold Doc, that which no tokens fit included.

    Generated notes have it in a span group of its own, beside their entities; the readers of
    corpora, whose spans are all of a kind, in theirs.
    """
    spans = next((doc.spans[key] for key in (PHI, GOLD) if key in doc.spans), doc.ents)
    for span in spans:
        yield Phi(span.start_char, span.end_char, span.label_, GOLD)
    for mention in unaligned_mentions(doc):
        yield Phi(mention.start_char, mention.end_char, mention.label, GOLD)


def found_phi(doc: Doc, spans_key: str) -> Iterator[Phi]:
    """The PHI that a pipeline has written to a span group."""
    for span in doc.spans[spans_key]:
        yield Phi(span.start_char, span.end_char, span.label_, "")


def _covered(phis: Iterable[Phi], counts: list[bool]) -> set[int]:
    return {i for phi in phis for i in range(phi.start, phi.end) if counts[i]}


def _leaks(text: str, gold: list[Phi], missed: set[int], document: str) -> Iterator[Leak]:
    """The longest pieces of gold mentions that were not found."""
    for phi in gold:
        start: int | None = None
        last = -1
        for i in range(phi.start, phi.end + 1):
            if i < phi.end and i in missed:
                start = i if start is None else start
                last = i
            elif start is not None and (i == phi.end or text[i].isalnum()):
                yield Leak(document, start, last + 1, phi.label, text[start : last + 1])
                start = None


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
