"""What a reader gets out of a file, before there is a tokenizer: texts with marked spans."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from spacy_umlsbert.guard import hide_in_repr


@dataclass(frozen=True)
class Annotation:
    """A labelled piece of a text.

    Attributes:
        start: Its first character.
        end: The character after its last.
        label: Its label, as the corpus has it.
        concept_ids: Ids of its concepts; several if the mention is composite ("breast and ovarian
            cancer"), none if it has no concept.
        semantic_types: TUIs, if the corpus has several for one mention; the first is the label.
        names: The names that a composite mention stands for, in the order of its ids, if the
            corpus spells them out.
        line: Line of the file it comes from, 1-based; 0 if unknown.
        assertion: What the corpus says of it, as a class of i2b2 2010; empty if nothing.
        flags: What else it says: historical, family …; see `annotations.assertions`.
        of: The places of the annotations that it belongs to: of a dose that of its drug.
        is_value: It is a value, whose kind is its label, and no mention of its own.
    """

    start: int
    end: int
    label: str
    concept_ids: tuple[str, ...] = ()
    semantic_types: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    line: int = 0
    assertion: str = ""
    flags: tuple[str, ...] = ()
    of: tuple[tuple[int, int, str], ...] = ()
    is_value: bool = False

    def trimmed(self, text: str) -> "Annotation":
        """The same without white space at its ends, given the text of the document."""
        found = text[self.start : self.end]
        left = len(found) - len(found.lstrip())
        right = len(found) - len(found.rstrip())
        if left == len(found) or not left + right:
            return self
        return replace(self, start=self.start + left, end=self.end - right)

    def renamed(self, labels: Mapping[str, str]) -> "Annotation":
        """The same with another label, if labels have another name for it."""
        of = tuple((start, end, labels.get(label, label)) for start, end, label in self.of)
        return replace(self, label=labels.get(self.label, self.label), of=of)

    def moved(self, by: int) -> "Annotation":
        """The same, so many characters later."""
        of = tuple((start + by, end + by, label) for start, end, label in self.of)
        return replace(self, start=self.start + by, end=self.end + by, of=of)


@hide_in_repr("text", "words")
@dataclass
class AnnotatedText:
    """A document: its text, and what is marked in it.

    Attributes:
        document_id: Its id in the corpus.
        text: The text, character by character as in the file.
        annotations: The marked spans, in the order of the file. They may be nested or overlap.
        path: The file it comes from.
        line: The line it begins at, 1-based.
        offset: Its first character in the whole document, if it is a part of one.
        own_id: Whether the id is the corpus's own; else it is made of file name and line.
        words: The words, if the corpus fixes them; ``text`` is then these words and white space.
        sentence_starts: Numbers of the words that begin a sentence, if the corpus says so.
    """

    document_id: str
    text: str
    annotations: list[Annotation]
    path: Path
    line: int = 1
    offset: int = 0
    own_id: bool = True
    words: list[str] | None = None
    sentence_starts: list[int] = field(default_factory=list)
