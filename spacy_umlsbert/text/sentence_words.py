"""Words that tell where sentences begin and end: abbreviations, and words at either end.

They are data: ``sentence_words.tsv`` lists them by kind, and says what the kinds are. A hospital's
own abbreviations are added in Python, or from a file of the same form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from spacy_umlsbert.errors import InputError, UsageError, safe
from spacy_umlsbert.files.lines import read_lines
from spacy_umlsbert.files.resources import package_rows

KINDS = ("title", "before", "number", "short", "class", "begins", "capital", "heading", "open")
"""What a word can be; ``sentence_words.tsv`` says what each means."""

_HEADER = ["word", "kind", "meaning"]


@dataclass(frozen=True)
class SentenceWords:
    """The words, by kind, in small letters and without the full stop behind them.

    Attributes:
        title: Before a name ("Dr.").
        before: Before what they speak of ("vs.").
        number: Before a number ("No. 2").
        short: Abbreviations ("pt.").
        classes: Of kinds that are called by a letter ("hepatitis B.").
        begins: First words of sentences, in small letters too.
        capital: First words of sentences, if they have a capital.
        heading: Names of parts of a note that begin a sentence, with a colon.
        open: Not the last words of sentences.
    """

    title: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    number: frozenset[str] = frozenset()
    short: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    begins: frozenset[str] = frozenset()
    capital: frozenset[str] = frozenset()
    heading: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()

    def plus(self, words: Mapping[str, Iterable[str]]) -> SentenceWords:
        """These words and more.

        Args:
            words: By kind; case and a full stop behind them do not matter.

        Raises:
            UsageError: If there is no such kind, or a word is empty, or is several and no heading.
        """
        more: dict[str, frozenset[str]] = {}
        for kind, listed in words.items():
            if kind not in KINDS:
                raise UsageError(f"words of sentences are of the kinds {', '.join(KINDS)}.")
            if isinstance(listed, str):
                raise UsageError(f"the words of the kind {safe(kind)} have to be a list.")
            field = _field(kind)
            more[field] = getattr(self, field).union(_normal(word, kind) for word in listed)
        return replace(self, **more)


@cache
def default_words() -> SentenceWords:
    """The words of ``sentence_words.tsv``."""
    by_kind: dict[str, list[str]] = {}
    for word, kind, _ in package_rows(__package__, "sentence_words.tsv")[1:]:
        by_kind.setdefault(kind, []).append(word)
    return SentenceWords().plus(by_kind)


def read_words(path: str | Path) -> dict[str, list[str]]:
    """Words out of a tab-separated file with the columns word, kind and meaning, by kind.

    The meaning may be left out; empty lines and those that begin with ``#`` are passed over, and so
    is a header.

    Raises:
        InputError: If a line is not as it should be; the error says which one and what to do.
    """
    by_kind: dict[str, list[str]] = {}
    for line in read_lines(path):
        is_header = line.text.split("\t")[:2] == _HEADER[:2]
        if line.text.strip() and not line.text.startswith("#") and not is_header:
            word, kind = _row(path, line.number, line.text)
            by_kind.setdefault(kind, []).append(word)
    return by_kind


def _row(path: str | Path, number: int, line: str) -> tuple[str, str]:
    fields = [field.strip() for field in line.split("\t")]
    if not 2 <= len(fields) <= len(_HEADER):
        problem = "the line does not have two or three fields."
        remedy = "Write the word, a tab and its kind, and what it means behind another tab."
        raise InputError(problem, path=path, line=number, remedy=remedy)
    word, kind = fields[:2]
    if kind not in KINDS:
        remedy = f"Write one of {', '.join(KINDS)} in the second field."
        raise InputError("no such kind.", path=path, line=number, remedy=remedy)
    try:
        return _normal(word, kind), kind
    except UsageError:
        remedy = "Write one word in the first field."
        raise InputError("no word, or several.", path=path, line=number, remedy=remedy) from None


def _field(kind: str) -> str:
    return "classes" if kind == "class" else kind


def _normal(word: str, kind: str) -> str:
    parts = word.strip().removesuffix(".").lower().split()
    if not parts or (len(parts) > 1 and kind != "heading"):
        raise UsageError("a word of sentences is one word, not several and not nothing.")
    return " ".join(parts)
